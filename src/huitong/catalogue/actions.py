"""Adding, editing, submitting and publishing entries: each act one transaction, one entry.

Only people of the providing department write an entry; the competent authority decides on it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from huitong.cases import actions as cases
from huitong.cases import effects, gate, refusals
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue import drafts, publishing, queries, registers, rules, segmenting
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import (
    CatalogueFieldsMissingError,
    DatasetCodeError,
    DatasetCodeTakenError,
    DatasetNotUnderReviewError,
    DatasetUnderReviewError,
    DatasetWithdrawnError,
    NothingToSubmitError,
    SecretDataRefusedError,
)
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.catalogue.types import Status
from huitong.ledger import actions as ledger
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.regulations import profiles

_OWN_ENTRIES = ("HL-6.2",)
_PLAIN = (
    "title",
    "title_en",
    "summary",
    "theme",
    "data_format",
    "sharing_condition",
    "sharing_purpose",
    "sharing_mode",
    "data_class",
    "withheld_reason",
    "withheld_basis",
    "withheld_basis_rank",
    "opening_condition",
    "closed_reason",
    "duty_item",
    "social_source",
    "version_column",
)
_WORDS = ("update_frequency", "sharing_type", "opening_type")
# An update that protects less is reviewed as a first version is: why it changed goes with it.
gate.admit([queries.REVIEW], {"change_source": "text", "change_day": "date", "changes": "text"})


def add_dataset(
    draft: Draft, *, code: str, provider: Department, actor: Actor, at: datetime
) -> Dataset:
    """Add a dataset with its first version, as a draft.

    Raises: NotYourDepartmentError; SecretDataRefusedError, after the refusal has been recorded;
    DatasetCodeError, DatasetCodeTakenError, DraftInvalidError.
    """
    require_acts_for(actor, provider, cite=_OWN_ENTRIES)
    if not rules.is_dataset_code(code):
        raise DatasetCodeError(code)
    _refuse_secrets(draft, subject=f"dataset:{code}", provider=provider, actor=actor, at=at)
    draft = drafts.from_dict(draft.as_dict())
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=provider.pk)
        if Dataset.objects.filter(code=code).exists():
            raise DatasetCodeTakenError(code)
        dataset = Dataset.objects.create(code=code, provider=provider, created_at=at)
        version = _write_version(DatasetVersion(dataset=dataset, number=1), draft)
        dataset.working_version = version
        dataset.save(update_fields=["working_version"])
        _note("dataset.added", dataset, actor, at, _facts(version, draft))
    return dataset


def edit_dataset(dataset: Dataset, draft: Draft, *, actor: Actor, at: datetime) -> DatasetVersion:
    """Write the version in work anew; for a published dataset a new version is opened.

    Raises: NotYourDepartmentError, SecretDataRefusedError (recorded), DatasetUnderReviewError,
    DatasetWithdrawnError, DraftInvalidError.
    """
    require_acts_for(actor, dataset.provider, cite=_OWN_ENTRIES)
    _refuse_secrets(draft, subject=dataset.subject, provider=dataset.provider, actor=actor, at=at)
    draft = drafts.from_dict(draft.as_dict())
    with transaction.atomic():
        row = _locked(dataset)
        status = row.status
        if (
            status is Status.UNDER_REVIEW
            and row.working_version
            and row.working_version.review_case
        ):
            raise DatasetUnderReviewError(row.code, row.working_version.review_case.number)
        if status is Status.WITHDRAWN:
            raise DatasetWithdrawnError(row.code)
        version = row.working_version
        if version is None:
            version = DatasetVersion(dataset=row, number=row.newest.number + 1)
        version = _write_version(version, draft)
        row.working_version = version
        row.save(update_fields=["working_version"])
        _note("dataset.edited", row, actor, at, _facts(version, draft))
    dataset.refresh_from_db()
    return version


def submit_dataset(
    dataset: Dataset,
    *,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> Case:
    """Submit the version in work for review; one that was returned goes on in its case.

    A first version opens `catalogue_review`, a later one `catalogue_update`, whose `facts` say why
    and since when the entry changed and what changed (`change_source`, `change_day`, `changes`).
    A later version that protects less than an earlier one is reviewed as a first one is: art. 15
    states no review of updates, art. 12 has the authority review what a department catalogues.

    Raises: NotYourDepartmentError, CatalogueFieldsMissingError (all fields), BasisRankError,
    DutyItemUnknownError, SourceElsewhereError, DatasetWithdrawnError, NothingToSubmitError,
    DatasetUnderReviewError, and what the case refuses.
    """
    require_acts_for(actor, dataset.provider, cite=_OWN_ENTRIES)
    with refusals.recorded(), transaction.atomic():
        row = _locked(dataset)
        version = row.working_version
        if row.withdrawn_at is not None:
            raise DatasetWithdrawnError(row.code)
        if version is None:
            raise NothingToSubmitError(row.code)
        notices = _check_entry(row, version, at)
        given = dict(facts or {})
        case = version.review_case
        if case is None or case.closed_at is not None:
            case = _open_review(row, version, given, actor, at)
        elif row.status is Status.RETURNED:
            step = queries.step_of_resubmission(case)
            case = cases.take_step(case, step, actor=actor, facts=given, at=at)
        else:
            raise DatasetUnderReviewError(row.code, case.number)
        if notices:
            told = {"case": case.number, "notices": [notice.as_json() for notice in notices]}
            cite = tuple(dict.fromkeys(c for notice in notices for c in notice.cite))
            _note("dataset.submitter_told", row, actor, at, told, cite)
    dataset.refresh_from_db()
    return case


def return_dataset(dataset: Dataset, *, opinion: str, actor: Actor, at: datetime) -> Case:
    """Return the entry under review with the comments that the provider is to meet.

    Raises: DatasetNotUnderReviewError, and what the case refuses.
    """
    case = _case_of(dataset)
    facts = {"opinion": opinion}
    return cases.take_step(case, f"{case.state}.return", actor=actor, facts=facts, at=at)


def approve_dataset(dataset: Dataset, *, actor: Actor, at: datetime) -> Case:
    """Approve the entry under review; the approval of the last stage publishes it.

    Raises: DatasetNotUnderReviewError, and what the case refuses.
    """
    case = _case_of(dataset)
    case = cases.take_step(case, f"{case.state}.approve", actor=actor, facts={}, at=at)
    dataset.refresh_from_db()
    return case


@effects.register("publish_dataset")
def publish_dataset(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Publish the version that the case reviewed; the one before stays readable."""
    row = (
        Dataset.objects.select_for_update(of=("self",))
        .for_lists()
        .get(working_version__review_case=case)
    )
    version = row.newest
    draft = queries.draft_of(version)
    version.published_at = at
    version.effective_sharing_type = rules.effective_sharing_type(draft, queries.profile_of(row))
    version.save(update_fields=["published_at", "effective_sharing_type"])
    index_version(version, draft, provider=row.provider)
    row.current_version, row.working_version = version, None
    if row.resource_code is None:
        row.resource_code = _resource_code(row.provider)
    row.save(update_fields=["current_version", "working_version", "resource_code"])
    facts = _facts(version, draft) | {
        "case": case.number,
        "resource_code": row.resource_code,
        "sharing_type": version.effective_sharing_type,
        "opening_type": version.opening_type,
    }
    _note("dataset.published", row, actor, at, facts, tuple(event.cite))
    publishing.tell_published(row, case, actor, at)


