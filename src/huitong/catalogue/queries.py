"""Questions about the catalogue."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Prefetch, Q, QuerySet

from huitong.cases import tables
from huitong.cases.errors import KindAbsentError
from huitong.cases.models import Case
from huitong.catalogue import rules, segmenting
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.errors import (
    DatasetNotFoundError,
    DatasetUnderReviewError,
    DatasetWithdrawnError,
    NothingToSubmitError,
)
from huitong.catalogue.models import DataItem, Dataset, DatasetQuerySet, DatasetVersion
from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
    Status,
    UpdateFrequency,
)
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.regulations import compiling, profiles
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable, Step

REVIEW, UPDATE = "catalogue_review", "catalogue_update"
COMPLETE = "update.complete"
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Submission:
    """What submitting the version in work takes: steps of one procedure, one after the other."""

    table: FlatTable
    steps: tuple[Step, ...]


def dataset(code: str) -> Dataset:
    """Return a dataset by its code or resource code, with provider, versions and case.

    One query. Raises: DatasetNotFoundError.
    """
    found = Dataset.objects.for_lists().filter(Q(code=code) | Q(resource_code=code)).first()
    if found is None:
        raise DatasetNotFoundError(code)
    return found


def published() -> DatasetQuerySet:
    """Return the published datasets with all that a list shows."""
    return Dataset.objects.published().for_lists()


def search(
    words: str,
    *,
    provider: Department | None = None,
    sharing_type: SharingType | None = None,
) -> DatasetQuerySet:
    """Return published datasets that hold all the words, the best first; no words, all of them.

    Titles weigh most, then item names and the provider, then the summary. A dataset is found by
    its code as well.
    """
    found = published()
    if provider is not None:
        found = found.filter(provider=provider)
    if sharing_type is not None:
        found = found.filter(current_version__effective_sharing_type=sharing_type)
    if not words.strip():
        return found
    query = SearchQuery(segmenting.for_query(words), config="simple", search_type="plain")
    by_code = Q(code__iexact=words.strip()) | Q(resource_code__iexact=words.strip())
    return (
        found.filter(Q(current_version__search=query) | by_code)
        .annotate(rank=SearchRank(F("current_version__search"), query))
        .order_by("-rank", "code")
    )


def items_of(version: DatasetVersion) -> list[DataItem]:
    """Return the data items of a version in their order."""
    return list(version.items.order_by("position"))


def version_of(dataset: Dataset, number: int) -> DatasetVersion:
    """Return a version by number, superseded ones too.

    Raises: DatasetNotFoundError.
    """
    found = dataset.versions.filter(number=number).first()
    if found is None:
        raise DatasetNotFoundError(f"{dataset.code} v{number}")
    return found


def dataset_in_review(case_id: int) -> Dataset | None:
    """Return the dataset whose version in work the case reviews."""
    return Dataset.objects.for_lists().filter(working_version__review_case_id=case_id).first()


def profile_of(dataset: Dataset, on: date | None = None) -> Profile:
    """Return the regulation that applies where the dataset's provider is, today or on a day."""
    return profiles.load(organisations.profile_of(dataset.provider.jurisdiction, on))


def procedure_of(dataset: Dataset, kind: str, on: date) -> FlatTable:
    """Return a procedure as the regulation of the dataset's provider has it on a day.

    Raises: KindAbsentError, with the articles that were looked at.
    """
    profile = profile_of(dataset, on)
    try:
        return compiling.compiled(profile, kind, on)
    except KindNotInProfileError as error:
        raise KindAbsentError(
            kind=kind, profile=profile.id, profile_zh=profile.names.zh, cite=error.cite
        ) from None


def kind_of_submission(dataset: Dataset, version: DatasetVersion) -> str:
    """Return the procedure that a version in work goes through (see `actions.submit_dataset`)."""
    reviewed = dataset.current_version_id is None or bool(loosenings_of(dataset, version))
    return REVIEW if reviewed else UPDATE


def submission_of(dataset: Dataset, on: date) -> Submission:
    """Return the steps that submitting the version in work takes; their facts are to be given.

    Raises: DatasetWithdrawnError, NothingToSubmitError, DatasetUnderReviewError, KindAbsentError.
    """
    version = dataset.working_version
    if dataset.withdrawn_at is not None:
        raise DatasetWithdrawnError(dataset.code)
    if version is None:
        raise NothingToSubmitError(dataset.code)
    case = version.review_case
    if case is not None and dataset.status is Status.UNDER_REVIEW:
        raise DatasetUnderReviewError(dataset.code, case.number)
    if case is not None and dataset.status is Status.RETURNED:
        table = tables.of(case)
        return Submission(table, table.rows(step_of_resubmission(case), case.state)[:1])
    kind = kind_of_submission(dataset, version)
    table = procedure_of(dataset, kind, on)
    steps = table.entry_steps[:1]
    if kind == UPDATE:
        done = table.step_named(COMPLETE)
        steps += (done,) if done else ()
    return Submission(table, steps)


