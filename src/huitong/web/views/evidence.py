"""What a decision rests on, by kind of case: the entry, the application, the grant.

Steps that a room guards with checks of its own go through that room's action; all others go
through the engine. Which is which stands in `take`, and nowhere else in the web.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huitong.cases import actions as cases
from huitong.cases import refusals, tables
from huitong.cases.errors import StaleCaseError
from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue_actions
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.opening import examining
from huitong.organisations import rules as organisation_rules
from huitong.organisations.queries import departments_by_id
from huitong.organisations.types import Actor
from huitong.regulations.types import FlatTable, Step
from huitong.sharing import actions as sharing
from huitong.sharing import applications, grants, rectification
from huitong.sharing import queries as sharing_queries
from huitong.sharing.deciding import KINDS as APPLICATIONS
from huitong.sharing.deciding import favouring, step_of_delivery
from huitong.sharing.models import Application, Grant
from huitong.sharing.types import MATCH, NO_END, Decision
from huitong.web import wording
from huitong.web.templatetags.ht import language
from huitong.web.views.datasets import department_name, provider_name

COLUMN = "column-"
FILTER_COLUMN = "filter-column"
FILTER_VALUES = "filter-values"
_CATALOGUE = frozenset({"catalogue_review", "catalogue_update"})
_LEAVING = "catalogue_withdrawal"
_ABOUT_AN_ENTRY = _CATALOGUE | {"open_list_review", "open_withdrawal", _LEAVING}
_BY_COLUMNS = frozenset({"decisions", "row_filter"})


def take(
    case: Case,
    step: str,
    facts: Mapping[str, object],
    decisions: Mapping[str, str],
    *,
    actor: Actor,
    at: dt.datetime,
    seen: int,
    row_filter: Mapping[str, object] | None = None,
) -> None:
    """Take a step: through the room that checks more than the engine does, else by the engine.

    `decisions` maps columns to `whole`, `refused` or a mask, `row_filter` limits the rows granted
    (`{"column": item, "in": [texts]}`); `seen` is the version that the person read.

    Raises: StaleCaseError, and whatever the room or the engine refuses.
    """
    with refusals.recorded(refusals.of_step(case, step, actor=actor, at=at)):
        require_seen(case, seen)
        application = dataset = None
        table = tables.of(case)
        decides = step in favouring(table)
        delivery = step_of_delivery(table) if case.kind in APPLICATIONS else None
        if decides or (delivery is not None and step == delivery.name):
            application = sharing_queries.application_of_case(case.pk)
        elif (case.kind, step) == ("catalogue_review", "revise.resubmit"):
            dataset = catalogue.dataset_in_review(case.pk)
        if application is not None and decides:
            joins = applications.decided(case, application) is not None
            own = organisation_rules.acts_for(actor, application.consumer)
            sharing.decide(
                application,
                # Who joins a decision on record takes it as it is; an applicant grants itself
                # nothing.
                decisions=None
                if joins or own
                else {name: decisions.get(name, "") for name in application.items},
                row_filter=row_filter,
                reason=str(facts.get("reason", "")),
                facts={name: value for name, value in facts.items() if name != "reason"},
                actor=actor,
                at=at,
            )
        elif application is not None:
            sharing.deliver(application, facts=facts, actor=actor, at=at)
        elif dataset is not None:
            catalogue_actions.submit_dataset(dataset, facts=facts, actor=actor, at=at)
        else:
            cases.take_step(case, step, actor=actor, facts=facts, at=at, expected_version=seen)


def require_seen(case: Case, seen: int) -> None:
    """Refuse a step on a version that the person did not read. Raises: StaleCaseError."""
    if case.version != seen:
        raise StaleCaseError(number=case.number, expected=seen, actual=case.version)


def decides_by_column(case: Case, steps: Sequence[Step]) -> bool:
    """Return whether one of the steps that are open decides on each column of an application."""
    known = favouring(tables.of(case))
    return any(step.name in known and step.by != "consumer" for step in steps)


def posted_decisions(posted: QueryDict) -> dict[str, str]:
    """Return the decision on each column out of the page's form."""
    return {
        name.removeprefix(COLUMN): str(value)
        for name, value in posted.items()
        if name.startswith(COLUMN)
    }


