"""Who stands before a page: the log-in, the actor of today, and refusals shown as pages."""

import contextlib
import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.errors import ChosenPostEndedError, NoPostError
from huitong.organisations.models import Person
from huitong.organisations.types import Actor
from huitong.web import clock
from huitong.web.refusals import sentence, status_of

P = ParamSpec("P")
_CHOSEN = "acts_for"  # the session's key of the department chosen on the page of posts
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffRequest(HttpRequest):
    """A request of somebody who is logged in and holds a post today."""

    actor: Actor
    actors: tuple[Actor, ...]
    at: dt.datetime


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff(view: StaffView[P]) -> AnyView[P]:
    """Ask for the log-in, find the actor of today, and turn refusals into pages with the article.

    A view that can answer a refusal on its own form catches it itself; what reaches this wrapper
    becomes the page `web/refused.html` with the status of the refusal.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        here = cast("StaffRequest", request)
        here.at = clock.now()
        try:
            here.actors = actors_of(request, here.at)
            here.actor = here.actors[0]
            return view(here, *args, **kwargs)
        except HuitongError as error:
            return refused(request, error)

    return cast("AnyView[P]", login_required(guarded))


def actors_of(request: HttpRequest, at: dt.datetime) -> tuple[Actor, ...]:
    """Return as whom the person may act now, the chosen one first; asked anew at each request.

    Where the chosen post is held no longer the choice is dropped and the first post counts; but a
    request that would change something is refused: it was written in the name of another.

    Raises: NoPostError, ChosenPostEndedError.
    """
    person = cast("Person", request.user)
    found = organisations.actors_of(person, clock.day_of(at))
    chosen = request.session.get(_CHOSEN)
    if chosen is None:
        return found
    if all(actor.department_id != chosen for actor in found):
        del request.session[_CHOSEN]
        rotate_token(request)  # forms that stand open were written in the name of the lost post
        if request.method not in _READING:
            raise ChosenPostEndedError(person=person.name)
        messages.warning(
            request, _("您已不再担任所选任职，现代表“%s”。") % found[0].department_name
        )
        return found
    return tuple(sorted(found, key=lambda actor: actor.department_id != chosen))


def begin_acting(request: HttpRequest, at: dt.datetime) -> None:
    """Keep the post in which a person begins, so that a newer one does not take its place unseen.

    Nothing is kept for a person without a post: the workbench says so.
    """
    with contextlib.suppress(NoPostError):
        request.session.setdefault(_CHOSEN, actors_of(request, at)[0].department_id)


def act_for(request: HttpRequest, actor: Actor) -> None:
    """Keep for this log-in in which department's name the person acts.

    Forms that still stand open were filled in in another's name: a new token has them refused.
    """
    request.session[_CHOSEN] = actor.department_id
    rotate_token(request)


def public(view: AnyView[P]) -> AnyView[P]:
    """Turn refusals on pages for everybody into pages; nobody has to be logged in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except HuitongError as error:
            return refused(request, error)

    return cast("AnyView[P]", guarded)


def refused(request: HttpRequest, error: HuitongError) -> HttpResponse:
    """Render a refusal: what happened, the article, what to do."""
    base = "web/workbench.html" if hasattr(request, "actor") else "web/portal.html"
    page = {
        "base": base,
        "sentence": sentence(error, get_language()),
        "cite": error.cite,
        "code": error.code,
    }
    return render(request, "web/refused.html", page, status=status_of(error))
