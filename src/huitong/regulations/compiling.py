"""Compiles a kind, as a profile states it, to the one flat table that everything else reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from huitong.regulations.compiling_parts import facts_named, practice_steps, roles_named
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import (
    KindWord,
    OutcomeText,
    OutcomeWord,
    ProcedureText,
    Profile,
    StageText,
)
from huitong.regulations.powers import Variant, joined_variants, joint, moves, open_outcomes
from huitong.regulations.types import (
    ANY,
    CLOCK,
    EACH,
    LEAD,
    ON_PAPER,
    FactWord,
    FlatTable,
    Names,
    Route,
    State,
    Step,
    TimeLimit,
)

# Starts of a period that every table has; others are stages, which the local text must have too.
_STARTS_ANYWHERE = ("receipt", "sending", "event.")


# Lists of what can be started ask for every table at each request; nothing of a table changes.
@lru_cache(maxsize=1024)
def compiled(profile: Profile, kind: str, on: date) -> FlatTable:
    """Return the table of a kind as worded on a day (the day of receipt).

    Raises: KindNotInProfileError, when the text has no such procedure; `cite` is where we looked.
    """
    text = profile.kinds.get(kind)
    if text is None or text.absent is not None:
        at = text.absent.at if text and text.absent else ()
        raise KindNotInProfileError(
            f"{profile.title.en} has no procedure {kind}: it cannot be started.",
            zh=f"《{profile.title.zh}》没有规定该程序（{kind}），不能发起。",
            cite=at,
        )
    return _Compiler(profile, profile.words.kinds[kind], text, on).table()


def every_table(profiles: Iterable[Profile]) -> Iterator[FlatTable]:
    """Yield the table of every kind of some profiles, in each of its wordings."""
    for profile in profiles:
        for kind, text in profile.kinds.items():
            if text.absent is None:
                for day in (date.min, *wording_days(text)):
                    yield compiled(profile, kind, day)


def wording_days(text: ProcedureText) -> tuple[date, ...]:
    """Return the days on which the wording of some stage changes, in order."""
    days = {stage.since for wordings in text.stages.values() for stage in wordings if stage.since}
    return tuple(sorted(days))


class _Compiler:
    def __init__(self, profile: Profile, kind: KindWord, text: ProcedureText, on: date) -> None:
        self.profile = profile
        self.on = on
        self.kind = kind
        self.text = text
        self.stages: dict[str, StageText] = {}
        for name, wordings in text.stages.items():
            in_force = [w for w in wordings if w.since is None or w.since <= on]
            if in_force:
                self.stages[name] = max(in_force, key=lambda w: w.since or date.min)
        self.order = list(self.stages)
        self.states: dict[str, State] = {}
        self.steps: list[Step] = []

    def table(self) -> FlatTable:
        entry = self.stages[self.order[0]]
        entry_name = self._entry(entry)
        for name in self.order[1:]:
            self._stage(self.stages[name])
        if any(r.to == entry.name for s in self.steps for r in s.routes):
            self._stage(entry)
        self._ends()
        self.steps += practice_steps(self.kind, self.text, self.states, entry.by)
        self.steps = [self._of_several(self._on_paper(step)) for step in self.steps]
        sinces = [s.since for s in self.stages.values() if s.since]
        return FlatTable(
            profile_id=self.profile.id,
            kind=self.kind.name,
            names=self.kind.names,
            entry=entry_name,
            states=self.states,
            steps=tuple(self.steps),
            roles=roles_named(self.profile, self.steps, self.states),
            duties=self.profile.duties,
            facts={name: self._fact(name) for name in facts_named(self.steps, self.states)},
            silent=self.text.silent,
            closed={
                f"{stage.name}.{outcome.name}": outcome.closed_by
                for stage in self.stages.values()
                for outcome in stage.outcomes.values()
                if outcome.closed_by
            },
            overdue=self.profile.overdue,
            clock=self.profile.clock,
            since=max(sinces) if sinces else self.profile.valid_from,
            follow=self.text.follow,
            lost=self.text.lost,
        )

    def _entry(self, stage: StageText) -> str:
        word = self.kind.stages[stage.name]
        outcome = next(iter(word.outcomes.values()))
        text = stage.outcomes.get(outcome.name) or OutcomeText(outcome.name, stage.line)
        step = self._step(stage, outcome, text, source="")
        if stage.consent:
            step = replace(step, consent=stage.consent, facts=(*step.facts, "consent"))
        self.steps += [replace(step, by=role) for role in text.by or stage.by]
        return step.name

    def _stage(self, stage: StageText) -> None:
        word = self.kind.stages[stage.name]
        todo, seen = [Variant()], set[Variant]()
        while todo:
            variant = todo.pop(0)
            if variant in seen:
                continue
            seen.add(variant)
            self._state(stage, variant)
            source = variant.name(stage.name)
            for outcome, text in open_outcomes(stage, word, variant):
                step = self._step(stage, outcome, text, source=source)
                if stage.all_of and not text.by:
                    self.steps += joint(stage, word, variant, step)
                else:
                    self.steps += [replace(step, by=role) for role in text.by or stage.by]
            todo += joined_variants(stage, variant)
            for row, reached in self._power_steps(stage, variant, source):
                self.steps.append(row)
                todo.append(reached)
            self._clock_steps(stage, source)

    def _on_paper(self, step: Step) -> Step:
        """Ask whoever records another's decision who decided, and for the number of the paper."""
        role = self.profile.roles.get(step.by)
        if role is None or role.recorded_by is None:
            return step
        return replace(step, facts=tuple(dict.fromkeys((*step.facts, *ON_PAPER))))

    def _of_several(self, step: Step) -> Step:
        """Say what is needed where the role has several departments.

        Only the stage's first outcome needs each of them, any one may take another (as `all_of`).
        The lead decides with the others' opinions on file, as soon as a case has others.
        """
        role = self.profile.roles.get(step.by)
        if role is None or not role.several or step.practice or not step.source:
            return step
        stage, outcomes = self.stages[step.stage], self.kind.stages[step.stage].outcomes
        shut = {name for name, text in stage.outcomes.items() if text.closed_by}
        need = stage.several or role.several
        if need == EACH and step.outcome != next(name for name in outcomes if name not in shut):
            need = ANY
        asks = need == LEAD and step.outcome in outcomes and "opinions" not in step.facts
        optional = dict.fromkeys((*step.optional, *(["opinions"] if asks else [])))
        return replace(step, several=need, optional=tuple(optional))

    def _power_steps(
        self, stage: StageText, variant: Variant, source: str
    ) -> list[tuple[Step, Variant]]:
        word = self.kind.stages[stage.name]
        names = {
            name
            for name, o in word.outcomes.items()
            if not o.lapse and not (name in stage.outcomes and stage.outcomes[name].closed_by)
        }
        ordered = tuple(name for name in word.outcomes if name in names)
        found = []
        for move in moves(
            stage,
            variant,
            outcomes=ordered,
            applicant=self.stages[self.order[0]].by,
            powers=dict(self.profile.words.powers),
        ):
            step = Step(
                name=f"{stage.name}.{move.step}",
                stage=stage.name,
                outcome=move.step,
                source=source,
                by="",
                routes=(Route(None, move.to.name(stage.name)),),
                names=move.names,
                cite=move.cite,
                facts=move.facts,
                tell=tuple(dict.fromkeys(move.tell)),
            )
            found += [(replace(step, by=role), move.to) for role in move.by]
        return found

    def _clock_steps(self, stage: StageText, source: str) -> None:
        word = self.kind.stages[stage.name]
        if stage.at_end:
            outcome = word.outcomes[stage.at_end.outcome]
            text = stage.outcomes.get(outcome.name) or OutcomeText(outcome.name, stage.line)
            step = self._step(stage, outcome, text, source=source)
            self.steps.append(
                replace(
                    step,
                    by=CLOCK,
                    cite=stage.at_end.cite,
                    facts=(),
                    facts_when=(),
                    presumed=stage.at_end.presumed,
                )
            )
        if stage.wait:
            self.steps.append(
                Step(
                    name=f"{stage.name}.elapse",
                    stage=stage.name,
                    outcome="elapse",
                    source=source,
                    by=CLOCK,
                    routes=(self._route(stage, None, "next", ()),),
                    names=self.profile.words.powers["elapse"],
                    cite=stage.wait.cite,
                    tell=stage.tell,
                    presumed=stage.wait.presumed,
                )
            )

    def _step(
        self, stage: StageText, outcome: OutcomeWord, text: OutcomeText, *, source: str
    ) -> Step:
        targets = [(t.when, t.to) for t in text.targets] or [(None, outcome.to)]
        consulting = stage.consulting
        cite = text.cite or stage.cite
        return Step(
            name=f"{stage.name}.{outcome.name}",
            stage=stage.name,
            outcome=outcome.name,
            source=source,
            by="",
            routes=tuple(self._route(stage, when, to, outcome.effects) for when, to in targets),
            names=outcome.names,
            cite=tuple(dict.fromkeys((*cite, *(consulting.cite if consulting else ())))),
            facts=tuple(
                dict.fromkeys((*stage.facts, *text.facts, *(["opinions"] if consulting else [])))
            ),
            facts_when=(*stage.facts_when, *text.facts_when),
            optional=(*stage.optional, *text.optional),
            computed=text.computed,
            forbidden=text.forbidden,
            tell=tuple(dict.fromkeys((*stage.tell, *text.tell))),
            presumed=text.presumed,
            consulting=consulting.roles if consulting else (),
        )

    def _route(
        self, stage: StageText, when: str | None, to: str, effects: tuple[str, ...]
    ) -> Route:
        if to == "next":
            place = self.order.index(stage.name) + 1
            to = self.order[place] if place < len(self.order) else self.kind.done
        elif to in ("done", "end"):
            to = self.kind.done
        end = self.kind.ends.get(to)
        return Route(when, to, (*effects, *(end.effects if end else ())))

    def _state(self, stage: StageText, variant: Variant) -> None:
        name = variant.name(stage.name)
        word = self.kind.stages[stage.name]
        powers = self.profile.words.powers
        extra = [powers[label] for label in variant.labels()]
        owners = stage.all_of or stage.by
        if variant.joined:
            owners = tuple(role for role in stage.all_of if role not in variant.joined)
        if stage.consent and not variant.consented:
            owners = (*owners, stage.consent.by)
        pauses = False
        if variant.asking == "extension" and stage.extend:
            owners = (stage.extend.approved_by, *owners)
        elif variant.asking and stage.supplement:
            by = (stage.supplement.by,) if stage.supplement.by else self.stages[self.order[0]].by
            owners = (*by, *owners)
            pauses = stage.supplement.pauses
        self.states[name] = State(
            name=name,
            stage=stage.name,
            is_end=False,
            names=Names(
                word.names.zh + "".join(f"（{n.zh}）" for n in extra),
                word.names.en + "".join(f" ({n.en})" for n in extra),
            ),
            owners=tuple(dict.fromkeys(owners)),
            times=stage.times or self._times_above(stage),
            extensions=(stage.extend.limit,) if variant.extended and stage.extend else (),
            wait=stage.wait,
            pauses=pauses,
            cite=stage.cite,
            all_of=stage.all_of,
            force=stage.force,
        )

    def _times_above(self, stage: StageText) -> tuple[TimeLimit, ...]:
        """Return the parent's period for a stage on whose period the text says nothing.

        A law in force above does not cease where a local text is silent. Nothing else is taken
        from it, and drafts and models are only compared (`floors`).
        """
        above = self.profile.above
        if (
            above is None
            or self.profile.status != "in_force"
            or not above.in_force(self.on)
            or f"{stage.name}.time" not in self.text.silent
        ):
            return ()
        theirs = above.kinds[self.kind.name].stages.get(stage.name, ())
        worded = [w for w in theirs if w.since is None or w.since <= self.on]
        limits = worded[-1].times if worded else ()
        return tuple(
            limit
            for limit in limits
            if limit.amount is not None
            and (limit.start in self.stages or limit.start.startswith(_STARTS_ANYWHERE))
        )

    def _ends(self) -> None:
        reached = {route.to for step in self.steps for route in step.routes}
        reached |= {self.kind.practice[p].to for p in self.text.practice}
        for end in self.kind.ends.values():
            if end.name in reached:
                self.states[end.name] = State(end.name, end.name, is_end=True, names=end.names)

    def _fact(self, name: str) -> FactWord:
        word, narrowed = self.profile.words.facts[name], self.text.choices.get(name)
        if narrowed is None:
            return word
        return replace(
            word, choices={key: n for key, n in word.choices.items() if key in narrowed.only}
        )
