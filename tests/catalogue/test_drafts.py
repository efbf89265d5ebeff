"""Drafts as files: what is written is read back, and every fault is named with its place."""

import pytest

from huitong.catalogue import drafts
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.errors import DraftInvalidError
from huitong.catalogue.types import IdentifierKind, ItemType, Mask, Secrecy, SharingType

DRAFT = Draft(
    title="高校毕业生",
    secrecy=Secrecy.NON_SECRET,
    sharing_type=SharingType.CONDITIONAL,
    key=("citizen_id",),
    layout={"kind": "csv", "columns": [{"header": "公民身份号码", "name": "citizen_id"}]},
    items=(
        DraftItem(
            "citizen_id",
            "公民身份号码",
            identifier=IdentifierKind.CITIZEN_ID,
            personal=True,
            grade=4,
            mask_default=Mask.CITIZEN_ID,
        ),
        DraftItem("score", "成绩", ItemType.DECIMAL, rules=({"rule": "range", "min": 0},)),
    ),
)


def test_a_draft_survives_the_file() -> None:
    assert drafts.read_yaml(drafts.write_yaml(DRAFT)) == DRAFT


def test_the_file_explains_itself_in_both_languages() -> None:
    text = drafts.write_yaml(DRAFT)
    assert "非涉密" in text
    assert "confirms" in text
    assert text.startswith("#")


def test_every_fault_is_named_at_once() -> None:
    text = """
title: ""
sharing_type: MAYBE
surprise: 1
key: [nothing]
items:
  - {name: Ab, title: 甲, type: text}
  - {name: b, title: 乙, type: number, grade: 5}
  - {name: b, title: 丙, personal: maybe}
"""
    with pytest.raises(DraftInvalidError) as caught:
        drafts.read_yaml(text, source="my.yaml")

    told = str(caught.value)
    for place in (
        "my.yaml",
        "title:",
        "sharing_type",
        "surprise",
        "'nothing'",
        "items[1].name",
        "items[2].type",
        "items[2].grade",
        "items[3].personal",
        "items[3].name: 'b' occurs twice",
    ):
        assert place in told


@pytest.mark.parametrize("text", ["", "- 1", "title: x", "title: [", "title: x\nitems: []"])
def test_what_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(DraftInvalidError):
        drafts.read_yaml(text)


def test_yaml_tags_run_nothing() -> None:
    with pytest.raises(DraftInvalidError):
        drafts.read_yaml("title: !!python/object/apply:os.system ['true']")


@pytest.mark.clause("HL-14.2")
@pytest.mark.parametrize("grade", ["true", "'2'", "2.0", "0", "null"])
def test_a_grade_is_one_of_four_numbers(grade: str) -> None:
    text = f"title: x\nitems: [{{name: a, title: 甲, grade: {grade}}}]"
    with pytest.raises(DraftInvalidError, match="grade"):
        drafts.read_yaml(text)
