"""The ledger's tables. They take inserts only; a migration has the database refuse the rest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from huitong.ledger import leaves


class Entry(models.Model):
    """One act, as it is proved later. The columns of the leaf are all but `id` and `leaf_hash`."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    kind = models.TextField()
    subject = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()
    cite = ArrayField(models.TextField())
    facts = models.JSONField()
    leaf_hash = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=["subject", "id"], name="ledger_entry_subject"),
            models.Index(fields=["kind", "id"], name="ledger_entry_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.uuid}"

    @property
    def leaf(self) -> bytes:
        """Return the bytes that stand in the tree, made from the columns."""
        return leaves.canonical(
            leaves.entry(
                uuid=self.uuid,
                kind=self.kind,
                subject=self.subject,
                actor=self.actor,
                at=self.at,
                cite=self.cite,
                facts=self.facts,
            )
        )


class Leaf(models.Model):
    """The place of a sealed entry. Its index is given at sealing, in order of commit, not of `id`.

    There is no foreign key constraint: rows come only from sealing, checking each again would
    halve its speed, and verification finds an entry that is gone.
    """

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="sealed"
    )
    leaf_hash = models.BinaryField()

    def __str__(self) -> str:
        return str(self.index)


class Node(models.Model):
    """The root of a complete subtree: 2^level leaves from index x 2^level on; level 0 is `Leaf`."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Citation(models.Model):
    """One clause that a sealed entry rests on: the `number`th entry that does, in tree order.

    `steps` counts the steps of cases among the first `number`. So the last row of a clause says
    how often it was relied on. The rows follow from the tree and are written with it.
    """

    pk = models.CompositePrimaryKey("clause", "number")
    clause = models.TextField()
    number = models.BigIntegerField()
    entry = models.ForeignKey(
        Entry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="citations",
    )
    steps = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.clause}#{self.number}"


class Checkpoint(models.Model):
    """The signed head of the tree after a sealing.

    The last three columns only make later sealings fast (see `sealing`): no proof rests on them.
    """

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()
    through_id = models.BigIntegerField()
    xact_ceiling = models.BigIntegerField()
    settled_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.size}"
