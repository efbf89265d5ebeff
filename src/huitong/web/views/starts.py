"""Starting a case: what the regulation in force lets whom start, and the form of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huitong.cases.errors import FactInvalidError, FactMissingError, KindAbsentError
from huitong.errors import HuitongError
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations.law import Profile
from huitong.regulations.types import FlatTable
from huitong.sharing import grants
from huitong.sharing import queries as sharing
from huitong.sharing.models import Grant
from huitong.web import kinds, openings, starting
from huitong.web.access import StaffRequest, staff
from huitong.web.forms.parties import NAME
from huitong.web.forms.starts import StartForm
from huitong.web.forms.steps import PREFIX
from huitong.web.procedures import articles, periods_of, stages_of
from huitong.web.refusals import sentence, status_of
from huitong.web.starting import Opener, Party, Start
from huitong.web.templatetags.ht import language
from huitong.web.views.evidence import grant_page

_READING = frozenset({"GET", "HEAD"})


@staff
def show_kinds(request: StaffRequest) -> HttpResponse:
    """List every kind by theme: who may start it, or which article leaves it out."""
    home = starting.own_home(request.actor)
    profile = starting.profile_at(home, request.at)
    lang = language()
    groups, absent = [], []
    for theme, (label, names) in kinds.THEMES.items():
        lines = []
        for name in names:
            try:
                table = starting.table_of(name, home, request.at)
            except KindAbsentError:
                absent.append(_absent(profile, name, lang))
            else:
                lines.append(_line(table, request, lang))
        if lines:
            groups.append({"id": theme, "label": label, "kinds": lines})
    page = {"regulation": profile.title.get(lang), "groups": groups, "absent": absent}
    return render(request, "web/workbench/start.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def start_kind(request: StaffRequest, kind: str) -> HttpResponse:
    """Show what starting a case of a kind takes, or that the regulation has none; then start it."""
    given = _given(request, kind)
    own = starting.own_home(request.actor)
    # What a grant is about belongs to its provider's place, and to the text in force there.
    home = (starting.home_of_parties(given.parties) if given else None) or own
    if kind not in starting.profile_at(home, request.at).words.kinds:
        raise Http404(kind)
    try:
        table = starting.table_of(kind, home, request.at)
    except KindAbsentError as error:
        status = 200 if request.method in _READING else status_of(error)
        return _lacking(request, kind, home, status)
    asked = _asked(request, table, given)
    if kind in kinds.PLACES:
        return _page(request, asked) if request.method in _READING else redirect("start-kind", kind)
    if not asked.openers:
        if request.method not in _READING:
            starting.refuse_stranger(table, home, request.actor, request.at)
        return _page(request, asked)
    if request.method in _READING:
        return _page(request, asked, form=_form(request, asked, bound=False))
    return _start(request, asked, home)


@dataclass(frozen=True, slots=True)
class _Given:
    """The grant whose page led here: what it says need not be asked for again."""

    grant: Grant
    parties: Mapping[str, Department]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One kind as it stands before the person: the table, as whom it can be opened, the parties."""

    table: FlatTable
    openers: tuple[Opener, ...]
    all_openers: tuple[Opener, ...]
    parties: tuple[Party, ...]
    given: _Given | None


def _given(request: StaffRequest, kind: str) -> _Given | None:
    """Return the grant that the link names; None without one that the person may read."""
    number = request.GET.get("reference", "").strip()
    if request.GET.get("about") != "grant" or "grant" not in kinds.subjects_of(kind):
        return None
    if request.method == "POST" and (
        request.POST.get("about") != "grant" or request.POST.get("reference", "").strip() != number
    ):
        return None
    try:
        home = starting.own_home(request.actor)
        _subject, parties = starting.subject_of("grant", number, request.actor, home)
        return _Given(sharing.grant(int(number)), parties)
    except HuitongError:
        return None  # the general form says what is wrong with it


def _asked(request: StaffRequest, table: FlatTable, given: _Given | None) -> _Asked:
    everybody = starting.openers_of(table, request.actor)
    mine = tuple({one.key: one for one in reversed(everybody) if one.mine}.values())[::-1]
    if given is not None:
        # Who the provider and the consumer are is known, and nobody opens as the other.
        named = {one.key for one in mine} & set(given.parties)
        own = {key for key in named if given.parties[key].pk == request.actor.department_id}
        mine = tuple(one for one in mine if one.key not in named - own)
    return _Asked(table, mine, everybody, starting.parties_of(table), given)


def _form(request: StaffRequest, asked: _Asked, *, bound: bool) -> StartForm:
    acts_as = request.POST.get("acts_as") or request.GET.get("as", "")
    roles = [one.role for one in asked.openers if one.key == acts_as] or [asked.openers[0].role]
    return StartForm(
        request.POST if bound else None,
        table=asked.table,
        lang=language(),
        steps=[row for row in asked.table.entry_steps if row.by == roles[0]],
        openers=asked.openers,
        parties=asked.parties,
        abouts=kinds.subjects_of(asked.table.kind),
        given=asked.given.parties if asked.given else {},
        initial=_prefilled(request, asked),
    )


def _prefilled(request: StaffRequest, asked: _Asked) -> dict[str, str]:
    """Return what the link that led here says: `?about=dataset&reference=CODE&as=consumer`."""
    about = request.GET.get("about", "")
    known = about if about in kinds.subjects_of(asked.table.kind) else ""
    title = grants.title_of(asked.given.grant) if asked.given else ""
    return {
        "about": known,
        "reference": request.GET.get("reference", "")[:200] if known else "",
        "title": request.GET.get("title", title)[:200],
        "acts_as": request.GET.get("as", ""),
    }


