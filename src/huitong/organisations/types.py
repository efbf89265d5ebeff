"""Who acts: values that every room above hands around. No Django here."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """Level of a jurisdiction: down to the county by GB/T 2260, below it by GB/T 10114."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class PostRole(StrEnum):
    """What a person is in a department."""

    OFFICER = "officer"
    HEAD = "head"
    DEPUTY = "deputy"
    UNIT_HEAD = "unit_head"
    DAILY_STAFF = "daily_staff"
    CHIEF_DATA_OFFICER = "chief_data_officer"
    SECURITY_OFFICER = "security_officer"


class BodyAct(StrEnum):
    """What happens to a department or an area after its founding."""

    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    REKINDED = "rekinded"
    MERGED = "merged"
    ABOLISHED = "abolished"


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

    `duties` holds pairs (jurisdiction code, duty) of the department that day, with those that
    another department delegated to it; `posts` the roles that the person holds in it, with those
    in which the person stands in for somebody. An actor without a person is the platform itself.
    """

    person_id: int | None
    username: str
    name: str
    department_id: int | None
    department_code: str
    department_name: str
    duties: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    posts: frozenset[PostRole] = field(default_factory=frozenset)
    stands_in: frozenset[tuple[PostRole, str]] = field(default_factory=frozenset)
    """Posts held for somebody else, with that person's user name; empty for a vacant post."""
    delegated: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)
    """Duties held by delegation: (jurisdiction code, duty, code of the delegating department)."""

    @property
    def is_authority_of(self) -> frozenset[str]:
        """Codes of the jurisdictions in which the actor's department holds any duty itself.

        A duty carried out for another department does not make the delegate an authority.
        """
        lent = {(code, duty) for code, duty, _ in self.delegated}
        return frozenset(code for code, duty in self.duties if (code, duty) not in lent)

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

    def capacity(
        self, *, posts: Collection[PostRole] = (), duty: tuple[str, str] | None = None
    ) -> dict[str, str]:
        """Return for whom the actor acts in a post or a duty: facts for the ledger.

        `{"stands_in_for": user name}` where one of `posts` is held for somebody else,
        `{"delegated_by": department code}` where `duty` (jurisdiction code, duty) is; else empty.
        """
        facts: dict[str, str] = {}
        held = sorted((role, whom) for role, whom in self.stands_in if role in posts)
        if held:
            facts["stands_in_for"] = held[0][1]
        for code, name, by in sorted(self.delegated):
            if (code, name) == duty:
                facts["delegated_by"] = by
        return facts


SYSTEM = Actor(
    person_id=None,
    username="huitong",
    name="汇通平台",
    department_id=None,
    department_code="",
    department_name="",
)
"""The platform's own acts: founding the first jurisdiction, sweeps, notices."""
