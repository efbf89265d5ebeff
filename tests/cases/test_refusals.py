"""Bad input under the Heilongjiang measures, read off the table: each refused with its article.

The rows were written beside the articles, not made from the profile. What is refused changes
nothing and is one `case.refused` in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.proceeding import NOON, Proceeding
from huitong.cases import actions, effects, queries, tasks
from huitong.cases.errors import (
    CaseError,
    FactMissingError,
    StepForbiddenError,
    UnknownStepError,
    WrongPersonError,
    WrongStateError,
)
from huitong.cases.models import Case, CaseEvent, Waiting
from huitong.ledger.models import Entry
from huitong.organisations.types import Actor
from huitong.regulations import compiling, profiles, vocabulary
from huitong.regulations.types import ON_PAPER

MEASURES = "heilongjiang-2025"
CONDITIONAL = "share_application_conditional"
RANKS = ("law", "administrative_regulation")


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
        "dispute", "decide.decide", "consumer provider city", "HL-25.3",
        "negotiate.fail coordinate.fail",
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


@pytest.fixture
def county(db: None, watched: list[tuple[str, str, int]]) -> Proceeding:
    # What other rooms do at the end of their cases is theirs to test.
    others = vocabulary.shared()[0].effects.keys() - effects.CLAIMS.held.keys()
    effects.CLAIMS.held |= dict.fromkeys(others, lambda *_of_the_case: None)
    made = Proceeding(MEASURES)
    # All bodies first, so that what is founded is not taken for what a refusal left behind.
    bodies = [made.body("OUTSIDE"), made.body("CITY-BODY", where=made.places[1])]
    bodies += [
        made.body(f"B-{role.name.upper()}")
        for role in profiles.load(MEASURES).roles.values()
        if role.resolver not in {"authority", "head"}
    ]
    for body in (*bodies, *made.authorities.values()):
        made.actor(body)
    return made


def standing() -> object:
    """Return all that a refusal must leave as it is."""
    return (
        list(Case.objects.order_by("pk").values_list("pk", "state", "version", "closed_at")),
        list(Waiting.objects.order_by("case_id", "role").values_list("case_id", "role")),
        CaseEvent.objects.count(),
        Entry.objects.exclude(kind="case.refused").count(),
    )


@contextmanager
def refused(error: type[CaseError], cite: str, row: object) -> Iterator[None]:
    """See that what is tried is refused with the article, is on record once, and does nothing."""
    before, noted = standing(), set(Entry.objects.values_list("pk", flat=True))
    try:
        with pytest.raises(error) as refusal:
            yield
        assert type(refusal.value) is error
        assert standing() == before
        (entry,) = Entry.objects.exclude(pk__in=noted)
        assert (entry.kind, entry.facts["code"]) == ("case.refused", refusal.value.code)
        assert tuple(entry.cite) == refusal.value.cite
        assert cite in refusal.value.cite if cite else not refusal.value.cite
    except BaseException as failed:
        failed.add_note(str(row))
        raise


def reached(county: Proceeding, row: Try) -> Case:
    """Open a case of the row's kind and go as far as the row says."""
    parties = {}
    if "across" in row.facts:
        parties["provider"] = county.body("CITY-BODY")
    try:
        return county.run(
            row.kind, *row.path, subject=f"matter:{id(row)}", facts=row.facts, parties=parties
        )
    except BaseException as failed:
        failed.add_note(str(row))
        raise


def somebody(county: Proceeding, name: str) -> Actor:
    places = {"county": county.places[2], "city": county.places[1], "province": county.places[0]}
    if name in places:
        return county.actor(county.authorities[places[name].pk])
    return county.actor(county.body("OUTSIDE" if name == "outsider" else f"B-{name.upper()}"))


def test_no_step_of_the_measures_that_states_something_is_left_out() -> None:
    measures = profiles.load(MEASURES)
    stating = {
        (kind, step.name)
        for kind, text in measures.kinds.items()
        if text.absent is None
        for step in compiling.compiled(measures, kind, date(2026, 3, 2)).steps
        if set(step.facts) - set(ON_PAPER)  # the number of a paper is asked of whoever records
    }

    assert {(row.kind, row.step) for row in NEEDED} == stating


@pytest.mark.clause(
    "HL-10.2",
    "HL-12.2",
    "HL-12.3",
    "HL-13",
    "HL-15",
    "HL-16.1",
    "HL-17.2",
    "HL-18.2",
    "HL-22.1",
    "HL-22.3",
    "HL-23.1",
    "HL-23.2",
    "HL-24.2",
    "HL-24.3",
    "HL-24.4",
    "HL-25.1",
    "HL-25.2",
    "HL-25.3",
    "HL-27.1",
    "HL-27.2",
    "HL-28.1",
    "HL-29.1",
    "HL-29.2",
    "HL-29.3",
    "HL-30",
    "HL-31",
    "HL-32",
    "HL-34.1",
    "HL-35",
    "HL-41",
    "HL-41.2",
    "HL-42.1",
)
def test_without_each_fact_that_the_article_asks_for(county: Proceeding) -> None:
    for row in NEEDED:
        entry = row.step in {step.name for step in county.table(row.kind).entry_steps}
        case = None if entry else reached(county, row)
        for fact in row.what.split():
            with refused(FactMissingError, row.cite, (row, fact)):
                if case is None:
                    county.run(row.kind, facts={**row.facts, fact: None})
                else:
                    county.take(case, row.step, facts={**row.facts, fact: None})


