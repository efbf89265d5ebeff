"""What a case puts on a register stays there until another case ends it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from cases.scene import MONDAY, Scene
from huitong.cases import actions, effects, registers
from huitong.cases.errors import RegisteredAlreadyError, UnknownRegisterError
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.ledger.models import Entry
from huitong.organisations.types import Actor
from huitong.regulations import profiles
from huitong.regulations.types import Names

GRANTED = Register(
    name="granted_for_tests",
    names=Names(zh="试用登记簿", en="register of these tests"),
    effects=("issue_grant",),
    facts=("scenario", "use_until"),
)


@pytest.fixture(autouse=True)
def _kept_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "REGISTERS", {})
    registers.declare(GRANTED)


@pytest.fixture
def entering(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a grant entered with its subject as key, and a cut-off end what stands."""

    def enter(case: Case, event: CaseEvent, actor: Actor, at: object) -> None:
        known = registers.stated(case)
        registers.enter(
            GRANTED, case, event, actor, event.at, key=case.subject,
            until=registers.day_of(known, "use_until"),
        )  # fmt: skip

    def end(case: Case, event: CaseEvent, actor: Actor, at: object) -> None:
        registers.end(registers.living(GRANTED, event.at), case, event, actor, event.at)

    held = {**effects.CLAIMS.held, "issue_grant": enter, "revoke_grant": end}
    monkeypatch.setattr(effects.CLAIMS, "held", held)


def granted(scene: Scene, **facts: object) -> Case:
    case = scene.apply(**facts)
    return actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)


@pytest.mark.usefixtures("entering")
def test_an_entry_keeps_what_the_register_is_for_and_no_more(scene: Scene) -> None:
    case = granted(scene, use_until=date(2026, 6, 30), purpose="本人手机号")

    entry = RegisterEntry.objects.get()
    assert entry.facts == {"scenario": "教师资格认定时核对学历", "use_until": "2026-06-30"}
    assert (entry.subject, entry.holder) == (case.subject, scene.provider)
    assert entry.made_by.step == "reply.grant"
    noted = Entry.objects.get(uuid=entry.entry_uuid)
    assert noted.kind == "register.entered"
    assert noted.cite == entry.made_by.cite != []
    assert "scenario" not in noted.facts


@pytest.mark.usefixtures("entering")
def test_an_entry_holds_to_its_last_day_and_not_a_day_longer(scene: Scene) -> None:
    granted(scene, use_until=date(2026, 3, 31))

    assert registers.living(GRANTED, MONDAY.replace(day=31)).count() == 1
    assert registers.living(GRANTED, MONDAY.replace(month=4, day=1)).count() == 0


@pytest.mark.usefixtures("entering")
def test_what_stands_on_the_register_is_not_entered_twice(scene: Scene) -> None:
    first = granted(scene)
    second = scene.apply()

    with pytest.raises(RegisteredAlreadyError, match=first.number):
        actions.take_step(second, "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    assert RegisterEntry.objects.count() == 1
    assert Case.objects.get(pk=second.pk).state == "reply"
    assert Entry.objects.filter(kind="case.refused").exists()


@pytest.mark.usefixtures("entering")
def test_what_was_ended_stays_readable_and_may_be_entered_again(scene: Scene) -> None:
    granted(scene)
    order = scene.order_rectification("2026-03-20")
    later = MONDAY + timedelta(days=1)
    for step, who, facts in (
        ("rectify.decline", "consumer", {"decline_reason": "不同意"}),
        ("judge.cut_off", "authority", {"finding": "未整改"}),
    ):
        order = actions.take_step(order, step, actor=scene.actor(who), facts=facts, at=later)

    entry = RegisterEntry.objects.get()
    assert entry.ended_at == later
    assert entry.ended_by is not None
    assert entry.ended_by.case == order
    assert Entry.objects.filter(kind="register.ended", subject=entry.subject).exists()
    granted(scene)
    assert RegisterEntry.objects.count() == 2
    assert registers.living(GRANTED, later).count() == 1


@pytest.mark.usefixtures("entering")
def test_entries_are_read_by_those_concerned_and_the_authority(scene: Scene) -> None:
    granted(scene)

    for name, seen in (("provider", 1), ("consumer", 1), ("authority", 1)):
        assert RegisterEntry.objects.readable_by(scene.actor(name)).count() == seen
    stranger = Actor(None, "x", "x", 10**6, "X", "x")
    assert RegisterEntry.objects.readable_by(stranger).count() == 0
    assert RegisterEntry.objects.readable_by(stranger, [GRANTED.name]).count() == 1


@pytest.mark.usefixtures("entering")
@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE cases_registerentry SET facts = '{}'", "permission denied"),
        ("UPDATE cases_registerentry SET holder_id = NULL", "permission denied"),
        ("DELETE FROM cases_registerentry", "permission denied"),
        ("UPDATE cases_registerentry SET ended_at = now()", "only together with an event"),
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    scene: Scene, statement: str, match: str
) -> None:
    granted(scene)

    with (
        pytest.raises((IntegrityError, ProgrammingError), match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_no_entry_is_made_by_an_event_of_an_earlier_transaction(real_scene: Scene) -> None:
    case = real_scene.apply()
    event = case.events.get()

    with pytest.raises(IntegrityError, match="only together with its event"), transaction.atomic():
        registers.enter(GRANTED, case, event, real_scene.actor("consumer"), MONDAY)

    assert not RegisterEntry.objects.exists()


def test_a_register_rests_on_the_articles_of_the_place(scene: Scene) -> None:
    profile = profiles.load("heilongjiang-2025")

    assert "HL-22.3" in registers.cites_of(GRANTED, profile, MONDAY.date())
    with pytest.raises(UnknownRegisterError, match=GRANTED.name):
        registers.named("nobody_keeps_this")
