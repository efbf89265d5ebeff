"""A province with a city and a county, eight departments and their people. All invented."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huitong.catalogue import actions as catalogue
from huitong.catalogue.models import Dataset
from huitong.identifiers import making
from huitong.operations.demonstration.cast import (
    AUTHORITIES,
    DEPARTMENTS,
    DUTIES,
    INSTITUTIONS,
    JURISDICTIONS,
    PASSWORD,
    PROFILE,
    UNIT,
    officer_of,
)
from huitong.organisations import actions, queries
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, PostRole


@dataclass(frozen=True)
class World:
    """The founded province; people are found by user name."""

    jurisdictions: dict[str, Jurisdiction]
    departments: dict[str, Department]
    on: dt.date

    def actor(self, username: str) -> Actor:
        """Return the person, acting for the department of the first post."""
        person = Person.objects.get(username=username)
        return queries.actor_of(person, self.on)


@transaction.atomic
def found(*, at: dt.datetime) -> World:
    """Found jurisdictions, departments, duties and people; every act is in the ledger."""
    jurisdictions: dict[str, Jurisdiction] = {}
    for code, name, name_en, level, parent in JURISDICTIONS:
        jurisdictions[code] = actions.found_jurisdiction(
            code=code,
            name=name,
            name_en=name_en,
            level=level,
            parent=jurisdictions[parent] if parent else None,
            profile_id=PROFILE if parent is None else "",
            actor=SYSTEM,
            at=at,
        )
    departments: dict[str, Department] = {}
    for number, (code, name, name_en, area, officer, officer_name, head) in enumerate(DEPARTMENTS):
        kind, authorised_by = INSTITUTIONS.get(code, ("government_department", ""))
        departments[code] = actions.found_department(
            code=code,
            name=name,
            name_en=name_en,
            jurisdiction=jurisdictions[area],
            credit_code=making.make_credit_code(area, 11_000_000 + number),
            kind=kind,
            authorised_by=authorised_by,
            actor=SYSTEM,
            at=at,
        )
        for username, person_name, role in (
            (officer, officer_name, PostRole.OFFICER),
            (f"{officer}-head", head, PostRole.HEAD),
        ):
            person = actions.register_person(
                username=username, name=person_name, password=PASSWORD, actor=SYSTEM, at=at
            )
            actions.appoint(
                person=person, department=departments[code], role=role, actor=SYSTEM, at=at
            )
    for area, department in AUTHORITIES.items():
        actions.name_unit(
            department=departments[department],
            kind="data_work",
            name=UNIT,
            since=at.date(),
            actor=SYSTEM,
            at=at,
        )
        for duty in DUTIES:
            actions.assign_duty(
                jurisdiction=jurisdictions[area],
                duty=duty,
                department=departments[department],
                actor=SYSTEM,
                at=at,
            )
    return World(jurisdictions, departments, at.date())


def existing(*, on: dt.date) -> World:
    """Return the province that is already in the database."""
    return World(
        {x.code: x for x in Jurisdiction.objects.all()},
        {x.code: x for x in Department.objects.select_related("jurisdiction")},
        on,
    )


def publish(dataset: Dataset, *, provider: Actor, at: dt.datetime) -> None:
    """Submit the dataset and let the demonstration's authority approve it."""
    catalogue.submit_dataset(dataset, actor=provider, at=at)
    authority = AUTHORITIES[dataset.provider.jurisdiction.code]
    dataset.refresh_from_db()
    reviewer = existing(on=at.date()).actor(officer_of(authority))
    catalogue.approve_dataset(dataset, actor=reviewer, at=at)
