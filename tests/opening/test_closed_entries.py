"""An entry that its department declares closed is not opened, whatever the text calls it."""

from dataclasses import replace

import pytest

from catalogue.world import SCHOOLS
from huitong.catalogue.types import OpeningType
from huitong.opening import rules
from huitong.regulations import profiles


@pytest.mark.clause("HN-20.1")
@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_a_closed_entry_is_refused_under_every_text_with_its_article(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    closed = replace(SCHOOLS, opening_type=OpeningType.WITHHELD)

    found = rules.refusals(closed, profile)

    assert [refusal.ground for refusal in found] == ["withheld"]
    assert found[0].cite
    assert set(found[0].cite) <= set(profile.clauses)
    assert profile.term("opening.WITHHELD", "zh") in found[0].zh
    assert rules.refusals(SCHOOLS, profile) == ()
