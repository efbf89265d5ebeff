"""Bad input under the Heilongjiang measures, read off the table: each refused with its article.

The rows were written beside the articles, not made from the profile. What is refused changes
nothing and is one `case.refused` in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.proceeding import NOON, Proceeding
from cases.refusal_rows import CONDITIONAL, NEEDED, NOT_THEIRS, NOT_YET_OR_NO_MORE, TWICE, Try
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
RANKS = ("law", "administrative_regulation")


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
