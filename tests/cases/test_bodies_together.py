"""Acts on bodies at once, on real connections: what one of them ends the other cannot use."""

import datetime as dt
from functools import partial

import pytest

from cases.scene import MONDAY, Scene
from cases.test_together import together
from huitong.organisations import actions
from huitong.organisations.errors import BodyEndedError, DelegationError
from huitong.organisations.models import Delegation, Post
from huitong.organisations.types import SYSTEM, Newcomer

TODAY = dt.date(2026, 3, 2)


@pytest.mark.clause("HL-5")
def test_a_duty_is_delegated_once_over_the_same_days(real_scene: Scene) -> None:
    for duty in ("catalogue", "sharing", "opening", "supervision"):
        results = together(
            [
                partial(
                    actions.delegate, jurisdiction=real_scene.province, duty=duty,
                    department=department, since=TODAY, until=TODAY + dt.timedelta(days=30),
                    paper="委托书", actor=SYSTEM, at=MONDAY,
                )
                for department in (real_scene.provider, real_scene.consumer)
            ]
        )  # fmt: skip

        assert sum(isinstance(one, Delegation) for one in results) == 1
        assert sum(isinstance(one, DelegationError) for one in results) == 1


def test_nobody_is_appointed_in_a_department_that_ends_meanwhile(real_scene: Scene) -> None:
    for number in range(4):
        department = actions.found_department(
            code=f"X{number}", name="某局", jurisdiction=real_scene.province,
            actor=SYSTEM, at=MONDAY,
        )  # fmt: skip
        results = together(
            [
                partial(
                    actions.appoint, person=Newcomer(f"p{number}", "某人"), department=department,
                    role="head", since=TODAY, actor=SYSTEM, at=MONDAY,
                ),
                partial(
                    actions.end_department, department, successor=None, day=TODAY, paper="文件",
                    actor=SYSTEM, at=MONDAY,
                ),
            ]
        )  # fmt: skip

        department.refresh_from_db()
        assert department.ended_on == TODAY
        assert isinstance(results[0], Post | BodyEndedError), results
        assert not Post.objects.filter(department=department, until__isnull=True).exists()
