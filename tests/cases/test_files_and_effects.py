"""Digests of facts, case numbers, and effects that nobody claims."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.scene import Scene
from huitong.cases import checks, effects, numbers, rules
from huitong.cases.errors import EffectUnclaimedError
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations import profiles, vocabulary


def test_a_digest_of_facts_does_not_depend_on_their_order() -> None:
    assert rules.facts_digest({"a": 1, "b": "二"}) == rules.facts_digest({"b": "二", "a": 1})
    assert rules.facts_digest({"a": 1}) != rules.facts_digest({"a": 2})


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        ("share_application_conditional", "GX"),
        ("catalogue_review", "ML"),
        ("open_list_review", "KF"),
        ("use_rectification", "SY"),
        ("something_else", "BJ"),
    ],
)
def test_the_letters_of_a_number_follow_from_the_kind(kind: str, prefix: str) -> None:
    assert numbers.prefix_of(kind) == prefix


def test_numbers_begin_anew_with_the_year_in_china(scene: Scene) -> None:
    last_evening = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    first_morning = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    place = Jurisdiction.objects.get()

    taken = [numbers.take("share_x", place, at) for at in (last_evening, first_morning)]

    assert taken == ["GX-230000-2026-000001", "GX-230000-2027-000001"]


def test_the_program_does_not_start_while_an_effect_has_nobody_to_carry_it_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(effects.CLAIMS, "held", {})

    with pytest.raises(EffectUnclaimedError, match=r"issue_grant.*publish_dataset"):
        effects.check_claimed()
    (found,) = checks.effects_are_claimed()
    assert found.id == "huitong.cases.E001"

    monkeypatch.setattr(effects.CLAIMS, "held", dict.fromkeys(effects.named(), print))
    effects.check_claimed()
    assert checks.effects_are_claimed() == []


def test_an_effect_that_is_new_and_nobodys_stops_the_start_with_its_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = vocabulary.FILE.read_text("utf-8")
    words = words.replace("effects: [issue_grant]", "effects: [issue_grant, ring_bell]", 1)
    words = words.replace(
        "  issue_grant: {", "  ring_bell: {zh: 敲钟, en: ring the bell}\n  issue_grant: {", 1
    )
    line = words[: words.index("  ring_bell:")].count("\n") + 1
    file = tmp_path / "kinds.yaml"
    file.write_text(words, "utf-8")
    read = vocabulary.read(file)
    assert read[1] == ()
    monkeypatch.setattr(vocabulary, "FILE", file)
    monkeypatch.setattr(vocabulary, "shared", lambda: read)
    profiles.load.cache_clear()
    try:
        (found,) = checks.effects_are_claimed()
    finally:
        monkeypatch.undo()
        profiles.load.cache_clear()

    assert found.id == "huitong.cases.E001"
    assert f"the effects ring_bell (kinds.yaml:{line}): " in found.msg
    assert f"ring_bell (kinds.yaml:{line})" in str(found.hint)
    assert checks.effects_are_claimed() == []


def test_one_effect_has_one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects.CLAIMS, "held", {})

    def mine(case: object, event: object, actor: Actor, at: datetime) -> None:
        """Do nothing; only the claim matters."""

    def yours(case: object, event: object, actor: Actor, at: datetime) -> None:
        """Do nothing; only the claim matters."""

    effects.register("issue_grant")(mine)
    effects.register("issue_grant")(mine)
    with pytest.raises(EffectUnclaimedError, match=r"mine.*yours"):
        effects.register("issue_grant")(yours)
    assert effects.CLAIMS.held.keys() == {"issue_grant"}
