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
from huitong.organisations import history
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable
from huitong.sharing import applications, deciding, delegations, hooks, queries, rules
from huitong.sharing.errors import (
    ApplicantMissingError,
    NoLongerSharedError,
    NotRefusedError,
    NotSharedYetError,
    OwnDatasetError,
    UndecidedItemsError,
    WithheldError,
)
from huitong.sharing.models import Application, Grant
from huitong.sharing.types import MATCH, GrantedColumn, ItemDecisions, Refusal


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
    facts: Mapping[str, object] | None = None,
    refused: Application | None = None,
) -> Application:
    """Apply for items of a published dataset, for the actor's own department.

    The published version's type in law decides the procedure. `basis` is the duty that the data is
    needed for (履职依据), `use_until` the last day of use. `facts` are what else the text in force
    asks an applicant for; `refused` is the application after whose refusal a text has another way
    (Henan, art. 16.4; Huizhou, art. 13.6). Where nobody is asked, the grant is there on return.

    Raises: WithheldError (after it has been recorded), NotSharedYetError, OwnDatasetError,
    ApplicantMissingError, NotRefusedError, ItemsError, ModeError, UseUntilError, and what the case
    refuses (FactMissingError with the article for an empty scenario, mode, scope or basis).
    """
    row = catalogue.dataset(dataset.code)
    version = row.current_version
    if version is None or row.withdrawn_at is not None:
        raise NotSharedYetError(row.code)
    consumer = (
        Department.objects.select_related("jurisdiction")
        .filter(pk=actor.department_id or 0)
        .first()
    )
    if consumer is None:
        raise ApplicantMissingError
    if consumer.pk == row.provider_id:
        raise OwnDatasetError(row.code)
    kind = _kind_of(row, version, consumer, refused, actor, at)
    names = rules.check_items(items, offered=queries.item_names(version), dataset=row.code)
    stated = {
        "scenario": scenario,
        "mode": rules.check_mode(mode).value,
        "scope": scope,
        "duty_basis": basis,
        "purpose": purpose.strip() or scenario,
        "use_until": rules.check_use_until(use_until, today=timezone.localdate(at)),
        "items": names,
        "dataset_version": version.number,
    }
    table = queries.table_in_force(kind, row.provider.jurisdiction, at)
    with refusals.recorded(), transaction.atomic():
        case = cases.open_case(
            kind=kind,
            jurisdiction=row.provider.jurisdiction,
            subject=row.subject,
            title=f"{version.title}（{consumer.name}）",
            parties={
                "provider": delegations.decider(table, row, consumer, at),
                "consumer": consumer,
            },
            facts=_facts_of_entry(table, stated, facts or {}, names),
            actor=actor,
            at=at,
        )
        return applications.keep(case, actor, at)


