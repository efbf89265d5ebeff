"""Applying for shared data and deciding on it: each act one transaction, one entry."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from huitong.cases import actions as cases
from huitong.cases import effects, refusals, tables
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.catalogue.types import SharingType
from huitong.ledger import actions as ledger
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.sharing import hooks, queries, rules
from huitong.sharing.errors import (
    ApplicantMissingError,
    NoLongerSharedError,
    NotSharedYetError,
    OwnDatasetError,
    WithheldError,
)
from huitong.sharing.models import Application, Grant
from huitong.sharing.types import ItemDecisions

_KINDS = {
    SharingType.UNCONDITIONAL: "share_application_unconditional",
    SharingType.CONDITIONAL: "share_application_conditional",
}
_GRANT_STEPS = {
    "share_application_unconditional": "review.approve",
    "share_application_conditional": "reply.grant",
}
_REFUSE_STEPS = {
    "share_application_unconditional": "review.refuse",
    "share_application_conditional": "reply.refuse",
}


def apply(
    *,
    dataset: Dataset,
    items: Sequence[str],
    scenario: str,
    mode: str,
    scope: str,
    basis: str,
    purpose: str,
    use_until: date,
    actor: Actor,
    at: datetime,
) -> Application:
    """Apply for items of a published dataset, for the actor's own department.

    The published version's type in law decides the procedure. `basis` is the duty that the data is
    needed for (履职依据), `use_until` the last day of use.

    Raises: WithheldError (after it has been recorded), NotSharedYetError, OwnDatasetError,
    ApplicantMissingError, ItemsError, ModeError, UseUntilError, and what the case refuses
    (FactMissingError with the article for an empty scenario, mode, scope or basis).
    """
    row = catalogue.dataset(dataset.code)
    version = row.current_version
    if version is None or row.withdrawn_at is not None:
        raise NotSharedYetError(row.code)
    consumer = Department.objects.filter(pk=actor.department_id or 0).first()
    if consumer is None:
        raise ApplicantMissingError
    if consumer.pk == row.provider_id:
        raise OwnDatasetError(row.code)
    _refuse_withheld(row, version, actor, at)
    names = rules.check_items(items, offered=queries.item_names(version), dataset=row.code)
    checked_mode = rules.check_mode(mode)
    last_day = rules.check_use_until(use_until, today=timezone.localdate(at))
    facts = {
        "scenario": scenario,
        "mode": checked_mode.value,
        "scope": scope,
        "duty_basis": basis,
        "purpose": purpose.strip() or scenario,
        "use_until": last_day,
        "items": names,
        "dataset_version": version.number,
    }
    with refusals.recorded(), transaction.atomic():
        case = cases.open_case(
            kind=_KINDS[SharingType(version.effective_sharing_type)],
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=f"{version.title}（{consumer.name}）",
            parties={"provider": row.provider, "consumer": consumer},
            facts=facts,
            actor=actor,
            at=at,
        )
        application = Application.objects.create(
            case=case,
            dataset=row,
            version=version,
            consumer=consumer,
            items=names,
            scenario=scenario,
            mode=checked_mode.value,
            scope=scope,
            basis=basis,
            purpose=purpose.strip() or scenario,
            use_until=last_day,
        )
        ledger.record(
            kind="share.applied",
            subject=row.subject,
            actor=actor.ledger_name,
            at=at,
            cite=tables.of(case).entry_steps[0].cite,
            facts={"case": case.number, "items": names, "version": version.number},
        )
    return application


def decide(
    application: Application,
    *,
    decisions: ItemDecisions,
    actor: Actor,
    at: datetime,
    row_filter: Mapping[str, object] | None = None,
    reason: str = "",
) -> Grant | None:
    """Decide on each item: `whole`, `refused`, or the name of a mask.

    Conditional data is decided by its provider, unconditional data by the competent authority.
    When every item is refused the application is, and None is returned.

    Raises: ItemsError, UndecidedItemsError, UnknownMaskError, RowFilterError, ReasonMissingError
    with the article, and what the case refuses.
    """
    case = Case.objects.get(pk=application.case_id)
    dataset = application.dataset
    granted = rules.columns_granted(decisions, applied=application.items, dataset=dataset.code)
    refusing = tables.of(case).step_named(_REFUSE_STEPS[case.kind])
    rules.check_reason(decisions, reason, cite=refusing.cite if refusing else ())
    if not granted:
        refuse(application, reason=reason, actor=actor, at=at)
        return None
    facts: dict[str, object] = {
        "decisions": dict(decisions),
        "row_filter": rules.check_row_filter(
            row_filter, offered=queries.item_names(application.version)
        ),
    }
    if reason.strip():
        facts["reason"] = reason
    cases.take_step(case, _GRANT_STEPS[case.kind], actor=actor, facts=facts, at=at)
    return Grant.objects.filter(application=application).first()


def refuse(application: Application, *, reason: str, actor: Actor, at: datetime) -> Case:
    """Refuse the whole application.

    Raises: FactMissingError with the article when the reason is empty, and what the case refuses.
    """
    case = Case.objects.get(pk=application.case_id)
    facts = {"reason": reason}
    return cases.take_step(case, _REFUSE_STEPS[case.kind], actor=actor, facts=facts, at=at)


def withdraw(application: Application, *, actor: Actor, at: datetime) -> Case:
    """Take one's own application back before it is decided."""
    case = Case.objects.get(pk=application.case_id)
    return cases.take_step(case, "apply.withdraw", actor=actor, facts={}, at=at)


