"""What a step leaves behind: effects, the ledger, the pinned table, and a record when refused."""

import pytest
from django.db import transaction

from cases.scene import MONDAY, Scene, unchanged
from huitong.cases import actions, effects, refusals
from huitong.cases.errors import EffectUnclaimedError, WrongPersonError
from huitong.cases.models import CaseEvent, StoredTable
from huitong.errors import HuitongError
from huitong.ledger.models import Entry
from huitong.regulations import compiling, profiles


def test_an_effect_that_fails_undoes_its_step(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GrantRefusedError(HuitongError):
        code = "grant_refused"

    def fail(*_: object) -> None:
        raise GrantRefusedError("no", cite=("HL-21.3",))

    case = scene.apply()
    monkeypatch.setattr(effects.CLAIMS, "held", {"issue_grant": fail})

    with pytest.raises(GrantRefusedError):
        actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    assert unchanged(case)
    refused = Entry.objects.get(kind="case.refused")
    assert (refused.facts["code"], refused.cite) == ("grant_refused", ["HL-21.3"])


def test_an_effect_that_nobody_claims_undoes_its_step(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scene.apply()
    monkeypatch.setattr(effects.CLAIMS, "held", {})

    with pytest.raises(EffectUnclaimedError, match="issue_grant"):
        actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    assert unchanged(case)


def test_every_step_is_in_the_ledger_with_its_article_and_without_its_words(scene: Scene) -> None:
    case = actions.take_step(
        scene.apply(), "reply.refuse", actor=scene.actor("provider"), at=MONDAY,
        facts={"reason": "张某某的申请材料不实"},
    )  # fmt: skip

    first, second = Entry.objects.filter(kind="case.step").order_by("id")
    assert second.subject == f"case:{case.number}"
    assert second.actor == "person:provider@HL-PROVIDER"
    assert (first.cite, second.cite) == (["HL-22.1"], ["HL-22.3"])
    assert second.facts["to"] == "refused"
    assert "张某某" not in str(second.facts)
    assert CaseEvent.objects.get(case=case, seq=2).entry_uuid == second.uuid


@pytest.mark.clause("HL-22.3")
def test_a_refused_step_is_on_record_with_the_article(scene: Scene) -> None:
    case = scene.apply()

    with pytest.raises(WrongPersonError):
        actions.take_step(case, "reply.grant", actor=scene.actor("consumer"), at=MONDAY)

    refused = Entry.objects.get(kind="case.refused")
    assert refused.subject == f"case:{case.number}"
    assert refused.actor == "person:consumer@HL-CONSUMER"
    assert refused.facts == {"step": "reply.grant", "code": "wrong_person"}
    assert "HL-22.3" in refused.cite


def test_a_refusal_survives_the_callers_own_transaction(scene: Scene) -> None:
    case = scene.apply()

    with (
        pytest.raises(WrongPersonError),
        refusals.recorded(),
        transaction.atomic(),
    ):
        actions.take_step(case, "reply.grant", actor=scene.actor("consumer"), at=MONDAY)

    assert Entry.objects.filter(kind="case.refused").count() == 1


def test_a_refusal_that_still_stands_is_not_recorded_again(scene: Scene) -> None:
    case = scene.apply()

    with pytest.raises(WrongPersonError), refusals.recorded(), refusals.recorded():
        actions.take_step(case, "reply.grant", actor=scene.actor("consumer"), at=MONDAY)

    assert Entry.objects.filter(kind="case.refused").count() == 1


def test_a_running_case_finishes_without_the_regulation_it_began_under(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scene.apply()
    kept = StoredTable.objects.get()

    def repealed(*_: object) -> None:
        pytest.fail("a running case read the regulation of today")

    monkeypatch.setattr(profiles, "load", repealed)
    monkeypatch.setattr(compiling, "compiled", repealed)
    case = actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    assert case.state == "granted"
    assert case.table_id == kept.digest


def test_two_cases_of_one_day_share_one_stored_table(scene: Scene) -> None:
    assert scene.apply().table_id == scene.apply().table_id
    assert StoredTable.objects.count() == 1
