"""Parts of a flat table that follow from its states and steps: practice, facts and roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huitong.regulations.law import KindWord, ProcedureText, Profile
from huitong.regulations.types import CLOCK, Names, Role, Route, State, Step

_CLOCK_ROLE = Role(CLOCK, "clock", Names("平台时钟", "the platform's clock"))


def practice_steps(
    kind: KindWord, text: ProcedureText, states: Mapping[str, State], by: Sequence[str]
) -> Iterator[Step]:
    """Yield the steps that no article knows, taken by whoever opened the case (`by`)."""
    for name in text.practice:
        word = kind.practice[name]
        for state in list(states.values()):
            if state.stage not in word.during:
                continue
            effects = kind.ends[word.to].effects
            for role in by:
                yield Step(
                    name=name,
                    stage=word.stage,
                    outcome=word.outcome,
                    source=state.name,
                    by=role,
                    routes=(Route(None, word.to, effects),),
                    names=word.names,
                    practice=True,
                    tell=tuple(r for r in state.owners if r != role),
                )


def facts_named(steps: Sequence[Step], states: Mapping[str, State]) -> list[str]:
    """Return every fact that a step asks for or a clock starts from."""
    names: set[str] = set()
    for step in steps:
        names |= {*step.own_facts, *step.computed}
    for state in states.values():
        for limit in (*state.times, *([state.wait] if state.wait else [])):
            starts_at = limit.start.removeprefix("event.")
            names |= {starts_at} if starts_at != limit.start else set()
            names |= {limit.set_in} if limit.set_in else set()
    return sorted(names)


def roles_named(
    profile: Profile, steps: Sequence[Step], states: Mapping[str, State]
) -> dict[str, Role]:
    """Return every role that a table speaks of, with those that record or stand beside them."""
    names: set[str] = set(profile.overdue.tell) - {"owner"}
    for step in steps:
        names |= {step.by, *step.tell, *step.consulting}
        names |= {step.consent.by} if step.consent else set()
    for state in states.values():
        names |= set(state.owners)
    known = {**profile.roles, CLOCK: _CLOCK_ROLE}
    names |= {known[n].recorded_by or n for n in names if n in known}
    names |= {known[n].beside or n for n in names if n in known}
    return {name: known[name] for name in sorted(names) if name in known}
