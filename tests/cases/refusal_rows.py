"""What may not be done under the Heilongjiang measures: rows written beside the articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONDITIONAL = "share_application_conditional"


@dataclass(frozen=True)
class Try:
    """A step of a kind, tried after others; `what` is who tries it, or which facts it needs."""

    kind: str
    step: str
    what: str
    cite: str
    after: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def path(self) -> Sequence[str]:
        return self.after.split()


AUTHORITY_OFFENDS = {"offender_kind": "authority"}
BY_DAY = {"rectify_by": "2026-03-20"}
AUTHORITY_BY_DAY = {**AUTHORITY_OFFENDS, **BY_DAY}
REPORTED_ABOVE = "order_above.issue rectify_above.report"
REPORTED = "order.issue rectify.report"
BREACH = {"breach": "绕开统一通道共享"}
ELSEWHERE = {"across": True}  # found out by the platform: the provider is the city's

NEEDED = (
    Try("catalogue_review", "review.return", "opinion", "HL-12.3"),
    Try("catalogue_review", "higher_review.return", "opinion", "HL-12.2", "review.approve"),
    Try("catalogue_update", "change.report", "change_source change_day", "HL-15"),
    Try("catalogue_update", "update.complete", "changes", "HL-15"),
    Try("catalogue_update", "update.ask_extension", "special_reason policy_basis", "HL-15"),
    Try("catalogue_withdrawal", "apply.submit", "change_source", "HL-16.1"),
    Try("source_designation", "designate.designate", "lead_department division_of_work", "HL-17.2"),
    Try("aggregation_exemption", "apply.submit", "basis basis_rank", "HL-18.2"),
    Try("platform_approval", "apply.submit", "platform_matter platform_name", "HL-10.2"),
    Try(
        "share_application_unconditional", "apply.submit", "scenario mode scope duty_basis",
        "HL-22.1",
    ),
    Try(CONDITIONAL, "apply.submit", "scenario mode scope duty_basis", "HL-22.1"),
    Try(CONDITIONAL, "reply.refuse", "reason", "HL-22.3"),
    Try("urgent_demand", "apply.submit", "urgency scenario", "HL-23.1"),
    Try("whole_delegation", "apply.submit", "area delegate", "HL-23.2"),
    Try("correction_subject", "apply.submit", "disputed_items error_kind", "HL-24.2"),
    Try("correction_subject", "handle.correct", "correction", "HL-24.4"),
    Try("correction_subject", "handle.confirm", "finding", "HL-24.4"),
    Try("cross_check", "check.faulty", "disputed_items error_kind", "HL-24.3"),
    Try("cross_check", "handle.correct", "correction", "HL-24.4", "check.faulty"),
    Try("cross_check", "handle.confirm", "finding", "HL-24.4", "check.faulty"),
    Try("dispute", "apply.submit", "dispute_matter", "HL-25.1"),
    Try("dispute", "negotiate.settle", "settlement", "HL-25.1"),
    Try("dispute", "negotiate.fail", "talks", "HL-25.1"),
    Try("dispute", "coordinate.settle", "settlement", "HL-25.1", "negotiate.fail"),
    Try("dispute", "coordinate.fail", "opinion", "HL-25.1", "negotiate.fail"),
    Try("dispute", "coordinate_above.settle", "settlement", "HL-25.2", facts=ELSEWHERE),
    Try("dispute", "coordinate_above.fail", "opinion", "HL-25.2", facts=ELSEWHERE),
    Try(
        "dispute", "decide.decide", "decision decided_by decided_by_paper", "HL-25.3",
        "negotiate.fail coordinate.fail",
    ),
    Try(
        "dispute", "decide_above.decide", "decision decided_by decided_by_paper", "HL-25.3",
        "coordinate_above.fail", facts=ELSEWHERE,
    ),
    Try("use_rectification", "order.issue", "trigger problem rectify_by", "HL-27.1"),
    Try("use_rectification", "rectify.report", "report", "HL-27.1"),
    Try("use_rectification", "rectify.decline", "decline_reason", "HL-27.2"),
    Try("use_rectification", "judge.cut_off", "finding", "HL-27.2", "rectify.decline"),
    Try("demand", "apply.submit", "wanted_from wanted_items scenario duty_basis", "HL-29.1"),
    Try("demand", "review.refuse", "reason", "HL-29.2"),
    Try("demand", "publish.complete", "entry", "HL-29.3", "review.accept"),
    Try("use_change", "apply.submit", "use_matter", "HL-30"),
    Try("case_library", "apply.submit", "case_subject scenario data_source achievements", "HL-31"),
    Try("open_list_review", "apply.submit", "opening_type", "HL-13"),
    Try("open_list_review", "review.return", "opinion", "HL-32"),
    Try("open_application", "review.refuse", "reason", "HL-34.1"),
    Try("open_withdrawal", "announce.post", "notice", "HL-35", "review.approve file.record"),
    Try("evaluation", "assess.complete", "results", "HL-28.1"),
    Try("evaluation", "announce.publish", "notice", "HL-28.1", facts=BREACH),
    Try("violation", "find.record", "offender_kind breach", "HL-41"),
    Try("violation", "order.issue", "problem", "HL-41", facts=BY_DAY),
    Try("violation", "order.issue", "rectify_by", "HL-41.2"),
    Try(
        "violation", "order_above.issue", "problem rectify_by decided_by decided_by_paper",
        "HL-42.1", facts=AUTHORITY_OFFENDS,
    ),
    Try("violation", "rectify.report", "report", "HL-41.2", "order.issue", facts=BY_DAY),
    Try("violation", "rectify.decline", "decline_reason", "HL-41.2", "order.issue", facts=BY_DAY),
    Try("violation", "judge.unsatisfied", "finding", "HL-41.2", REPORTED, facts=BY_DAY),
    Try("violation", "judge.serious", "severity", "HL-41.2", REPORTED, facts=BY_DAY),
    Try(
        "violation", "rectify_above.report", "report", "HL-42.1", "order_above.issue",
        facts=AUTHORITY_BY_DAY,
    ),
    Try(
        "violation", "rectify_above.decline", "decline_reason", "HL-42.1", "order_above.issue",
        facts=AUTHORITY_BY_DAY,
    ),
    Try(
        "violation", "judge_above.unsatisfied", "finding decided_by decided_by_paper", "HL-42.1",
        REPORTED_ABOVE, facts=AUTHORITY_BY_DAY,
    ),
    Try(
        "violation", "judge_above.serious", "severity decided_by decided_by_paper", "HL-42.1",
        REPORTED_ABOVE, facts=AUTHORITY_BY_DAY,
    ),
    Try(
        "violation", "sanction.refer", "sanction", "HL-41.2",
        "order.issue rectify.decline judge.unsatisfied", facts=BY_DAY,
    ),
)  # fmt: skip

NOT_THEIRS = (
    Try("catalogue_review", "review.approve", "provider city outsider", "HL-12.3"),
    Try("catalogue_review", "higher_review.approve", "county", "HL-12.2", "review.approve"),
    Try("catalogue_review", "revise.resubmit", "county outsider", "HL-12.3", "review.return"),
    Try(
        "catalogue_update", "update.grant_extension", "provider city", "HL-15",
        "update.ask_extension",
    ),
    Try("catalogue_withdrawal", "review.approve", "provider", "HL-16.1"),
    Try("aggregation_exemption", "review.confirm", "provider city", "HL-18.2"),
    Try("share_application_unconditional", "review.approve", "consumer provider", "HL-22.2"),
    Try(CONDITIONAL, "reply.grant", "consumer county outsider", "HL-22.3"),
    Try("urgent_demand", "liaison.match", "consumer provider", "HL-23.1"),
    Try("whole_delegation", "record.record", "provider", "HL-23.2"),
    Try("cross_check", "check.sound", "provider", "HL-24.3"),
    Try("dispute", "coordinate.settle", "consumer provider", "HL-25.1", "negotiate.fail"),
    Try("dispute", "coordinate_above.settle", "county city", "HL-25.2", facts=ELSEWHERE),
    Try(
        "dispute", "decide.decide", "consumer provider city province", "HL-25.3",
        "negotiate.fail coordinate.fail",
    ),
    Try(  # the mechanism is of the level of who coordinated: no county or city across areas
        "dispute", "decide_above.decide", "consumer provider county city", "HL-25.3",
        "coordinate_above.fail", facts=ELSEWHERE,
    ),
    Try("use_rectification", "rectify.report", "provider county", "HL-27.1"),
    Try("use_rectification", "judge.satisfied", "consumer", "HL-27.2", "rectify.report"),
    Try("demand", "review.accept", "consumer county", "HL-29.2"),
    Try("use_change", "reply.grant", "consumer", "HL-30"),
    Try("case_library", "select.accept", "consumer", "HL-31"),
    Try("open_list_review", "review.approve", "provider", "HL-32"),
    Try("open_withdrawal", "review.approve", "provider", "HL-35"),
    Try("violation", "rectify.report", "county", "HL-41.2", "order.issue", facts=BY_DAY),
    Try("violation", "judge.satisfied", "offender", "HL-41.2", REPORTED, facts=BY_DAY),
    Try(  # the authority of the county offends: it does not judge of itself
        "violation", "judge_above.satisfied", "county offender", "HL-42.1", REPORTED_ABOVE,
        facts=AUTHORITY_BY_DAY,
    ),
)  # fmt: skip

# Tried by whoever took the last step; `what` is where the case stands.
NOT_YET_OR_NO_MORE = (
    Try("catalogue_review", "revise.resubmit", "review", "HL-12.3"),
    Try("catalogue_review", "higher_review.approve", "review", "HL-12.2"),
    Try("catalogue_review", "review.approve", "revise", "HL-12.3", "review.return"),
    Try("catalogue_update", "update.grant_extension", "update", "HL-15"),
    Try("aggregation_exemption", "apply.submit", "review", "HL-18.2"),
    Try(CONDITIONAL, "reply.refuse", "granted", "HL-22.3", "reply.grant"),
    Try(CONDITIONAL, "apply.withdraw", "granted", "", "reply.grant"),
    Try("dispute", "decide.decide", "negotiate", "HL-25.3"),
    Try("dispute", "coordinate_above.settle", "coordinate", "HL-25.2", "negotiate.fail"),
    Try("use_rectification", "judge.cut_off", "rectify", "HL-27.2"),
    Try("demand", "publish.complete", "review", "HL-29.3"),
    Try("open_withdrawal", "announce.post", "review", "HL-35"),
    Try("violation", "sanction.refer", "order", "HL-41.2"),
    Try("violation", "order_above.issue", "order", "HL-42.1"),
)

TWICE = (
    Try("catalogue_review", "review.return", "", "HL-12.3"),
    Try(
        "catalogue_update", "update.ask_extension", "", "HL-15",
        "update.ask_extension update.grant_extension",
    ),
    Try("aggregation_exemption", "review.confirm", "", "HL-18.2"),
    Try(CONDITIONAL, "reply.grant", "", "HL-22.3"),
    Try("whole_delegation", "record.record", "", "HL-23.2"),
    Try("correction_subject", "handle.correct", "", "HL-24.4"),
    Try("use_rectification", "rectify.report", "", "HL-27.1"),
    Try("demand", "review.refuse", "", "HL-29.2"),
    Try("open_list_review", "review.approve", "", "HL-32"),
)  # fmt: skip
