"""What other texts than Heilongjiang's ask of an entry: grounds of restriction, the open list."""

from dataclasses import replace

import pytest

from catalogue.world import GRADUATES, SCHOOLS, WITHHELD
from huitong.catalogue import rules
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import BasisRankError, SecretDataRefusedError
from huitong.catalogue.types import Secrecy, SharingType
from huitong.regulations import profiles

HENAN = profiles.load("henan-2020")
NATIONAL = profiles.load("national-2025")
FOUNDED = replace(GRADUATES, withheld_basis="《就业促进法》第三十五条", withheld_basis_rank="law")


def missing(draft: Draft) -> list[str]:
    found = rules.missing_fields(draft, HENAN, provider="省教育厅")
    assert all(field.cite for field in found)
    return [field.name for field in found]


@pytest.mark.clause("HN-15.5")
@pytest.mark.parametrize("sharing", [SharingType.CONDITIONAL, SharingType.WITHHELD])
def test_whoever_restricts_sharing_names_the_norm_that_says_so(sharing: SharingType) -> None:
    restricted = replace(FOUNDED, sharing_type=sharing)

    assert missing(restricted) == []
    assert missing(replace(restricted, withheld_basis="")) == ["withheld_basis"]
    assert missing(replace(SCHOOLS, sharing_type=SharingType.UNCONDITIONAL)) == []


@pytest.mark.clause("HN-15.5")
@pytest.mark.parametrize("sharing", [SharingType.CONDITIONAL, SharingType.WITHHELD])
@pytest.mark.parametrize(
    ("rank", "stands"),
    [
        ("law", True),
        ("administrative_regulation", True),
        ("local_regulation", True),
        ("national_provision", True),
        ("rule", False),
        ("policy", False),
        ("", False),
    ],
)
def test_only_a_law_a_regulation_or_a_national_provision_restricts_sharing(
    rank: str, stands: bool, sharing: SharingType
) -> None:
    draft = replace(FOUNDED, sharing_type=sharing, withheld_basis_rank=rank)
    if stands:
        rules.check_basis(draft, HENAN)
        return
    with pytest.raises(BasisRankError) as refused:
        rules.check_basis(draft, HENAN)
    assert refused.value.cite == ("HN-15.5",)
    assert HENAN.terms[f"sharing.{sharing}"].names.zh in refused.value.zh


@pytest.mark.clause("NA-15.2")
def test_where_a_text_asks_no_basis_of_conditions_none_is_asked() -> None:
    rules.check_basis(replace(GRADUATES, withheld_basis_rank=""), NATIONAL)
    with pytest.raises(BasisRankError) as refused:
        rules.check_basis(replace(WITHHELD, withheld_basis_rank="local_regulation"), NATIONAL)
    assert refused.value.cite == ("NA-14", "NA-15.2")


@pytest.mark.clause("HN-15.1", "HN-15.6")
def test_an_entry_says_which_of_the_three_types_it_has() -> None:
    assert missing(replace(SCHOOLS, sharing_type=None)) == ["sharing_type"]
    assert len(SharingType) == 3
    words = [HENAN.terms[f"sharing.{one}"].names.zh for one in SharingType]
    assert words == ["无条件共享", "有条件共享", "不予共享"]


@pytest.mark.clause("HN-21.2")
@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("theme", ""),
        ("summary", ""),
        ("items", ()),
        ("data_format", ""),
        ("update_frequency", None),
    ],
)
def test_what_goes_on_the_open_list_is_described(field: str, empty: object) -> None:
    bare = replace(SCHOOLS, **{field: empty})  # type: ignore[arg-type]

    assert missing(SCHOOLS) == []
    assert missing(bare) == [field]
    assert missing(replace(bare, opening_type=None)) == []


@pytest.mark.clause("HN-3", "NA-3.1")
@pytest.mark.parametrize(
    ("profile_id", "secrecy", "cite"),
    [
        ("henan-2020", Secrecy.STATE_SECRET, "HN-3"),
        ("national-2025", Secrecy.STATE_SECRET, "NA-3.1"),
        ("national-2025", Secrecy.WORK_SECRET, "NA-3.1"),
        ("henan-2020", None, "HN-3"),
        ("national-2025", None, "NA-3.1"),
    ],
)
def test_secret_data_is_no_government_data_under_any_text(
    profile_id: str, secrecy: Secrecy | None, cite: str
) -> None:
    with pytest.raises(SecretDataRefusedError) as refused:
        rules.check_secrecy(replace(SCHOOLS, secrecy=secrecy), profiles.load(profile_id))
    assert refused.value.cite == (cite,)