@pytest.mark.clause(
    "HL-12.2",
    "HL-12.3",
    "HL-15",
    "HL-16.1",
    "HL-18.2",
    "HL-22.2",
    "HL-22.3",
    "HL-23.1",
    "HL-23.2",
    "HL-24.3",
    "HL-25.1",
    "HL-25.2",
    "HL-25.3",
    "HL-27.1",
    "HL-27.2",
    "HL-29.2",
    "HL-30",
    "HL-31",
    "HL-32",
    "HL-35",
    "HL-41.2",
)
def test_a_step_that_is_somebody_elses(county: Proceeding) -> None:
    for row in NOT_THEIRS:
        case = reached(county, row)
        for who in row.what.split():
            with refused(WrongPersonError, row.cite, (row, who)):
                actions.take_step(case, row.step, actor=somebody(county, who), at=NOON)


@pytest.mark.clause(
    "HL-12.2",
    "HL-12.3",
    "HL-15",
    "HL-18.2",
    "HL-22.3",
    "HL-25.2",
    "HL-25.3",
    "HL-27.2",
    "HL-29.3",
    "HL-35",
    "HL-41.2",
    "HL-42.1",
)
def test_a_step_of_another_state(county: Proceeding) -> None:
    for row in NOT_YET_OR_NO_MORE:
        case = reached(county, row)
        assert case.state == row.what
        last = queries.history_of(case)[-1]
        actor = next(a for a in county.actors.values() if a.person_id == last.person_id)
        with refused(WrongStateError, row.cite, row):
            actions.take_step(case, row.step, actor=actor, at=NOON)


@pytest.mark.clause(
    "HL-12.3", "HL-15", "HL-18.2", "HL-22.3", "HL-23.2", "HL-24.4", "HL-27.1", "HL-29.2", "HL-32"
)
def test_a_step_taken_twice(county: Proceeding) -> None:
    for row in TWICE:
        case = reached(county, row)
        if not row.path:
            case = county.take(case, row.step)
        event = next(e for e in queries.history_of(case) if e.step == row.step)
        actor = next(a for a in county.actors.values() if a.person_id == event.person_id)
        with refused(WrongStateError, row.cite, row):
            actions.take_step(case, row.step, actor=actor, at=NOON, facts=event.facts)


@pytest.mark.clause("HL-12.3", "HL-22.3", "HL-24.4")
def test_a_decision_that_the_article_does_not_know(county: Proceeding) -> None:
    for kind, step in (
        ("catalogue_review", "review.refuse"),
        ("correction_subject", "handle.erase"),
        (CONDITIONAL, "reply.ask_extension"),
        (CONDITIONAL, "reply.ask_supplement"),
    ):
        case = county.run(kind, subject=f"matter:{step}")
        with refused(UnknownStepError, "", step):
            actions.take_step(case, step, actor=somebody(county, "provider"), at=NOON)


@pytest.mark.clause("HL-18.2")
def test_a_basis_below_law_and_administrative_regulation_confirms_no_exemption(
    county: Proceeding,
) -> None:
    kind = "aggregation_exemption"
    ranks = tuple(county.table(kind).facts["basis_rank"].choices)
    assert set(RANKS) < set(ranks)
    for rank in ranks:
        case = county.run(kind, subject=f"matter:{rank}", facts={"basis_rank": rank})
        if rank in RANKS:
            assert county.take(case, "review.confirm").closed_at == NOON
            continue
        with refused(StepForbiddenError, "HL-18.2", rank):
            county.take(case, "review.confirm")
        assert county.take(case, "review.refuse").state == "refused"


@pytest.mark.clause("HL-22.3", "HL-42.2")
def test_late_is_noted_and_not_refused_where_the_article_says_nothing(
    county: Proceeding, watched: list[tuple[str, str, int]]
) -> None:
    case = county.run(CONDITIONAL)
    late = NOON + timedelta(days=20)
    assert tasks.note_overdue(late) == [case.number]

    case = county.take(case, "reply.grant", at=late)

    assert case.state == "granted"
    assert watched == [("issue_grant", case.number, 2)]
    assert Entry.objects.get(kind="case.overdue").cite == ["HL-22.3", "HL-42.2"]
    assert not Entry.objects.filter(kind="case.refused").exists()


@pytest.mark.clause("HL-27.1", "HL-27.2")
def test_late_is_too_late_where_the_lapse_itself_decides(county: Proceeding) -> None:
    case = county.run("use_rectification", facts={"rectify_by": "2026-03-10"})
    after = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
    tasks.take_lapsed(after)
    case.refresh_from_db()
    assert case.state == "judge"

    with refused(WrongStateError, "HL-27.1", case):
        actions.take_step(
            case, "rectify.report", actor=somebody(county, "consumer"), at=after,
            facts={"report": "已整改"},
        )  # fmt: skip