def _start(request: StaffRequest, asked: _Asked, home: Jurisdiction) -> HttpResponse:
    form = _form(request, asked, bound=True)
    form.is_valid()
    form.look_up()
    if request.POST.get("act") == "find":
        form.forget_faults_but_of_parties()
        return _page(request, asked, form=form)
    try:
        made, there = _located(request, asked, form, home)
        if there is not asked:
            # The case belongs to a place with a regulation of its own: that asks its own facts.
            form, asked = _form(request, there, bound=True), there
            form.is_valid()
            form.look_up()
        if made is None or not form.is_valid():
            return _page(request, asked, form=form, status=422)
        case = openings.start(replace(made, facts=form.facts()), request.actor, request.at)
    except HuitongError as error:
        _tie(form, error)
        return _page(request, asked, form=form, error=error)
    messages.success(request, _("已发起，受理号 %s。") % case.number)
    return redirect("case", case.number)


def _located(
    request: StaffRequest, asked: _Asked, form: StartForm, home: Jurisdiction
) -> tuple[Start | None, _Asked]:
    """Return the start without its facts, and the kind as the place has it where it belongs.

    None where the form does not say yet what it is about or who takes part.
    """
    given = form.cleaned_data
    if not {"title", "about", "reference"} <= set(given):
        return None, asked
    subject, known = starting.subject_of(given["about"], given["reference"], request.actor, home)
    own = starting.own_party(asked.openers, form.acts_as, known, request.actor)
    if own:
        known[own] = starting.own_department(request.actor)
    parties = form.name_parties(known)
    kind, there = asked.table.kind, starting.home_of(parties, request.actor)
    table = starting.table_of(kind, there, request.at)
    if table.profile_id != asked.table.profile_id:
        asked = _asked(request, table, asked.given)
        if not asked.openers:
            starting.refuse_stranger(table, there, request.actor, request.at)
    if any(name.startswith(NAME) for name in form.errors):
        return None, asked
    return Start(kind, there, subject, given["title"], parties, {}), asked


def _tie(form: StartForm, error: HuitongError) -> None:
    """Tie a refusal to the fields that it names."""
    told = sentence(error, language())
    if isinstance(error, FactMissingError):
        for name in error.missing:
            form.named_error(PREFIX + name, told)
    elif isinstance(error, FactInvalidError):
        form.named_error(PREFIX + error.fact, told)
    elif isinstance(error, starting.StartError):
        form.named_error(error.field, told)


def _page(
    request: StaffRequest,
    asked: _Asked,
    *,
    form: StartForm | None = None,
    error: HuitongError | None = None,
    status: int = 200,
) -> HttpResponse:
    lang, table = language(), asked.table
    entry = table.entry_steps[0]
    page = {
        "kind": {"name": table.kind, "label": table.names.get(lang)},
        "entry": {"label": entry.names.get(lang), "cite": articles(entry.cite, lang)},
        "openers": [_opener(one, lang) for one in asked.all_openers],
        "place": kinds.PLACES.get(table.kind, ""),
        "form": form,
        "grant": grant_page(asked.given.grant, request.at) if asked.given else None,
        "refusal": {"sentence": sentence(error, lang), "cite": error.cite} if error else None,
        "stages": stages_of(table, lang),
        "laws": list(dict.fromkeys(entry.cite)),
        "public": _public_page(table.kind, asked.all_openers),
    }
    shown = status_of(error) if error else status
    return render(request, "web/workbench/start_kind.html", page, status=shown)


def _lacking(request: StaffRequest, kind: str, home: Jurisdiction, status: int) -> HttpResponse:
    profile = starting.profile_at(home, request.at)
    page = {
        "regulation": profile.title.get(language()),
        "kind": _absent(profile, kind, language()),
    }
    return render(request, "web/workbench/start_absent.html", page, status=status)


def _line(table: FlatTable, request: StaffRequest, lang: str) -> dict[str, Any]:
    openers = starting.openers_of(table, request.actor)
    entry = table.entry_steps[0]
    return {
        "name": table.kind,
        "label": table.names.get(lang),
        "openers": [_opener(one, lang) for one in openers],
        "mine": any(one.mine for one in openers),
        "public": _public_page(table.kind, openers),
        "cite": articles(entry.cite, lang),
        "periods": periods_of(table, lang),
    }


def _opener(one: Opener, lang: str) -> dict[str, Any]:
    return {"label": one.names.get(lang), "mine": one.mine, "cite": one.cite}


def _public_page(kind: str, openers: Sequence[Opener]) -> str:
    """Return where the public opens a kind; nothing where it may not."""
    return (
        reverse("request-new", args=[kind]) if any(one.key == "public" for one in openers) else ""
    )


def _absent(profile: Profile, kind: str, lang: str) -> dict[str, Any]:
    """Return why a regulation has no such procedure: silent, or a text that breaks off."""
    text = profile.kinds[kind].absent
    names = profile.words.kinds
    see = text.see if text and text.see in names and profile.kinds[text.see].absent is None else ""
    return {
        "name": kind,
        "label": names[kind].names.get(lang),
        "lost": text is not None and text.because == "lost",
        "cite": text.at if text else (),
        "see": {"name": see, "label": names[see].names.get(lang)} if see else None,
    }
