"""Finding cases: by what, by whom, page by page, and never what the reader may not open."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test.utils import CaptureQueriesContext

from cases.scene import MONDAY, Scene
from huitong.cases import actions, search
from huitong.cases.models import Case
from huitong.cases.search import Key, SearchKeyError, Wanted
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

DAY = dt.timedelta(days=1)


@pytest.fixture
def shares(scene: Scene) -> Case:
    return scene.apply()


@pytest.fixture
def entry(scene: Scene) -> Case:
    return scene.submit_entry(MONDAY + DAY)


@pytest.fixture
def order(scene: Scene) -> Case:
    return scene.order_rectification("2026-03-16", MONDAY + 2 * DAY)


def found(wanted: Wanted, reader: Actor = SYSTEM, at: dt.datetime = MONDAY) -> list[str]:
    return [case.number for case in search.find(wanted, reader=reader, at=at).cases]


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        (Wanted(), "order entry shares"),
        (Wanted(text="GX-230000"), "shares"),
        (Wanted(text="gx-230000-2026-000001"), "shares"),
        (Wanted(text="毕业"), "entry shares"),
        (Wanted(text="毕业生 使用"), "shares"),
        (Wanted(text="生毕"), ""),
        (Wanted(text="列"), ""),
        (Wanted(text="超"), "order"),
        (Wanted(text="hl-edu"), "entry shares"),
        (Wanted(text="100%"), ""),
        (Wanted(kind="catalogue_review"), "entry"),
        (Wanted(state="reply"), "shares"),
        (Wanted(state="repl"), ""),
        (Wanted(profile="heilongjiang-2025"), "order entry shares"),
        (Wanted(profile="national-2025"), ""),
        (Wanted(jurisdiction="230000"), "order entry shares"),
        (Wanted(jurisdiction="410000"), ""),
        (Wanted(party="HL-CONSUMER"), "order shares"),
        (Wanted(party="教育厅"), "order entry shares"),
        (Wanted(party="公安厅"), ""),
        (Wanted(waits_for="HL-PROVIDER"), "shares"),
        (Wanted(waits_for="HL-AUTHORITY"), "entry"),
        (Wanted(received_from=dt.date(2026, 3, 3)), "order entry"),
        (Wanted(received_to=dt.date(2026, 3, 3)), "entry shares"),
        (Wanted(is_open=True), "order entry shares"),
        (Wanted(is_open=False), ""),
    ],
)
def test_each_field_finds_what_it_names(
    shares: Case, entry: Case, order: Case, wanted: Wanted, hits: str
) -> None:
    named = {"shares": shares.number, "entry": entry.number, "order": order.number}

    assert found(wanted) == [named[name] for name in hits.split()]


@pytest.mark.clause("HL-22.3")
def test_overdue_is_what_is_open_past_its_day(scene: Scene, shares: Case) -> None:
    late = MONDAY + 3 * DAY

    assert found(Wanted(is_overdue=True), at=MONDAY) == []
    assert found(Wanted(is_overdue=True), at=late) == [shares.number]
    actions.take_step(shares, "reply.grant", actor=scene.actor("provider"), at=late)
    assert found(Wanted(is_overdue=True), at=late) == []


@pytest.mark.clause("HL-6.1")
def test_a_reader_finds_what_the_own_department_is_a_party_of_or_oversees(
    scene: Scene, shares: Case, entry: Case
) -> None:
    assert found(Wanted(), scene.actor("provider")) == [entry.number, shares.number]
    assert found(Wanted(), scene.actor("consumer")) == [shares.number]
    assert found(Wanted(), scene.actor("authority")) == [entry.number, shares.number]
    # A field of the search opens nothing either.
    assert found(Wanted(kind="catalogue_review"), scene.actor("consumer")) == []


@pytest.mark.clause("HL-5")
def test_an_authority_finds_the_cases_of_its_area_and_of_its_departments_elsewhere(
    scene: Scene, entry: Case
) -> None:
    city = organisations.found_jurisdiction(
        code="230100", name="哈尔滨市", level=Level.CITY, parent=scene.province, actor=SYSTEM,
        at=MONDAY,
    )  # fmt: skip
    bureau, data = (_department(city, code) for code in ("BUREAU", "DATA"))
    organisations.assign_duty(
        jurisdiction=city, duty="catalogue", department=data, actor=SYSTEM, at=MONDAY
    )
    ours = actions.open_case(
        kind="catalogue_review", jurisdiction=scene.province, subject="dataset:HRB-1",
        title="市目录", parties={"provider": bureau}, actor=_clerk(bureau), at=MONDAY,
    )  # fmt: skip

    assert found(Wanted(), _clerk(data)) == [ours.number]
    assert found(Wanted(), scene.actor("authority")) == [entry.number, ours.number]


def test_a_stranger_without_a_department_finds_nothing(shares: Case) -> None:
    nobody = Actor(
        person_id=1, username="x", name="x", department_id=None, department_code="",
        department_name="",
    )  # fmt: skip

    assert found(Wanted(), nobody) == []


def test_pages_follow_by_key_without_a_gap_also_where_times_are_the_same(scene: Scene) -> None:
    numbers = [scene.apply(MONDAY).number for _n in range(5)][::-1]

    seen: list[str] = []
    after: Key | None = None
    for _page in range(3):
        page = search.find(Wanted(), reader=SYSTEM, at=MONDAY, after=after, limit=2)
        seen += [case.number for case in page.cases]
        after = page.after
        scene.apply(MONDAY + DAY)  # what comes meanwhile shifts no page
        if after is not None:
            assert Key.parse(str(after)) == after
            assert Key.parse(str(after).replace("+", " ")) == after

    assert (seen, after) == (numbers, None)


@pytest.mark.parametrize("key", ["", "x", "2026-03-02~1", "2026-03-02T01:00:00+00:00~x"])
def test_a_key_that_no_search_gave_out_is_refused(key: str) -> None:
    with pytest.raises(SearchKeyError):
        Key.parse(key)


@pytest.mark.parametrize("who", ["provider", "authority"])
def test_the_number_of_queries_does_not_grow(
    scene: Scene,
    who: str,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    wanted = Wanted(text="毕业生", party="教育", waits_for="HL-PROVIDER", is_open=True)
    for _n in range(12):
        scene.apply()
    reader = scene.actor(who)

    with django_assert_max_num_queries(9):
        assert len(found(wanted, reader)) == 12


def test_the_database_makes_the_same_pairs_of_characters(scene: Scene, shares: Case) -> None:
    (kept,) = Case.objects.annotate(words=search.WORDS).values_list("words", flat=True)

    assert set(kept) == search.pairs_of(shares.title) | search.pairs_of(shares.subject)


def _department(place: Jurisdiction, code: str) -> Department:
    return organisations.found_department(
        code=code, name=f"市{code}局", jurisdiction=place, actor=SYSTEM, at=MONDAY
    )


def _clerk(home: Department) -> Actor:
    person = organisations.register_person(
        username=home.code.lower(), name=home.name, actor=SYSTEM, at=MONDAY
    )
    organisations.appoint(
        person=person, department=home, role=PostRole.OFFICER, actor=SYSTEM, at=MONDAY,
        since=dt.date(2026, 1, 1),
    )  # fmt: skip
    return queries.actor_of(person, dt.date(2026, 3, 2))
