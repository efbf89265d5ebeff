"""Datasets, their versions and data items.

A version is written until it is published; from then on the database itself refuses to change it
or its items (migration `0002_published_versions_stand`), so an earlier version can be shown again.
"""

from enum import StrEnum
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    SharingType,
    Status,
    UpdateFrequency,
)

_WITH_PROVIDER = frozenset({"revise", "update"})
"""States of the reviewing kinds in which the provider is to act."""


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the words as Django choices; the texts that people see come from profile and web."""
    return [(word.value, word.value) for word in words]


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Datasets by what officials ask about them."""

    def published(self) -> Self:
        """Keep the datasets that have a published version and are not withdrawn."""
        return self.filter(current_version__isnull=False, withdrawn_at__isnull=True)

    def of(self, department_id: int) -> Self:
        """Keep the datasets that one department provides."""
        return self.filter(provider_id=department_id)

    def for_lists(self) -> Self:
        """Fetch all that a list line and `status` read, in one query."""
        return self.select_related(
            "provider", "provider__jurisdiction", "current_version", "working_version__review_case"
        )


class Dataset(models.Model):
    """An entry of the catalogue (目录条目). `code` is the provider's own, `resource_code` ours."""

    code = models.CharField(max_length=64, unique=True)
    resource_code = models.CharField(  # noqa: DJ001 - many drafts have none, unique all the same
        max_length=96, unique=True, null=True, default=None
    )
    provider = models.ForeignKey(
        "organisations.Department", on_delete=models.PROTECT, related_name="datasets"
    )
    current_version = models.ForeignKey(
        "DatasetVersion", null=True, default=None, on_delete=models.PROTECT, related_name="+"
    )
    working_version = models.ForeignKey(
        "DatasetVersion", null=True, default=None, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, default=None)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """Name the dataset as cases and ledger entries do."""
        return f"dataset:{self.code}"

    @property
    def newest(self) -> "DatasetVersion":
        """Return the version in work or, when there is none, the published one."""
        version = self.working_version or self.current_version
        if version is None:  # add_dataset makes both in one transaction
            msg = f"dataset {self.code} has no version: its rows were changed outside the actions"
            raise RuntimeError(msg)
        return version

    @property
    def status(self) -> Status:
        """Read the status off the versions and the case under review; it is stored nowhere."""
        if self.withdrawn_at is not None:
            return Status.WITHDRAWN
        if self.working_version is None:
            return Status.PUBLISHED
        case = self.working_version.review_case
        if case is None or case.closed_at is not None:
            return Status.DRAFT
        return Status.RETURNED if case.state in _WITH_PROVIDER else Status.UNDER_REVIEW


class DatasetVersion(models.Model):
    """What a dataset said of itself from one publication to the next."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    theme = models.CharField(max_length=64, blank=True, default="")
    update_frequency = models.CharField(
        max_length=16, blank=True, default="", choices=_choices(UpdateFrequency)
    )
    data_format = models.CharField(max_length=32, blank=True, default="")
    sharing_type = models.CharField(
        max_length=16, blank=True, default="", choices=_choices(SharingType)
    )
    sharing_condition = models.TextField(blank=True, default="")
    sharing_purpose = models.TextField(blank=True, default="")
    sharing_mode = models.CharField(max_length=100, blank=True, default="")
    data_class = models.CharField(max_length=100, blank=True, default="")
    withheld_reason = models.TextField(blank=True, default="")
    withheld_basis = models.TextField(blank=True, default="")
    withheld_basis_rank = models.CharField(max_length=32, blank=True, default="")
    effective_sharing_type = models.CharField(
        max_length=16, blank=True, default="", choices=_choices(SharingType)
    )
    opening_type = models.CharField(
        max_length=16, blank=True, default="", choices=_choices(OpeningType)
    )
    opening_condition = models.TextField(blank=True, default="")
    closed_reason = models.TextField(blank=True, default="")
    duty_item = models.CharField(max_length=200, blank=True, default="")
    social_source = models.TextField(blank=True, default="")
    non_secret = models.BooleanField(default=False)
    layout = models.JSONField(default=dict)
    key = models.JSONField(default=list)
    version_column = models.CharField(max_length=63, blank=True, default="")
    review_case = models.ForeignKey(
        "cases.Case", null=True, default=None, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, default=None)
    search = SearchVectorField(null=True, default=None)

    class Meta:
        ordering = ("dataset", "number")
        constraints = (
            models.UniqueConstraint(fields=("dataset", "number"), name="one_version_a_number"),
            models.CheckConstraint(
                condition=Q(non_secret=True) | Q(published_at__isnull=True),
                name="published_is_declared_non_secret",
            ),
        )
        indexes = (GinIndex(fields=("search",), name="catalogue_search"),)

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class DataItem(models.Model):
    """A column of a version (数据项). `name` is what systems use, `title` the source's header."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=63)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=16, choices=_choices(ItemType))
    length = models.PositiveIntegerField(null=True, default=None)
    format = models.CharField(max_length=64, blank=True, default="")
    required = models.BooleanField(default=False)
    identifier = models.CharField(  # noqa: DJ001 - None is no word of the vocabulary
        max_length=16, null=True, default=None, choices=_choices(IdentifierKind)
    )
    personal = models.BooleanField(default=False)
    sensitive = models.BooleanField(default=False)
    grade = models.PositiveSmallIntegerField(default=1)
    mask_default = models.CharField(  # noqa: DJ001 - None is no word of the vocabulary
        max_length=16, null=True, default=None, choices=_choices(Mask)
    )
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "name"), name="one_item_a_name"),
            models.UniqueConstraint(fields=("version", "position"), name="one_item_a_position"),
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=4), name="grade_is_one_to_four"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z][a-z0-9_]*$"), name="item_name_is_an_identifier"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.name})"
