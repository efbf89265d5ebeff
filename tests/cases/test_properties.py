"""No path leaves the tables, what is refused changes nothing, and what is recorded is the case.

Every kind under every text is walked with real steps in the database; seeds are fixed, so that a
failure comes again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import transaction

from cases import roaming
from cases.roaming import HOUR, Roamer, World
from cases.scene import MONDAY, Scene
from cases.test_together import together
from huitong.cases import actions, computed, deadlines, effects, queries, rules, tables
from huitong.cases.models import Case, CaseEvent
from huitong.errors import HuitongError
from huitong.ledger.models import Entry
from huitong.organisations.types import Actor
from huitong.regulations import compiling, profiles
from regulations.walking import stated

_WALKS = 2
ORDERED = "2026-03-10"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, profile_id: str) -> World:
    """Found places under the text; effects are only counted, computed facts are as chosen."""
    every = compiling.every_table([profiles.load(profile_id)])
    duties = {role.duty for table in every for role in table.roles.values()}
    made = roaming.found(profile_id, {duty for duty in duties if duty})
    note = roaming.noting(made)
    monkeypatch.setattr(effects.CLAIMS, "held", {name: note(name) for name in effects.named()})
    look = {name: partial(lambda n, *_: made.found_out[n], name) for name in computed.marked()}
    monkeypatch.setattr(computed.CLAIMS, "held", look)
    return made


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_no_path_leaves_the_tables_and_what_is_refused_changes_nothing(
    world: World, profile_id: str
) -> None:
    profile = profiles.load(profile_id)
    tried: Counter[str] = Counter()
    walked, nobody = set[str](), set[str]()
    for kind in stated(profile_id):
        table = compiling.compiled(profile, kind, MONDAY.date())
        for number in range(_WALKS):
            chance = random.Random(f"{profile_id} {kind} {number}")
            with transaction.atomic():
                roamer = Roamer(world, table, chance, MONDAY)
                roamer.roam()
                if roamer.openers() == set():
                    nobody.add(kind)
                if roamer.case is not None:
                    walked.add(kind)
                    _check_records(Case.objects.get(pk=roamer.case.pk))
                tried += roamer.tried
                world.effects.clear()
                transaction.set_rollback(True)

    assert set(stated(profile_id)) - walked == nobody
    for code in ("taken", "wrong_person", "fact_missing", "wrong_state", "stale_case"):
        assert tried[code] > 10


def _check_records(case: Case) -> None:
    """Replay a case from its events alone and from its ledger alone: both give what it is."""
    table = tables.of(case)
    events = queries.history_of(case)
    entries = list(
        Entry.objects.filter(kind="case.step", subject=f"case:{case.number}").order_by("pk")
    )
    assert len(events) == len(entries) == case.version
    state = ""
    for seq, (event, entry) in enumerate(zip(events, entries, strict=True), start=1):
        facts = entry.facts
        assert (event.seq, event.from_state, event.entry_uuid) == (seq, state, entry.uuid)
        assert (facts["seq"], facts["from"], facts["to"]) == (seq, state, event.to_state)
        assert (facts["step"], facts["role"]) == (event.step, event.role)
        assert (facts["table"], facts["about"]) == (case.table_id, case.subject)
        assert facts["facts_sha256"] == rules.facts_digest(event.facts)
        rows = table.rows(event.step, state)
        assert event.to_state in {route.to for row in rows for route in row.routes}
        assert event.role in {row.by for row in rows}
        assert entry.cite == event.cite
        assert tuple(event.cite) in {row.cite for row in rows}
        assert entry.at == event.at
        state = event.to_state
    assert state == case.state
    due = deadlines.due(table, events)
    if due is not None and not due.limit.set_in:
        assert due.day > due.start.date()


def test_many_officers_at_once_leave_whole_histories(real_scene: Scene) -> None:
    cases = [real_scene.apply(), real_scene.submit_entry(), real_scene.order_rectification(ORDERED)]
    people = [real_scene.actor(name) for name in sorted(real_scene.people)]
    results = together([partial(_some_steps, cases, people, seed) for seed in range(6)])

    # Every act returned how many of its steps were taken; nobody's step was lost or taken twice.
    taken = sum(int(str(result)) for result in results)
    assert taken == CaseEvent.objects.count() - len(cases)
    assert taken > len(cases)
    effects_run = Counter(real_scene.effects)
    assert set(effects_run.values()) <= {1}
    for case in Case.objects.all():
        _check_records(case)
        for event in queries.history_of(case):
            rows = tables.of(case).rows(event.step, event.from_state)
            routes = [r for s in rows for r in s.routes if r.to == event.to_state]
            for name in routes[0].effects:
                assert effects_run[(name, case.number, event.seq)] == 1


def _some_steps(cases: list[Case], people: list[Actor], seed: int) -> int:
    """Try steps by chance, as whoever happens to be there; return how many were taken."""
    chance = random.Random(seed)
    facts = {"opinion": "x", "reason": "x", "finding": "x", "rectification": "x"}
    taken = 0
    for number in range(12):
        case = chance.choice(cases)
        step = chance.choice(sorted(tables.of(case).step_names()))
        row = tables.of(case).step_named(step)
        given = {name: facts.get(name, "x") for name in row.facts} if row else {}
        try:
            actions.take_step(
                case, step, actor=chance.choice(people), at=MONDAY + number * HOUR, facts=given
            )
        except HuitongError:
            continue
        taken += 1
    return taken


def test_each_series_of_numbers_has_no_gap_whoever_fails_in_between(real_scene: Scene) -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Harbin: 2027 begins

    def undone(opening: Callable[[], Case]) -> None:
        with transaction.atomic():
            opening()
            transaction.set_rollback(True)

    chance = random.Random(7)
    openings = [real_scene.apply, real_scene.submit_entry, partial(real_scene.apply, new_year)]
    acts: list[Callable[[], object]] = []
    for _ in range(4):
        acts += openings
        acts.append(partial(undone, chance.choice(openings)))
    chance.shuffle(acts)
    results = together(acts)

    assert not [result for result in results if isinstance(result, HuitongError)]
    assert sorted(Case.objects.values_list("number", flat=True)) == [
        f"{series}-{number:06d}"
        for series in ("GX-230000-2026", "GX-230000-2027", "ML-230000-2026")
        for number in range(1, 5)
    ]
