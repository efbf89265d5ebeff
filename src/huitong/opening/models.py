"""The open list (开放目录), and the codes with which conditional open data is fetched."""

from typing import Self

from django.db import models

from huitong.catalogue.types import OpeningType


class OpenEntryQuerySet(models.QuerySet["OpenEntry"]):
    """Entries of the open list as the portal asks for them."""

    def listed(self) -> Self:
        """Keep the entries that the public sees now.

        An entry whose published version is closed is not shown, even if nobody took it off.
        """
        return (
            self.standing()
            .filter(
                dataset__withdrawn_at__isnull=True,
                dataset__current_version__isnull=False,
            )
            .exclude(dataset__current_version__opening_type=OpeningType.WITHHELD)
        )

    def standing(self) -> Self:
        """Keep the entries that were put on the list and not taken off it."""
        return self.filter(listed_at__isnull=False, unlisted_at__isnull=True)


class OpenEntry(models.Model):
    """A dataset on the open list, in the version that was reviewed for it.

    The columns that the public reads are the items of `version`, not of the newest one: a column
    added later is not open before it is reviewed.
    """

    dataset = models.OneToOneField(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="open_entry"
    )
    version = models.ForeignKey(
        "catalogue.DatasetVersion", on_delete=models.PROTECT, related_name="+"
    )
    opening_type = models.CharField(
        max_length=16, choices=[(word.value, word.value) for word in OpeningType]
    )
    opening_condition = models.TextField(blank=True, default="")
    listed_at = models.DateTimeField()
    unlisted_at = models.DateTimeField(null=True, default=None)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")

    objects = OpenEntryQuerySet.as_manager()

    class Meta:
        ordering = ("-listed_at",)
        verbose_name_plural = "open entries"

    def __str__(self) -> str:
        return f"open entry {self.pk}"


class AccessCode(models.Model):
    """The hash of a code that was handed out for an access; the newest one of an access works.

    Insert only: the database refuses to change or remove one (migration `0002_access_codes`).
    """

    access = models.ForeignKey(
        "cases.RegisterEntry", on_delete=models.PROTECT, related_name="access_codes"
    )
    code_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"code of access {self.access_id}"
