"""What a body was on a day: names, codes and parents change by acts, and old days keep theirs."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from huitong.ledger.models import Entry
from huitong.organisations import actions, history
from huitong.organisations.errors import (
    ActPaperError,
    CodeError,
    LevelError,
    NotAuthorityError,
    TakenError,
)
from huitong.organisations.models import Department, DepartmentChange, Jurisdiction, PlaceChange
from huitong.organisations.types import SYSTEM
from organisations.places import TODAY, Province

PAPER = "国函〔2026〕1号"
DAY = dt.timedelta(days=1)


def test_a_renamed_area_is_called_on_a_day_what_it_was_called_that_day(founded: Province) -> None:
    actions.rename_jurisdiction(
        founded.city, name="冰城市", name_en="Ice City", day=TODAY, paper=PAPER,
        actor=founded.actor(founded.regulator), at=founded.at,
    )  # fmt: skip
    city = Jurisdiction.objects.get(pk=founded.city.pk)

    assert history.place_on(city, TODAY - DAY).name == "哈尔滨市"
    assert history.place_on(city, TODAY).name == "冰城市"
    noted = Entry.objects.get(kind="jurisdiction.renamed")
    assert noted.actor == "person:wang@HL-DATA"
    assert noted.facts["paper"] == PAPER


def test_an_area_is_found_by_the_code_of_the_day(founded: Province) -> None:
    actions.recode_jurisdiction(
        founded.city, code="230200", day=TODAY, paper=PAPER, actor=SYSTEM, at=founded.at
    )

    assert history.place_of_code("230100", TODAY - DAY) == founded.city
    assert history.place_of_code("230100", TODAY) is None
    assert history.place_of_code("230200", TODAY) == founded.city
    assert history.place_of_code("230200", TODAY - DAY) is None


def test_a_county_that_moves_keeps_its_former_parent_on_former_days(founded: Province) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="依兰县", level="county", parent=founded.city,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    with pytest.raises(LevelError):
        actions.move_jurisdiction(
            county, parent=county, day=TODAY, paper=PAPER, actor=SYSTEM, at=founded.at
        )

    county = actions.move_jurisdiction(
        county, parent=founded.province, day=TODAY, paper=PAPER, actor=SYSTEM, at=founded.at
    )

    assert history.place_on(county, TODAY - DAY).parent == "230100"
    assert history.place_on(county, TODAY).parent == "230000"
    assert [place.code for place in county.lineage()] == ["230123", "230000"]


@pytest.mark.clause("NA-30.2")
def test_towns_and_villages_lie_below_the_county_under_codes_of_their_own(
    founded: Province,
) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="依兰县", level="county", parent=founded.city,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    town = actions.found_jurisdiction(
        code="230123100", name="依兰镇", level="town", parent=county, actor=SYSTEM, at=founded.at
    )
    village = actions.found_jurisdiction(
        code="230123100201", name="某村", level="village", parent=town, actor=SYSTEM, at=founded.at
    )

    codes = [place.code for place in village.lineage()]
    assert codes == ["230123100201", "230123100", "230123", "230100", "230000"]
    assert "warning" not in Entry.objects.get(subject="jurisdiction:230123100201").facts


@pytest.mark.clause("NA-30.2")
@pytest.mark.parametrize("code", ["230123", "230999100", "23012310A", "230123100201"])
def test_a_town_whose_code_is_not_nine_digits_of_its_county_is_refused(
    founded: Province, code: str
) -> None:
    county = actions.found_jurisdiction(
        code="230123", name="依兰县", level="county", parent=founded.city,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    with pytest.raises(CodeError):
        actions.found_jurisdiction(
            code=code, name="某镇", level="town", parent=county, actor=SYSTEM, at=founded.at
        )


@pytest.mark.parametrize(
    ("day", "paper"),
    [(TODAY, "  "), (TODAY + DAY, PAPER), (TODAY - 40 * DAY, PAPER)],
    ids=["without a paper", "of tomorrow", "before the last act"],
)
def test_an_act_without_paper_or_out_of_order_changes_nothing(
    founded: Province, day: dt.date, paper: str
) -> None:
    actions.rename_department(
        founded.education, name="省教育和体育厅", day=TODAY - DAY, paper=PAPER,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    with pytest.raises(ActPaperError):
        actions.rename_department(
            founded.education, name="别的厅", day=day, paper=paper, actor=SYSTEM, at=founded.at
        )

    assert Department.objects.get(pk=founded.education.pk).name == "省教育和体育厅"
    assert DepartmentChange.objects.count() == 1


def test_a_department_renamed_twice_has_three_names_each_on_its_days(founded: Province) -> None:
    first = TODAY - 10 * DAY
    for day, name in ((first, "省教育和体育厅"), (TODAY, "省教育与体育厅")):
        actions.rename_department(
            founded.education, name=name, day=day, paper=PAPER, actor=SYSTEM, at=founded.at
        )
    row = Department.objects.select_related("jurisdiction").get(pk=founded.education.pk)

    names = [history.names_on([row], day)[row.pk] for day in (first - DAY, first, TODAY)]

    assert names == ["省教育厅", "省教育和体育厅", "省教育与体育厅"]


def test_only_the_authority_of_both_areas_moves_a_department(founded: Province) -> None:
    with pytest.raises(NotAuthorityError):
        actions.move_department(
            founded.civil_affairs, jurisdiction=founded.province, day=TODAY, paper=PAPER,
            actor=founded.actor(founded.head), at=founded.at,
        )  # fmt: skip
    moved = actions.move_department(
        founded.civil_affairs, jurisdiction=founded.province, day=TODAY, paper=PAPER,
        actor=founded.actor(founded.regulator), at=founded.at,
    )  # fmt: skip

    assert history.department_on(moved, TODAY - DAY).jurisdiction == "230100"
    assert history.department_on(moved, TODAY).jurisdiction == "230000"


def test_a_department_that_holds_duties_is_relieved_before_it_moves(founded: Province) -> None:
    with pytest.raises(LevelError, match="assign them"):
        actions.move_department(
            founded.authority, jurisdiction=founded.city, day=TODAY, paper=PAPER,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip


def test_a_code_that_another_area_has_is_not_given_again(founded: Province) -> None:
    with pytest.raises(TakenError):
        actions.recode_jurisdiction(
            founded.city, code="230000", day=TODAY, paper=PAPER, actor=SYSTEM, at=founded.at
        )


@pytest.mark.clause("NA-8.3")
def test_a_department_of_an_area_above_guides_a_sector_and_none_beside_it(
    founded: Province,
) -> None:
    guided = actions.set_guide(
        founded.civil_affairs, guide=founded.education, day=TODAY, paper=PAPER, actor=SYSTEM,
        at=founded.at,
    )  # fmt: skip
    assert guided.guide == founded.education
    assert list(founded.education.guided.all()) == [founded.civil_affairs]
    noted = Entry.objects.get(kind="department.guided").facts
    assert (noted["before"]["guide"], noted["after"]["guide"]) == (None, "HL-EDU")
    assert noted["paper"] == PAPER

    with pytest.raises(LevelError):
        actions.set_guide(
            founded.education, guide=founded.authority, day=TODAY, paper=PAPER, actor=SYSTEM,
            at=founded.at,
        )  # fmt: skip
    with pytest.raises(ActPaperError):
        actions.set_guide(
            founded.civil_affairs, guide=None, day=TODAY, paper=" ", actor=SYSTEM, at=founded.at
        )
    assert Department.objects.get(pk=founded.civil_affairs.pk).guide == founded.education


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisations_departmentchange SET paper = 'x'",
        "DELETE FROM organisations_departmentchange",
        "DELETE FROM organisations_department WHERE code = 'HRB-CA'",
        "DELETE FROM organisations_post",
        "DELETE FROM organisations_jurisdiction WHERE code = '230100'",
    ],
)
def test_the_database_keeps_what_became_of_a_body(founded: Province, statement: str) -> None:
    actions.rename_department(
        founded.education,
        name="省教育和体育厅",
        day=TODAY,
        paper=PAPER,
        actor=SYSTEM,
        at=founded.at,
    )
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisations_department SET name = '假名' WHERE code = 'HL-EDU'",
        "UPDATE organisations_jurisdiction SET name = '假名' WHERE code = '230100'",
    ],
)
def test_no_body_changes_its_name_without_a_history(founded: Province, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="together with its history"), transaction.atomic():
            cursor.execute(statement)
    assert not PlaceChange.objects.exists()
