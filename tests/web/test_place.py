"""Pages speak by the words of the regulation that the place has chosen."""

import datetime as dt

import pytest

from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.web import place, wording


@pytest.mark.clause("HL-21.1")
@pytest.mark.parametrize(
    ("profile_id", "word"),
    [
        ("heilongjiang-2025", "不予共享"),
        ("county-2024", "暂不共享"),
        ("model-city", "特殊共享"),
    ],
)
def test_the_third_type_has_the_name_that_the_text_gives_it(
    province: World,
    at: dt.datetime,
    profile_id: str,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place, "_chosen", {})
    root = Jurisdiction.objects.get(parent=None)
    organisations.choose_regulation(root, profile_id=profile_id, actor=SYSTEM, at=at)

    assert wording.label("sharing", "WITHHELD") == word


def test_a_process_that_was_not_told_reads_it_once(
    province: World,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(place, "_chosen", {})
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert wording.label("sharing", "WITHHELD") == "不予共享"
        assert wording.label("sharing", "WITHHELD") == "不予共享"


def test_before_a_place_has_chosen_the_shared_word_is_said(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_chosen", {})
    assert place.regulation() is None
    assert wording.label("sharing", "WITHHELD") == "第三类"
