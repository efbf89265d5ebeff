"""Who acts: values that every room above hands around. No Django here."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """Level of a jurisdiction in GB/T 2260."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class PostRole(StrEnum):
    """What a person is in a department."""

    OFFICER = "officer"
    HEAD = "head"
    DAILY_STAFF = "daily_staff"
    CHIEF_DATA_OFFICER = "chief_data_officer"
    SECURITY_OFFICER = "security_officer"


class DepartmentLike(Protocol):
    """Enough of a department to ask whether somebody acts for it."""

    @property
    def pk(self) -> int | None:
        """Its row's id."""

    @property
    def name(self) -> str:
        """Its official name."""


class JurisdictionLike(Protocol):
    """Enough of a jurisdiction to ask whether somebody is its authority."""

    @property
    def code(self) -> str:
        """Its GB/T 2260 code."""

    @property
    def name(self) -> str:
        """Its official name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One person acting for one department on one day.

    `duties` holds pairs (jurisdiction code, duty) of the department that day, `posts` the roles
    that the person holds in it. An actor without a person is the platform itself.
    """

    person_id: int | None
    username: str
    name: str
    department_id: int | None
    department_code: str
    department_name: str
    duties: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    posts: frozenset[PostRole] = field(default_factory=frozenset)

    @property
    def is_authority_of(self) -> frozenset[str]:
        """Codes of the jurisdictions in which the actor's department holds any duty."""
        return frozenset(code for code, _ in self.duties)

    @property
    def is_system(self) -> bool:
        """Whether the platform acts, not a person."""
        return self.person_id is None

    @property
    def ledger_name(self) -> str:
        """Name written into the ledger: `person:wang@HL-EDU`, or `system`."""
        if self.is_system:
            return f"system:{self.username}"
        return f"person:{self.username}@{self.department_code}"


SYSTEM = Actor(
    person_id=None,
    username="huitong",
    name="汇通平台",
    department_id=None,
    department_code="",
    department_name="",
)
"""The platform's own acts: founding the first jurisdiction, sweeps, notices."""