def posted_row_filter(posted: QueryDict) -> dict[str, object] | None:
    """Return the limit of rows out of the page's form, None where nothing was filled in.

    What is filled in by half goes on as it is: the room says what is wrong with it.
    """
    column = str(posted.get(FILTER_COLUMN, "")).strip()
    lines = str(posted.get(FILTER_VALUES, "")).splitlines()
    values = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    return {"column": column, "in": values} if column or values else None


def facts_asked_elsewhere(case: Case) -> frozenset[str]:
    """Return the facts that the table of columns asks for instead of the form."""
    return _BY_COLUMNS if case.kind in APPLICATIONS else frozenset()


def facts_of_any_step(case: Case) -> tuple[str, ...]:
    """Return the facts that go with every step: a grant of some columns refuses the others.

    What is filed of a changed service says its new scope (the room of sharing asks for it).
    """
    if case.kind == "share_service_change" and case.state == "record":
        return ("scope",)
    return ("reason",) if case.kind in APPLICATIONS else ()


def entry_of(
    case: Case,
) -> tuple[DatasetVersion | None, Sequence[DataItem] | None, Dataset | None]:
    """Return the version that a catalogue or opening case is about; applications show theirs."""
    if case.kind not in _ABOUT_AN_ENTRY:
        return None, None, None
    dataset = catalogue.dataset_in_review(case.pk) if case.kind in _CATALOGUE else None
    if dataset is None:
        code = case.subject.removeprefix("dataset:")
        dataset = catalogue.dataset(code)
        reviewed = dataset.versions.filter(review_case=case).first()
        version = reviewed or dataset.current_version or dataset.newest
    else:
        version = dataset.newest
    return version, catalogue.items_of(version), dataset


def application_of(case: Case, *, deciding: bool, posted: QueryDict) -> dict[str, Any] | None:
    """Return the application that a case decides on, with the choice for each column."""
    if case.kind not in APPLICATIONS:
        return None
    application = sharing_queries.application_of_case(case.pk)
    if application is None:
        return None
    items = {item.name: item for item in catalogue.items_of(application.version)}
    titles = {name: item.title for name, item in items.items()}
    grant = Grant.objects.filter(application=application).first()
    table = tables.of(case)
    # Nobody has decided yet where only the application itself was stated: one query less.
    deciding = deciding and (case.version == 1 or not applications.decided(case, application))
    follow = table.follow.get(case.state) if case.closed_at else None
    columns = [
        _column(items[name], grant, deciding=deciding, posted=posted.get(COLUMN + name))
        for name in application.items
        if name in items
    ]
    return {
        "consumer": department_name(application.consumer),
        "delegate": _delegate(case, application),
        "code": application.dataset.code,
        "dataset": application.version.title,
        "sharing_type": application.version.effective_sharing_type,
        "cite": table.entry_steps[0].cite,
        "again": case.number if follow in APPLICATIONS else "",
        "mode": application.mode,
        "use_until": None if application.use_until == NO_END else application.use_until,
        "scenario": application.scenario,
        "scope": application.scope,
        "purpose": application.purpose,
        "basis": application.basis,
        "columns": columns,
        "filters": _filters(titles, posted) if deciding and grant is None else None,
        "row_filter": _row_filter(grant, titles) if grant else None,
        "sensitive": sum(column["item"].sensitive for column in columns),
    }


def _delegate(case: Case, application: Application) -> str:
    """Return the department that decides in the provider's place; empty where none does."""
    pk = case.parties.get("provider")
    if pk is None or pk == application.dataset.provider_id:
        return ""
    found = departments_by_id([pk])
    one = found.get(pk)  # where the provider was merged since, its successor
    return "" if one is None or one.pk == application.dataset.provider_id else department_name(one)


def grant_of(case: Case, at: dt.datetime) -> dict[str, Any] | None:
    """Return the grant that an order to rectify is about."""
    if case.kind != "use_rectification":
        return None
    grant = rectification.grant_of(case)
    return grant_page(grant, at, column_titles(grant))


def column_titles(grant: Grant) -> dict[str, str]:
    """Return the titles of the items that a grant's version has."""
    return {item.name: item.title for item in catalogue.items_of(grant.application.version)}


