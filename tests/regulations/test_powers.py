"""Powers that Heilongjiang does not use, on copies of its profile restated for the test."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from huitong.regulations import checking, compiling, rules, timing
from huitong.regulations.calendars import MAINLAND
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable
from regulations.broken import restated
from regulations.walking import Walk, beijing

KIND = "share_application_conditional"
APPLY = "  apply: {by: consumer, facts: [scenario], cite: HL-22.1}\n"
REPLY = "  reply:\n    by: provider\n    cite: HL-22.3\n"
TEN_DAYS = "    time: {working_days: 10, from: receipt, cite: HL-22.3}\n"
HEAD = "  head: {is: provider, zh: 负责人, en: head of the provider, cite: HL-6.1}\n"
SILENT = "  silent: {%s}\n"
UNSAID = (
    "apply.consent: HL-22.1, reply.time: HL-22.3, reply.extend: HL-22.3,"
    " reply.supplement: HL-22.3, reply.consent: HL-22.3, fulfil: HL-22.3"
)


def made(
    folder: Path, stages: str, *said: str, kind: str = KIND, roles: str = HEAD
) -> tuple[Profile, FlatTable]:
    """Return a profile with the kind restated; what is not `said` is declared silent."""
    unsaid = ", ".join(s for s in UNSAID.split(", ") if s.split(":")[0] not in said)
    silent = SILENT % unsaid if kind == KIND else ""
    profile, faults = checking.inspect(restated(folder, kind, stages + silent, roles=roles))
    assert faults == [], [str(fault) for fault in faults]
    return profile, compiling.compiled(profile, kind, date(2026, 3, 2))


def opened(table: FlatTable, at: str = "2026-03-02") -> Walk:
    walk = Walk(table)
    walk.take(table.entry, beijing(at), {"opening_type": "UNCONDITIONAL"})
    return walk


def names(walk: Walk) -> set[str]:
    return {step.name for step in walk.table.steps_from(walk.state)}


EXTEND = (
    "    extend: {working_days: 10, approved_by: sharing_authority,"
    " facts: [special_reason], cite: HL-22.3}\n"
)


def test_an_extension_is_asked_granted_once_and_counted(tmp_path: Path) -> None:
    table = made(tmp_path, APPLY + REPLY + TEN_DAYS + EXTEND, "reply.time", "reply.extend")[1]
    walk = opened(table)
    walk.take("reply.ask_extension", beijing("2026-03-05"), {})
    assert table.states[walk.state].owners[0] == "sharing_authority"
    assert "reply.grant" in names(walk)  # the provider may still answer meanwhile
    assert _due(walk) == date(2026, 3, 16)
    walk.take("reply.grant_extension", beijing("2026-03-06"), {})

    assert walk.table.states[walk.state].stage == "reply"
    assert "reply.ask_extension" not in names(walk)
    assert _due(walk) == date(2026, 3, 30)  # the row of the national text: 10 + 10 working days


def test_a_refused_extension_leaves_the_clock_as_it_was(tmp_path: Path) -> None:
    table = made(tmp_path, APPLY + REPLY + TEN_DAYS + EXTEND, "reply.time", "reply.extend")[1]
    walk = opened(table)
    walk.take("reply.ask_extension", beijing("2026-03-05"), {})
    walk.take("reply.refuse_extension", beijing("2026-03-06"), {})

    assert walk.state == "reply"
    assert _due(walk) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("pauses", "due"), [("true", date(2026, 3, 19)), ("false", date(2026, 3, 16))]
)
def test_a_supplement_is_asked_once_and_stops_the_clock_only_where_it_pauses(
    pauses: str, due: date, tmp_path: Path
) -> None:
    supplement = f"    supplement: {{times: 1, pauses: {pauses}, cite: HL-22.3}}\n"
    table = made(tmp_path, APPLY + REPLY + TEN_DAYS + supplement, "reply.time", "reply.supplement")[
        1
    ]
    walk = opened(table)
    walk.take("reply.ask_supplement", beijing("2026-03-04"), {})
    assert table.states[walk.state].owners[0] == "consumer"
    assert (timing.due_of(table, walk.history) is None) is (pauses == "true")
    walk.take("reply.supplement", beijing("2026-03-09"), {})  # 5, 6 and 9 March stood still

    assert _due(walk) == due
    assert "reply.ask_supplement" not in names(walk)
    assert {"reply.grant", "reply.refuse"} <= names(walk)


def test_extension_and_supplement_may_both_be_used_in_either_order(tmp_path: Path) -> None:
    both = EXTEND + "    supplement: {times: 1, cite: HL-22.3}\n"
    said = ("reply.time", "reply.extend", "reply.supplement")
    table = made(tmp_path, APPLY + REPLY + TEN_DAYS + both, *said)[1]
    ways = (
        ("ask_extension", "grant_extension", "ask_supplement", "supplement"),
        ("ask_supplement", "supplement", "ask_extension", "grant_extension"),
    )
    ends = set()
    for way in ways:
        walk = opened(table)
        for step in way:
            walk.take(f"reply.{step}", beijing("2026-03-05"), {})
        ends.add(walk.state)
        assert _due(walk) == date(2026, 3, 30)

    assert ends == {"reply_extended_supplemented"}


CONSENT = "    consent: {by: head, cite: HL-6.1}\n"


def test_an_answer_needs_consent_to_just_that_answer(tmp_path: Path) -> None:
    table = made(tmp_path, APPLY + REPLY + CONSENT, "reply.consent")[1]
    walk = opened(table)
    assert names(walk) == {"reply.consent_grant", "reply.consent_refuse"}
    walk.take("reply.consent_grant", beijing("2026-03-03"), {})
    assert names(walk) == {"reply.grant", "reply.consent_refuse"}
    walk.take("reply.consent_refuse", beijing("2026-03-04"), {})

    assert names(walk) == {"reply.refuse", "reply.consent_grant"}
    assert walk.row("reply.consent_grant").by == "head"


def test_a_consent_does_not_outlive_new_material(tmp_path: Path) -> None:
    supplement = "    supplement: {times: 1, cite: HL-22.3}\n"
    table = made(
        tmp_path, APPLY + REPLY + CONSENT + supplement, "reply.supplement", "reply.consent"
    )[1]
    walk = opened(table)
    walk.take("reply.consent_grant", beijing("2026-03-03"), {})
    walk.take("reply.ask_supplement", beijing("2026-03-03"), {})
    walk.take("reply.supplement", beijing("2026-03-04"), {})

    assert "reply.grant" not in names(walk)


def test_an_application_rests_on_consent_as_a_fact_of_the_opening_step(tmp_path: Path) -> None:
    apply = APPLY.replace("cite: HL-22.1}", "consent: {by: head, cite: HL-6.1}, cite: HL-22.1}")
    table = made(tmp_path, apply + REPLY, "apply.consent")[1]
    entry = table.entry_steps[0]

    assert entry.consent is not None
    assert entry.consent.by == "head"
    assert [f.name for f in rules.missing_facts(table, entry, {"scenario": "x"})] == ["consent"]


JOINT = (
    "  apply: {by: provider, facts: [opening_type], cite: HL-32}\n"
    "  review:\n    all_of: [opening_authority, head]\n"
    "    outcomes: {return: {facts: [opinion]}}\n    cite: HL-32\n"
    "  revise: {by: provider, cite: HL-32}\n"
    "  silent: {review.time: HL-32, revise.time: HL-32, assess: HL-32, push: HL-32}\n"
)


def test_a_joint_review_needs_every_body_and_each_signs_once(tmp_path: Path) -> None:
    table = made(tmp_path, JOINT, kind="open_list_review")[1]
    walk = opened(table)
    assert {step.by for step in table.rows("review.approve", walk.state)} == {
        "opening_authority",
        "head",
    }
    walk.take("review.approve", beijing("2026-03-03"), {})
    assert not table.states[walk.state].is_end
    assert walk.last is not None
    assert walk.last.effects == ()
    assert [step.by for step in table.rows("review.approve", walk.state)] == ["head"]
    assert table.states[walk.state].owners == ("head",)
    walk.take("review.approve", beijing("2026-03-04"), {})

    assert walk.state == "listed"
    assert walk.last.effects == ("list_open",)


def test_after_a_return_all_bodies_are_asked_again(tmp_path: Path) -> None:
    table = made(tmp_path, JOINT, kind="open_list_review")[1]
    walk = opened(table)
    walk.take("review.approve", beijing("2026-03-03"), {})
    walk.take("review.return", beijing("2026-03-04"), {})
    walk.take("revise.resubmit", beijing("2026-03-05"), {})

    assert {step.by for step in table.rows("review.approve", walk.state)} == {
        "opening_authority",
        "head",
    }


def test_a_body_to_be_consulted_must_have_left_its_opinion(tmp_path: Path) -> None:
    consulting = "    consulting: {with: [sharing_authority], cite: HL-22.2}\n"
    table = made(tmp_path, APPLY + REPLY + consulting)[1]
    grant = opened(table).row("reply.grant")

    missing = rules.missing_facts(table, grant, {})

    assert [fact.name for fact in missing] == ["opinions"]
    assert "HL-22.2" in grant.cite


def test_silence_counts_as_consent_only_where_a_text_says_so(tmp_path: Path) -> None:
    at_end = TEN_DAYS + "    at_end: {outcome: grant, cite: HL-22.3}\n"
    table = made(tmp_path, APPLY + REPLY + at_end, "reply.time")[1]
    walk = opened(table)
    lapse = [step for step in table.rows("reply.grant", walk.state) if step.by_clock]

    assert [(r.to, r.effects) for r in lapse[0].routes] == [("granted", ("issue_grant",))]
    assert lapse[0].facts == ()
    assert not any(step.by_clock for step in made(tmp_path / "b", APPLY + REPLY)[1].steps)


def test_an_amended_stage_counts_from_its_own_day(tmp_path: Path) -> None:
    stages = (
        APPLY + "  reply:\n"
        "    - {by: provider, time: {working_days: 1, from: receipt, cite: HL-22.3},"
        " cite: HL-22.3}\n"
        "    - {since: 2026-06-01, by: provider, time: {working_days: 2, from: receipt,"
        " cite: HL-22.3}, cite: HL-22.3}\n"
    )
    profile, before = made(tmp_path, stages, "reply.time")
    after = compiling.compiled(profile, KIND, date(2026, 6, 1))

    assert _due(opened(before)) == date(2026, 3, 3)
    assert _due(opened(after)) == date(2026, 3, 4)
    assert before.digest != after.digest
    assert after.since == date(2026, 6, 1)


def test_a_period_may_depend_on_a_fact_and_be_silent_for_the_rest(tmp_path: Path) -> None:
    stages = (
        "  apply: {by: provider, facts: [opening_type], cite: HL-32}\n"
        "  review:\n    by: opening_authority\n    cite: HL-32\n"
        "    time:\n"
        "      - {working_days: 2, from: receipt, when: opens_conditionally, cite: HL-32}\n"
        "  revise: {by: provider, cite: HL-32}\n"
        "  silent: {review.time: HL-32, revise.time: HL-32, assess: HL-32, push: HL-32}\n"
    )
    table = made(tmp_path, stages, kind="open_list_review")[1]
    conditional = Walk(table)
    conditional.take(table.entry, beijing("2026-03-02"), {"opening_type": "CONDITIONAL"})

    assert _due(conditional) == date(2026, 3, 4)
    assert timing.due_of(table, opened(table).history) is None


def test_a_way_that_the_text_closes_is_gone_and_cited(tmp_path: Path) -> None:
    closed = "    outcomes: {refuse: {closed_by: HL-22.3}}\n"
    table = made(tmp_path, APPLY + REPLY + closed)[1]

    assert names(opened(table)) == {"reply.grant"}
    assert table.closed == {"reply.refuse": ("HL-22.3",)}


def test_what_follows_an_end_is_in_the_table(tmp_path: Path) -> None:
    follow = "  follow: {refused: {open: open_withdrawal, by: consumer, cite: HL-25.1}}\n"

    assert made(tmp_path, APPLY + REPLY + follow)[1].follow == {"refused": "open_withdrawal"}


def test_an_absent_kind_is_refused_with_the_article_that_was_looked_at(tmp_path: Path) -> None:
    absent = "  absent: {because: silent, at: [HL-35]}\n"
    folder = restated(tmp_path, "open_withdrawal", absent)
    profile, faults = checking.inspect(folder)
    assert faults == []

    with pytest.raises(KindNotInProfileError) as refused:
        compiling.compiled(profile, "open_withdrawal", date(2026, 3, 2))
    assert refused.value.cite == ("HL-35",)


def test_a_period_from_sending_starts_when_it_was_sent(tmp_path: Path) -> None:
    sent = TEN_DAYS.replace("working_days: 10, from: receipt", "working_days: 5, from: sending")
    table = made(tmp_path, APPLY + REPLY + sent, "reply.time")[1]
    walk = opened(table)
    walk.history[0].facts["sent_at"] = "2026-02-27T16:00:00+08:00"  # type: ignore[index]

    assert _due(walk) == date(2026, 3, 5)
    assert MAINLAND.is_working(date(2026, 2, 28))  # a make-up Saturday that counts


def _due(walk: Walk) -> date:
    due = timing.due_of(walk.table, walk.history)
    assert due is not None
    return due.day
