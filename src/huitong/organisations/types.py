"""Who acts: values that every room above hands around. No Django here."""

from collections.abc import Collection, Mapping
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


# A county may lie directly below its province (省直辖县级行政区划), a town below a city without
# counties.
ABOVE: Mapping[Level, tuple[Level | None, ...]] = {
    Level.NATION: (None,),
    Level.PROVINCE: (None, Level.NATION),
    Level.CITY: (Level.PROVINCE,),
    Level.COUNTY: (Level.CITY, Level.PROVINCE),
    Level.TOWN: (Level.COUNTY, Level.CITY),
    Level.VILLAGE: (Level.TOWN,),
}
"""Below which levels an area of a level may stand; None is the top of the tree."""


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
    """What happens to a department or an area, from its founding on."""

    FOUNDED = "founded"
    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    REKINDED = "rekinded"
    GUIDED = "guided"
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
class Attachment:
    """A file that was handed in: its name as sent, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has no account yet and gets one with the first post."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class StandsIn:
    """A post held for somebody else; user name and name are empty where the post is vacant."""

    role: PostRole
    username: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Lent:
    """A duty in a jurisdiction carried out for the department that holds it."""

    jurisdiction: str
    duty: str
    department_code: str
    department_name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One person acting for one department on one day.

    `duties` holds pairs (jurisdiction code, duty) of the department that day, with those that
    another department delegated to it; `posts` the roles that the person holds in it, with those
    in which the person stands in for somebody. An actor without a person is the platform itself, or
    somebody of the public.
    """

    person_id: int | None
    username: str
    name: str
    department_id: int | None
    department_code: str
    department_name: str
    duties: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    posts: frozenset[PostRole] = field(default_factory=frozenset)
    stands_in: frozenset[StandsIn] = field(default_factory=frozenset)
    """Posts that the person holds for somebody else only."""
    delegated: frozenset[Lent] = field(default_factory=frozenset)
    """Those of `duties` that the department holds by delegation only."""
    is_public: bool = False
    """A person or firm without an account, known by a random reference (`username`) only."""

    @property
    def is_authority_of(self) -> frozenset[str]:
        """Codes of the jurisdictions in which the actor's department holds any duty itself.

        A duty carried out for another department does not make the delegate an authority.
        """
        return frozenset(code for code, _ in self.own_duties)

    @property
    def own_duties(self) -> frozenset[tuple[str, str]]:
        """Those of `duties` that the department holds itself."""
        return self.duties - {(one.jurisdiction, one.duty) for one in self.delegated}

    @property
    def is_system(self) -> bool:
        """Whether the platform acts, not a person."""
        return self.person_id is None and not self.is_public

    @property
    def ledger_name(self) -> str:
        """Name written into the ledger: `person:wang@HL-EDU`, `system:…`, or `public:reference`."""
        if self.is_public:
            return f"public:{self.username}"
        if self.is_system:
            return f"system:{self.username}"
        return f"person:{self.username}@{self.department_code}"

    def stood_for(self, posts: Collection[PostRole] = ()) -> StandsIn | None:
        """Return for whom the person acts in one of `posts`; None who holds one of them anyway.

        Without `posts` any post of the department would do: somebody who holds none but for others
        acts for the first of them.
        """
        standing = {one.role: one for one in self.stands_in}
        asked = sorted(self.posts & set(posts)) if posts else sorted(self.posts)
        if not asked or any(role not in standing for role in asked):
            return None
        return standing[asked[0]]

    def lent_by(self, jurisdiction: str, duty: str) -> Lent | None:
        """Return by whom a duty was delegated to the actor's department, None when by nobody."""
        for one in self.delegated:
            if (one.jurisdiction, one.duty) == (jurisdiction, duty):
                return one
        return None


SYSTEM = Actor(
    person_id=None,
    username="huitong",
    name="汇通平台",
    department_id=None,
    department_code="",
    department_name="",
)
"""The platform's own acts: founding the first jurisdiction, sweeps, notices."""


def public_actor(ref: str) -> Actor:
    """Return somebody of the public by reference: no name, so that none gets on record."""
    return Actor(
        person_id=None,
        username=ref,
        name="公众申请人",
        department_id=None,
        department_code="",
        department_name="",
        is_public=True,
    )
