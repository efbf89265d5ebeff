"""Several departments in one role of a case: who must answer, who waits, what is on record."""

import copy
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from cases.conftest import File
from cases.scene import MONDAY, Scene, build
from cases.test_together import together
from huitong.cases import actions, queries, registers
from huitong.cases.errors import CaseError, StaleCaseError
from huitong.cases.models import Case, CaseEvent, Notice, Waiting
from huitong.cases.papers import content, files, letters, replaying
from huitong.cases.seat_errors import AnsweredAlreadyError, SeatsError
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries as people
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM, Actor, PostRole

LATER = MONDAY + timedelta(days=1)
SHARE = {"division_of_work": "各采各的"}


@dataclass(frozen=True)
class Round:
    """A joint collection under the Henan draft: one department raises it, three others collect."""

    scene: Scene
    others: tuple[Department, ...]
    actors: tuple[Actor, ...]

    def open(self, others: int = 3) -> Case:
        seats = ["co_collector", "co_collector#2", "co_collector#3"][:others]
        return actions.open_case(
            kind="source_designation",
            jurisdiction=self.scene.province,
            subject="jurisdiction:230000",
            title="高校毕业生信息协同采集",
            parties={
                "collector": self.scene.provider,
                **dict(zip(seats, self.others, strict=False)),
            },
            facts={"participants": ["三个部门"]},
            actor=self.scene.actor("provider"),
            at=MONDAY,
        )

    def agree(self, case: Case, place: int) -> Case:
        return actions.take_step(
            case, "agree.agree", actor=self.actors[place - 1], at=LATER, facts=SHARE
        )


def _round(scene: Scene) -> Round:
    others, actors = [], []
    for place in (1, 2, 3):
        body = organisations.found_department(
            code=f"HN-CO-{place}",
            name=f"第{place}协同厅",
            jurisdiction=scene.province,
            actor=SYSTEM,
            at=MONDAY,
        )
        person = organisations.register_person(
            username=f"co_{place}", name=f"协同{place}经办人", actor=SYSTEM, at=MONDAY
        )
        organisations.appoint(
            person=person, department=body, role=PostRole.OFFICER, actor=SYSTEM, at=MONDAY,
            since=date(2026, 1, 1),
        )  # fmt: skip
        others.append(body)
        actors.append(people.actor_of(person, date(2026, 3, 2)))
    return Round(scene, tuple(others), tuple(actors))


@pytest.fixture
def three(db: None) -> Round:
    return _round(build("henan-2020"))


@pytest.mark.clause("HN-10.2")
def test_the_talks_go_on_until_each_of_the_departments_has_agreed(three: Round) -> None:
    case = three.open()
    assert _waits(case) == {"省教育厅", "第1协同厅", "第2协同厅", "第3协同厅"}

    case = three.agree(case, 2)
    assert (case.state, case.version) == ("agree", 2)
    assert _waits(case) == {"省教育厅", "第1协同厅", "第3协同厅"}

    collector = three.scene.actor("provider")
    case = actions.take_step(case, "agree.agree", actor=collector, at=LATER, facts=SHARE)
    assert case.state == "agree_joined_collector"
    assert _waits(case) == {"第1协同厅", "第3协同厅"}

    case = three.agree(three.agree(case, 1), 3)
    assert case.state == "register"
    assert _waits(case) == {"省教育厅"}


@pytest.mark.clause("HN-10.2")
def test_with_one_department_its_agreement_is_enough(three: Round) -> None:
    case = three.agree(three.open(others=1), 1)

    assert case.state == "agree_joined_co_collector"


@pytest.mark.clause("HN-10.2")
def test_any_one_of_them_may_end_the_talks(three: Round) -> None:
    case = three.agree(three.open(), 1)
    case = actions.take_step(
        case, "agree.fail", actor=three.actors[2], at=LATER, facts={"talks": "不能分担"}
    )

    assert case.state == "unsettled"
    assert not Waiting.objects.filter(case=case).exists()


def test_a_department_that_has_answered_is_refused_and_no_longer_asked(three: Round) -> None:
    case = three.agree(three.open(), 1)

    with pytest.raises(AnsweredAlreadyError, match="第1协同厅") as refused:
        three.agree(case, 1)

    assert refused.value.cite == ("HN-10.2",)
    assert Entry.objects.filter(kind="case.refused", subject=f"case:{case.number}").exists()
    assert Case.objects.get(pk=case.pk).version == 2
    names = {step.name for step in queries.steps_open_to(case, three.actors[0])}
    assert names == {"agree.fail"}  # it may still say that the talks have failed
    assert [todo.case for todo in queries.todo_for(three.actors[0], LATER)] == []


