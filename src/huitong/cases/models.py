"""Cases, their events, the flat tables that they are pinned to, and what they put on registers.

The database guards these tables too (migrations `0002`, `0003`): a case changes only in a
transaction that also inserts its event, and an event or a stored table is never changed; an entry
of a register is made and ended only together with an event.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from huitong.cases.applicants import Applicant, PublicAct  # noqa: F401  Django looks for them here
from huitong.cases.types import NoticeKind
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor


class StoredTable(models.Model):
    """A flat table by digest. Never changed: a running case reads nothing else."""

    digest = models.CharField(max_length=64, primary_key=True)
    profile_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    body = models.TextField()
    """`FlatTable.to_json()`: text, not jsonb, because these bytes are what the digest is of."""

    def __str__(self) -> str:
        return f"{self.profile_id}/{self.kind}@{self.digest[:12]}"


class CaseNumber(models.Model):
    """The last number given for a prefix in a jurisdiction and a year."""

    jurisdiction = models.ForeignKey("organisations.Jurisdiction", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=4)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["jurisdiction", "year", "prefix"], name="one_series_of_case_numbers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.jurisdiction_id}-{self.year}: {self.last}"


class Case(models.Model):
    """One run of a procedure, pinned to the flat table of the day it was received.

    `parties` maps role names to department ids (`several`: more than one in a role). Whom the
    present state waits for: `Waiting`.
    """

    number = models.CharField("办件编号", max_length=40, unique=True)
    kind = models.CharField("事项", max_length=64)
    profile_id = models.CharField("适用规定", max_length=64)
    table = models.ForeignKey(StoredTable, models.PROTECT, related_name="cases")
    jurisdiction = models.ForeignKey(
        "organisations.Jurisdiction", models.PROTECT, related_name="cases"
    )
    state = models.CharField("状态", max_length=64)
    subject = models.CharField("对象", max_length=200)
    title = models.CharField("标题", max_length=300)
    parties = models.JSONField()
    received_at = models.DateTimeField("收到时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    """Derived: `queries.due_of` says the same from the events. Kept to search and sort by."""
    calendar = models.CharField(max_length=40, blank=True)
    """The id of the calendar that `due_at` was computed with."""
    noticed = models.PositiveSmallIntegerField(default=0)
    """How far notice was given of the present stay's last day (`types.Noticed`)."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "kind"], name="case_of_a_subject"),
            models.Index(
                fields=["received_at"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(closed_at__isnull=True, noticed__lt=3),
                name="case_to_give_notice_of",
            ),
            models.Index(
                fields=["calendar", "id"],
                condition=Q(closed_at__isnull=True),
                name="case_by_calendar",
            ),
            # Of `search`: pages by key, and the two functions of migration `0006`.
            models.Index(fields=["received_at", "id"], name="case_newest"),
            models.Index(fields=["jurisdiction", "received_at", "id"], name="case_of_an_area"),
            models.Index(fields=["kind", "received_at", "id"], name="case_of_a_kind"),
            GinIndex(models.Func("parties", function="cases_bodies"), name="case_bodies"),
            GinIndex(models.Func("title", "subject", function="cases_words"), name="case_words"),
        ]

    def __str__(self) -> str:
        return self.number


