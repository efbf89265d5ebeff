"""Opening what was prepared: by the room that does more than open a case, else by the engine."""

import datetime as dt
from collections.abc import Callable, Mapping

from huitong.cases import actions as cases
from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries as entries
from huitong.catalogue import withdrawal
from huitong.catalogue.models import Dataset
from huitong.opening import actions as opening
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.sharing import changes, grants, queries, systems
from huitong.sharing.models import Grant
from huitong.sharing.types import UseMatter
from huitong.web import kinds
from huitong.web.starting import Start, StartError

_OF_CHANGE = ("purpose", "scope", "recipient", "reason")
Opening = Callable[[Start, Actor, dt.datetime], Case]


def start(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    """Open the case.

    Raises: StartError, for a kind that begins on a page of its own only; and what the room or the
    engine refuses.
    """
    found = OPENINGS.get(asked.kind)
    if found is not None:
        return found(asked, actor, at)
    if asked.kind in kinds.PLACES:
        raise StartError(
            f"{asked.kind} begins on a page of its own: see /w/{kinds.PLACES[asked.kind]}/.",
            zh="这一事项有单独的发起页面，不能由此发起。",
            code="begins_elsewhere",
            field="kind",
        )
    return cases.open_case(
        kind=asked.kind,
        jurisdiction=asked.home,
        subject=asked.subject,
        title=asked.title,
        parties=asked.parties,
        facts=asked.facts,
        actor=actor,
        at=at,
    )


def _submit(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    dataset = _dataset(asked)
    require_acts_for(actor, dataset.provider, cite=("HL-6.2",))
    return catalogue.submit_dataset(dataset, facts=asked.facts, actor=actor, at=at)


def _withdraw(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    return withdrawal.propose_withdrawal(
        _dataset(asked),
        change_source=str(asked.facts.get("change_source", "")),
        change_reason=str(asked.facts.get("change_reason", "")),
        actor=actor,
        at=at,
    )


def _list(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    return opening.propose_opening(_dataset(asked), facts=asked.facts, actor=actor, at=at)


def _close(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    reason = str(asked.facts.get("reason", ""))
    return opening.propose_withdrawal(_dataset(asked), reason=reason, actor=actor, at=at)


def _on_grant(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    return grants.open_on(asked.kind, _grant(asked), facts=asked.facts, actor=actor, at=at)


def _change_use(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    matter = asked.facts.get("use_matter")
    if matter not in {one.value for one in UseMatter}:
        return _on_grant(asked, actor, at)  # the engine says what is missing, by article
    texts = {name: str(asked.facts.get(name, "")) for name in _OF_CHANGE}
    disclosed = asked.facts.get("public_information") is True
    return changes.ask_use_change(
        _grant(asked), matter=str(matter), public_information=disclosed, actor=actor, at=at, **texts
    )


def _file_system(asked: Start, actor: Actor, at: dt.datetime) -> Case:
    client = systems.client_of(asked.subject)
    facts = {name: value for name, value in asked.facts.items() if name != "system_name"}
    return systems.file_security(client, facts=facts, actor=actor, at=at)


def _grant(asked: Start) -> Grant:
    return queries.grant(int(asked.subject.removeprefix("grant:")))


def _dataset(asked: Start) -> Dataset:
    return entries.dataset(asked.subject.removeprefix("dataset:"))


OPENINGS: Mapping[str, Opening] = {
    "catalogue_review": _submit,
    "catalogue_update": _submit,
    "catalogue_withdrawal": _withdraw,
    "open_list_review": _list,
    "open_withdrawal": _close,
    "use_change": _change_use,
    "use_end": _on_grant,
    "share_extension": _on_grant,
    "share_service_change": _on_grant,
    "security_filing": _file_system,
}
"""Kinds that a room opens itself, since it keeps or checks more than the engine does."""
