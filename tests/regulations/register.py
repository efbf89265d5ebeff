"""Says in plain lines what a profile makes of its text: one line a step, a period, a role.

The lines stand a second time in `register/<profile>.txt`, as a bookkeeper enters everything
twice: a profile changes only together with a line that was read beside the article.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huitong.regulations import compiling
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable, Role, State, Step, TimeLimit

_LONG_AGO = date(2000, 1, 1)


def lines(profile: Profile) -> Iterator[str]:
    """Yield every line of a profile, in the order of its files."""
    yield from _identity(profile)
    for kind, text in profile.kinds.items():
        if text.absent is not None:
            see = f", see {text.absent.see}" if text.absent.see else ""
            yield f"{kind}: {text.absent.because}{see}{_at(text.absent.at)}"
            continue
        for day in (None, *compiling.wording_days(text)):
            on = day or profile.valid_from or _LONG_AGO
            head = kind if day is None else f"{kind} since {day}"
            yield from (f"{head}: {line}" for line in _table(compiling.compiled(profile, kind, on)))


def _identity(profile: Profile) -> Iterator[str]:
    parent = f" under {profile.parent}" if profile.parent else ""
    until = f" to {profile.valid_to}" if profile.valid_to else ""
    yield (
        f"{profile.status} of a {profile.level}{parent} from {profile.valid_from}{until}"
        f"{_at(profile.validity_cite)}"
    )
    yield from (f"duty {duty}: {body}" for duty, body in profile.duties.items())
    yield from (f"role {_role(role)}" for role in profile.roles.values())
    for name, term in profile.terms.items():
        yield f"term {name}: {term.names.zh}{_at(term.cite)}"
    for field in profile.fields:
        when = f" when {field.when}" if field.when else ""
        silence = f", silence is {field.treated_as}" if field.treated_as else ""
        yield f"field {field.name}{when}{silence}{_at(field.cite)}"
    for name, exclusion in profile.excluded.items():
        yield f"excluded {name}{_at(exclusion.cite)}"
    yield f"ranks {', '.join(profile.ranks)}"
    for name, basis in profile.bases.items():
        yield f"basis {name}: {', '.join(basis.ranks)}{_at(basis.cite)}"
    for bar in profile.opening_bars:
        yield f"not opened {bar.name}{f' unless {bar.unless}' if bar.unless else ''}{_at(bar.cite)}"
    yield f"overdue tells {', '.join(profile.overdue.tell)}{_at(profile.overdue.cite)}"


def _role(role: Role) -> str:
    parts = [role.name, "is", role.resolver]
    for word, value in (
        ("for", role.duty), ("beside", role.beside), ("of the", role.level),
        ("above by", role.above or None), ("recorded by", role.recorded_by),
        ("several:", role.several),
    ):  # fmt: skip
        parts += [word, str(value)] if value else []
    return " ".join(parts) + _presumed(role.presumed) + f" {role.names.zh}" + _at(role.cite)


def _table(table: FlatTable) -> Iterator[str]:
    for state in table.states.values():
        if not state.is_end:
            yield _state(state)
    # A step may stand in several variants of its stage: said once, with all that it leaves.
    sources: dict[str, list[str]] = {}
    for step in table.steps:
        sources.setdefault(_step(step), []).append(step.source or "nothing yet")
    for said, found in sources.items():
        yield f"{said} in {', '.join(dict.fromkeys(found))}"
    for where, clause in table.silent.items():
        yield f"{'lost' if where in table.lost else 'silent'} {where}{_at((clause,))}"
    yield from (f"closed {where}{_at(cite)}" for where, cite in table.closed.items())
    yield from (f"after {end} may follow {kind}" for end, kind in table.follow.items())


def _state(state: State) -> str:
    parts = [f"state {state.name} waits for {', '.join(state.owners)}"]
    parts += [f"time {_limit(limit)}" for limit in state.times]
    parts += [f"extended {_limit(limit)}" for limit in state.extensions]
    parts += [f"waits {_limit(state.wait)}"] if state.wait else []
    parts += ["clock stands"] if state.pauses else []
    parts += [f"all of {', '.join(state.all_of)} sign"] if state.all_of else []
    parts += [f"{state.force} end"] if state.force != "shall" else []
    return "; ".join(parts) + _at(state.cite)


def _limit(limit: TimeLimit) -> str:
    long = f"{limit.amount} {limit.unit}" if limit.amount else limit.own_period or limit.set_in
    start = f" from {limit.start}" if limit.start else ""
    when = f" when {limit.when}" if limit.when else ""
    return f"{long}{start}{when}{_presumed(limit.presumed)}{_at(limit.cite)}"


def _step(step: Step) -> str:
    parts = [f"{step.name} by {step.by}"]
    parts += [f"needs {', '.join(step.facts)}"] if step.facts else []
    parts += [f"needs {n.name} when {n.when}{_at(n.cite)}" for n in step.facts_when]
    parts += [f"may give {', '.join(step.optional)}"] if step.optional else []
    parts += [f"found out {', '.join(step.computed)}"] if step.computed else []
    parts += (
        [f"with the consent of {step.consent.by}{_at(step.consent.cite)}"] if step.consent else []
    )
    parts += [f"not when {guard.when}{_at(guard.cite)}" for guard in step.forbidden]
    parts += [f"to {r.to}{f' when {r.when}' if r.when else ''}" for r in step.routes]
    parts += [f"tells {', '.join(step.tell)}"] if step.tell else []
    parts += [f"of several: {step.several}"] if step.several else []
    parts += [f"with the opinions of {', '.join(step.consulting)}"] if step.consulting else []
    parts += ["practice"] if step.practice else []
    return "; ".join(parts) + _presumed(step.presumed) + _at(step.cite)


def _presumed(presumed: bool) -> str:
    return " (presumed)" if presumed else ""


def _at(cite: tuple[str, ...]) -> str:
    return f" [{' '.join(cite)}]" if cite else ""
