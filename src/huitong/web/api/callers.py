"""Who calls the API: the same person, acting for the same department, as on the pages."""

import datetime as dt

from django.http import HttpRequest

from huitong.organisations.types import Actor
from huitong.web import clock
from huitong.web.access import actors_of


def caller(request: HttpRequest) -> tuple[Actor, dt.datetime]:
    """Return who acts, and this moment. Raises: NoPostError, ChosenPostEndedError."""
    at = clock.now()
    return actors_of(request, at)[0], at