def index_version(version: DatasetVersion, draft: Draft, *, provider: Department) -> None:
    """Write the search column of a version; it is derived and may be written again."""
    items = " ".join(f"{item.title} {item.name} {item.description}" for item in draft.items)
    parts = (
        (f"{draft.title} {draft.title_en} {version.dataset.code}", "A"),
        (f"{items} {provider.name} {provider.name_en} {draft.theme}", "B"),
        (draft.summary, "C"),
    )
    vectors = [
        SearchVector(Value(segmenting.for_index(text)), config="simple", weight=weight)
        for text, weight in parts
    ]
    whole = vectors[0] + vectors[1] + vectors[2]
    DatasetVersion.objects.filter(pk=version.pk).update(search=whole)


def _open_review(
    row: Dataset,
    version: DatasetVersion,
    facts: dict[str, object],
    actor: Actor,
    at: datetime,
) -> Case:
    kind = queries.kind_of_submission(row, version)
    update = kind == queries.UPDATE
    changes = {"changes": facts.pop("changes")} if update and "changes" in facts else {}
    case = cases.open_case(
        kind=kind,
        jurisdiction=row.provider.jurisdiction,
        subject=row.subject,
        title=version.title,
        parties={"provider": row.provider},
        facts=facts,
        actor=actor,
        at=at,
    )
    version.review_case = case
    version.save(update_fields=["review_case"])
    if update:
        case = cases.take_step(case, queries.COMPLETE, actor=actor, facts=changes, at=at)
    return case


