"""Filing of people: what a department reports, the authority files, and the post follows."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from huitong.cases import actions as cases
from huitong.cases.errors import WrongPersonError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations import actions, gaps, queries
from huitong.organisations.errors import PostError
from huitong.organisations.models import Department, Jurisdiction, Person, Post
from huitong.organisations.types import SYSTEM, PostRole
from huitong.regulations import vocabulary
from huitong.supervision.people import ROLES

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = AT.date()


@dataclass(frozen=True)
class County:
    """A county under its own text, the e-government authority and a department."""

    county: Jurisdiction
    department: Department
    officer: Person
    clerk: Person

    def report(self, *, by: Person | None = None, **facts: str) -> Case:
        return cases.open_case(
            kind="people_filing",
            jurisdiction=self.county,
            subject=f"department:{self.department.code}",
            title="人员备案",
            parties={"department": self.department},
            facts={"contact": "0451-1", **facts},
            actor=queries.actor_of(by or self.officer, TODAY),
            at=AT,
        )

    def file(self, case: Case, *, by: Person | None = None) -> Case:
        actor = queries.actor_of(by or self.clerk, TODAY)
        return cases.take_step(case, "record.record", actor=actor, at=AT)

    def holders(self, role: PostRole) -> list[str]:
        posts = Post.objects.filter(department=self.department, role=role.value).held_on(TODAY)
        return sorted(post.person.name for post in posts)


@pytest.fixture
def county(db: None) -> County:
    place = actions.found_jurisdiction(
        code="230123", name="某县", level="county", actor=SYSTEM, at=AT,
        profile_id="county-2024",
        parent=actions.found_jurisdiction(
            code="230000", name="某省", level="province", parent=None, actor=SYSTEM, at=AT
        ),
    )  # fmt: skip

    def body(code: str, username: str) -> tuple[Department, Person]:
        made = actions.found_department(
            code=code, name=f"县{code}", jurisdiction=place, actor=SYSTEM, at=AT
        )
        person = actions.register_person(username=username, name=username, actor=SYSTEM, at=AT)
        actions.appoint(person=person, department=made, role="officer", actor=SYSTEM, at=AT)
        return made, person

    authority, clerk = body("EGOV", "clerk")
    department, officer = body("EDU", "officer")
    for duty in ("people", "supervision"):
        actions.assign_duty(
            jurisdiction=place, duty=duty, department=authority, actor=SYSTEM, at=AT
        )
    return County(place, department, officer, clerk)


@pytest.mark.clause("CT-23.2")
def test_once_filed_the_person_holds_the_post(county: County) -> None:
    case = county.report(post="leader_in_charge", person="周明")
    assert county.holders(PostRole.DEPUTY) == []
    with pytest.raises(WrongPersonError):
        county.file(case, by=county.officer)

    county.file(case)

    post = Post.objects.get(role="deputy")
    assert county.holders(PostRole.DEPUTY) == ["周明"]
    assert post.contact == "0451-1"
    assert not post.person.has_usable_password()
    assert "leader_in_charge" not in {
        gap.name for gap in gaps.of_department(county.department, TODAY)
    }
    assert "周明" not in str(list(Entry.objects.values_list("facts", flat=True)))


@pytest.mark.clause("CT-23.2")
def test_somebody_with_an_account_is_known_by_user_name_or_by_name(county: County) -> None:
    county.file(county.report(post="daily_staff", person="officer"))
    county.file(county.report(post="leader_in_charge", person=county.officer.name))

    assert Person.objects.count() == 2
    assert queries.actor_of(county.officer, TODAY).posts == {
        PostRole.OFFICER, PostRole.DAILY_STAFF, PostRole.DEPUTY,
    }  # fmt: skip


@pytest.mark.clause("CT-23.3")
def test_a_change_is_reported_and_the_next_leader_takes_the_place_of_the_one_before(
    county: County,
) -> None:
    for name in ("周明", "吴清"):
        county.file(county.report(post="leader_in_charge", person=name))

    assert county.holders(PostRole.DEPUTY) == ["吴清"]
    assert Post.objects.get(person__name="周明").until == TODAY


@pytest.mark.clause("CT-23.3")
def test_staff_may_be_several_and_one_who_leaves_is_reported_by_name(county: County) -> None:
    for name in ("甲", "乙"):
        county.file(county.report(post="daily_staff", person=name))
    assert county.holders(PostRole.DAILY_STAFF) == ["乙", "甲"]

    county.file(county.report(post="daily_staff", person="甲", post_change="leaves"))

    assert county.holders(PostRole.DAILY_STAFF) == ["乙"]
    case = county.report(post="daily_staff", person="丙", post_change="leaves")
    with pytest.raises(PostError) as refused:
        county.file(case)
    assert "CT-23.2" in refused.value.cite
    case.refresh_from_db()
    assert case.closed_at is None


@pytest.mark.clause("CT-23.2")
def test_the_same_person_reported_again_has_new_contacts_only(county: County) -> None:
    for contact in ("0451-1", "0451-2"):
        county.file(county.report(post="leader_in_charge", person="周明", contact=contact))

    assert [post.contact for post in Post.objects.filter(role="deputy")] == ["0451-2"]


def test_every_choice_of_a_post_names_a_role() -> None:
    assert set(ROLES) == set(vocabulary.shared()[0].facts["post"].choices)
    assert set(ROLES.values()) == set(PostRole) - {PostRole.OFFICER}
