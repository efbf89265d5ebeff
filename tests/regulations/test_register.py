"""Every line of a profile stands twice: in the profile, and in the register beside these tests.

The register finds no wrong reading that was entered twice; the specification rows and the matrix of
deadlines are for that. It finds whatever changes without anybody meaning it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from huitong.regulations import profiles
from regulations import register

FOLDER = Path(__file__).with_name("register")


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_a_profile_says_what_was_entered_for_it_and_nothing_else(profile_id: str) -> None:
    path = FOLDER / f"{profile_id}.txt"
    entered = [row for row in path.read_text("utf-8").splitlines() if not row.startswith("#")]
    said = list(register.lines(profiles.load(profile_id)))

    wrong = [f"- {row}" for row in entered if row not in set(said)]
    wrong += [f"+ {row}" for row in said if row not in set(entered)]
    assert not wrong, (
        f"Read the articles again, then mend the profile or these lines of {path.name}:\n"
        + "\n".join(wrong)
    )
    assert entered == said
