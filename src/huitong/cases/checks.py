"""Django system checks of the engine: the program does not start on a table it cannot run."""

from django.core import checks

from huitong.cases import effects
from huitong.errors import HuitongError


@checks.register
def effects_are_claimed(**_options: object) -> list[checks.CheckMessage]:
    """Report broken profiles and effects that no room carries out."""
    try:
        effects.check_claimed()
    except HuitongError as error:
        return [checks.Error(str(error), hint=error.zh, id="huitong.cases.E001")]
    return []
