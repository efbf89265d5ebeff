"""Who calls the API: the same person, acting for the same department, as on the pages."""

import datetime as dt
from typing import cast

from django.http import HttpRequest

from huitong.organisations import queries
from huitong.organisations.models import Person
from huitong.organisations.types import Actor
from huitong.web import clock


def caller(request: HttpRequest) -> tuple[Actor, dt.datetime]:
    """Return who acts, and this moment. Raises: NoPostError."""
    at = clock.now()
    return queries.actor_of(cast("Person", request.user), clock.day_of(at)), at
