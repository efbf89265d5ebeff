"""Standing in: somebody else holds a post for a time, and the ledger says for whom."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from huitong.ledger.models import Entry
from huitong.organisations import actions, gaps, queries
from huitong.organisations.errors import (
    BodyEndedError,
    NotYourDepartmentError,
    PostError,
    UnitError,
)
from huitong.organisations.models import Person, Post, Unit
from huitong.organisations.types import SYSTEM, PostRole, StandsIn
from organisations.places import TODAY, Province

DAY = dt.timedelta(days=1)


def head_post(founded: Province) -> Post:
    return Post.objects.get(person=founded.head, role="head")


def stand_in(
    founded: Province, person: Person, *, since: int = 0, until: int = 5, post: Post | None = None
) -> Post:
    return actions.stand_in(
        post or head_post(founded), person=person, since=TODAY + since * DAY,
        until=TODAY + until * DAY, actor=founded.actor(founded.head), at=founded.at,
    )  # fmt: skip


@pytest.mark.clause("HL-6.1")
def test_who_stands_in_holds_the_post_for_those_days_and_no_longer(founded: Province) -> None:
    stand_in(founded, founded.officer, since=1)

    held = [queries.actor_of(founded.officer, TODAY + n * DAY).posts for n in (0, 1, 4, 5)]

    officer, both = {PostRole.OFFICER}, {PostRole.OFFICER, PostRole.HEAD}
    assert held == [officer, both, both, officer]


@pytest.mark.clause("HL-6.1")
def test_the_ledger_and_the_actor_say_for_whom(founded: Province) -> None:
    stand_in(founded, founded.officer)

    noted = Entry.objects.get(kind="post.stood_in")
    actor = founded.actor(founded.officer)

    assert noted.actor == "person:li@HL-EDU"
    assert noted.facts == {
        "person": "zhang", "for": "li", "role": "head",
        "since": "2026-03-02", "until": "2026-03-07",
    }  # fmt: skip
    whom = StandsIn(PostRole.HEAD, "li", "li（测试）")
    assert actor.stands_in == {whom}
    assert actor.stood_for({PostRole.HEAD}) == whom
    assert actor.stood_for({PostRole.OFFICER}) is None
    assert actor.stood_for() is None


def test_who_holds_the_post_anyway_stands_in_for_nobody(founded: Province) -> None:
    other = actions.register_person(username="qian", name="钱", actor=SYSTEM, at=founded.at)
    post = actions.appoint(
        person=other, department=founded.education, role="head", actor=SYSTEM, at=founded.at
    )

    with pytest.raises(PostError):
        stand_in(founded, founded.head, post=post)

    assert founded.actor(founded.head).stands_in == frozenset()


def test_a_vacant_post_is_filled_for_the_time_being(founded: Province) -> None:
    actions.appoint(
        person=founded.officer, department=founded.education, role="unit_head", acting=True,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert founded.actor(founded.officer).stands_in == {StandsIn(PostRole.UNIT_HEAD)}
    assert Entry.objects.filter(kind="post.begun").latest("id").facts["acting"] is True


@pytest.mark.parametrize(
    ("since", "until"), [(0, 0), (3, 1), (-1, 2)], ids=["no day", "backwards", "before the post"]
)
def test_days_that_cannot_be_stood_in_for_are_refused(
    founded: Province, since: int, until: int
) -> None:
    with pytest.raises(PostError) as refused:
        stand_in(founded, founded.officer, since=since, until=until)

    assert refused.value.cite == ("HL-6.1",)
    assert Post.objects.filter(acting=True).count() == 0


def test_nobody_stands_in_for_themselves_twice_or_for_a_stand_in(founded: Province) -> None:
    with pytest.raises(PostError):
        stand_in(founded, founded.head)
    made = stand_in(founded, founded.officer)
    with pytest.raises(PostError):
        stand_in(founded, founded.regulator, since=4, until=9)
    with pytest.raises(PostError):
        stand_in(founded, founded.regulator, post=made)
    assert stand_in(founded, founded.regulator, since=5, until=9)


def test_an_officer_lets_nobody_stand_in(founded: Province) -> None:
    with pytest.raises(NotYourDepartmentError):
        actions.stand_in(
            head_post(founded), person=founded.regulator, since=TODAY, until=TODAY + DAY,
            actor=founded.actor(founded.officer), at=founded.at,
        )  # fmt: skip


def test_standing_in_ends_early_and_with_the_post(founded: Province) -> None:
    first = stand_in(founded, founded.officer, until=3)
    actions.end_post(first, until=TODAY + DAY, actor=SYSTEM, at=founded.at)
    later = stand_in(founded, founded.officer, since=2, until=9)

    actions.end_post(head_post(founded), until=TODAY + 4 * DAY, actor=SYSTEM, at=founded.at)

    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.until, later.until) == (TODAY + DAY, TODAY + 4 * DAY)


@pytest.mark.parametrize(
    "change",
    ["until = until + 1", "since = since - 1", "role = 'deputy'", "until = NULL"],
)
def test_the_database_lets_a_spell_only_end_earlier(founded: Province, change: str) -> None:
    stand_in(founded, founded.officer)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        connection.cursor().execute(f"UPDATE organisations_post SET {change} WHERE acting")  # noqa: S608


@pytest.mark.clause("HL-6.1")
def test_what_a_department_lacks_is_named_with_its_article_until_it_is_there(
    founded: Province,
) -> None:
    lacking = gaps.of_department(founded.education, TODAY)
    assert [(gap.what, gap.name, gap.cite) for gap in lacking if gap.what != "paper"] == [
        ("unit", "data_work", ("HL-6.1",))
    ]

    actions.name_unit(
        department=founded.education, kind="data_work", name="信息中心", since=TODAY,
        actor=founded.actor(founded.head), at=founded.at,
    )  # fmt: skip

    def named(day: dt.date) -> set[str]:
        return {gap.what for gap in gaps.of_department(founded.education, day)} - {"paper"}

    assert named(TODAY) == set()
    assert named(TODAY - DAY) == {"unit", "post"}


@pytest.mark.clause("HN-6.6", "HZ-5.1", "HZ-6", "HZ-20.5", "NA-11.1", "CT-23.2", "HL-6.1")
@pytest.mark.parametrize(
    ("profile", "asked"),
    [
        ("henan-2020", ["data_work HN-6.6", "first_responsible HN-6.6", "staff HN-6.6"]),
        ("county-2024", ["leader_in_charge CT-23.2", "staff CT-23.2"]),
        (
            "huizhou-2024",
            ["data_work HZ-5.1", "security HZ-20.5", "chief_data_officer HZ-6", "staff HZ-5.1",
             "security_officer HZ-20.5"],
        ),
        ("heilongjiang-2025", ["data_work HL-6.1", "responsible HL-6.1"]),
        ("national-2025", ["data_work NA-11.1", "unit_head NA-11.1"]),
        ("model-city", []),
    ],
)  # fmt: skip
def test_posts_and_units_that_each_text_asks_for(
    founded: Province, profile: str, asked: list[str]
) -> None:
    actions.choose_regulation(founded.city, profile_id=profile, actor=SYSTEM, at=founded.at)
    founded.civil_affairs.refresh_from_db()

    lacking = gaps.of_department(founded.civil_affairs, TODAY)

    found = [f"{gap.name} {gap.cite[0]}" for gap in lacking if gap.what != "paper"]
    assert found == asked


@pytest.mark.clause("HN-6.6")
def test_under_henan_only_the_head_is_first_responsible(founded: Province) -> None:
    actions.choose_regulation(founded.city, profile_id="henan-2020", actor=SYSTEM, at=founded.at)
    founded.civil_affairs.refresh_from_db()
    actions.appoint(
        person=founded.officer, department=founded.civil_affairs, role="deputy",
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    lacking = {gap.name: gap for gap in gaps.of_department(founded.civil_affairs, TODAY)}

    assert lacking["first_responsible"].filled_by == ("head",)


def test_a_unit_of_a_kind_follows_the_former_one_and_none_goes_before_it(
    founded: Province,
) -> None:
    def name(unit: str, since: dt.date, kind: str = "data_work") -> Unit:
        return actions.name_unit(
            department=founded.education, kind=kind, name=unit, since=since,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip

    first = name("信息中心", TODAY)
    for wrong in (("科技处", TODAY - DAY), (" ", TODAY), ("科技处", TODAY, "kitchen")):
        with pytest.raises(UnitError):
            name(*wrong)
    name("数据处", TODAY + DAY)

    first.refresh_from_db()
    assert first.until == TODAY + DAY


def test_a_body_that_ended_says_who_carries_on() -> None:
    refused = BodyEndedError(department="旧局", day=TODAY, successor="新局")

    assert "新局" in str(refused)
    assert "新局" in refused.zh


@pytest.mark.clause("CT-6.1", "CT-6.2", "MC-4.2", "MC-4.3")
@pytest.mark.parametrize(
    ("profile", "first", "second"),
    [
        ("county-2024", ("aggregation", "县大数据中心"), ("people", "县电子政务管理部门")),
        ("model-city", ("collection", "市政务服务管理部门"), ("sharing", "市工信部门")),
    ],
)
def test_two_authorities_share_the_duties_where_the_text_says_so(
    founded: Province, profile: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    level = "county" if profile == "county-2024" else "city"
    place = actions.found_jurisdiction(
        code="230199" if level == "county" else "230900", name="某地", level=level,
        parent=founded.city if level == "county" else founded.province,
        profile_id=profile, actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    names = {gap.name: gap.names.zh for gap in gaps.of_jurisdiction(place)}

    assert names[first[0]] == first[1]
    assert names[second[0]] == second[1]


@pytest.mark.clause("HZ-3.1", "HL-5")
def test_a_duty_nobody_holds_is_missing_with_the_articles_that_need_it(founded: Province) -> None:
    before = {gap.name: gap for gap in gaps.of_jurisdiction(founded.province)}
    assert "sharing" not in before
    assert before["catalogue"].cite

    actions.assign_duty(
        jurisdiction=founded.province, duty="catalogue", department=founded.authority,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert "catalogue" not in {gap.name for gap in gaps.of_jurisdiction(founded.province)}