def step_of_resubmission(case: Case) -> str:
    """Return the step by which a returned entry goes on in its case."""
    return "revise.resubmit" if case.kind == REVIEW else COMPLETE


def notices_of(dataset: Dataset) -> tuple[rules.Notice, ...]:
    """Return what submitter and reviewer must be told about the newest version."""
    version = dataset.newest
    told = rules.notices(draft_of(version), profile_of(dataset))
    loosened = loosenings_of(dataset, version)
    return (*told, rules.loosened_notice(loosened)) if loosened else told


def drafts_before(version: DatasetVersion) -> tuple[Draft, ...]:
    """Return the published versions before one, the newest first, each as a draft.

    Two queries, however many versions.
    """
    earlier = version.dataset.versions.filter(
        published_at__isnull=False, number__lt=version.number
    ).order_by("-number")
    return _drafts(earlier)


def drafts_of(dataset: Dataset, *, published: bool = False) -> tuple[Draft, ...]:
    """Return every version of a dataset as a draft, the newest first; or the published ones.

    Two queries, however many versions.
    """
    versions = dataset.versions.order_by("-number")
    return _drafts(versions.filter(published_at__isnull=False) if published else versions)


def published_items(
    dataset_ids: Collection[int],
) -> Mapping[int, Mapping[int, Sequence[DraftItem]]]:
    """Return the items of every published version: dataset id → version id → items in order.

    One query, however many datasets.
    """
    rows = (
        DataItem.objects.filter(
            version__dataset_id__in=dataset_ids, version__published_at__isnull=False
        )
        .select_related("version")
        .order_by("version_id", "position")
    )
    found: dict[int, dict[int, list[DraftItem]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.version.dataset_id][row.version_id].append(_draft_item(row))
    return found


def loosenings_of(dataset: Dataset, version: DatasetVersion) -> tuple[rules.Loosening, ...]:
    """Return in what a version protects less than the published ones before it."""
    return rules.loosenings(draft_of(version), drafts_before(version), profile_of(dataset))


def draft_of(version: DatasetVersion, items: Sequence[DataItem] | None = None) -> Draft:
    """Return a version as a draft: what rules read, what an editor begins with."""
    rows = items_of(version) if items is None else items
    return Draft(
        title=version.title,
        title_en=version.title_en,
        summary=version.summary,
        theme=version.theme,
        update_frequency=_word(UpdateFrequency, version.update_frequency),
        data_format=version.data_format,
        sharing_type=_word(SharingType, version.sharing_type),
        sharing_condition=version.sharing_condition,
        sharing_purpose=version.sharing_purpose,
        sharing_mode=version.sharing_mode,
        data_class=version.data_class,
        withheld_reason=version.withheld_reason,
        withheld_basis=version.withheld_basis,
        withheld_basis_rank=version.withheld_basis_rank,
        opening_type=_word(OpeningType, version.opening_type),
        opening_condition=version.opening_condition,
        closed_reason=version.closed_reason,
        duty_item=version.duty_item,
        social_source=version.social_source,
        secrecy=Secrecy.NON_SECRET if version.non_secret else None,
        key=tuple(version.key),
        version_column=version.version_column,
        layout=version.layout,
        items=tuple(_draft_item(row) for row in rows),
    )


def _drafts(versions: QuerySet[DatasetVersion]) -> tuple[Draft, ...]:
    fetched = versions.prefetch_related(Prefetch("items", DataItem.objects.order_by("position")))
    return tuple(draft_of(version, list(version.items.all())) for version in fetched)


def _draft_item(row: DataItem) -> DraftItem:
    return DraftItem(
        name=row.name,
        title=row.title,
        type=ItemType(row.type),
        length=row.length,
        format=row.format,
        required=row.required,
        identifier=_word(IdentifierKind, row.identifier),
        personal=row.personal,
        sensitive=row.sensitive,
        grade=row.grade,
        mask_default=_word(Mask, row.mask_default),
        description=row.description,
        rules=tuple(row.rules),
    )


def _word(vocabulary: type[Word], value: str | None) -> Word | None:
    return vocabulary(value) if value else None
