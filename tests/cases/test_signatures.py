"""In whose name a step is taken: standing in and delegation stand under it with both names."""

import datetime as dt

import pytest

from cases.scene import MONDAY, Scene
from huitong.cases import actions, queries
from huitong.cases.errors import WrongPersonError
from huitong.cases.types import Holder
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM, Actor, PostRole, StandsIn
from huitong.regulations.types import Names

TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.mark.clause("HL-5")
def test_a_delegates_step_names_both_departments(scene: Scene) -> None:
    case = scene.submit_entry()
    with pytest.raises(WrongPersonError):
        actions.take_step(case, "review.approve", actor=scene.actor("consumer"), at=MONDAY)
    organisations.delegate(
        jurisdiction=scene.province, duty="catalogue", department=scene.consumer, since=TODAY,
        until=TODAY + DAY, paper="委托书", actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    delegate = scene.actor("consumer")
    assert case.pk in {todo.case.pk for todo in queries.todo_for(delegate, MONDAY)}

    actions.take_step(case, "review.approve", actor=delegate, at=MONDAY)

    event = case.events.order_by("seq").last()
    assert event is not None
    both = f"{scene.consumer.name}（受{scene.authority.name}委托）"
    assert event.department_name == both
    assert event.department == scene.consumer
    entry = Entry.objects.get(uuid=event.entry_uuid)
    assert entry.facts["delegated_by"] == scene.authority.code


@pytest.mark.clause("HL-5")
def test_an_actor_older_than_the_end_of_the_delegation_is_refused(scene: Scene) -> None:
    case = scene.submit_entry()
    made = organisations.delegate(
        jurisdiction=scene.province, duty="catalogue", department=scene.consumer, since=TODAY,
        until=TODAY + DAY, paper="委托书", actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    delegate = scene.actor("consumer")
    organisations.end_delegation(made, actor=SYSTEM, at=MONDAY)

    with pytest.raises(WrongPersonError):
        actions.take_step(case, "review.approve", actor=delegate, at=MONDAY)


def test_who_stands_in_signs_with_both_names_in_that_post_only() -> None:
    def holder(*posts: PostRole) -> Holder:
        names = Names("部门", "department")
        return Holder(role="department", names=names, department_id=1, posts=frozenset(posts))

    def actor(*posts: PostRole) -> Actor:
        return Actor(
            person_id=1, username="zhang", name="张三", department_id=1, department_code="D",
            department_name="某局", posts=frozenset(posts),
            stands_in=frozenset({StandsIn(PostRole.HEAD, "li", "李四")}),
        )  # fmt: skip

    both = actor(PostRole.OFFICER, PostRole.HEAD)
    signed = holder(PostRole.HEAD).signature(both)

    assert (signed.person, signed.facts) == ("张三（代李四）", {"stands_in_for": "li"})
    assert signed.department == "某局"
    assert holder().signature(both).person == "张三"
    assert holder().signature(actor(PostRole.HEAD)).facts == {"stands_in_for": "li"}


def test_who_acts_in_a_vacant_post_signs_as_acting() -> None:
    actor = Actor(
        person_id=1, username="zhang", name="张三", department_id=1, department_code="D",
        department_name="某局", posts=frozenset({PostRole.HEAD}),
        stands_in=frozenset({StandsIn(PostRole.HEAD)}),
    )  # fmt: skip
    holder = Holder(role="department", names=Names("部门", "department"), department_id=1)

    assert holder.signature(actor).person == "张三（代理）"
