"""Departments that are merged or abolished: who carries on, what ends, what stays readable."""

from datetime import date, timedelta

import pytest

from cases import scene as scenes
from cases.scene import MONDAY, Scene
from huitong.cases import actions as cases
from huitong.cases import effects, queries, search
from huitong.cases.errors import CasesRunningError, WrongPersonError
from huitong.cases.models import Case, Waiting
from huitong.catalogue.errors import EntriesLeftError
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.organisations import actions, history
from huitong.organisations import queries as organisations
from huitong.organisations.errors import (
    ActPaperError,
    BodyEndedError,
    NoPostError,
    NotAuthorityError,
    SuccessorError,
)
from huitong.organisations.models import Department, Duty
from huitong.organisations.types import SYSTEM, PostRole

PAPER = "黑编发〔2026〕3号"
TUESDAY = MONDAY + timedelta(days=1)
DAY = date(2026, 3, 3)


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> Scene:
    held = {name: lambda *_given: None for name in ("issue_grant", "publish_dataset")}
    monkeypatch.setattr(effects.CLAIMS, "held", held)
    return scenes.build()


@pytest.fixture
def heir(scene: Scene) -> Department:
    """A new department and its officer, who joins it in March."""
    body = actions.found_department(
        code="HL-HEIR", name="省教育和人力资源厅", jurisdiction=scene.province, actor=SYSTEM,
        at=MONDAY,
    )  # fmt: skip
    person = actions.register_person(username="heir", name="承接经办", actor=SYSTEM, at=MONDAY)
    actions.appoint(
        person=person, department=body, role=PostRole.OFFICER, actor=SYSTEM, at=MONDAY,
        since=date(2026, 1, 1),
    )  # fmt: skip
    scene.people["heir"] = person  # type: ignore[index]
    return body


def _merge(scene: Scene, heir: Department | None, body: Department | None = None) -> Department:
    return actions.end_department(
        body or scene.provider, successor=heir, day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY
    )


def test_running_cases_wait_for_the_successor_and_it_decides_them(
    scene: Scene, heir: Department
) -> None:
    case = scene.apply()

    ended = _merge(scene, heir)

    assert (ended.ended_on, ended.successor) == (DAY, heir)
    assert {row.department_id for row in Waiting.objects.filter(case=case)} == {heir.pk}
    case = Case.objects.get(pk=case.pk)
    assert case.parties["provider"] == scene.provider.pk
    assert queries.parties_of(case)["provider"] == heir
    assert [todo.case for todo in queries.todo_for(scene.actor("heir", DAY), TUESDAY)] == [case]
    with pytest.raises(NoPostError):
        scene.actor("provider", date(2026, 3, 4))
    with pytest.raises((WrongPersonError, NoPostError)):
        cases.take_step(case, "reply.grant", actor=scene.actor("provider"), at=TUESDAY)

    decided = cases.take_step(case, "reply.grant", actor=scene.actor("heir", DAY), at=TUESDAY)

    assert decided.state == "granted"
    # The first event keeps the name of its day; the decision bears the new one.
    names = [event.department_name for event in decided.events.order_by("seq")]
    assert names == ["省人力资源和社会保障厅", "省教育和人力资源厅"]


def test_what_was_closed_before_keeps_its_parties_and_is_read_by_the_successor(
    scene: Scene, heir: Department
) -> None:
    closed = cases.take_step(scene.apply(), "reply.grant", actor=scene.actor("provider"), at=MONDAY)
    stranger = search.find(search.Wanted(), reader=scene.actor("heir", DAY), at=TUESDAY)
    assert stranger.cases == []

    _merge(scene, heir)

    closed = Case.objects.get(pk=closed.pk)
    assert queries.parties_of(closed)["provider"] == scene.provider
    found = search.find(search.Wanted(), reader=scene.actor("heir", DAY), at=TUESDAY)
    assert found.cases == [closed]


def test_a_chain_of_mergers_leads_to_the_last_one(scene: Scene, heir: Department) -> None:
    case = scene.apply()
    _merge(scene, heir)
    last = actions.found_department(
        code="HL-LAST", name="省大教育厅", jurisdiction=scene.province, actor=SYSTEM, at=TUESDAY
    )
    _merge(scene, last, heir)

    assert queries.parties_of(Case.objects.get(pk=case.pk))["provider"] == last
    assert history.successor_of(Department.objects.get(pk=scene.provider.pk)) == last
    assert organisations.carried_by(last.pk) == {last.pk, heir.pk, scene.provider.pk}


