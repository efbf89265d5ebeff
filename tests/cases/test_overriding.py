"""No step rewrites what another put on record: tried for every condition of every table."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

import pytest

from cases.scene import MONDAY, Scene, unchanged
from huitong.cases import actions, computed, rules
from huitong.cases.errors import FactInvalidError, FactNotAskedError, FactUnclaimedError
from huitong.cases.gate_errors import FactUnknownError
from huitong.regulations import compiling, profiles
from huitong.regulations import rules as law
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Happened, Step

PROFILE = profiles.load("heilongjiang-2025")
VALUES = ("", None, [], False, True, "x", ["x"], "CONDITIONAL", "WITHHELD", "UNCONDITIONAL")


def conditions() -> Iterator[tuple[FlatTable, Step, str]]:
    for kind, text in PROFILE.kinds.items():
        if text.absent is None:
            table = compiling.compiled(PROFILE, kind, date(2026, 3, 2))
            for step in table.steps:
                named = [guard.when for guard in step.forbidden]
                named += [route.when for route in step.routes if route.when]
                yield from ((table, step, name) for name in named)


def where_it_holds(name: str, table: FlatTable, *, held: bool = True) -> Mapping[str, object]:
    """Return facts of the table on which a condition holds, or does not."""
    needs = [fact for fact in PREDICATES[name].needs if fact in table.facts]
    words = [(*VALUES, *table.facts[fact].choices) for fact in needs]
    for values in product(*words):
        facts = dict(zip(needs, values, strict=True))
        if PREDICATES[name].holds(facts) is held:
            return facts
    raise AssertionError(name)


CONDITIONS = list(conditions())
EACH = pytest.mark.parametrize(
    ("table", "step", "name"),
    [pytest.param(*each, id=f"{each[0].kind}:{each[1].name}:{each[2]}") for each in CONDITIONS],
)


def test_there_are_conditions_to_try() -> None:
    assert {name for *_, name in CONDITIONS} >= {
        "rectification_declined", "private_without_consent", "withholds_opening", "entry_in_use",
    }  # fmt: skip


@EACH
def test_a_step_is_refused_with_any_fact_that_is_not_its_own(
    table: FlatTable, step: Step, name: str
) -> None:
    for fact in table.facts.keys() - step.own_facts:
        for value in VALUES:
            with pytest.raises(FactNotAskedError, match=fact):
                rules.check_asked(table, step, {fact: value})


@EACH
@pytest.mark.parametrize("held", [True, False])
def test_no_fact_given_with_a_step_turns_a_condition_on_record(
    table: FlatTable, step: Step, name: str, held: bool
) -> None:
    known = where_it_holds(name, table, held=held)
    for fact in PREDICATES[name].needs:
        if fact in step.computed:
            continue  # the engine's own word of this moment; nobody can give it
        for value in VALUES:
            deciding = law.deciding(step, {fact: value}, known)
            assert PREDICATES[name].holds(deciding) is held


@pytest.mark.clause("HL-27.2")
@pytest.mark.parametrize("value", ["", None, [], False])
def test_who_declined_is_not_found_to_have_rectified(scene: Scene, value: object) -> None:
    case = scene.order_rectification("2026-03-10")
    case = actions.take_step(
        case, "rectify.decline", actor=scene.actor("consumer"), at=MONDAY,
        facts={"decline_reason": "认为无须整改"},
    )  # fmt: skip

    with pytest.raises(FactInvalidError, match="decline_reason") as refused:
        actions.take_step(
            case, "judge.satisfied", actor=scene.actor("authority"), at=MONDAY,
            facts={"decline_reason": value, "finding": "整改到位"},
        )  # fmt: skip

    assert refused.value.code == "fact_not_asked"
    assert refused.value.cite == ("HL-27.2",)
    assert "finding" in str(refused.value)
    assert unchanged(case)


def test_what_no_table_knows_is_refused_and_changes_nothing(scene: Scene) -> None:
    case = scene.submit_entry()

    with pytest.raises(FactUnknownError, match="note"):
        actions.take_step(
            case, "review.approve", actor=scene.actor("authority"), at=MONDAY, facts={"note": "x"}
        )

    assert unchanged(case)


def test_of_an_event_only_what_its_row_asks_for_is_on_record() -> None:
    table = compiling.compiled(PROFILE, "use_rectification", date(2026, 3, 2))
    history = [
        Happened("order.issue", "order", MONDAY, {"problem": "x", "report": "y"}, "rectify"),
        Happened("rectify.decline", "rectify", MONDAY, {"decline_reason": "z"}, "judge"),
        Happened("judge.satisfied", "judge", MONDAY, {"decline_reason": ""}, "rectified"),
    ]

    assert rules.on_record(table, history) == {"problem": "x", "decline_reason": "z"}


def test_a_computed_fact_that_nobody_claims_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed.check_claimed()
    assert "in_use" in computed.marked()
    monkeypatch.delitem(computed.CLAIMS.held, "in_use")

    with pytest.raises(FactUnclaimedError, match="in_use") as refused:
        computed.check_claimed()

    assert "in_use" in refused.value.zh


def test_a_computed_fact_is_claimed_once() -> None:
    with pytest.raises(FactUnclaimedError, match="let one room claim it"):
        computed.register("in_use")(lambda _case, _at: False)
