"""A grant is changed or ended by agreement: HL-30, NA-25.1, MC-24, NA-27.1, NA-27.3."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error, IntegrityError

from catalogue.world import GRADUATES, LATER, World
from huitong.cases import actions as cases
from huitong.cases.errors import StepForbiddenError, WrongPersonError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions, changes, endings, hooks, queries
from huitong.sharing.errors import (
    GrantEndedError,
    NotAboutGrantError,
    NothingChangedError,
    UndecidedItemsError,
)
from huitong.sharing.models import Grant
from sharing.applying import WHOLE, apply

LATE = LATER + timedelta(days=2)
NEW = "核验创业补贴申请人"


@pytest.fixture
def grant(world: World) -> Grant:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    made = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert made is not None
    return made


def under(world: World, profile: str) -> None:
    organisations.choose_regulation(world.province, profile_id=profile, actor=SYSTEM, at=LATER)


@pytest.mark.clause("HL-30", "NA-25.1")
@pytest.mark.parametrize("profile", ["heilongjiang-2025", "national-2025"])
def test_another_purpose_takes_effect_once_the_provider_consents(
    world: World, grant: Grant, profile: str
) -> None:
    under(world, profile)
    case = changes.ask_use_change(
        grant, matter="other_purpose", purpose=NEW, actor=world.clerk, at=LATE
    )
    assert queries.grant(grant.pk).purpose == "核验申请人就业状况"
    with pytest.raises(WrongPersonError):
        changes.grant_use_change(case, actor=world.clerk, at=LATE)

    changes.grant_use_change(case, actor=world.teacher, at=LATE)

    after = queries.grant(grant.pk)
    assert (after.purpose, after.changed_by) == (NEW, case)
    assert after.application.purpose == "核验申请人就业状况"
    entry = Entry.objects.get(subject=grant.subject, kind="grant.changed")
    assert entry.facts["changed"] == ["purpose"]
    assert entry.cite == ["HL-30" if profile == "heilongjiang-2025" else "NA-25.1"]


@pytest.mark.clause("HL-30")
def test_a_third_party_is_named_and_stands_in_the_grant(world: World, grant: Grant) -> None:
    with pytest.raises(NothingChangedError, match="third party"):
        changes.ask_use_change(grant, matter="third_party", actor=world.clerk, at=LATE)
    case = changes.ask_use_change(
        grant, matter="third_party", recipient="市人才中心", actor=world.clerk, at=LATE
    )
    changes.grant_use_change(case, actor=world.teacher, at=LATE)
    assert queries.grant(grant.pk).further_uses == [
        {"matter": "third_party", "case": case.number, "recipient": "市人才中心"}
    ]


@pytest.mark.clause("MC-24")
def test_publication_needs_the_provider_but_not_what_government_must_disclose(
    world: World, grant: Grant
) -> None:
    under(world, "model-city")
    asked = changes.ask_use_change(grant, matter="publication", actor=world.clerk, at=LATE)
    assert (asked.state, queries.grant(grant.pk).further_uses) == ("reply", [])

    changes.grant_use_change(asked, actor=world.teacher, at=LATE)
    disclosed = changes.ask_use_change(
        grant, matter="publication", public_information=True, actor=world.clerk, at=LATE
    )

    assert disclosed.state == "changed"
    assert queries.grant(grant.pk).further_uses == [
        {"matter": "publication", "case": case.number} for case in (asked, disclosed)
    ]


@pytest.mark.clause("MC-22")
@pytest.mark.parametrize("matter", ["other_purpose", "third_party", "wider_scope"])
def test_no_other_use_can_be_asked_for_where_the_text_bars_it(
    world: World, grant: Grant, matter: str
) -> None:
    under(world, "model-city")
    before = Case.objects.count()

    with pytest.raises(StepForbiddenError) as refused:
        changes.ask_use_change(grant, matter=matter, actor=world.clerk, at=LATE)

    assert refused.value.cite == ("MC-22",)
    assert Case.objects.count() == before
    assert Entry.objects.filter(kind="case.refused").latest("at").cite == ["MC-22"]


@pytest.mark.clause("NA-25.1")
def test_a_refused_change_changes_nothing(world: World, grant: Grant) -> None:
    under(world, "national-2025")
    case = changes.ask_use_change(
        grant, matter="wider_scope", scope="全部年份", actor=world.clerk, at=LATE
    )
    changes.refuse_use_change(case, reason="无必要", actor=world.teacher, at=LATE)
    after = queries.grant(grant.pk)
    assert (after.scope, after.changed_by) == ("2025年毕业生", None)


@pytest.mark.clause("NA-27.1")
def test_a_use_whose_purpose_is_over_ends_without_fault(world: World, grant: Grant) -> None:
    under(world, "national-2025")
    case = endings.report_end(grant, cause="achieved", actor=world.clerk, at=LATE)
    endings.instruct_disposal(case, request="销毁并提交记录", actor=world.teacher, at=LATE)
    assert Grant.objects.live(LATE).exists()
    endings.report_disposal(
        case, disposal="已销毁", proof="销毁记录1号", actor=world.clerk, at=LATE
    )

    after = queries.grant(grant.pk)
    assert (after.ended_at, after.ends_at, after.revoked_at) == (LATE, LATE, None)
    assert after.stop_cite == ["NA-27.1", "NA-29.2"]
    assert not Grant.objects.standing(LATE).exists()
    assert Entry.objects.get(kind="grant.ended").facts["because"] == "use_end"
    with pytest.raises(GrantEndedError):
        endings.report_end(grant, cause="achieved", actor=world.clerk, at=LATE)


def agreed(world: World, grant: Grant, matter: str) -> Case:
    under(world, "national-2025")
    case = changes.propose_service_change(
        grant, matter=matter, reason="系统改造", actor=world.teacher, at=LATE
    )
    changes.agree_service_change(case, talks="达成一致", actor=world.teacher, at=LATE)
    return changes.agree_service_change(case, talks="达成一致", actor=world.clerk, at=LATE)


@pytest.mark.clause("NA-27.3")
def test_a_service_ends_once_both_agreed_and_it_was_filed(world: World, grant: Grant) -> None:
    case = agreed(world, grant, "end")
    assert Grant.objects.live(LATE).exists()
    changes.file_service_change(case, filing_number="备2026-1", actor=world.teacher, at=LATE)
    after = queries.grant(grant.pk)
    assert (after.ended_at, after.revoked_at) == (LATE, None)


@pytest.mark.clause("NA-27.3")
def test_a_service_is_changed_to_what_was_agreed(
    world: World, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Grant] = []
    monkeypatch.setattr(hooks, "_on_grant_issued", [served.append])
    case = agreed(world, grant, "change")
    with pytest.raises(NothingChangedError):
        changes.file_service_change(case, actor=world.teacher, at=LATE)
    with pytest.raises(UndecidedItemsError):
        changes.file_service_change(case, decisions={"name": "name"}, actor=world.teacher, at=LATE)
    changes.file_service_change(
        case,
        decisions={"citizen_id": "whole", "name": "name", "mobile": "refused"},
        actor=world.teacher,
        at=LATE,
    )

    after = queries.grant(grant.pk)
    assert after.columns == [
        {"name": "citizen_id", "mask": None},
        {"name": "name", "mask": "name"},
    ]
    assert [one.columns for one in served] == [after.columns]
    assert Grant.objects.live(LATE).exists()


@pytest.mark.clause("NA-27.3")
def test_where_the_talks_fail_the_service_goes_on(world: World, grant: Grant) -> None:
    under(world, "national-2025")
    case = changes.propose_service_change(
        grant, matter="end", reason="系统改造", actor=world.teacher, at=LATE
    )
    failed = changes.fail_service_change(case, talks="不同意", actor=world.clerk, at=LATE)
    assert failed.state == "kept"
    assert Grant.objects.live(LATE).get().changed_by is None


def test_a_change_opened_on_no_grant_is_refused(world: World, grant: Grant) -> None:
    case = cases.open_case(
        kind="use_change",
        jurisdiction=world.province,
        subject="dataset:graduates",
        title="变更",
        parties={"provider": world.education, "consumer": world.labour},
        facts={"use_matter": "wider_scope"},
        actor=world.clerk,
        at=LATE,
    )
    with pytest.raises(NotAboutGrantError, match=case.number):
        changes.grant_use_change(case, actor=world.teacher, at=LATE)
    assert Case.objects.get(pk=case.pk).state == "reply"


def test_the_database_keeps_what_no_case_has_changed(world: World, grant: Grant) -> None:
    for statement, value in (
        ("UPDATE sharing_grant SET purpose = %s WHERE id = %s", "另有用途"),
        ("UPDATE sharing_grant SET scope = %s WHERE id = %s", "全部"),
        ("UPDATE sharing_grant SET columns = %s WHERE id = %s", "[]"),
    ):
        with pytest.raises((IntegrityError, Error), match="nothing else"):
            _behind(statement, value, grant.pk)
    with pytest.raises((IntegrityError, Error), match="nothing else"):
        _behind(
            "UPDATE sharing_grant SET ends_at = ends_at + %s::interval WHERE id = %s",
            "1 day",
            grant.pk,
        )


def _behind(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
