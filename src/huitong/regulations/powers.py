"""Powers: one line in a stage that expands to states and steps.

A stage with powers stands in several variants at once (extended, waiting for material, one head's
consent given, half signed). Each variant is a state of its own, so that nothing about a case but
its state says what it may still do: no vote or consent can outlive a change of variant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from huitong.regulations.law import OutcomeText, OutcomeWord, StageText, StageWord
from huitong.regulations.types import Names, Step

EXTENSION = "extension"
SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Variant:
    """Where a stage stands with its powers; the base variant has used none of them."""

    extended: bool = False
    asking: str = ""
    supplements: int = 0
    consented: str = ""
    joined: tuple[str, ...] = ()

    def name(self, stage: str) -> str:
        """Return the state's name: the stage, with what has happened in it."""
        parts = [stage]
        if self.extended:
            parts.append("extended")
        if self.supplements:
            parts.append("supplemented")
        if self.supplements > 1:
            parts.append(str(self.supplements))
        if self.joined:
            parts += ["joined", *self.joined]
        if self.consented:
            parts += ["consented", self.consented]
        if self.asking:
            parts += [self.asking, "asked"]
        return "_".join(parts)

    def labels(self) -> tuple[str, ...]:
        """Return the keys of `powers` in kinds.yaml that describe this variant."""
        asked = {EXTENSION: "extension_asked", SUPPLEMENT: "supplement_asked"}
        found = [
            ("extended", self.extended),
            ("supplemented", bool(self.supplements)),
            ("joined", bool(self.joined)),
            ("consented", bool(self.consented)),
        ]
        labels = [label for label, holds in found if holds]
        return (*labels, asked[self.asking]) if self.asking else tuple(labels)


@dataclass(frozen=True, slots=True)
class Move:
    """A step that stays in its stage and changes the variant."""

    step: str
    names: Names
    by: tuple[str, ...]
    to: Variant
    cite: tuple[str, ...]
    facts: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()


def moves(
    stage: StageText,
    variant: Variant,
    *,
    outcomes: tuple[str, ...],
    applicant: tuple[str, ...],
    powers: dict[str, Names],
) -> Iterator[Move]:
    """Yield what the stage's powers allow in a variant (outcomes are not among them)."""
    if variant.asking == EXTENSION and stage.extend:
        yield from _answers_to_extension(stage, variant, powers)
        return
    if variant.asking == SUPPLEMENT and stage.supplement:
        power = stage.supplement
        yield Move(
            "supplement",
            powers["supplement"],
            (power.by,) if power.by else applicant,
            replace(variant, asking="", supplements=variant.supplements + 1, consented=""),
            power.cite,
            facts=power.facts or ("material",),
            tell=stage.by,
        )
        return
    if stage.extend and not variant.extended:
        yield Move(
            "ask_extension",
            powers["ask_extension"],
            stage.by,
            replace(variant, asking=EXTENSION),
            stage.extend.cite,
            facts=stage.extend.facts,
            tell=(stage.extend.approved_by,),
        )
    if stage.supplement and variant.supplements < stage.supplement.times:
        yield Move(
            "ask_supplement",
            powers["ask_supplement"],
            stage.by,
            replace(variant, asking=SUPPLEMENT),
            stage.supplement.cite,
            facts=("missing_material",),
            tell=(stage.supplement.by,) if stage.supplement.by else applicant,
        )
    if stage.consent:
        for outcome in outcomes:
            if outcome != variant.consented:
                yield Move(
                    f"consent_{outcome}",
                    powers["consent"],
                    (stage.consent.by,),
                    replace(variant, consented=outcome),
                    stage.consent.cite,
                    tell=stage.by,
                )


def _answers_to_extension(
    stage: StageText, variant: Variant, powers: dict[str, Names]
) -> Iterator[Move]:
    extend = stage.extend
    if extend is None:
        return
    for step, extended in (("grant_extension", True), ("refuse_extension", False)):
        yield Move(
            step,
            powers[step],
            (extend.approved_by,),
            replace(variant, asking="", extended=extended),
            extend.cite,
            tell=(*stage.by, *extend.tell),
        )


def open_outcomes(
    stage: StageText, word: StageWord, variant: Variant
) -> Iterator[tuple[OutcomeWord, OutcomeText]]:
    """Yield the outcomes that may be taken in a variant, as the text refines them.

    Waiting for an extension or for material takes no outcome away: the stage's clock may run on.
    """
    for name, outcome in word.outcomes.items():
        text = stage.outcomes.get(name) or OutcomeText(name=name, line=stage.line)
        closed = bool(text.closed_by) or outcome.lapse
        if not closed and (stage.consent is None or variant.consented == name):
            yield outcome, text


def joint(stage: StageText, word: StageWord, variant: Variant, step: Step) -> Iterator[Step]:
    """Yield the rows of an outcome under `all_of`: each body signs once, the last one decides.

    Only the stage's first outcome is joint; any one of the bodies may take another, and after a
    return all are asked again.
    """
    if step.outcome != next(iter(word.outcomes)):
        yield from (replace(step, by=role) for role in stage.all_of)
        return
    for role in stage.all_of:
        if role in variant.joined:
            continue
        signed = tuple(r for r in stage.all_of if r in {*variant.joined, role})
        if len(signed) == len(stage.all_of):
            yield replace(step, by=role)
        else:
            waiting = replace(variant, joined=signed)
            route = replace(step.routes[0], when=None, to=waiting.name(stage.name), effects=())
            yield replace(step, by=role, routes=(route,))


def joined_variants(stage: StageText, variant: Variant) -> Iterator[Variant]:
    """Yield the variants that one more signature leads to."""
    for role in stage.all_of:
        signed = tuple(r for r in stage.all_of if r in {*variant.joined, role})
        if role not in variant.joined and len(signed) < len(stage.all_of):
            yield replace(variant, joined=signed)
