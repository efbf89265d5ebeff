"""Reads `procedures.yaml`: the stages of each kind, in the order of the law, with its powers."""

from __future__ import annotations

from huitong.regulations.law import (
    Absent,
    KindWord,
    Narrowed,
    OutcomeText,
    ProcedureText,
    Recurrence,
    StageText,
    StageWord,
    Target,
)
from huitong.regulations.marks import MarkedDict, MarkedList
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.reading_parts import PartReader
from huitong.regulations.types import SEVERAL

_STAGE_KEYS = (
    *("since", "by", "facts", "optional", "time", "tell", "outcomes", "force", "cite"),
    "several",
    *("extend", "supplement", "consent", "all_of", "consulting", "at_end", "wait"),
)
_OUTCOME_KEYS = (
    *("to", "by", "facts", "optional", "computed", "forbidden_when", "tell", "cite"),
    *("closed_by", "presumed"),
)
_PARAMETERS = ("facts", "consent", "time", "extend", "supplement", "wait", "tell")
_BESIDE_STAGES = ("practice", "silent", "lost", "follow", "recurs", "choices", "absent")


class ProcedureReader(PartReader):
    """Turns one procedures.yaml into texts, for a profile whose roles are known."""

    def read(self) -> dict[str, ProcedureText]:
        """Return every kind that the file states."""
        found = {}
        for kind, node, line in self.reader.entries(self.reader.root):
            if self.reader.known(kind, self.words.kinds, line, "kind"):
                found[kind] = self._procedure(kind, self.words.kinds[kind], node, line)
        return found

    def _procedure(self, name: str, kind: KindWord, node: MarkedDict, line: int) -> ProcedureText:
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
        follow, follow_cites = self._follow(node, kind)
        silent, lost = self._silent(name, kind, node), self._silent(name, kind, node, key="lost")
        for twice in sorted(set(silent) & set(lost)):
            reader.fault(
                node.line_of("lost"),
                "lost_and_silent",
                f"{name}: {twice} is said to be lost, and to be unsaid",
                "keep it in one of the two",
            )
        text = ProcedureText(
            kind=name,
            line=line,
            stages=stages,
            silent={**silent, **lost},
            lost=tuple(lost),
            practice=reader.words(node, "practice"),
            follow=follow,
            follow_cites=follow_cites,
            recurs=self._recurs(name, node),
            choices=self._choices(name, node),
            absent=self._absent(name, node),
            lines=dict(node.lines)
            | dict(reader.mapping(node, "silent").lines)
            | dict(reader.mapping(node, "lost").lines),
        )
        for step in text.practice:
            reader.known(step, kind.practice, node.line_of("practice"), "practice step")
        if bool(stages) == (text.absent is not None):
            reader.fault(
                line,
                "kind_not_stated",
                f"{name} has no stages, or stages and `absent` too",
                "state its stages, or `absent: {because, at}`",
            )
        return text

    def _silent(
        self, name: str, kind: KindWord, node: MarkedDict, key: str = "silent"
    ) -> dict[str, str]:
        """Return on what a text says nothing, or what is lost of it, each with its clause."""
        reader = self.reader
        silent = {}
        part = reader.mapping(node, key)
        for said in part:
            where = reader.text(part, said)
            reader.clause(where, part.line_of(said), f"{name}: {key} {said}")
            stage, _, parameter = said.partition(".")
            last = parameter.rpartition(".")[2]
            if stage not in kind.stages or (parameter and last not in _PARAMETERS):
                reader.fault(
                    part.line_of(said),
                    "silent_unknown",
                    f"{name} has no {said} to be silent on",
                    "name a stage of the kind, or stage.parameter",
                )
            silent[said] = where
        return silent

    def _follow(
        self, node: MarkedDict, kind: KindWord
    ) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Return which kind each end opens, and the article that says so."""
        reader = self.reader
        part = reader.mapping(node, "follow")
        cites = {}
        for end, child, line in reader.entries(part):
            reader.known(end, kind.ends, line, "end")
            reader.keys(child, ("open", "by", "cite"), f"follow.{end}")
            reader.known(reader.text(child, "open"), self.words.kinds, line, "kind")
            self.known_roles(reader.words(child, "by"), line)
            cites[end] = reader.cite(child, f"follow.{end}")
        return {end: reader.text(child, "open") for end, child, _ in reader.entries(part)}, cites

    def _recurs(self, name: str, node: MarkedDict) -> Recurrence | None:
        if "recurs" not in node:
            return None
        reader, where = self.reader, f"{name}.recurs"
        part = reader.mapping(node, "recurs", needed=True)
        reader.keys(part, ("years", "own_period", "cite"), where)
        yearly, word = part.get("years") == 1, reader.text(part, "own_period")
        if ("years" in part) == bool(word) or ("years" in part and not yearly):
            reader.fault(
                part.line,
                "period_ambiguous",
                f"{where} must say how often",
                "write `years: 1`, or the text's own word as `own_period`",
            )
        return Recurrence(yearly, word, reader.cite(part, where))

    def _choices(self, name: str, node: MarkedDict) -> dict[str, Narrowed]:
        reader, found = self.reader, {}
        for fact, part, line in reader.entries(reader.mapping(node, "choices")):
            where = f"{name}.choices.{fact}"
            reader.keys(part, ("only", "cite"), where)
            word = self.words.facts.get(fact)
            if word is None or word.type != "choice":
                reader.fault(
                    line,
                    "choices_of_no_choice",
                    f"{where}: {fact} is no fact to choose from",
                    "name a fact of type choice",
                )
                continue
            only = reader.words(part, "only")
            for one in only:
                reader.known(one, word.choices, part.line_of("only"), "choice")
            found[fact] = Narrowed(only, reader.cite(part, where))
        return found

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
        facts, facts_when = self.facts(node)
        outcomes = {}
        for name, part, at in reader.entries(reader.mapping(node, "outcomes")):
            if reader.known(name, word.outcomes, at, "outcome"):
                outcomes[name] = self._outcome(f"{where}.{name}", kind, name, part, at)
        force = reader.text(node, "force", "shall")
        reader.known(force, ("shall", "may"), node.line_of("force"), "force")
        several = reader.text(node, "several")
        if several:
            reader.known(several, SEVERAL, node.line_of("several"), "need of several departments")
        return StageText(
            name=word.name,
            line=line,
            since=reader.day(node, "since"),
            by=self.roles(node, "by"),
            facts=facts,
            facts_when=facts_when,
            optional=self.optional(node),
            times=self.times(node, where, kind),
            tell=self.roles(node, "tell"),
            outcomes=outcomes,
            extend=self.extend(node, where),
            supplement=self.supplement(node, where),
            consent=self.consent(node, where),
            all_of=self.roles(node, "all_of"),
            consulting=self.consulting(node, where),
            at_end=self.at_end(node, where, word),
            wait=self.wait(node, where, kind),
            force=force,
            several=several,
            cite=cite,
        )

    def _outcome(
        self, where: str, kind: KindWord, name: str, node: MarkedDict, line: int
    ) -> OutcomeText:
        reader = self.reader
        reader.keys(node, _OUTCOME_KEYS, where)
        facts, facts_when = self.facts(node)
        if "closed_by" in node and len(node) > 1:
            reader.fault(
                line,
                "closed_and_open",
                f"{where} is closed and described",
                "keep `closed_by` alone, or drop it",
            )
        return OutcomeText(
            name=name,
            line=line,
            targets=self._targets(node, kind),
            by=self.roles(node, "by"),
            facts=facts,
            facts_when=facts_when,
            optional=self.optional(node),
            computed=self.fact_words(node, "computed"),
            forbidden=self.guards(node, where),
            tell=self.roles(node, "tell"),
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
