"""What a text asks for when a dataset is proposed for the open list, and what is known of it.

Texts ask for different things: Heilongjiang for type and condition, Huizhou for a list of who
answers and a secrecy review, Henan for a basis and whence the data was obtained.
"""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from huitong.cases import tables
from huitong.cases.models import Case
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.opening import rules
from huitong.organisations import queries as organisations
from huitong.regulations import compiling, profiles
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.types import FlatTable, Step

KIND = "open_list_review"
RESUBMIT = "revise.resubmit"


def known(dataset: Dataset, version: DatasetVersion, at: datetime) -> dict[str, object]:
    """Return what the catalogue knows of the facts that the first step asks for.

    Where the text has no such procedure, all of it: the engine refuses with the article.
    """
    table = _table(dataset, at)
    if table is None:
        return _stated(version)
    return _asked(table, table.entry, _stated(version))


def known_again(case: Case, version: DatasetVersion) -> dict[str, object]:
    """Return what the catalogue knows now of the facts that sending it anew asks for."""
    return _asked(tables.of(case), RESUBMIT, _stated(version))


def questions(dataset: Dataset, at: datetime) -> tuple[FlatTable, tuple[Step, ...]] | None:
    """Return the first step with the facts that the catalogue does not know; None where none are.

    One row, whoever may take it: the provider proposes.
    """
    version, table = dataset.current_version, _table(dataset, at)
    if version is None or table is None:
        return None  # the room and the engine say what is wrong
    row, given = table.entry_steps[0], _stated(version)
    left = replace(
        row,
        facts=tuple(name for name in row.facts if name not in given),
        facts_when=tuple(need for need in row.facts_when if need.name not in given),
        optional=tuple(name for name in row.optional if name not in given),
    )
    return (table, (left,)) if left.facts or left.facts_when else None


def _table(dataset: Dataset, at: datetime) -> FlatTable | None:
    today = timezone.localdate(at)
    profile = profiles.load(organisations.profile_of(dataset.provider.jurisdiction, today))
    try:
        return compiling.compiled(profile, KIND, today)
    except KindNotInProfileError:
        return None


def _asked(table: FlatTable, step: str, stated: dict[str, object]) -> dict[str, object]:
    """Keep what the step asks for, and what no step does: that decides nothing."""
    own = {name for row in table.steps if row.name == step for name in row.own_facts}
    return {name: value for name, value in stated.items() if name in own or name not in table.facts}


def _stated(version: DatasetVersion) -> dict[str, object]:
    return {
        "opening_type": version.opening_type,
        "opening_condition": version.opening_condition,
        "closed_reason": version.closed_reason,
        "private_items": list(rules.private_items(catalogue.draft_of(version))),
        "dataset_version": version.number,
    }
