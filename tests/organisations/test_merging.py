"""Areas that are merged, recoded and founded: departments, cases, duties and the tree of a day."""

from datetime import date, timedelta

import pytest

from cases import scene as scenes
from cases.scene import DUTIES, MONDAY, Scene
from huitong.cases import actions as cases
from huitong.cases import calendar_loading, calendars, effects, queries, search
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations import actions, gaps, history
from huitong.organisations import queries as organisations
from huitong.organisations.errors import (
    ActPaperError,
    LevelError,
    NotAuthorityError,
    TakenError,
)
from huitong.organisations.models import Delegation, Department, Duty, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Newcomer, PostRole
from huitong.regulations.calendars import DayRow
from huitong.regulations.holiday_notices import HolidayNotice
from huitong.regulations.types import Names

PAPER = "国函〔2026〕12号"
TUESDAY = MONDAY + timedelta(days=1)
DAY = date(2026, 3, 3)
BEFORE = date(2026, 3, 2)


class Cities:
    """Two cities of a province, each with its data bureau, and an entry under review in one."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.old = self.city("230100", "旧城市")
        self.new = self.city("230200", "新城市")
        self.old_bureau = self.body("OLD-DATA", "旧城市数据局", self.old, "old")
        self.new_bureau = self.body("NEW-DATA", "新城市数据局", self.new, "new")
        self.office = self.body("OLD-EDU", "旧城市教育局", self.old, "office")
        for place, bureau in ((self.old, self.old_bureau), (self.new, self.new_bureau)):
            for duty in DUTIES:
                actions.assign_duty(
                    jurisdiction=place, duty=duty, department=bureau, actor=SYSTEM, at=MONDAY
                )

    def city(self, code: str, name: str) -> Jurisdiction:
        return actions.found_jurisdiction(
            code=code, name=name, level="city", parent=self.scene.province, actor=SYSTEM, at=MONDAY
        )

    def body(self, code: str, name: str, where: Jurisdiction, officer: str) -> Department:
        made = actions.found_department(
            code=code, name=name, jurisdiction=where, actor=SYSTEM, at=MONDAY
        )
        person = actions.register_person(username=officer, name=officer, actor=SYSTEM, at=MONDAY)
        actions.appoint(
            person=person, department=made, role=PostRole.OFFICER, actor=SYSTEM, at=MONDAY,
            since=date(2026, 1, 1),
        )  # fmt: skip
        return made

    def actor(self, username: str) -> Actor:
        return organisations.actor_of(Person.objects.get(username=username), DAY)

    def submit(self, where: Jurisdiction, subject: str = "dataset:OLD-EDU-001") -> Case:
        return cases.open_case(
            kind="catalogue_review", jurisdiction=where, subject=subject, title="学校",
            parties={"provider": Department.objects.get(pk=self.office.pk)},
            actor=self.actor("office"), at=TUESDAY,
        )  # fmt: skip

    def merge(self, actor: Actor = SYSTEM, **more: object) -> Jurisdiction:
        asked = {"successor": self.new, "day": DAY, "paper": PAPER, "actor": actor, "at": TUESDAY}
        return actions.merge_jurisdiction(self.old, **(asked | more))  # type: ignore[arg-type]


@pytest.fixture
def cities(db: None, monkeypatch: pytest.MonkeyPatch) -> Cities:
    held = {name: lambda *_given: None for name in ("issue_grant", "publish_dataset")}
    monkeypatch.setattr(effects.CLAIMS, "held", held)
    return Cities(scenes.build())


@pytest.mark.clause("HL-5")
def test_departments_and_towns_belong_to_the_successor_and_each_has_its_history(
    cities: Cities,
) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="某县", level="county", parent=cities.old, actor=SYSTEM, at=MONDAY
    )

    ended = cities.merge()

    assert (ended.ended_on, ended.successor) == (DAY, cities.new)
    assert {one.jurisdiction for one in Department.objects.filter(code__startswith="OLD")} == {
        cities.new
    }
    county.refresh_from_db()
    assert county.parent == cities.new
    assert history.place_on(county, BEFORE).parent == "230100"
    assert history.department_on(cities.office, BEFORE).jurisdiction == "230100"
    assert history.department_on(Department.objects.get(code="OLD-EDU"), DAY).jurisdiction == (
        "230200"
    )
    merged = Entry.objects.get(kind="jurisdiction.merged")
    assert (merged.facts["paper"], merged.facts["after"]["successor"]) == (PAPER, "230200")
    assert Entry.objects.filter(kind="department.moved").count() == 2
    assert Entry.objects.filter(kind="jurisdiction.moved").count() == 1


@pytest.mark.clause("HL-5")
def test_running_cases_go_on_under_their_number_before_the_successors_authority(
    cities: Cities,
) -> None:
    case = cities.submit(cities.old)
    number = case.number
    assert number == "ML-230100-2026-000001"

    cities.merge()

    new = cities.actor("new")
    assert [one.case.number for one in queries.todo_for(new, TUESDAY)] == [number]
    assert queries.todo_for(cities.actor("old"), TUESDAY) == []
    found = search.find(search.Wanted(text=number), reader=new, at=TUESDAY)
    assert [one.number for one in found.cases] == [number]
    decided = cases.take_step(Case.objects.get(pk=case.pk), "review.approve", actor=new, at=TUESDAY)
    assert decided.version == case.version + 1
    assert (decided.number, decided.jurisdiction.name) == (number, "旧城市")
    assert decided.events.last().department_code == "NEW-DATA"  # type: ignore[union-attr]


@pytest.mark.clause("HL-5")
def test_new_cases_begin_in_the_successor_under_its_regulation_and_its_numbers(
    cities: Cities,
) -> None:
    actions.choose_regulation(cities.new, profile_id="national-2025", actor=SYSTEM, at=MONDAY)
    cities.submit(cities.old)
    cities.merge()
    old = Jurisdiction.objects.get(pk=cities.old.pk)

    assert organisations.profile_of(old, DAY) == "national-2025"
    with pytest.raises(LevelError, match="act on 新城市"):
        cities.submit(old, "dataset:OLD-EDU-002")
    assert Case.objects.count() == 1
    assert Case.objects.get().profile_id == "heilongjiang-2025"  # pinned


@pytest.mark.clause("HL-5")
def test_duties_are_the_successors_and_follow_whoever_holds_them_there(cities: Cities) -> None:
    Duty.objects.filter(jurisdiction=cities.new, duty="sharing").delete()
    lent = actions.delegate(
        jurisdiction=cities.old, duty="sharing", department=cities.office, since=DAY,
        until=date(2026, 6, 1), paper="委托书", actor=SYSTEM, at=TUESDAY,
    )  # fmt: skip

    cities.merge()

    held = {
        (one.jurisdiction.code, one.duty): one.department.code
        for one in Duty.objects.filter(jurisdiction__in=[cities.old, cities.new])
    }
    assert held["230200", "sharing"] == held["230100", "sharing"] == "OLD-DATA"
    assert {held[code, "catalogue"] for code in ("230100", "230200")} == {"NEW-DATA"}
    assert Delegation.objects.get(pk=lent.pk).until == DAY
    moved = cities.body("NEW-X", "新城市政务局", cities.new, "x")
    actions.assign_duty(
        jurisdiction=cities.new, duty="catalogue", department=moved, actor=SYSTEM, at=TUESDAY
    )
    assert Duty.objects.get(jurisdiction=cities.old, duty="catalogue").department == moved
    # The holder may be merged too: what remains of the old area follows.
    actions.end_department(
        cities.old_bureau, successor=moved, day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )
    assert {
        one.department for one in Duty.objects.filter(duty="sharing", jurisdiction__code="230100")
    } == {moved}
    assert gaps.of_department(Department.objects.get(pk=cities.old_bureau.pk), DAY) == []


@pytest.mark.clause("HL-5")
def test_a_merger_that_cannot_stand_changes_nothing(cities: Cities) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="某县", level="county", parent=cities.old, actor=SYSTEM, at=MONDAY
    )
    for wrong in ({"successor": cities.old}, {"successor": county},
                  {"successor": cities.scene.province}):  # fmt: skip
        with pytest.raises(LevelError):
            cities.merge(**wrong)
    for wrong_act in ({"paper": " "}, {"day": date(2026, 3, 4)}):
        with pytest.raises(ActPaperError):
            cities.merge(**wrong_act)
    # An authority of one of the two does not oversee the other; the province's oversees both.
    for username in ("office", "old", "new"):
        with pytest.raises(NotAuthorityError):
            cities.merge(cities.actor(username))
    assert not Jurisdiction.objects.filter(ended_on__isnull=False).exists()
    assert not Entry.objects.filter(kind="jurisdiction.merged").exists()

    staff = actions.appoint(
        person=Newcomer("staff", "某人"), department=cities.scene.authority, role="daily_staff",
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    cities.merge(organisations.actor_of(staff.person, DAY))

    for act in (
        cities.merge,
        lambda: cities.merge(successor=cities.old),
        lambda: actions.merge_jurisdiction(
            cities.new, successor=cities.old, day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
        ),
        lambda: actions.choose_regulation(
            Jurisdiction.objects.get(pk=cities.old.pk), profile_id="national-2025", actor=SYSTEM,
            at=TUESDAY,
        ),
        lambda: actions.found_department(
            code="Z", name="某局", jurisdiction=Jurisdiction.objects.get(pk=cities.old.pk),
            actor=SYSTEM, at=TUESDAY,
        ),
        lambda: actions.assign_duty(
            jurisdiction=Jurisdiction.objects.get(pk=cities.old.pk), duty="sharing",
            department=cities.office, actor=SYSTEM, at=TUESDAY,
        ),
    ):  # fmt: skip
        with pytest.raises(LevelError):
            act()


def _off(day: date) -> HolidayNotice:
    return HolidayNotice(
        day.year, "市政函1号", (DayRow(day, working=False, names=Names("市庆", "city day")),)
    )


@pytest.mark.clause("HL-22.3")
def test_days_off_of_the_successor_count_from_the_day_of_the_merger_on(cities: Cities) -> None:
    for place, day in (
        (cities.old, date(2026, 2, 26)), (cities.old, date(2026, 3, 12)),
        (cities.new, date(2026, 2, 27)), (cities.new, date(2026, 3, 11)),
    ):  # fmt: skip
        calendar_loading.load_notice(_off(day), jurisdiction=place, actor=SYSTEM, at=MONDAY)
    days = (date(2026, 2, 26), date(2026, 2, 27), date(2026, 3, 11), date(2026, 3, 12))

    def works() -> list[bool]:
        calendar = calendars.of(Jurisdiction.objects.get(pk=cities.old.pk))
        return [calendar.is_working(day) for day in days]

    assert works() == [False, True, True, False]
    cities.merge()
    assert works() == [False, True, False, True]
    new = calendars.of(cities.new)
    assert [new.is_working(day) for day in days] == [True, False, False, True]


@pytest.mark.clause("HL-5")
def test_a_county_becomes_a_district_and_its_towns_and_cases_stay_what_they_are(
    cities: Cities,
) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="某县", level="county", parent=cities.old, actor=SYSTEM, at=MONDAY
    )
    town = actions.found_jurisdiction(
        code="230123100", name="某镇", level="town", parent=county, actor=SYSTEM, at=MONDAY
    )
    village = actions.found_jurisdiction(
        code="230123100200", name="某村", level="village", parent=town, actor=SYSTEM, at=MONDAY
    )
    for duty in DUTIES:
        actions.assign_duty(
            jurisdiction=cities.old, duty=duty, department=cities.old_bureau, actor=SYSTEM,
            at=MONDAY,
        )  # fmt: skip
    first = cities.submit(cities.old)

    actions.recode_jurisdiction(
        county, code="230113", name="某区", day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )
    actions.recode_jurisdiction(
        cities.old, code="230300", day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )

    for place in (county, town, village):
        place.refresh_from_db()
    assert (county.code, county.name) == ("230113", "某区")
    assert (town.code, village.code) == ("230113100", "230113100200")
    assert history.place_on(village, BEFORE).code == "230123100200"
    assert history.place_of_code("230123100", BEFORE) == town
    # No other area is ever given a code that stands in the numbers of cases.
    for taken in ("230123", "230100"):
        with pytest.raises(TakenError):
            actions.found_jurisdiction(
                code=taken, name="别县", level="county", parent=cities.new, actor=SYSTEM,
                at=TUESDAY,
            )  # fmt: skip
    second = cities.submit(Jurisdiction.objects.get(pk=cities.old.pk), "dataset:OLD-EDU-002")
    assert (first.number, second.number) == ("ML-230100-2026-000001", "ML-230300-2026-000002")


@pytest.mark.clause("NA-8")
def test_the_tree_is_told_as_it_stood_on_a_day(cities: Cities) -> None:
    actions.found_jurisdiction(
        code="230123", name="某县", level="county", parent=cities.old, actor=SYSTEM, at=MONDAY
    )
    third = actions.found_jurisdiction(
        code="230124", name="后设县", level="county", parent=cities.new, actor=SYSTEM,
        at=TUESDAY, day=DAY, paper=PAPER,
    )  # fmt: skip
    cities.merge()
    actions.rename_jurisdiction(
        cities.new, name="大新城市", day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )
    actions.recode_jurisdiction(
        cities.new, code="230400", day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )

    def tree(day: date) -> list[tuple[int, str, str, str | None]]:
        return [(one.depth, one.code, one.name, one.parent) for one in history.tree_on(day)]

    assert tree(BEFORE) == [
        (0, "230000", "黑龙江省", None),
        (1, "230100", "旧城市", "230000"),
        (2, "230123", "某县", "230100"),
        (1, "230200", "新城市", "230000"),
    ]
    assert tree(DAY) == [
        (0, "230000", "黑龙江省", None),
        (1, "230400", "大新城市", "230000"),
        (2, "230123", "某县", "230400"),
        (2, "230124", "后设县", "230400"),
    ]
    assert third.changes.get().act == "founded"
