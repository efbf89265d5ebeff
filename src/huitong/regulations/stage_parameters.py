"""What a text says of one stage of a procedure, and of each decision in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from huitong.regulations import saying, seating
from huitong.regulations.law import OutcomeText, ProcedureText, Profile, StageText
from huitong.regulations.places import Place, Said, cites, said
from huitong.regulations.types import Names

_OURS = Names("条文没有写明，系平台的理解", "the text does not say it; this is our reading")


def of(profile: Profile, text: ProcedureText, stage: StageText) -> Iterator[tuple[Place, Said]]:
    """Yield what a wording of a stage says, the stage itself first."""
    say = saying.Words(profile, text)
    here = Place("stage", text.kind, stage.name)
    yield here, Said(saying.PRESENT, stage.cite, "present")
    if stage.since is not None:
        day = str(stage.since)
        yield replace(here, parameter="since"), said((Names(day, day), stage.since), stage.cite)
    for parameter, one in (*_clocks(say, stage), *_people(say, stage), *_matter(say, stage)):
        yield replace(here, parameter=parameter), one
    for outcome in stage.outcomes.values():
        for parameter, one in _outcome(say, stage, outcome):
            yield replace(here, parameter=parameter, item=outcome.name), one


def _clocks(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    if stage.times:
        found = cites(limit.cite for limit in stage.times)
        yield "time", said(say.times(stage.times), found)
    if stage.wait is not None:
        yield "wait", said(say.times((stage.wait,)), stage.wait.cite)
    if stage.extend is not None:
        yield "extend", said(say.extend(stage.extend), stage.extend.cite)
    if stage.supplement is not None:
        yield "supplement", said(say.supplement(stage.supplement), stage.supplement.cite)
    if stage.at_end is not None:
        yield "at_end", said(say.at_end(stage), stage.at_end.cite)


def _people(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    who = say.who(stage)
    if who is not None:
        yield "who", said(who, stage.cite)
    if stage.consent is not None:
        yield "consent", said(say.roles((stage.consent.by,)), stage.consent.cite)
    if stage.tell:
        yield "tell", said(say.roles(stage.tell), stage.cite)
    seats = seating.seats(say.profile, seating.roles_of(stage))
    if seats is not None:
        yield "seats", said(*seats)


def _matter(say: saying.Words, stage: StageText) -> Iterator[tuple[str, Said]]:
    facts = say.facts(stage.facts, stage.facts_when)
    if facts is not None:
        found = cites((stage.cite, *(need.cite for need in stage.facts_when)))
        yield "facts", said(facts, found)
    if stage.optional:
        yield "optional", said(say.listed(stage.optional), stage.cite)
    yield "outcomes", said(say.outcomes(stage), stage.cite)
    if stage.force == "may":
        yield "force", Said(Names("可以，不是应当", "may, not shall"), stage.cite, "may")


def _outcome(
    say: saying.Words, stage: StageText, outcome: OutcomeText
) -> Iterator[tuple[str, Said]]:
    cite = outcome.cite or stage.cite

    def of_it(value: saying.Value, found: tuple[str, ...] = cite) -> Said:
        return said(say.of_outcome(stage, outcome, value), found)

    if outcome.by:
        yield "who", of_it(say.roles(outcome.by))
    needed = say.facts(outcome.facts, outcome.facts_when)
    if needed is not None:
        yield "facts", of_it(needed)
    if outcome.optional:
        yield "optional", of_it(say.listed(outcome.optional))
    if outcome.computed:
        yield "computed", of_it(say.listed(outcome.computed))
    if outcome.forbidden:
        bars = cites(guard.cite for guard in outcome.forbidden)
        yield "bars", of_it(say.bars(outcome.forbidden), bars)
    if outcome.tell:
        yield "tell", of_it(say.roles(outcome.tell))
    if outcome.presumed:
        yield "presumed", of_it((_OURS, "presumed"))
    if outcome.closed_by:
        closed = say.outcome_name(stage, outcome.name), "closed"
        yield "closed", said(closed, outcome.closed_by)