def grant_page(
    grant: Grant, at: dt.datetime, titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a grant as pages show it; `titles` names its columns where the page lists them."""
    application: Application = grant.application
    suspended_at = grant.suspended_at if grants.is_suspended(grant, at) else None
    if grant.revoked_at is not None:
        state, tone = _("已终止"), "bad"
    elif grant.ended_at is not None:
        state, tone = _("已结束"), ""
    elif suspended_at is not None:
        state, tone = _("已暂停"), "warn"
    elif grant.ends_at <= at:
        state, tone = _("已到期"), ""
    else:
        state, tone = _("有效"), "ok"
    return {
        "number": grant.pk,
        "state": state,
        "tone": tone,
        "live": tone == "ok",
        "code": grant.dataset.code,
        "dataset": application.version.title,
        "provider": provider_name(grant.dataset),
        "consumer": department_name(grant.consumer),
        "starts_at": grant.starts_at,
        "ends_at": None if application.use_until == NO_END else grant.ends_at,
        "revoked_at": grant.revoked_at,
        "suspended_at": suspended_at,
        "ended_at": grant.ended_at,
        "purpose": grant.purpose,
        "scope": grant.scope or application.scope,
        "further_uses": [
            {**use, "label": wording.label("use_matter", use["matter"], language())}
            for use in grant.further_uses
        ],
        "changed_by": grant.changed_by.number if grant.changed_by else "",
        "cite": grant.cite,
        "stop_cite": grant.stop_cite,
        "row_filter": _row_filter(grant, titles or {}),
        "columns": [
            {
                "name": column["name"],
                "title": (titles or {}).get(column["name"], ""),
                "mask": column["mask"] or Decision.WHOLE.value,
            }
            for column in grant.columns
        ],
    }


def live_grants(case: Case, at: dt.datetime) -> int:
    """Return how many grants keep an entry in use that is to leave the catalogue (art. 16)."""
    if case.kind != _LEAVING or case.closed_at is not None:
        return 0
    code = case.subject.removeprefix("dataset:")
    return Grant.objects.live(at).filter(dataset__code=code).count()


def open_refusals(case: Case) -> list[dict[str, Any]]:
    """Return the grounds on which the dataset of an opening case may not be opened."""
    if case.kind != "open_list_review":
        return []
    dataset = catalogue.dataset(case.subject.removeprefix("dataset:"))
    version = dataset.current_version or dataset.newest
    english = language() == "en"
    found = examining.grounds(dataset, version)
    return [{"sentence": one.en if english else one.zh, "cite": one.cite} for one in found]


def fact_text(table: FlatTable, name: str, value: object, lang: str) -> str:
    """Return a fact as people read it."""
    word = table.facts.get(name)
    if word is not None and word.type == "choice" and value in word.choices:
        return word.choices[str(value)].get(lang)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if isinstance(value, dict):
        return "；".join(
            f"{key} {wording.label('mask', str(inner), lang)}" for key, inner in value.items()
        )
    return wording.label("mode", str(value), lang) if name == "mode" else str(value)


def _filters(titles: Mapping[str, str], posted: QueryDict) -> dict[str, Any]:
    """Return the fields that ask for a limit of rows, with what was filled in."""
    chosen = posted.get(FILTER_COLUMN, "")
    return {
        "items": [
            {"name": name, "title": title, "chosen": name == chosen}
            for name, title in titles.items()
        ],
        "values": posted.get(FILTER_VALUES, ""),
    }


def _row_filter(grant: Grant, titles: Mapping[str, str]) -> dict[str, Any] | None:
    """Return to which rows a grant is limited; None where all rows are granted."""
    if grant.row_filter is None:
        return None
    name = grant.row_filter["column"]
    return {"name": name, "title": titles.get(name, ""), "values": grant.row_filter["in"]}


def _column(
    item: DataItem, grant: Grant | None, *, deciding: bool, posted: str | None
) -> dict[str, Any]:
    if deciding and grant is None:
        lang = language()
        # Masked is what the catalogue proposes for the column; whoever decides may choose else.
        value = posted or item.mask_default or Decision.WHOLE.value
        listed = [
            {"value": word, "label": wording.label("mask", word, lang)}
            for word in wording.TABLES["mask"]
            if word != MATCH
        ]
        return {"item": item, "choices": listed, "value": value}
    granted = {column["name"]: column["mask"] for column in grant.columns} if grant else {}
    if grant is None:
        value = ""
    elif item.name in granted:
        value = granted[item.name] or Decision.WHOLE.value
    else:
        value = Decision.REFUSED.value
    return {"item": item, "choices": (), "value": value}
