"""The tree of jurisdictions, its departments, and the people who act for them.

The database guards these tables too (migration `0003`): what happened to a body is only ever
added, a post or a delegation only ever ends earlier, and no body is removed.
"""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from huitong.organisations.types import BodyAct, Level, PostRole


class Jurisdiction(models.Model):
    """An administrative division that applies a regulation of its own or its parent's.

    Codes are those of GB/T 2260 (six digits); below the county of GB/T 10114 (nine digits) and,
    for villages and communities, of the statistical code (twelve).
    """

    code = models.CharField("行政区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=150, blank=True)
    level = models.CharField("层级", max_length=10, choices=[(x.value, x.value) for x in Level])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    profile_id = models.CharField("适用规定", max_length=64, blank=True)
    """The regulation chosen here; empty means that the parent's is applied."""
    ended_on = models.DateField("撤销日", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name

    def lineage(self) -> tuple["Jurisdiction", ...]:
        """Return the jurisdiction, then its parent, up to the root (six at most)."""
        chain: list[Jurisdiction] = []
        here: Jurisdiction | None = self
        while here is not None:
            chain.append(here)
            here = here.parent
        return tuple(chain)


class Department(models.Model):
    """A government department or other body with its own data duties."""

    code = models.CharField("部门代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=200)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="departments")
    credit_code = models.CharField(
        "统一社会信用代码", max_length=18, unique=True, null=True, blank=True
    )
    kind = models.CharField("单位类别", max_length=32, default="government_department")
    """One of `bodies` in `regulations/house.yaml`."""
    authorised_by = models.CharField("授权依据", max_length=300, blank=True)
    """The law or regulation that gives the body its public function, where a text asks for it."""
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    guide = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="guided")
    """The body above that guides the sector of this one."""
    ended_on = models.DateField("撤销日", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name


class PlaceChange(models.Model):
    """One act on an area: `before` held until the day before `day`, `after` from then on.

    Both are {code, name, name_en, level, parent: code or null}.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="changes")
    act = models.CharField(max_length=16, choices=[(x.value, x.value) for x in BodyAct])
    day = models.DateField("生效日")
    paper = models.CharField("依据文件", max_length=200)
    before = models.JSONField()
    after = models.JSONField()
    xact = models.BigIntegerField(default=0, editable=False)
    """The number of the transaction that inserted the row; the database writes it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["jurisdiction", "day", "id"]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.act} {self.day}"


class DepartmentChange(models.Model):
    """One act on a department, as `PlaceChange`.

    Both sides are {name, name_en, kind, authorised_by, jurisdiction: code, guide: code or null,
    successor: code or null}.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="changes")
    act = models.CharField(max_length=16, choices=[(x.value, x.value) for x in BodyAct])
    day = models.DateField("生效日")
    paper = models.CharField("依据文件", max_length=200)
    before = models.JSONField()
    after = models.JSONField()
    xact = models.BigIntegerField(default=0, editable=False)
    """The number of the transaction that inserted the row; the database writes it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["department", "day", "id"]

    def __str__(self) -> str:
        return f"{self.department_id} {self.act} {self.day}"


class Duty(models.Model):
    """A duty of the competent authority and the department that holds it in a jurisdiction."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="duties")
    duty = models.CharField("职责", max_length=40)
    department = models.ForeignKey(Department, models.PROTECT, related_name="duties")

    class Meta:
        ordering: ClassVar[list[str]] = ["jurisdiction", "duty"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["jurisdiction", "duty"], name="one_holder_of_a_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}:{self.duty}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations, by day."""

    def held_on(self, on: dt.date) -> Self:
        """Keep those in force on a day: the first day counts, the day in `until` no longer."""
        return self.filter(until__gt=on, since__lte=on)


class Delegation(models.Model):
    """A duty that its holder lets another department carry out for a time, by a paper (委托).

    The holder keeps the duty and may still act; while the delegation runs the people of
    `department` may too.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="delegations")
    duty = models.CharField("职责", max_length=40)
    delegator = models.ForeignKey(Department, models.PROTECT, related_name="delegations_given")
    department = models.ForeignKey(Department, models.PROTECT, related_name="delegations_held")
    since = models.DateField("起始日")
    until = models.DateField("终止日")
    paper = models.CharField("委托书", max_length=200)

    objects: ClassVar[models.Manager["Delegation"]] = DelegationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["jurisdiction", "duty", "since", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="delegation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(delegator=F("department")), name="delegation_is_to_another"
            ),
            models.CheckConstraint(condition=~Q(paper=""), name="delegation_rests_on_a_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}:{self.duty} → {self.department_id}"


class Unit(models.Model):
    """A unit inside a department that does its data work or sees to its security (工作机构)."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="units")
    kind = models.CharField("机构类别", max_length=16)
    """One of `units` in `regulations/house.yaml`."""
    name = models.CharField("名称", max_length=100)
    since = models.DateField("确定日")
    until = models.DateField("终止日", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["department", "kind", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "kind"],
                condition=Q(until__isnull=True),
                name="one_unit_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by user name. People are registered by `actions.register_person`."""

    use_in_migrations = True


class Person(AbstractBaseUser):
    """Somebody with an account. What a person may do follows from posts, not from the account."""

    username = models.CharField("用户名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    is_active = models.BooleanField("启用", default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, by day and department."""

    def held_on(self, on: dt.date) -> Self:
        """Keep posts in force on a day: the first day counts, the day in `until` no longer."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)


class Post(models.Model):
    """A post that a person holds in a department from one day until another (exclusive).

    One who stands in (代理) holds a post too: `acting`, `stands_in_for` the holder's post unless
    it is vacant, and `until` the day on which the holder is back.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts")
    role = models.CharField("职务", max_length=24, choices=[(x.value, x.value) for x in PostRole])
    since = models.DateField("任职日")
    until = models.DateField("离任日", null=True, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    acting = models.BooleanField("代理", default=False)
    stands_in_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stand_ins"
    )

    objects: ClassVar[models.Manager["Post"]] = PostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["person", "-since", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="post_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for__isnull=True) | Q(acting=True, until__isnull=False),
                name="standing_in_is_acting_and_ends",
            ),
            models.UniqueConstraint(
                fields=["person", "department", "role"],
                condition=Q(until__isnull=True),
                name="one_open_post_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.role}@{self.department_id}"


class Paper(models.Model):
    """A paper of a department's books: rules, procedures, agreements, tasks, registrations.

    `kind` is one of `papers` in `regulations/house.yaml`, `stated` holds the fields of that kind. A
    paper is never rewritten: another version follows it. In force from `since` until `until`
    (exclusive); `due` and `closed_on` are of papers that are followed up.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="papers")
    kind = models.CharField("类别", max_length=32)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    since = models.DateField("生效日")
    until = models.DateField("失效日", null=True, blank=True)
    due = models.DateField("完成期限", null=True, blank=True)
    closed_on = models.DateField("办结日", null=True, blank=True)
    stated = models.JSONField(default=dict)
    addressees = models.ManyToManyField(Department, blank=True, related_name="papers_received")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    file_sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    file_size = models.PositiveIntegerField("文件大小", default=0)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField("登记时间")
    cite = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar[list[str]] = ["department", "kind", "-since", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="paper_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PaperNote(models.Model):
    """What was reported on a task or a matter. Insert-only."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="notes")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    text = models.TextField("进展", max_length=2000)

    class Meta:
        ordering: ClassVar[list[str]] = ["paper", "at", "id"]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.at:%Y-%m-%d}"
