"""A small province: one city, three departments, and the people who act for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from huitong.organisations import queries
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import Actor

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Province:
    """What most tests start from."""

    province: Jurisdiction
    city: Jurisdiction
    authority: Department
    education: Department
    civil_affairs: Department
    officer: Person
    head: Person
    regulator: Person
    at: datetime = MORNING
    today: date = TODAY

    def actor(self, person: Person) -> Actor:
        return queries.actor_of(person, TODAY)
