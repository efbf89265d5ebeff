"""What is proposed for departments' real files."""

from pathlib import Path

import pytest

from catalogue.world import TODAY
from huitong.catalogue import drafts
from huitong.catalogue.types import IdentifierKind, ItemType, OpeningType
from huitong.pool import proposing


def test_universities_are_keyed_by_a_school_code_that_is_text(shared_data: Path) -> None:
    draft = proposing.propose(shared_data / "A01_moe_universities_2025.xls", on=TODAY)
    items = {item.title: item for item in draft.items}
    assert items["学校标识码"].type is ItemType.TEXT
    assert items["学校标识码"].name == "school_code"
    assert draft.key == ("school_code",)
    assert draft.opening_type is OpeningType.UNCONDITIONAL


def test_divisions_are_keyed_by_their_code_although_two_codes_occur_twice(
    shared_data: Path,
) -> None:
    draft = proposing.propose(shared_data / "A02_gb2260_divisions_with_history.csv", on=TODAY)
    assert draft.key == ("code",)


def test_clinics_hold_no_personal_data_and_have_no_key(shared_data: Path) -> None:
    draft = proposing.propose(shared_data / "A05_fever_clinics_gb18030.csv", on=TODAY)
    assert not any(item.personal for item in draft.items)
    assert draft.key == ()


def test_documents_have_days(shared_data: Path) -> None:
    draft = proposing.propose(shared_data / "A07_state_council_docs_guofa_guohan.csv", on=TODAY)
    types = {item.title: item.type for item in draft.items}
    assert types["成文日期"] is ItemType.DATE
    assert types["发布日期"] is ItemType.DATE


def test_credit_codes_are_recognised_although_some_fail(shared_data: Path) -> None:
    draft = proposing.propose(shared_data / "A08_uscc_code_vectors.csv", on=TODAY)
    code = draft.items[0]
    assert code.identifier is IdentifierKind.CREDIT_CODE
    assert draft.key == ("code",)


@pytest.mark.parametrize("number", ["A01", "A02", "A03", "A04", "A05", "A07", "A08"])
def test_every_proposal_survives_its_file(shared_data: Path, number: str) -> None:
    (path,) = shared_data.glob(f"{number}_*")
    draft = proposing.propose(path, on=TODAY)
    assert drafts.read_yaml(drafts.write_yaml(draft)) == drafts.from_dict(draft.as_dict())
