"""What the law asks of the records of a use: the text of the consumer's place, and those above it.

Each text has a floor of its own and none replaces another, so all of them are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from huitong.organisations import queries as organisations
from huitong.organisations.errors import NoRegulationError
from huitong.regulations import house, profiles
from huitong.regulations.law import Profile
from huitong.regulations.records import RecordRule
from huitong.sharing.models import Grant


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that a text in force asks for."""

    profile: Profile
    rule: RecordRule


def of_use(grant: Grant, at: datetime) -> tuple[Asked, ...]:
    """Return the records that a consumer keeps of its use, the text of its own place first.

    A draft or a model asks where it was chosen; nothing where no regulation was chosen.
    """
    return tuple(_asked(grant, at))


def inspection_cites(grant: Grant, at: datetime) -> tuple[str, ...]:
    """Return the clauses that say who may inspect the records of a use."""
    found = (one.rule.inspect.cite for one in of_use(grant, at) if one.rule.inspect)
    return tuple(dict.fromkeys(clause for cite in found for clause in cite))


def _asked(grant: Grant, at: datetime) -> Iterator[Asked]:
    today = timezone.localdate(at)
    try:
        chosen = organisations.profile_of(grant.consumer.jurisdiction, today)
    except NoRegulationError:
        return
    profile: Profile | None = profiles.load(chosen)
    while profile is not None:
        for rule in house.of_profile(profile).records.values():
            if not rule.absent:
                yield Asked(profile, rule)
        above = profile.above
        profile = above if above and above.status == "in_force" and above.in_force(today) else None
