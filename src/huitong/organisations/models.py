"""The tree of jurisdictions, its departments, and the people who act for them."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from huitong.organisations.types import Level, PostRole


class Jurisdiction(models.Model):
    """An administrative division that applies a regulation of its own or its parent's."""

    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=150, blank=True)
    level = models.CharField("层级", max_length=10, choices=[(x.value, x.value) for x in Level])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    profile_id = models.CharField("适用规定", max_length=64, blank=True)
    """The regulation chosen here; empty means that the parent's is applied."""

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name

    def lineage(self) -> tuple["Jurisdiction", ...]:
        """Return the jurisdiction, then its parent, up to the root (three at most)."""
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

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name


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
    """A post that a person holds in a department from one day until another (exclusive)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts")
    role = models.CharField("职务", max_length=24, choices=[(x.value, x.value) for x in PostRole])
    since = models.DateField("任职日")
    until = models.DateField("离任日", null=True, blank=True)

    objects: ClassVar[models.Manager["Post"]] = PostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["person", "-since", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="post_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["person", "department", "role"],
                condition=Q(until__isnull=True),
                name="one_open_post_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.role}@{self.department_id}"
