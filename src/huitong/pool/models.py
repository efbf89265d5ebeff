"""Mounts, batches and serving copies.

A batch is never changed: the application's role may insert and select batches and nothing else
(migration `0002_batches_stand`).
"""

from typing import Self

from django.db import models
from django.db.models import Q

from huitong.pool.types import BatchState, Mode


class Mount(models.Model):
    """How a dataset is delivered (挂接): the confirmed layout of its files; the newest applies."""

    dataset = models.ForeignKey(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="mounts"
    )
    version = models.ForeignKey(
        "catalogue.DatasetVersion", on_delete=models.PROTECT, related_name="mounts"
    )
    mode = models.CharField(max_length=16, default=Mode.REPLACE, choices=[(m, m) for m in Mode])
    layout = models.JSONField()
    mounted_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"mount {self.pk}"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches by what officials ask about them."""

    def of(self, dataset_id: int) -> Self:
        """Keep the batches of one dataset, the newest first."""
        return self.filter(dataset_id=dataset_id).order_by("-id")

    def accepted(self) -> Self:
        """Keep the batches that replaced the dataset's content."""
        return self.filter(state=BatchState.ACCEPTED)

    def unreconciled(self) -> Self:
        """Keep the batches whose declaration does not agree with what was found."""
        return self.filter(reconciled=False)


class Batch(models.Model):
    """One delivery that was processed to its end (归集批次), with its reconciliation.

    `digest` is the SHA-256 of the file, `plan_digest` that of the plan (types, rules, layout): the
    same bytes under the same plan are one batch. Counts are rows; `seconds` is wall time.
    """

    dataset = models.ForeignKey(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="batches"
    )
    mount = models.ForeignKey(Mount, on_delete=models.PROTECT, related_name="batches")
    digest = models.CharField(max_length=64)
    plan_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=[(s, s) for s in BatchState])
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    rows_read = models.BigIntegerField()
    accepted = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    duplicates = models.BigIntegerField()
    superseded = models.BigIntegerField()
    declared = models.JSONField(null=True)
    reconciled = models.BooleanField(null=True)
    statement = models.JSONField(default=list)
    reasons = models.JSONField(default=dict)
    warnings = models.JSONField(default=dict)
    mended = models.JSONField(default=list)
    lake_table = models.CharField(max_length=100)
    snapshot_id = models.BigIntegerField(null=True)
    quarantine_table = models.CharField(max_length=100)
    quarantine_snapshot_id = models.BigIntegerField(null=True)
    delivered_by = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    seconds = models.FloatField()

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("dataset", "digest", "plan_digest"), name="same_bytes_same_batch"
            ),
            models.CheckConstraint(
                condition=Q(
                    rows_read=models.F("accepted")
                    + models.F("quarantined")
                    + models.F("duplicates")
                    + models.F("superseded")
                ),
                name="every_row_is_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.NOTHING_ACCEPTED, accepted=0)
                | Q(state=BatchState.ACCEPTED, accepted__gt=0, snapshot_id__isnull=False),
                name="accepted_has_a_snapshot",
            ),
        )

    def __str__(self) -> str:
        return f"batch {self.pk}"


class ServingCopy(models.Model):
    """One swap of a dataset's serving copy; the newest is the one that is read."""

    dataset = models.ForeignKey(
        "catalogue.Dataset", on_delete=models.PROTECT, related_name="serving_copies"
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="serving_copies")
    version = models.ForeignKey(
        "catalogue.DatasetVersion", on_delete=models.PROTECT, related_name="serving_copies"
    )
    table_name = models.CharField(max_length=63)
    snapshot_id = models.BigIntegerField()
    rows = models.BigIntegerField()
    swapped_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"serving copy {self.pk}"
