"""Profiles by id: read once, checked, and refused with all their faults when they have any."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from huitong.regulations import checking, clauses
from huitong.regulations.errors import ExpiredError, ProfileBrokenError, ProfileUnknownError
from huitong.regulations.law import Profile


def all_ids() -> tuple[str, ...]:
    """Return the ids of the profiles in the package, sorted."""
    return tuple(sorted(path.parent.name for path in clauses.FOLDER.glob("*/profile.yaml")))


@cache
def load(profile_id: str) -> Profile:
    """Return a profile.

    Raises: ProfileUnknownError, when there is none of that id;
    ProfileBrokenError, when it has faults (its `faults` name file, line, clause and mend).
    """
    if profile_id not in all_ids():
        raise ProfileUnknownError(
            f"There is no profile {profile_id}: use one of {', '.join(all_ids())}.",
            zh=f"没有规则档案 {profile_id}，现有：{'、'.join(all_ids())}。",
        )
    profile, faults = checking.inspect(clauses.FOLDER / profile_id)
    if faults:
        raise ProfileBrokenError(profile_id, faults)
    if profile.parent in all_ids():
        return replace(profile, above=load(profile.parent))
    return profile


def in_force(on: date) -> tuple[Profile, ...]:
    """Return the profiles under which a case received on that day may be opened."""
    return tuple(p for p in map(load, all_ids()) if p.status == "in_force" and p.in_force(on))


def standing_in(profile_id: str, on: date) -> Profile:
    """Return the profile under which new cases fall where one was chosen: it, or one above it.

    A regulation that ended, or has not begun, leaves the field to its parent. A draft or a model
    has no term of validity and is applied as chosen.

    Raises: ProfileUnknownError; ExpiredError, when nothing above is in force that day either.
    """
    profile: Profile | None = load(profile_id)
    while profile is not None and not profile.in_force(on):
        profile = profile.above
    if profile is None:
        chosen = load(profile_id)
        raise ExpiredError(
            f"{chosen.title.en} is not in force on {on} and nothing above it is: choose another "
            "regulation for the jurisdiction.",
            zh=f"《{chosen.title.zh}》在{on}不在有效期内，也没有可适用的上位规定：请另行选定适用规定。",
            cite=chosen.validity_cite,
        )
    return profile
