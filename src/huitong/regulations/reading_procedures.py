"""Reads `procedures.yaml`: the stages of each kind, in the order of the law, with its powers."""

from __future__ import annotations

from collections.abc import Mapping

from huitong.regulations.law import (
    Absent,
    AtEnd,
    Consulting,
    Extend,
    KindWord,
    OutcomeText,
    ProcedureText,
    StageText,
    StageWord,
    Supplement,
    Target,
    Words,
)
from huitong.regulations.marks import MarkedDict, MarkedList
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.reading import Reader
from huitong.regulations.types import (
    UNITS,
    Consent,
    FactWhen,
    Guard,
    Role,
    TimeLimit,
    Unit,
)

_STAGE_KEYS = (
    "since by facts optional time tell outcomes extend supplement consent all_of consulting"
    " at_end wait force cite"
).split()
_OUTCOME_KEYS = "to by facts optional forbidden_when tell cite closed_by presumed".split()
_TIME_KEYS = (*UNITS, "own_period", "set_in", "from", "presumed", "when", "cite")
_PARAMETERS = ("facts", "consent", "time", "extend", "supplement", "wait", "tell")
_BESIDE_STAGES = ("practice", "silent", "follow", "absent")


class ProcedureReader:
    """Turns one procedures.yaml into texts, for a profile whose roles are known."""

    def __init__(self, reader: Reader, words: Words, roles: Mapping[str, Role]) -> None:
        self.reader = reader
        self.words = words
        self.roles = roles

    def read(self) -> dict[str, ProcedureText]:
        """Return every kind that the file states."""
        found = {}
        for kind, node, line in self.reader.entries(self.reader.root):
            if self.reader.known(kind, self.words.kinds, line, "kind"):
                found[kind] = self._procedure(kind, self.words.kinds[kind], node, line)
        return found

    def _procedure(
        self, name: str, kind: KindWord, node: MarkedDict, line: int
    ) -> ProcedureText:
        reader = self.reader
        stages: dict[str, tuple[StageText, ...]] = {}
        for key in node:
            if key in _BESIDE_STAGES:
                continue
            if not reader.known(key, kind.stages, node.line_of(key), "stage"):
                continue
            value = node[key]
            wordings = value if isinstance(value, MarkedList) else [value]
            stages[key] = tuple(
                self._stage(f"{name}.{key}", kind, kind.stages[key], part, node.line_of(key))
                for part in wordings
                if isinstance(part, MarkedDict)
            )
            if len(stages[key]) != len(wordings):
                reader.fault(node.line_of(key), "shape", f"{key} must hold keys", "mend it")
        text = ProcedureText(
            kind=name,
            line=line,
            stages=stages,
            silent=self._silent(name, kind, node),
            practice=reader.words(node, "practice"),
            follow=self._follow(node, kind),
            absent=self._absent(name, node),
            lines=dict(node.lines) | dict(reader.mapping(node, "silent").lines),
        )
        for step in text.practice:
            reader.known(step, kind.practice, node.line_of("practice"), "practice step")
        if bool(stages) == (text.absent is not None):
            reader.fault(
                line, "kind_not_stated", f"{name} has no stages, or stages and `absent` too",
                "state its stages, or `absent: {because, at}`",
            )
        return text

    def _silent(self, name: str, kind: KindWord, node: MarkedDict) -> dict[str, str]:
        reader = self.reader
        silent = {}
        part = reader.mapping(node, "silent")
        for key in part:
            where = reader.text(part, key)
            reader.clause(where, part.line_of(key), f"{name}: silent on {key}")
            stage, _, parameter = key.partition(".")
            last = parameter.rpartition(".")[2]
            if stage not in kind.stages or (parameter and last not in _PARAMETERS):
                reader.fault(
                    part.line_of(key), "silent_unknown", f"{name} has no {key} to be silent on",
                    "name a stage of the kind, or stage.parameter",
                )
            silent[key] = where
        return silent

    def _follow(self, node: MarkedDict, kind: KindWord) -> dict[str, str]:
        reader = self.reader
        part = reader.mapping(node, "follow")
        for end, child, line in reader.entries(part):
            reader.known(end, kind.ends, line, "end")
            reader.keys(child, ("open", "by", "cite"), f"follow.{end}")
            reader.known(reader.text(child, "open"), self.words.kinds, line, "kind")
            self._known_roles(reader.words(child, "by"), line)
            reader.cite(child, f"follow.{end}")
        return {end: reader.text(child, "open") for end, child, _ in reader.entries(part)}

    def _absent(self, name: str, node: MarkedDict) -> Absent | None:
        if "absent" not in node:
            return None
        reader = self.reader
        part = reader.mapping(node, "absent", needed=True)
        reader.keys(part, ("because", "at", "see"), f"{name}.absent")
        because = reader.text(part, "because")
        reader.known(because, ("silent", "lost"), part.line_of("because"), "reason of absence")
        at = reader.cite(part, f"{name}.absent", key="at")
        return Absent(because, at, reader.text(part, "see"))

    def _stage(
        self, where: str, kind: KindWord, word: StageWord, node: MarkedDict, line: int
    ) -> StageText:
        reader = self.reader
        reader.keys(node, _STAGE_KEYS, where)
        cite = reader.cite(node, where)
        facts, facts_when = self._facts(node)
        outcomes = {}
        for name, part, at in reader.entries(reader.mapping(node, "outcomes")):
            if reader.known(name, word.outcomes, at, "outcome"):
                outcomes[name] = self._outcome(f"{where}.{name}", kind, name, part, at)
        force = reader.text(node, "force", "shall")
        reader.known(force, ("shall", "may"), node.line_of("force"), "force")
        return StageText(
            name=word.name,
            line=line,
            since=reader.day(node, "since"),
            by=self._roles(node, "by"),
            facts=facts,
            facts_when=facts_when,
            optional=self._optional(node),
            times=self._times(node, where, kind),
            tell=self._roles(node, "tell"),
            outcomes=outcomes,
            extend=self._extend(node, where),
            supplement=self._supplement(node, where),
            consent=self._consent(node, where),
            all_of=self._roles(node, "all_of"),
            consulting=self._consulting(node, where),
            at_end=self._at_end(node, where, word),
            wait=self._wait(node, where, kind),
            force=force,
            cite=cite,
        )

    def _outcome(
        self, where: str, kind: KindWord, name: str, node: MarkedDict, line: int
    ) -> OutcomeText:
        reader = self.reader
        reader.keys(node, _OUTCOME_KEYS, where)
        facts, facts_when = self._facts(node)
        if "closed_by" in node and len(node) > 1:
            reader.fault(
                line, "closed_and_open", f"{where} is closed and described",
                "keep `closed_by` alone, or drop it",
            )
        return OutcomeText(
            name=name,
            line=line,
            targets=self._targets(node, kind),
            by=self._roles(node, "by"),
            facts=facts,
            facts_when=facts_when,
            optional=self._optional(node),
            forbidden=self._guards(node, where),
            tell=self._roles(node, "tell"),
            cite=reader.cite(node, where, needed=False),
            closed_by=reader.cite(node, where, key="closed_by", needed="closed_by" in node),
            presumed=reader.flag(node, "presumed"),
        )

    def _targets(self, node: MarkedDict, kind: KindWord) -> tuple[Target, ...]:
        value = node.get("to")
        line = node.line_of("to")
        found = []
        for item in value if isinstance(value, MarkedList) else [] if value is None else [value]:
            if isinstance(item, MarkedDict):
                self.reader.keys(item, ("when", "to"), "a route")
                target = Target(self.reader.maybe(item, "when"), self.reader.text(item, "to"))
            else:
                target = Target(None, str(item))
            if target.when is not None:
                self.reader.known(target.when, PREDICATES, line, "predicate")
            places = {*kind.stages, *kind.ends, "next", "done", "end"}
            self.reader.known(target.to, places, line, "stage or end")
            found.append(target)
        return tuple(found)

    def _facts(self, node: MarkedDict) -> tuple[tuple[str, ...], tuple[FactWhen, ...]]:
        plain: list[str] = []
        conditional: list[FactWhen] = []
        value = node.get("facts")
        line = node.line_of("facts")
        for item in value if isinstance(value, MarkedList) else [] if value is None else [value]:
            if isinstance(item, MarkedDict):
                for name, part, at in self.reader.entries(item):
                    self.reader.known(name, self.words.facts, at, "fact")
                    self.reader.keys(part, ("when", "cite"), f"fact {name}")
                    when = self.reader.text(part, "when")
                    self.reader.known(when, PREDICATES, at, "predicate")
                    cite = self.reader.cite(part, f"fact {name}")
                    conditional.append(FactWhen(name, when, cite))
            elif self.reader.known(str(item), self.words.facts, line, "fact"):
                plain.append(str(item))
        return tuple(plain), tuple(conditional)

    def _optional(self, node: MarkedDict) -> tuple[str, ...]:
        return self._fact_words(node, "optional")

    def _fact_words(self, node: MarkedDict, key: str) -> tuple[str, ...]:
        found = self.reader.words(node, key)
        line = node.line_of(key)
        return tuple(f for f in found if self.reader.known(f, self.words.facts, line, "fact"))

    def _roles(self, node: MarkedDict, key: str) -> tuple[str, ...]:
        found = self.reader.words(node, key)
        self._known_roles(found, node.line_of(key))
        return found

    def _known_roles(self, found: tuple[str, ...], line: int) -> None:
        for role in found:
            self.reader.known(role, self.roles, line, "role")

    def _guards(self, node: MarkedDict, where: str) -> tuple[Guard, ...]:
        value = node.get("forbidden_when")
        found = []
        for item in value if isinstance(value, MarkedList) else [] if value is None else [value]:
            if not isinstance(item, MarkedDict):
                self.reader.fault(
                    node.line_of("forbidden_when"), "shape",
                    f"{where}: a bar needs a predicate and a clause",
                    "write {predicate: …, cite: …}",
                )
                continue
            self.reader.keys(item, ("predicate", "cite"), f"{where}.forbidden_when")
            name = self.reader.text(item, "predicate")
            self.reader.known(name, PREDICATES, item.line_of("predicate"), "predicate")
            found.append(Guard(name, self.reader.cite(item, f"{where}.forbidden_when")))
        return tuple(found)

    def _times(self, node: MarkedDict, where: str, kind: KindWord) -> tuple[TimeLimit, ...]:
        value = node.get("time")
        items = value if isinstance(value, MarkedList) else [] if value is None else [value]
        return tuple(
            self._limit(item, f"{where}.time", kind) for item in items if isinstance(item, MarkedDict)
        )

    def _wait(self, node: MarkedDict, where: str, kind: KindWord) -> TimeLimit | None:
        if "wait" not in node:
            return None
        return self._limit(self.reader.mapping(node, "wait", needed=True), f"{where}.wait", kind)

    def _limit(
        self, node: MarkedDict, where: str, kind: KindWord | None = None
    ) -> TimeLimit:
        """Read a period; an extension (no `kind`) starts where the period before it ends."""
        reader = self.reader
        if kind is not None:
            reader.keys(node, _TIME_KEYS, where)
        given = [key for key in (*UNITS, "own_period", "set_in") if key in node]
        if len(given) != 1:
            reader.fault(
                node.line, "period_ambiguous", f"{where} states {len(given)} periods",
                "state exactly one of a number, own_period and set_in",
            )
        unit: Unit | None = next((u for u in UNITS if u in node), None)
        set_in = reader.maybe(node, "set_in")
        if set_in is not None:
            reader.known(set_in, self.words.facts, node.line_of("set_in"), "fact")
        start = reader.text(node, "from")
        if kind is not None and set_in is None:
            self._start(node, where, kind, start)
        when = reader.maybe(node, "when")
        if when is not None:
            reader.known(when, PREDICATES, node.line_of("when"), "predicate")
        return TimeLimit(
            cite=reader.cite(node, where),
            amount=reader.number(node, unit) if unit else None,
            unit=unit,
            own_period=reader.maybe(node, "own_period"),
            set_in=set_in,
            start=start,
            presumed=reader.flag(node, "presumed"),
            when=when,
        )

    def _start(self, node: MarkedDict, where: str, kind: KindWord, start: str) -> None:
        if not start:
            self.reader.fault(
                node.line, "clock_without_start", f"{where} does not say where it starts",
                "add `from: receipt`, `sending`, a stage or `event.<fact>`"
                " (with `presumed: true` where the text is silent)",
            )
        elif start.startswith("event."):
            fact = start.removeprefix("event.")
            self.reader.known(fact, self.words.facts, node.line_of("from"), "fact")
        else:
            known = {"receipt", "sending", *kind.stages}
            self.reader.known(start, known, node.line_of("from"), "start of a clock")

    def _extend(self, node: MarkedDict, where: str) -> Extend | None:
        if "extend" not in node:
            return None
        part = self.reader.mapping(node, "extend", needed=True)
        here = f"{where}.extend"
        self.reader.keys(part, (*UNITS, "approved_by", "facts", "tell", "cite"), here)
        approved_by = self._one_role(part, "approved_by", here)
        limit = self._limit(part, here)
        return Extend(
            limit, approved_by, self._fact_words(part, "facts"), self._roles(part, "tell"), limit.cite
        )

    def _one_role(self, node: MarkedDict, key: str, where: str) -> str:
        role = self.reader.text(node, key)
        if not role:
            self.reader.fault(
                node.line, "step_without_owner", f"{where} does not say {key}", f"add `{key}:`"
            )
        else:
            self._known_roles((role,), node.line_of(key))
        return role

    def _supplement(self, node: MarkedDict, where: str) -> Supplement | None:
        if "supplement" not in node:
            return None
        part = self.reader.mapping(node, "supplement", needed=True)
        here = f"{where}.supplement"
        self.reader.keys(part, ("times", "by", "pauses", "facts", "cite"), here)
        return Supplement(
            self.reader.number(part, "times", 1),
            self._one_role(part, "by", here) if "by" in part else "",
            self.reader.flag(part, "pauses"),
            self._fact_words(part, "facts"),
            self.reader.cite(part, here),
        )

    def _consent(self, node: MarkedDict, where: str) -> Consent | None:
        if "consent" not in node:
            return None
        part = self.reader.mapping(node, "consent", needed=True)
        here = f"{where}.consent"
        self.reader.keys(part, ("by", "cite"), here)
        return Consent(self._one_role(part, "by", here), self.reader.cite(part, here))

    def _consulting(self, node: MarkedDict, where: str) -> Consulting | None:
        if "consulting" not in node:
            return None
        part = self.reader.mapping(node, "consulting", needed=True)
        here = f"{where}.consulting"
        self.reader.keys(part, ("with", "cite"), here)
        return Consulting(self._roles(part, "with"), self.reader.cite(part, here))

    def _at_end(self, node: MarkedDict, where: str, word: StageWord) -> AtEnd | None:
        if "at_end" not in node:
            return None
        part = self.reader.mapping(node, "at_end", needed=True)
        here = f"{where}.at_end"
        self.reader.keys(part, ("outcome", "presumed", "cite"), here)
        outcome = self.reader.text(part, "outcome")
        self.reader.known(outcome, word.outcomes, part.line_of("outcome"), "outcome")
        presumed = self.reader.flag(part, "presumed")
        return AtEnd(outcome, presumed, self.reader.cite(part, here))