def decide(
    application: Application,
    *,
    decisions: ItemDecisions | None = None,
    actor: Actor,
    at: datetime,
    row_filter: Mapping[str, object] | None = None,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> Grant | None:
    """Decide on each item: `whole`, `refused`, or the name of a mask.

    Who decides is the text's: the provider, the authority, or several together; a body that joins
    a decision on record leaves `decisions` out. `facts` are what else the text asks for. When every
    item is refused the application is, and None is returned; None too while somebody else has yet
    to decide or the provider to deliver.

    Raises: ItemsError, UndecidedItemsError, UnknownMaskError, RowFilterError, ReasonMissingError
    with the article, DecisionsDifferError, and what the case refuses.
    """
    case = Case.objects.get(pk=application.case_id)
    table = tables.of(case)
    dataset = application.dataset
    step = deciding.step_for(table, case.state)
    name = step.name if step else "review.approve"
    given = dict(facts or {})
    if decisions is not None:
        granted = rules.columns_granted(decisions, applied=application.items, dataset=dataset.code)
        against = deciding.step_against(table, case.state)
        rules.check_reason(decisions, reason, cite=against.cite if against else ())
        if not granted:
            refuse(application, reason=reason, facts=facts, actor=actor, at=at)
            return None
        given |= {
            "decisions": dict(decisions),
            "row_filter": rules.check_row_filter(
                row_filter, offered=queries.item_names(application.version)
            ),
        }
    if reason.strip():
        asked = step is None or "reason" in step.own_facts or "reason" not in table.facts
        given["reason" if asked else "reason_of_refused_items"] = reason
    with refusals.recorded(), transaction.atomic():
        cases.take_step(case, name, actor=actor, facts=given, at=at)
        applications.decided(case, application)  # bodies that decide together say the same
    return Grant.objects.filter(application=application).first()


def refuse(
    application: Application,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> Case:
    """Refuse the whole application, or let the talks about it fail.

    `facts` are what else the text asks a refusal for (its basis, the basis' rank).

    Raises: FactMissingError with the article when the reason is empty, and what the case refuses.
    """
    case = Case.objects.get(pk=application.case_id)
    step = deciding.step_against(tables.of(case), case.state)
    given = deciding.facts_of_refusal(step, Refusal(reason, facts or {}))
    name = step.name if step else "review.refuse"
    return cases.take_step(case, name, actor=actor, facts=given, at=at)


def deliver(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> Grant:
    """Deliver what was decided, where the text has a stage for it; the provider does.

    `facts` are what the text asks for then; mode and scope are those applied for unless stated.

    Raises: UndecidedItemsError, and what the case refuses.
    """
    case = Case.objects.get(pk=application.case_id)
    step = deciding.step_of_delivery(tables.of(case))
    words = {"mode": application.mode, "scope": application.scope}
    asked = step.own_facts if step else frozenset()
    given = {name: text for name, text in words.items() if name in asked} | dict(facts or {})
    name = step.name if step else "fulfil.deliver"
    cases.take_step(case, name, actor=actor, facts=given, at=at)
    return Grant.objects.get(application=application)


def withdraw(application: Application, *, actor: Actor, at: datetime) -> Case:
    """Take one's own application back before it is decided."""
    case = Case.objects.get(pk=application.case_id)
    return cases.take_step(case, "apply.withdraw", actor=actor, facts={}, at=at)


@effects.register("issue_grant")
def issue_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Issue the grant that the case decided.

    A case in which no items were decided (steps taken without `decide`) is refused: nobody guesses
    what was meant. A dataset that left the catalogue meanwhile takes no new users: what art. 16
    leaves to those who use it already is for them alone.

    Raises: NoLongerSharedError, UndecidedItemsError and the other errors of a decision.
    """
    application, columns, found = _decided(case, actor, at)
    issue(application, [column.as_json() for column in columns], found, event, actor, at)


@effects.register("issue_verification")
def issue_verification(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Issue a grant by which values are compared and never given out (Huizhou, art. 13.6).

    Raises: as `issue_grant`.
    """
    application, columns, found = _decided(case, actor, at)
    compared: list[dict[str, str | None]] = [
        {"name": column.name, "mask": MATCH} for column in columns
    ]
    issue(application, compared, found, event, actor, at)


def _decided(
    case: Case, actor: Actor, at: datetime
) -> tuple[Application, Sequence[GrantedColumn], applications.Decided]:
    application = applications.keep(case, actor, at)
    if application.dataset.withdrawn_at is not None:
        raise NoLongerSharedError(application.dataset.code)
    found = applications.decided(case, application)
    if found is None:
        raise UndecidedItemsError(application.items)
    columns = rules.columns_granted(
        found.decisions, applied=application.items, dataset=application.dataset.code
    )
    return application, columns, found


def issue(
    application: Application,
    columns: list[dict[str, str | None]],
    found: applications.Decided,
    event: CaseEvent,
    actor: Actor,
    at: datetime,
) -> None:
    """Issue the grant of an application whose columns and rows a case decided.

    Raises: RowFilterError.
    """
    case = event.case
    row_filter = rules.check_row_filter(
        found.row_filter, offered=queries.item_names(application.version)
    )
    grant = Grant.objects.create(
        application=application,
        dataset_id=application.dataset_id,
        # Applied for by a department that was merged meanwhile: its successor may use it.
        consumer=history.successor_of(application.consumer),
        columns=columns,
        row_filter=row_filter,
        purpose=application.purpose,
        scope=application.scope,
        mode=application.mode,
        starts_at=at,
        ends_at=_end_of(application.use_until),
        cite=list(dict.fromkeys((*found.cite, *event.cite))),
    )
    grant.refresh_from_db(fields=["version"])
    ledger.record(
        kind="grant.issued",
        subject=grant.subject,
        actor=actor.ledger_name,
        at=at,
        cite=grant.cite,
        facts={
            "case": case.number,
            "dataset": application.dataset.code,
            "dataset_version": application.version.number,
            "consumer": grant.consumer.code,
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


def _facts_of_entry(
    table: FlatTable | None,
    stated: Mapping[str, object],
    more: Mapping[str, object],
    items: Sequence[str],
) -> dict[str, object]:
    """Return the facts of an application as the text in force asks for them."""
    if table is None:
        return dict(stated)  # the engine refuses to open it, with the articles
    entry = table.entry_steps[0]
    named = {"application_items": list(items), "verification_items": list(items), **more}
    asked = {name: value for name, value in named.items() if name in entry.own_facts}
    return deciding.asked_of(entry, table, stated) | asked


def _kind_of(
    dataset: Dataset,
    version: DatasetVersion,
    consumer: Department,
    refused: Application | None,
    actor: Actor,
    at: datetime,
) -> str:
    """Return the procedure for an application.

    Raises: NotRefusedError; WithheldError, where the text has no way to withheld data.
    """
    kind = deciding.KIND_OF[SharingType(version.effective_sharing_type)]
    if kind == deciding.THIRD:
        if queries.table_in_force(deciding.THIRD, dataset.provider.jurisdiction, at) is None:
            _refuse_withheld(dataset, version, actor, at)
        return kind
    if refused is None:
        return kind
    before = Case.objects.get(pk=refused.case_id)
    table = tables.of(before)
    applicant = history.successor_of(refused.consumer)
    same = (refused.dataset_id, applicant.pk) == (dataset.pk, consumer.pk)
    if not same or table.follow.get(before.state) != deciding.THIRD:
        raise NotRefusedError(dataset.code)
    return deciding.THIRD


def _refuse_withheld(dataset: Dataset, version: DatasetVersion, actor: Actor, at: datetime) -> None:
    """Record a refusal in a transaction of its own, so that it outlives the error."""
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
