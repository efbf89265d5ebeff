"""Grants that end though nobody is at fault: with their dataset, their purpose or their service.

Heilongjiang, art. 16: with the dataset, after the supply that is continued. State Council, art. 27:
with the purpose (first paragraph), or by what provider and consumer agreed (third paragraph).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from huitong.cases import actions as cases
from huitong.cases import computed, effects, hindsight
from huitong.cases.errors import StepForbiddenError
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import withdrawal
from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor
from huitong.regulations.predicates import PREDICATES
from huitong.sharing import grants
from huitong.sharing.models import Grant
from huitong.sharing.types import EndCause

USE_END = "use_end"
_SUPPLIED_ON = ("HL-16.2",)
_WIND_DOWN = "wind_down."


@computed.register("in_use")
def in_use(case: Case, at: datetime, _stated: Mapping[str, object]) -> bool:
    """Whether anybody holds a live grant on the dataset that a case is about."""
    code = case.subject.removeprefix("dataset:")
    return Grant.objects.standing(at).filter(dataset__code=code).exists()


@hindsight.register("in_use")
def was_in_use(moment: Moment) -> bool:
    """Whether anybody held a grant on the dataset then that had neither ended nor been revoked."""
    code = moment.case.subject.removeprefix("dataset:")
    standing = Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment.at)
    held = Grant.objects.filter(standing, dataset__code=code, starts_at__lte=moment.at)
    return held.filter(ends_at__gt=moment.at).exists()


def report_end(grant: Grant, *, cause: EndCause | str, actor: Actor, at: datetime) -> Case:
    """Report that the purpose of a use has come to its end; the consumer does.

    Raises: GrantEndedError, and what the case refuses.
    """
    facts = {"end_cause": EndCause(cause).value}
    return grants.open_on(USE_END, grant, facts=facts, actor=actor, at=at)


def instruct_disposal(case: Case, *, request: str, actor: Actor, at: datetime) -> Case:
    """Say how the data is to be disposed of; the provider does."""
    facts = {"disposal_request": request}
    return cases.take_step(case, "instruct.instruct", actor=actor, facts=facts, at=at)


def report_disposal(
    case: Case, *, disposal: str, proof: str = "", actor: Actor, at: datetime
) -> Case:
    """Report how the data was disposed of, which ends the grant; the consumer does."""
    facts = {"disposal": disposal} | ({"disposal_proof": proof} if proof.strip() else {})
    return cases.take_step(case, "dispose.complete", actor=actor, facts=facts, at=at)


@effects.register("end_grant")
def end_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """End the grant now; nobody is at fault, so it is not revoked."""
    grant = grants.locked(case)
    if not grants.has_ended(grant, at):
        stop(grant, at, event.cite)
    grants.note("grant.ended", grant, event, actor, at, {"because": case.kind})


@withdrawal.on_withdrawn
def end_grants(dataset: Dataset, case: Case, actor: Actor, at: datetime) -> None:
    """End the grants of a withdrawn dataset, whose six months of supply are over.

    Raises: StepForbiddenError, when there are grants and the case did not wait (a grant that
    was issued while the authority decided): the withdrawal is undone, and the next decision finds
    the dataset in use.
    """
    live = list(Grant.objects.standing(at).filter(dataset=dataset).select_for_update())
    if live and not case.events.filter(step__startswith=_WIND_DOWN).exists():
        raise StepForbiddenError(
            step="withdraw_dataset",
            step_zh="撤销目录条目",
            because=PREDICATES["entry_in_use"].names,
            cite=_SUPPLIED_ON,
        )
    for grant in live:
        stop(grant, at, _SUPPLIED_ON)
        ledger.record(
            kind="grant.ended",
            subject=grant.subject,
            actor=actor.ledger_name,
            at=at,
            cite=_SUPPLIED_ON,
            facts={"case": case.number, "dataset": dataset.code, "because": "withdrawn"},
        )


def stop(grant: Grant, at: datetime, cite: Sequence[str]) -> None:
    """End a grant now under some articles; the entry is the caller's."""
    grant.ended_at = at
    # A grant has some length, also one that ends in the very moment of its decision.
    grant.ends_at = max(at, grant.starts_at + timedelta(microseconds=1))
    grant.stop_cite = list(cite)
    grant.save(update_fields=["ended_at", "ends_at", "stop_cite"])