class Waiting(models.Model):
    """One body that an open case waits for: a department, or whoever holds a duty somewhere today.

    Follows from the case's state, so it is replaced with each step. The role `clock` waits for
    nobody; the sweep finds its cases by it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="waiting")
    role = models.CharField(max_length=64)
    department = models.ForeignKey(
        "organisations.Department", models.PROTECT, null=True, related_name="+"
    )
    jurisdiction = models.ForeignKey(
        "organisations.Jurisdiction", models.PROTECT, null=True, related_name="+"
    )
    duty = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """That of the case: a body's list is read in this order."""
    seat = models.CharField(max_length=80, blank=True, default="")
    """Which of the departments of a role this is, where the table allows several."""
    since = models.DateTimeField(null=True, blank=True)
    """When the stage began in which the case waits for it."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "role", "seat"], name="a_case_waits_once_for_a_seat"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "due_at", "case"], name="waiting_for_department"),
            models.Index(
                fields=["jurisdiction", "duty", "due_at", "case"], name="waiting_for_duty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} waits for {self.role}"


class CaseEvent(models.Model):
    """A step that was taken. Insert-only; names are kept as they were that day.

    `xact` is the number of the transaction that inserted the event; the database writes it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=80)
    role = models.CharField(max_length=64)
    person = models.ForeignKey(
        "organisations.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_name = models.CharField(max_length=64)
    department = models.ForeignKey(
        "organisations.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    department_code = models.CharField(max_length=40, blank=True)
    department_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    facts = models.JSONField()
    from_state = models.CharField(max_length=64, blank=True)
    to_state = models.CharField(max_length=64)
    cite = models.JSONField()
    entry_uuid = models.UUIDField()
    own_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """Working days that the body had set for itself when the stage began that the event led to."""
    seat = models.CharField(max_length=80, blank=True, default="")
    """Which of several departments answered, where each of them has to (`several`)."""
    stay = models.PositiveIntegerField(null=True, blank=True)
    """The event by which the stage began in which it answered."""
    xact = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["case", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_version"),
            models.UniqueConstraint(
                fields=["case", "stay", "step", "seat"],
                condition=~Q(seat=""),
                name="a_department_answers_once_in_a_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.step}"


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    """Entries of registers, as those who look something up ask for them."""

    def living(self, at: dt.datetime) -> Self:
        """Keep what holds at `at`: not ended, and the last day (`until`, inclusive) not past."""
        today = timezone.localdate(at)
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), ended_at__isnull=True)

    def on_register(self, name: str) -> Self:
        """Keep the entries of one register."""
        return self.filter(register=name)

    def about(self, subject: str) -> Self:
        """Keep what was entered about a subject (`dataset:ABC`)."""
        return self.filter(subject=subject)

    def of_department(self, department: Department) -> Self:
        """Keep what a department holds."""
        return self.filter(holder=department)

    def in_places(self, *places: Jurisdiction) -> Self:
        """Keep the entries of some jurisdictions."""
        return self.filter(jurisdiction__in=places)

    def with_facts(self, stated: Mapping[str, object]) -> Self:
        """Keep the entries that state these facts, among others."""
        return self.filter(facts__contains=dict(stated))

    def readable_by(self, actor: Actor, open_to_all: Collection[str] = ()) -> Self:
        """Keep what the actor may read: as holder, as authority, or having acted in the case.

        `open_to_all` names the registers that everybody on the platform reads.
        """
        mine = Q(register__in=open_to_all) | Q(jurisdiction__code__in=actor.is_authority_of)
        if actor.department_id is not None:
            steps = CaseEvent.objects.filter(
                case=models.OuterRef("made_by__case"), department=actor.department_id
            )
            mine |= Q(holder_id=actor.department_id) | Q(models.Exists(steps))
        return self.filter(mine)


class RegisterEntry(models.Model):
    """One entry of a register: what the step of a case put on record, until another ends it.

    `facts` are what the events of the case stated in the words of its table, limited to those that
    the register is for. `key` is empty, or what at most one living entry of a register may bear in
    a jurisdiction (no collecting twice). The last day `until` is inclusive.
    """

    register = models.CharField("登记簿", max_length=40)
    subject = models.CharField("对象", max_length=200)
    key = models.CharField(max_length=200, blank=True, default="")
    holder = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="register_entries"
    )
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="register_entries")
    title = models.CharField("名称", max_length=300)
    facts = models.JSONField("登记内容")
    since = models.DateTimeField("登记时间")
    until = models.DateField("有效期至", null=True, blank=True)
    made_by = models.ForeignKey(CaseEvent, models.PROTECT, related_name="register_entries")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        CaseEvent, models.PROTECT, null=True, blank=True, related_name="register_entries_ended"
    )
    entry_uuid = models.UUIDField()

    objects: ClassVar[models.Manager["RegisterEntry"]] = RegisterEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-since", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["register", "jurisdiction", "key"],
                condition=Q(ended_at__isnull=True) & ~Q(key=""),
                name="one_living_entry_of_a_key",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="register_entry_ended_by_an_event",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["register", "jurisdiction", "-since"], name="register_of_a_place"),
            models.Index(fields=["subject", "register"], name="register_of_a_subject"),
            models.Index(fields=["holder", "register"], name="register_of_a_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.register}:{self.subject}"


class Notice(models.Model):
    """What somebody is told: of a step, of a last day, of the end of a regulation.

    To a department, or to whoever holds a duty in a jurisdiction. `seq` is the event after which
    notice was given (the days before the end, of a regulation), so that nobody is told twice.
    """

    kind = models.CharField(max_length=16, choices=[(x.value, x.value) for x in NoticeKind])
    subject = models.CharField(max_length=200)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="notices")
    seq = models.PositiveIntegerField(default=0)
    recipient = models.CharField(max_length=64)
    """`department:<id>` or `duty:<jurisdiction id>:<duty>`, as the columns below say."""
    role = models.CharField(max_length=64, blank=True)
    department = models.ForeignKey(
        "organisations.Department", models.PROTECT, null=True, related_name="+"
    )
    jurisdiction = models.ForeignKey(
        "organisations.Jurisdiction", models.PROTECT, null=True, related_name="+"
    )
    duty = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    cite = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject", "kind", "seq", "recipient"], name="told_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "-at"], name="notice_to_department"),
            models.Index(fields=["jurisdiction", "duty", "-at"], name="notice_to_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class OwnPeriod(models.Model):
    """The number of working days that a body set for itself where a text says 及时. Insert-only."""

    department = models.ForeignKey(
        "organisations.Department", models.PROTECT, related_name="own_periods"
    )
    kind = models.CharField(max_length=64)
    stage = models.CharField(max_length=64)
    days = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    set_by = models.CharField(max_length=120)
    cite = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar[list[str]] = ["department", "kind", "stage", "-since", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["department", "kind", "stage", "-since"], name="own_period_of"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.kind}.{self.stage}: {self.days}"


class CalendarNotice(models.Model):
    """A year of the calendar as announced, or days off of one place. Insert-only: the last counts.

    `body` is the notice as it was read: `{"days_off": [[day, zh, en], …], "make_up": [day, …]}`.
    """

    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=100)
    jurisdiction = models.ForeignKey(
        "organisations.Jurisdiction", models.PROTECT, null=True, related_name="+"
    )
    """Whose days off these are; None for a notice of the State Council."""
    body = models.JSONField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=120)
    entry_uuid = models.UUIDField(unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["year", "id"]

    def __str__(self) -> str:
        return f"{self.year} {self.number}"