def test_duties_go_to_the_successor_and_each_is_on_record(scene: Scene, heir: Department) -> None:
    entry = scene.submit_entry()

    _merge(scene, heir, scene.authority)

    assert {duty.department for duty in Duty.objects.filter(jurisdiction=scene.province)} == {heir}
    assert Entry.objects.filter(kind="duty.assigned", facts__former="HL-AUTHORITY").count() == 4
    merged = Entry.objects.get(kind="department.merged")
    assert merged.facts["paper"] == PAPER
    assert merged.facts["after"]["successor"] == "HL-HEIR"
    assert [todo.case for todo in queries.todo_for(scene.actor("heir", DAY), TUESDAY)] == [entry]


def test_entries_of_the_catalogue_are_the_successors(scene: Scene, heir: Department) -> None:
    Dataset.objects.create(code="HL-EDU-001", provider=scene.provider, created_at=MONDAY)

    _merge(scene, heir)

    assert Dataset.objects.get().provider == heir
    handed = Entry.objects.get(kind="dataset.handed_over")
    assert handed.facts == {"from": "HL-PROVIDER", "to": "HL-HEIR"}


def test_nobody_ends_without_a_successor_while_something_goes_on(scene: Scene) -> None:
    case = scene.apply()
    for body in (scene.provider, scene.consumer):
        with pytest.raises(CasesRunningError, match=case.number):
            _merge(scene, None, body)
    with pytest.raises(SuccessorError, match="holds 4 duties"):
        _merge(scene, None, scene.authority)
    cases.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)
    Dataset.objects.create(code="HL-EDU-001", provider=scene.provider, created_at=MONDAY)
    with pytest.raises(EntriesLeftError, match="HL-EDU-001"):
        _merge(scene, None)

    assert not Department.objects.filter(ended_on__isnull=False).exists()
    assert not Entry.objects.filter(kind__startswith="department.merged").exists()

    gone = _merge(scene, None, scene.consumer)
    assert (gone.ended_on, gone.successor) == (DAY, None)
    assert Entry.objects.filter(kind="department.abolished").count() == 1


def test_an_act_that_cannot_stand_changes_nothing(scene: Scene, heir: Department) -> None:
    with pytest.raises(SuccessorError, match="itself"):
        _merge(scene, scene.provider)
    for day, paper in ((date(2026, 3, 4), PAPER), (DAY, "  ")):
        with pytest.raises(ActPaperError):
            actions.end_department(
                scene.provider, successor=heir, day=day, paper=paper, actor=SYSTEM, at=TUESDAY
            )
    with pytest.raises(NotAuthorityError):
        actions.end_department(
            scene.provider, successor=heir, day=DAY, paper=PAPER, actor=scene.actor("consumer"),
            at=TUESDAY,
        )  # fmt: skip
    assert not Department.objects.filter(ended_on__isnull=False).exists()

    _merge(scene, heir)
    for again in (lambda: _merge(scene, heir), lambda: _merge(scene, scene.provider, heir)):
        with pytest.raises(BodyEndedError):
            again()


@pytest.mark.clause("NA-8.3")
def test_whom_it_guided_and_what_stood_below_it_goes_to_the_successor(
    scene: Scene, heir: Department
) -> None:
    city = actions.found_jurisdiction(
        code="230100", name="哈尔滨市", level="city", parent=scene.province, actor=SYSTEM, at=MONDAY
    )
    below = actions.found_department(
        code="HRB-EDU", name="市教育局", jurisdiction=city, parent=scene.provider, actor=SYSTEM,
        at=MONDAY,
    )  # fmt: skip
    actions.set_guide(below, guide=scene.provider, day=DAY, paper=PAPER, actor=SYSTEM, at=TUESDAY)

    _merge(scene, heir)

    below.refresh_from_db()
    assert (below.guide, below.parent) == (heir, heir)
    assert [change.act for change in below.changes.all()] == ["guided", "guided"]
    last = actions.found_department(
        code="HRB-X", name="市某局", jurisdiction=city, actor=SYSTEM, at=TUESDAY
    )
    _merge(scene, last, heir)
    below.refresh_from_db()
    assert below.guide is None  # one of its own level guides nobody's sector there
