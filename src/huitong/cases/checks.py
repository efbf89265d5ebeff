"""Django system checks of the engine: the program does not start on a table it cannot run."""

from collections.abc import Callable

from django.core import checks

from huitong.cases import computed, effects, hindsight
from huitong.cases.papers import documents
from huitong.errors import HuitongError


@checks.register
def effects_are_claimed(**_options: object) -> list[checks.CheckMessage]:
    """Report broken profiles and effects that no room carries out."""
    return _found(effects.check_claimed, "huitong.cases.E001")


@checks.register
def computed_facts_are_claimed(**_options: object) -> list[checks.CheckMessage]:
    """Report facts that the platform is to find out and no room does."""
    return _found(computed.check_claimed, "huitong.cases.E002")


@checks.register
def computed_facts_are_known_in_hindsight(**_options: object) -> list[checks.CheckMessage]:
    """Report computed facts of which nobody says what they were at an earlier step."""
    return _found(hindsight.check_claimed, "huitong.cases.E003")


@checks.register
def documents_are_whole(**_options: object) -> list[checks.CheckMessage]:
    """Report faults in the table of documents."""
    return _found(documents.check, "huitong.cases.E010")


def _found(check: Callable[[], None], number: str) -> list[checks.CheckMessage]:
    try:
        check()
    except HuitongError as error:
        return [checks.Error(str(error), hint=error.zh, id=number)]
    return []
