"""Applications, grants, and the systems that use them.

Every statement that changes a grant, a client or a token raises the one row of `SnapshotVersion`
and wakes the listeners of `huitong_grants`: triggers of migration `0002_snapshot` do it, so that
no path around the actions leaves a gateway with a stale snapshot. Migration `0003_standing` lets a
grant be suspended, resumed, revoked or shortened, changed under the name of the case that decided
it, and nothing else.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from huitong.sharing.types import Side


class Application(models.Model):
    """A department's application for items of another's dataset (共享申请)."""

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, related_name="share_application"
    )
    dataset = models.ForeignKey(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="applications"
    )
    version = models.ForeignKey(
        "catalogue.DatasetVersion", on_delete=models.PROTECT, related_name="+"
    )
    consumer = models.ForeignKey(
        "organisations.Department", on_delete=models.PROTECT, related_name="applications"
    )
    items = models.JSONField()
    scenario = models.TextField()
    mode = models.CharField(max_length=16)
    scope = models.TextField()
    basis = models.TextField()
    purpose = models.TextField()
    use_until = models.DateField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"application {self.pk}"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by what officials ask about them."""

    def live(self, at: datetime) -> Self:
        """Keep the grants that may be used at this moment."""
        return self.standing(at).filter(starts_at__lte=at, suspended_at__isnull=True)

    def standing(self, at: datetime) -> Self:
        """Keep the grants that have neither ended nor been revoked; suspended ones stand."""
        return self.filter(ends_at__gt=at, revoked_at__isnull=True)

    def seen_by(self, department_ids: Collection[int]) -> Self:
        """Keep the grants that some departments gave or hold, or decided for the provider."""
        decided = Q(application__case__parties__provider__in=list(department_ids))
        return self.filter(
            Q(consumer_id__in=department_ids) | Q(dataset__provider_id__in=department_ids) | decided
        )


class Grant(models.Model):
    """The right of one department to columns of one dataset (授权).

    `columns` is `[{"name": item, "mask": null | mask name}, …]` in the order of the items.
    `row_filter` is null or `{"column": item, "in": [text, …]}`: rows whose value, as text, is one
    of the list. `version` is the snapshot version at which the row last changed.

    A grant stops in three ways, told apart: `suspended_at` while it is suspended, `revoked_at` once
    it was taken back, `ended_at` where it ended before its time and nobody was at fault;
    `stop_cite` are the articles of the last of these. `further_uses` are the uses beyond the
    application that the provider consented to: `[{"matter": …, "recipient": …, "case": number}]`;
    `changed_by` is the case that last changed purpose, scope, uses or columns.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="grant")
    dataset = models.ForeignKey(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="grants"
    )
    consumer = models.ForeignKey(
        "organisations.Department", on_delete=models.PROTECT, related_name="grants"
    )
    columns = models.JSONField()
    row_filter = models.JSONField(null=True, default=None)
    purpose = models.TextField()
    scope = models.TextField(default="")
    further_uses = models.JSONField(default=list)
    changed_by = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)
    ended_at = models.DateTimeField(null=True, default=None)
    stop_cite = models.JSONField(default=list)
    cite = models.JSONField(default=list)
    version = models.BigIntegerField(default=0)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="grant_ends_after_it_starts"
            ),
        )
        indexes = (models.Index(fields=("consumer", "dataset"), name="grant_by_consumer"),)

    def __str__(self) -> str:
        return f"grant {self.pk}"

    @property
    def subject(self) -> str:
        """Name the grant as cases and ledger entries do."""
        return f"grant:{self.pk}"


class Client(models.Model):
    """A department's system that may ask for tokens; `secret_hash` as in `sharing.secrets`.

    `admitted` is false until the security filing is on record, where a text asks for one.
    """

    client_id = models.CharField(max_length=64, unique=True)
    secret_hash = models.CharField(max_length=255)
    consumer = models.ForeignKey(
        "organisations.Department", on_delete=models.PROTECT, related_name="clients"
    )
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    admitted = models.BooleanField(default=True, db_default=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ("client_id",)

    def __str__(self) -> str:
        return self.client_id


class Token(models.Model):
    """An access token by its SHA-256 (lower-case hex); the token itself is kept nowhere."""

    digest = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tokens")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        ordering = ("-issued_at",)
        indexes = (models.Index(fields=("expires_at",), name="token_by_expiry"),)

    def __str__(self) -> str:
        return f"token {self.digest[:8]}…"


class Handover(models.Model):
    """A grant or a system that went from a department that ended to its successor. Insert-only.

    `side` is that of `former`: it used the data, gave them, or ran the system.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="handovers")
    client = models.ForeignKey(Client, models.PROTECT, null=True, related_name="handovers")
    side = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Side])
    former = models.ForeignKey("organisations.Department", models.PROTECT, related_name="+")
    successor = models.ForeignKey("organisations.Department", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    grant__isnull=False, client__isnull=True, side__in=["consumer", "provider"]
                )
                | Q(grant__isnull=True, client__isnull=False, side="system"),
                name="handover_of_a_grant_or_a_system",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.former_id} → {self.successor_id}"


class SnapshotVersion(models.Model):
    """One row (id 1): the number that rises with every change that the gateway must see."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_snapshot_version"),)

    def __str__(self) -> str:
        return str(self.version)
