"""Several officers and processes at once, on real connections."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import connections, transaction

from cases.scene import MONDAY, Scene
from huitong.cases import actions, tasks
from huitong.cases.errors import StaleCaseError, WrongStateError
from huitong.cases.models import Case, CaseEvent
from huitong.errors import HuitongError
from huitong.ledger.models import Entry


def together(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run all acts on connections of their own, started by one signal; return what each gave."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=30)
            return act()
        except HuitongError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_officers_never_decide_twice(real_scene: Scene) -> None:
    provider = [real_scene.actor("provider"), real_scene.actor("provider_2")]
    for case in [real_scene.apply() for _ in range(5)]:
        grant = partial(actions.take_step, case, "reply.grant", at=MONDAY)
        refuse = partial(actions.take_step, case, "reply.refuse", at=MONDAY, facts={"reason": "x"})
        results = together(
            [
                partial(grant, actor=provider[0]),
                partial(refuse, actor=provider[1]),
                partial(grant, actor=provider[1]),
            ]
        )

        assert sum(isinstance(result, Case) for result in results) == 1
        assert sum(isinstance(result, WrongStateError) for result in results) == 2
        assert CaseEvent.objects.filter(case=case).count() == 2
        # Both refusals are on record, although their transactions were undone.
        refused = Entry.objects.filter(kind="case.refused", subject=f"case:{case.number}")
        assert refused.count() == 2
    granted = CaseEvent.objects.filter(to_state="granted").count()
    assert len([name for name, *_ in real_scene.effects if name == "issue_grant"]) == granted


def test_of_two_officers_with_the_same_page_one_is_told_to_look_again(real_scene: Scene) -> None:
    case = real_scene.submit_entry()
    results = together(
        [
            partial(
                actions.take_step, case, "review.return", actor=real_scene.actor(who), at=MONDAY,
                facts={"opinion": who}, expected_version=1,
            )
            for who in ("authority", "authority_2")
        ]
    )  # fmt: skip

    assert sum(isinstance(result, Case) for result in results) == 1
    assert sum(isinstance(result, StaleCaseError) for result in results) == 1


def test_numbers_have_no_gaps_when_many_open_at_once_and_some_fail(real_scene: Scene) -> None:
    def failed() -> None:
        with transaction.atomic():
            real_scene.apply()
            transaction.set_rollback(True)

    together([real_scene.apply, failed] * 6)
    real_scene.apply()

    numbers = list(Case.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [f"GX-230000-2026-{n:06d}" for n in range(1, 8)]


def test_two_sweeps_at_once_note_a_late_case_once(real_scene: Scene) -> None:
    case = real_scene.apply()
    order = real_scene.order_rectification("2026-03-10")
    later = MONDAY + timedelta(days=40)

    noted = together([lambda: tasks.note_overdue(later)] * 3)
    together([lambda: tasks.take_lapsed(later)] * 3)

    assert Entry.objects.filter(kind="case.overdue", subject=f"case:{case.number}").count() == 1
    assert sorted(number for found in noted for number in found) == sorted(  # type: ignore[attr-defined]
        [case.number, order.number]
    )
    steps = order.events.order_by("seq").values_list("step", flat=True)
    assert list(steps) == ["order.issue", "rectify.lapse"]