def test_the_list_of_each_shows_since_when_it_is_waited_for(three: Round) -> None:
    case = three.agree(three.open(), 1)

    (todo,) = queries.todo_for(three.actors[2], LATER)

    assert (todo.case, todo.role, todo.since) == (case, "co_collector", MONDAY)


def test_everybody_named_is_told_and_stands_in_documents(three: Round) -> None:
    case = three.agree(three.agree(three.agree(three.open(), 1), 2), 3)
    case = actions.take_step(
        case, "agree.agree", actor=three.scene.actor("provider"), at=LATER, facts=SHARE
    )
    case = actions.take_step(case, "register.record", actor=three.scene.actor("provider"), at=LATER)

    told = Notice.objects.filter(case=case, seq=case.version, role="co_collector")
    assert {one.department_id for one in told} == {body.pk for body in three.others}
    bodies = letters._Bodies(  # the names that a document prints
        registers.tables.of(case), queries.history_of(case), queries.parties_of(case), "zh"
    )
    assert set(bodies.told(None)) == {"第1协同厅", "第2协同厅", "第3协同厅"}
    assert {"省教育厅", *bodies.told(None)} == set(bodies.addressees("parties"))


def test_the_exported_file_proves_who_answered(three: Round) -> None:
    case = three.agree(three.agree(three.open(), 3), 1)
    file = json.loads(content.written(files.case_file(case)))

    assert _faults(file) == set()
    # Nor can the stage have been left without the second department.
    early = copy.deepcopy(file)
    early["events"][2]["to"] = "agree_joined_co_collector"
    assert "path_unknown" in _faults(early)
    assert CaseEvent.objects.get(case=case, seq=2).seat == "co_collector#3"
    assert CaseEvent.objects.get(case=case, seq=3).stay == 1


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ({"co_collector#3": 0}, "a gap"),
        ({"co_collector#2": 0}, "the same one twice"),
        ({"collector#2": 1}, "two where the article speaks of one"),
    ],
)
def test_departments_that_the_article_does_not_allow_are_refused(
    three: Round, named: dict[str, int], what: str
) -> None:
    parties = {"collector": three.scene.provider, "co_collector": three.others[0]}
    parties |= {seat: three.others[place] for seat, place in named.items()}

    with pytest.raises(SeatsError) as refused:
        actions.open_case(
            kind="source_designation", jurisdiction=three.scene.province,
            subject="jurisdiction:230000", title=what, parties=parties,
            facts={"participants": ["x"]}, actor=three.scene.actor("provider"), at=MONDAY,
        )  # fmt: skip

    assert refused.value.cite == ("HN-10.2",)
    assert not Case.objects.exists()


def test_the_database_takes_no_second_answer_of_one_department(three: Round) -> None:
    case = three.agree(three.open(), 1)
    event = CaseEvent.objects.get(case=case, seq=2)

    again = (
        "INSERT INTO cases_caseevent SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', e.id + 1000, 'seq', 3))).* FROM cases_caseevent e WHERE id = %s"
    )
    with (
        pytest.raises(IntegrityError, match="a_department_answers_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(again, [event.pk])


def test_who_carries_on_for_two_of_them_answers_once_for_both(three: Round) -> None:
    case = three.open()
    for gone in three.others[:2]:
        organisations.end_department(
            gone, successor=three.others[2], day=date(2026, 3, 3), paper="豫编〔2026〕1号",
            actor=SYSTEM, at=LATER,
        )  # fmt: skip
    assert _waits(case) == {"省教育厅", "第3协同厅"}

    case = three.agree(case, 3)

    assert case.state == "agree_joined_co_collector"
    assert _waits(case) == {"省教育厅"}


def test_two_officers_of_one_department_never_answer_twice(fresh_django: object) -> None:
    made = _round(build("henan-2020"))
    case = made.open()
    results = together([partial(made.agree, case, 1), partial(made.agree, case, 1)])

    assert sum(isinstance(one, Case) for one in results) == 1
    assert sum(isinstance(one, AnsweredAlreadyError | StaleCaseError) for one in results) == 1
    assert isinstance(next(r for r in results if not isinstance(r, Case)), CaseError)
    assert CaseEvent.objects.filter(case=case).count() == 2


def _faults(file: File) -> set[str]:
    return {problem.code for problem in replaying.table_faults(file)}


def _waits(case: Case) -> set[str]:
    rows = Waiting.objects.filter(case=case).select_related("department")
    return {row.department.name for row in rows if row.department is not None}
