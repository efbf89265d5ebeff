"""The database's own guard of bodies, numbers and waiting rows, past the actions, by plain SQL."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cases.scene import MONDAY, Scene
from huitong.organisations import actions
from huitong.organisations.models import Delegation, Department, Jurisdiction
from huitong.organisations.types import SYSTEM

TODAY = dt.date(2026, 3, 2)
LENT = (
    "INSERT INTO organisations_delegation"
    " (jurisdiction_id, duty, delegator_id, department_id, since, until, paper)"
)
TRIED = (
    "UPDATE organisations_department SET jurisdiction_id = {city} WHERE id = {body}",
    "UPDATE organisations_department SET ended_on = '2020-01-01' WHERE id = {body}",
    "UPDATE organisations_department SET authorised_by = 'forged' WHERE id = {body}",
    "UPDATE organisations_department SET guide_id = {other} WHERE id = {body}",
    "UPDATE organisations_department SET parent_id = {other} WHERE id = {body}",
    "UPDATE organisations_department SET code = 'X' WHERE id = {body}",
    "UPDATE organisations_jurisdiction SET profile_id = 'henan-2020' WHERE id = {place}",
    "UPDATE organisations_jurisdiction SET name_en = 'X' WHERE id = {place}",
    "UPDATE organisations_jurisdiction SET parent_id = {city} WHERE id = {place}",
    "UPDATE cases_casenumber SET last = 0",
    "DELETE FROM cases_casenumber",
    "DELETE FROM cases_waiting",
    "UPDATE cases_waiting SET department_id = {other}",
    LENT + " VALUES ({place}, 'sharing', {other}, {body}, '2020-01-01', '2021-01-01', '')",
    LENT + " VALUES ({place}, 'sharing', {other}, {body}, '2026-03-01', '2026-04-01', 'x')",
)


def test_nothing_about_bodies_changes_past_the_actions_even_after_an_act(
    real_scene: Scene,
) -> None:
    city = actions.found_jurisdiction(
        code="230100", name="哈尔滨市", level="city", parent=real_scene.province,
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    real_scene.apply()
    # An act of its own leaves a row of history behind, which lets nothing else through.
    actions.change_kind(
        real_scene.provider, kind="authorised_institution", authorised_by="某法第十条",
        day=TODAY, paper="文件", actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    actions.rename_jurisdiction(
        real_scene.province, name="某省", day=TODAY, paper="文件", actor=SYSTEM, at=MONDAY
    )
    actions.delegate(
        jurisdiction=real_scene.province, duty="sharing", department=real_scene.provider,
        since=TODAY, until=TODAY + dt.timedelta(days=9), paper="委托书", actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    named = {
        "city": city.pk, "place": real_scene.province.pk, "body": real_scene.provider.pk,
        "other": real_scene.authority.pk,
    }  # fmt: skip
    let_through = []

    for statement in TRIED:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(**named))
        except IntegrityError:
            continue
        except ProgrammingError as error:
            assert "permission denied" in str(error), error  # noqa: PT017  either guard will do
            continue
        let_through.append(statement)

    assert not let_through
    assert Department.objects.get(pk=real_scene.provider.pk).authorised_by == "某法第十条"


@pytest.mark.clause("HL-5")
def test_what_the_actions_do_passes_the_guard(real_scene: Scene) -> None:
    where = {"actor": SYSTEM, "at": MONDAY}
    city = actions.found_jurisdiction(
        code="230100", name="哈尔滨市", level="city", parent=real_scene.province, **where
    )  # type: ignore[arg-type]
    bureau, heir = (
        actions.found_department(code=code, name=code, jurisdiction=city, **where)  # type: ignore[arg-type]
        for code in ("B1", "B2")
    )
    below = actions.found_department(
        code="B3", name="B3", jurisdiction=city, parent=bureau, **where
    )  # type: ignore[arg-type]
    act = {"day": TODAY, "paper": "文件", **where}

    actions.rename_department(bureau, name="另名", **act)  # type: ignore[arg-type]
    actions.set_guide(bureau, guide=real_scene.authority, **act)  # type: ignore[arg-type]
    actions.move_department(below, jurisdiction=real_scene.province, **act)  # type: ignore[arg-type]
    actions.choose_regulation(city, profile_id="national-2025", **where)  # type: ignore[arg-type]
    actions.choose_regulation(city, profile_id="heilongjiang-2025", **where)  # type: ignore[arg-type]
    actions.end_department(bureau, successor=heir, **act)  # type: ignore[arg-type]
    actions.recode_jurisdiction(city, code="230200", **act)  # type: ignore[arg-type]
    case = real_scene.apply()
    actions.end_department(real_scene.provider, successor=heir, **act)  # type: ignore[arg-type]

    below.refresh_from_db()
    assert below.parent == heir
    assert Jurisdiction.objects.get(code="230200").profile_id == "heilongjiang-2025"
    assert case.waiting.get().department == heir
    assert not Delegation.objects.exists()