def _check_entry(row: Dataset, version: DatasetVersion, at: datetime) -> tuple[rules.Notice, ...]:
    draft, profile = queries.draft_of(version), queries.profile_of(row)
    missing = rules.missing_fields(draft, profile, provider=row.provider.name)
    if missing:
        raise CatalogueFieldsMissingError(missing)
    rules.check_basis(draft, profile)
    registers.check_duty_item(row, draft, profile, at)
    registers.check_sources(row, draft, at)
    return queries.notices_of(row)


def _refuse_secrets(
    draft: Draft, *, subject: str, provider: Department, actor: Actor, at: datetime
) -> None:
    """Record a refusal in a transaction of its own, so that it outlives the error."""
    profile = profiles.load(organisations.profile_of(provider.jurisdiction))
    try:
        rules.check_secrecy(draft, profile)
    except SecretDataRefusedError as error:
        # The title and the marks may be secret themselves: neither goes into the ledger.
        declared = draft.secrecy.value if draft.secrecy else None
        facts = {"declared": declared, "marks": len(draft.secret_marks)}
        with transaction.atomic():
            ledger.record(
                kind="dataset.refused",
                subject=subject,
                actor=actor.ledger_name,
                at=at,
                cite=error.cite,
                facts=facts,
            )
        raise


def _locked(dataset: Dataset) -> Dataset:
    return Dataset.objects.select_for_update(of=("self",)).for_lists().get(pk=dataset.pk)


def _case_of(dataset: Dataset) -> Case:
    row = queries.dataset(dataset.code)
    case = row.working_version.review_case if row.working_version else None
    if case is None or case.closed_at is not None:
        raise DatasetNotUnderReviewError(dataset.code)
    return case


def _write_version(version: DatasetVersion, draft: Draft) -> DatasetVersion:
    for name in _PLAIN:
        setattr(version, name, getattr(draft, name))
    for name in _WORDS:
        word = getattr(draft, name)
        setattr(version, name, word.value if word else "")
    version.non_secret = True  # all else was refused before
    version.key = list(draft.key)
    version.layout = draft.as_dict()["layout"]
    version.save()
    version.items.all().delete()
    plain = draft.as_dict()["items"]
    DataItem.objects.bulk_create(
        DataItem(version=version, position=position, **item)
        for position, item in enumerate(plain, 1)
    )
    return version


def _resource_code(provider: Department) -> str:
    """Return the provider's code and its next number; the row lock keeps numbers apart."""
    Department.objects.select_for_update().get(pk=provider.pk)
    taken = Dataset.objects.filter(provider=provider, resource_code__isnull=False).count()
    return f"{provider.code}/{taken + 1:06d}"


def _facts(version: DatasetVersion, draft: Draft) -> dict[str, Any]:
    """Return what proves the wording of a version without repeating it."""
    text = json.dumps(draft.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "version": version.number,
        "items": len(draft.items),
        "entry_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _note(
    kind: str,
    dataset: Dataset,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, object],
    cite: tuple[str, ...] = _OWN_ENTRIES,
) -> None:
    ledger.record(
        kind=kind,
        subject=dataset.subject,
        actor=actor.ledger_name,
        at=at,
        cite=cite,
        facts=facts,
    )
