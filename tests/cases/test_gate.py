"""What may go on record: names, forms, signs, lengths and days of facts; title and subject."""

from datetime import date
from typing import Any

import pytest

from cases.scene import APPLICATION, MONDAY, Scene, unchanged
from huitong.cases import actions, gate
from huitong.cases.errors import FactInvalidError
from huitong.cases.gate_errors import (
    FactDateError,
    FactUnkeepableError,
    FactUnknownError,
    HeadingError,
)
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.regulations import vocabulary

pytestmark = pytest.mark.django_db


def _change(scene: Scene, day: object) -> Case:
    return actions.open_case(
        kind="catalogue_update", jurisdiction=scene.province, subject="dataset:X", title="更新",
        parties={"provider": scene.provider}, actor=scene.actor("provider"), at=MONDAY,
        facts={"change_source": "law", "change_day": day},
    )  # fmt: skip


def _refusals() -> list[dict[str, Any]]:
    return [entry.facts for entry in Entry.objects.filter(kind="case.refused").order_by("id")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("身份证号码", "230102199001011234"), ("a\x00b", 1), ("junk", float("nan")), ("junk", "")],
)
def test_a_fact_that_nobody_knows_is_refused_and_not_kept(
    scene: Scene, name: str, value: object
) -> None:
    with pytest.raises(FactUnknownError, match="Leave it out") as refused:
        scene.apply(**{name: value})

    assert refused.value.cite
    assert refused.value.fact.isprintable()
    assert not Case.objects.exists()
    assert _refusals()[-1]["code"] == "fact_unknown"


@pytest.mark.parametrize(
    "value", ["a\x00b", "\ud800", "a\x1bb", "a\x85b", "x" * (gate.LONGEST_TEXT + 1)]
)
def test_a_text_with_stray_signs_or_without_end_is_refused(scene: Scene, value: str) -> None:
    with pytest.raises(FactUnkeepableError, match="scenario") as refused:
        scene.apply(scenario=value)

    assert refused.value.cite
    assert "应用场景" in refused.value.zh
    assert _refusals()[-1]["code"] == "fact_unkeepable"


def test_a_text_of_several_lines_is_kept_as_it_is(scene: Scene) -> None:
    text = "第一行\n第二行\r\n\t" + "长" * (gate.LONGEST_TEXT - 20)

    assert scene.apply(scenario=text).events.get().facts["scenario"] == text


@pytest.mark.parametrize(
    "items",
    [[{"a": 1}], [None], [1], [["x"]], [float("nan")], ["a\x00"], ["x" * 2001], ["x"] * 2001],
)
def test_a_list_holds_texts_that_can_be_kept(scene: Scene, items: list[object]) -> None:
    with pytest.raises(FactInvalidError, match="items"):
        scene.apply(items=items)


@pytest.mark.parametrize("value", [True, 1.0, float("inf"), 2**53, "1"])
def test_a_number_is_whole_and_such_as_every_reader_holds_exactly(
    scene: Scene, value: object
) -> None:
    with pytest.raises(FactInvalidError, match="dataset_version"):
        scene.apply(dataset_version=value)


@pytest.mark.parametrize(
    ("title", "subject", "field"),
    [("", "x", "title"), (" ", "x", "title"), ("x" * 301, "x", "title"), ("a\x00", "x", "title"),
     ("a\nb", "x", "title"), ("x", "s" * 201, "subject"), ("x", "a\x00", "subject"),
     ("\ud800", "x", "title")],
)  # fmt: skip
def test_title_and_subject_are_one_line_each(
    scene: Scene, title: str, subject: str, field: str
) -> None:
    with pytest.raises(HeadingError) as refused:
        actions.open_case(
            kind="share_application_conditional", jurisdiction=scene.province, subject=subject,
            title=title, parties={"provider": scene.provider, "consumer": scene.consumer},
            facts=APPLICATION, actor=scene.actor("consumer"), at=MONDAY,
        )  # fmt: skip

    assert refused.value.field == field
    assert _refusals()[-1] == {
        "kind": "share_application_conditional", "step": "open", "code": "heading_invalid",
    }  # fmt: skip


@pytest.mark.parametrize("step", ["a\x00", "\ud800", "230102199001011234", "x" * 100_000])
def test_what_is_no_name_of_a_step_is_refused_on_record_but_not_repeated_there(
    scene: Scene, step: str
) -> None:
    case = scene.apply()

    with pytest.raises(Exception, match="There is no step"):
        actions.take_step(case, step, actor=scene.actor("provider"), at=MONDAY)

    assert unchanged(case)
    assert _refusals() == [{"step": "?", "code": "unknown_step"}]


@pytest.mark.parametrize(
    "day", ["20260301", "2026-W09-1", "2026-02-30", "1989-12-31", "2101-01-01", "0001-01-01",
            "9999-12-31", "２０２６-03-01", " 2026-03-01", 20260301],
)  # fmt: skip
def test_a_date_is_written_in_one_way_and_of_a_year_that_can_be_meant(
    scene: Scene, day: object
) -> None:
    with pytest.raises(FactInvalidError, match="change_day must be a date"):
        _change(scene, day)


@pytest.mark.clause("HL-15")
def test_a_change_that_is_yet_to_come_starts_no_clock(scene: Scene) -> None:
    with pytest.raises(FactDateError, match="no day after 2026-03-02") as refused:
        _change(scene, "2026-03-03")

    assert refused.value.cite == ("HL-15",)
    assert "不得晚于2026-03-02" in refused.value.zh
    assert _change(scene, date(2026, 3, 2)).state == "update"


@pytest.mark.clause("HL-27.1")
@pytest.mark.parametrize("day", ["1999-01-01", "2026-03-01", "2026-03-02"])
def test_a_day_to_rectify_by_lies_ahead_so_that_the_period_is_not_skipped(
    scene: Scene, day: str
) -> None:
    with pytest.raises(FactInvalidError, match="rectify_by") as refused:
        scene.order_rectification(day)

    assert "HL-27.1" in refused.value.cite
    assert scene.order_rectification("2026-03-03").state == "rectify"


def test_a_use_does_not_end_before_it_is_asked_for(scene: Scene) -> None:
    with pytest.raises(FactInvalidError, match="use_until"):
        scene.apply(use_until="1999-01-01")

    assert scene.apply(use_until="2026-03-02").version == 1


def test_every_date_of_the_vocabulary_says_on_which_side_of_today_it_lies() -> None:
    dates = [word for word in vocabulary.shared()[0].facts.values() if word.type == "date"]

    assert dates
    assert all(word.not_after or word.not_before for word in dates)
