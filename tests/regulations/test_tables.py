"""Tests made from the tables themselves: nothing here knows what a text says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from huitong.regulations import compiling, diagrams, predicates, profiles, rules, timing
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.types import FlatTable, Happened, Step
from regulations.walking import Walk, beijing, filled, stated, table

ALL = pytest.mark.parametrize(
    ("profile_id", "kind"),
    [(profile_id, kind) for profile_id in profiles.all_ids() for kind in stated(profile_id)],
)
# Some steps lie behind a joint stage and a choice of five: a walk by chance is long in coming.
_MOST_WALKS = 3000


def _lawful(walk: Walk) -> list[Step]:
    return [s for s in walk.table.steps_from(walk.state) if rules.barred_by(s, walk.facts) is None]


@ALL
def test_the_table_survives_json_and_its_digest_is_of_its_content(
    profile_id: str, kind: str
) -> None:
    made = table(kind, profile_id=profile_id)
    read = FlatTable.from_json(made.to_json())

    assert read == made
    assert read.digest == made.digest
    assert read.to_json() == made.to_json()
    assert replace(made, entry="other.step").digest != made.digest


@ALL
def test_compiling_again_gives_the_same_bytes(profile_id: str, kind: str) -> None:
    profile = profiles.load(profile_id)
    first = compiling.compiled(profile, kind, date(2025, 9, 1))

    assert compiling.compiled(profile, kind, date(2026, 6, 1)).to_json() == first.to_json()


@ALL
def test_every_step_can_be_taken_by_some_case_and_leads_where_the_table_says(
    profile_id: str, kind: str
) -> None:
    made = table(kind, profile_id=profile_id)
    taken: set[str] = set()
    for walk in _walks(made, _MOST_WALKS):
        taken |= {event.step for event in walk.history}
        if taken == made.step_names():
            break

    assert taken == made.step_names()


@ALL
def test_every_walk_can_end_and_nothing_leaves_an_end(profile_id: str, kind: str) -> None:
    made = table(kind, profile_id=profile_id)
    for walk in _walks(made):
        state = made.states[walk.state]
        assert state.is_end
        assert not made.steps_from(walk.state)
        assert state.owners == ()
        assert timing.due_of(made, walk.history) is None


@ALL
def test_each_step_is_refused_without_each_fact_it_needs(profile_id: str, kind: str) -> None:
    made = table(kind, profile_id=profile_id)
    for step in made.steps:
        full = {name: filled(made.facts[name]) for name in step.own_facts}
        for name in step.facts:
            for empty in (None, "", "  ", []):
                missing = rules.missing_facts(made, step, {**full, name: empty})
                assert {fact.name for fact in missing} == {name}
                assert missing[0].cite, f"{step.name} asks for {name} without an article"


@ALL
def test_every_step_has_an_owner_a_name_and_an_article_unless_it_is_practice(
    profile_id: str, kind: str
) -> None:
    made = table(kind, profile_id=profile_id)
    for step in made.steps:
        assert step.by in made.roles
        assert set(step.tell) <= set(made.roles)
        assert step.names.zh
        assert step.names.en
        assert bool(step.cite) is not step.practice
        assert not (step.practice and (step.effects or step.facts))
        assert {r.when for r in step.routes if r.when} <= set(predicates.PREDICATES)
    for state in made.states.values():
        assert state.is_end or set(state.owners) <= set(made.roles)


@ALL
def test_no_clock_runs_backward_and_none_starts_before_its_case_knows(
    profile_id: str, kind: str
) -> None:
    made = table(kind, profile_id=profile_id)
    for walk in _walks(made):
        for end in range(1, len(walk.history) + 1):
            due = timing.due_of(made, walk.history[:end])
            if due is not None and not due.limit.set_in:
                assert due.day > due.start.date()
                assert due.at.tzinfo is not None


@ALL
def test_replaying_the_events_gives_the_state_without_any_predicate(
    profile_id: str, kind: str
) -> None:
    made = table(kind, profile_id=profile_id)
    for walk in _walks(made):
        state = ""
        for event in walk.history:
            targets = {r.to for s in made.rows(event.step, state) for r in s.routes}
            assert event.to_state in targets
            state = event.to_state
        assert state == walk.state


def _walks(made: FlatTable, tries: int = 60) -> Iterator[Walk]:
    """Walk at random, from opening to an end, a day or so between steps."""
    chance = random.Random(made.digest)
    for _ in range(tries):
        walk = Walk(made)
        at = beijing("2026-03-02") + timedelta(days=chance.randrange(280))
        while not (walk.state and made.states[walk.state].is_end):
            steps = _lawful(walk)
            assert steps, f"{made.kind}: stuck in {walk.state}"
            step = chance.choice(steps)
            facts = {name: _some(made, name, chance) for name in _every_fact(step)}
            given = facts | {need.name: filled(made.facts[need.name]) for need in step.facts_when}
            deciding = rules.deciding(step, given, walk.facts)
            if rules.barred_by(step, deciding) is not None:
                continue
            route = rules.route_of(step, deciding)
            walk.history.append(Happened(step.name, step.stage, at, given, route.to))
            at += timedelta(days=chance.randrange(4), hours=chance.randrange(9))
        yield walk


def _every_fact(step: Step) -> tuple[str, ...]:
    return (*step.facts, *step.optional, *step.computed)


def _some(made: FlatTable, name: str, chance: random.Random) -> object:
    word = made.facts[name]
    if word.type == "choice":
        return chance.choice(list(word.choices))
    return chance.choice([True, False]) if word.type == "boolean" else filled(word)


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_a_kind_that_the_text_lacks_cannot_be_opened_and_says_where_we_looked(
    profile_id: str,
) -> None:
    profile = profiles.load(profile_id)
    for kind in set(profile.kinds) - set(stated(profile_id)):
        with pytest.raises(KindNotInProfileError, match=f"has no procedure {kind}") as refusal:
            table(kind, profile_id=profile_id)
        assert refusal.value.cite
        assert set(refusal.value.cite) <= set(profile.clauses)


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_text_speaks_of_every_kind(profile_id: str) -> None:
    profile = profiles.load(profile_id)

    assert set(profile.kinds) == set(profile.words.kinds)


@ALL
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_diagram_draws_every_state_and_every_step(
    profile_id: str, kind: str, lang: str
) -> None:
    made = table(kind, profile_id=profile_id)
    drawn = diagrams.mermaid(made, lang)

    assert drawn.startswith("stateDiagram-v2\n")
    for name in made.states:
        assert f"    {name} : " in drawn
    for step in made.steps:
        for route in step.routes:
            assert f"    {step.source or '[*]'} --> {route.to} : " in drawn
        assert step.names.get(lang) in drawn
    assert drawn == diagrams.mermaid(made, lang)