@effects.register("issue_grant")
def issue_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Issue the grant that the decision in the event's facts describes.

    A decision that names no items (taken without `decide`) is refused: nobody guesses what was
    meant. A dataset that left the catalogue meanwhile takes no new users: what art. 16 leaves to
    those who use it already is for them alone.

    Raises: NoLongerSharedError, UndecidedItemsError and the other errors of a decision.
    """
    application = Application.objects.select_related("version", "dataset").get(case=case)
    if application.dataset.withdrawn_at is not None:
        raise NoLongerSharedError(application.dataset.code)
    decisions = event.facts.get("decisions") or {}
    columns = rules.columns_granted(
        decisions, applied=application.items, dataset=application.dataset.code
    )
    row_filter = rules.check_row_filter(
        event.facts.get("row_filter"), offered=queries.item_names(application.version)
    )
    grant = Grant.objects.create(
        application=application,
        dataset_id=application.dataset_id,
        consumer_id=application.consumer_id,
        columns=[column.as_json() for column in columns],
        row_filter=row_filter,
        purpose=application.purpose,
        scope=application.scope,
        mode=application.mode,
        starts_at=at,
        ends_at=_end_of(application.use_until),
        cite=list(event.cite),
    )
    grant.refresh_from_db(fields=["version"])
    ledger.record(
        kind="grant.issued",
        subject=grant.subject,
        actor=actor.ledger_name,
        at=at,
        cite=event.cite,
        facts={
            "case": case.number,
            "dataset": application.dataset.code,
            "dataset_version": application.version.number,
            "consumer": application.consumer.code,
            "columns": grant.columns,
            "row_filter": grant.row_filter,
            "mode": grant.mode,
            "ends_at": grant.ends_at,
        },
    )
    hooks.grant_issued(grant)


def _end_of(day: date) -> datetime:
    """Return the midnight that ends a day, in the platform's zone."""
    midnight = datetime.min.time()
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), midnight))


def _refuse_withheld(dataset: Dataset, version: DatasetVersion, actor: Actor, at: datetime) -> None:
    """Record a refusal in a transaction of its own, so that it outlives the error."""
    if version.effective_sharing_type != SharingType.WITHHELD:
        return
    fields = catalogue.profile_of(dataset).fields
    cite = tuple(c for field in fields if field.name == "withheld_basis" for c in field.cite)
    with transaction.atomic():
        ledger.record(
            kind="share.refused",
            subject=dataset.subject,
            actor=actor.ledger_name,
            at=at,
            cite=cite,
            facts={"version": version.number, "because": "withheld"},
        )
    raise WithheldError(dataset=dataset.code, basis=version.withheld_basis, cite=cite)
