"""Changing what a grant is for: by the consumer's wish or by the provider's, never by one alone.

Heilongjiang, art. 30, and State Council, art. 25: another purpose, a wider scope, a third party
need the provider's consent. Model city, art. 24: so does publication, unless it is within what
government must disclose, and by art. 22 nothing else may be asked for. State Council, art. 27,
third paragraph: a provider that ends or changes a service talks to the consumer first and files it.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huitong.cases import actions as cases
from huitong.cases import effects, refusals
from huitong.cases.models import Case, CaseEvent
from huitong.organisations.types import Actor
from huitong.sharing import grants, hooks, rules
from huitong.sharing.errors import NothingChangedError
from huitong.sharing.models import Grant
from huitong.sharing.types import ItemDecisions, ServiceMatter, UseMatter

USE_CHANGE = "use_change"
SERVICE_CHANGE = "share_service_change"


def ask_use_change(
    grant: Grant,
    *,
    matter: UseMatter | str,
    purpose: str = "",
    scope: str = "",
    recipient: str = "",
    reason: str = "",
    public_information: bool = False,
    actor: Actor,
    at: datetime,
) -> Case:
    """Ask the provider to consent to another use of a grant; the consumer does.

    `public_information` says that what is to be published is within what government must disclose.

    Raises: NothingChangedError, GrantEndedError, and what the case refuses (also what its text does
    not let anybody ask for).
    """
    wanted = UseMatter(matter)
    stated = {"purpose": purpose, "scope": scope, "recipient": recipient, "reason": reason}
    texts = {name: text.strip() for name, text in stated.items() if text.strip()}
    facts: dict[str, object] = {"use_matter": wanted.value, **texts}
    facts |= {"public_information": True} if public_information else {}
    # First what the text has to say: it may bar the matter itself.
    with refusals.recorded(), transaction.atomic():
        case = grants.open_on(USE_CHANGE, grant, facts=facts, actor=actor, at=at)
        _require(wanted, texts)
        return case


def grant_use_change(case: Case, *, actor: Actor, at: datetime) -> Case:
    """Consent to the change, which takes effect in the same transaction; the provider does."""
    return cases.take_step(case, "reply.grant", actor=actor, facts={}, at=at)


def refuse_use_change(case: Case, *, reason: str, actor: Actor, at: datetime) -> Case:
    """Refuse the change, which leaves the grant as it is; the provider does."""
    facts = {"reason": reason} if reason.strip() else {}
    return cases.take_step(case, "reply.refuse", actor=actor, facts=facts, at=at)


def propose_service_change(
    grant: Grant, *, matter: ServiceMatter | str, reason: str, actor: Actor, at: datetime
) -> Case:
    """Tell the consumer that a service is to end or to change, and why; the provider does.

    Raises: GrantEndedError, and what the case refuses.
    """
    facts = {"service_matter": ServiceMatter(matter).value, "reason": reason}
    return grants.open_on(SERVICE_CHANGE, grant, facts=facts, actor=actor, at=at)


def agree_service_change(case: Case, *, talks: str, actor: Actor, at: datetime) -> Case:
    """Agree to what was negotiated; provider and consumer both do."""
    return cases.take_step(case, "negotiate.agree", actor=actor, facts={"talks": talks}, at=at)


def fail_service_change(case: Case, *, talks: str, actor: Actor, at: datetime) -> Case:
    """Record that the talks failed: the service goes on."""
    return cases.take_step(case, "negotiate.fail", actor=actor, facts={"talks": talks}, at=at)


def file_service_change(
    case: Case,
    *,
    decisions: ItemDecisions | None = None,
    scope: str = "",
    filing_number: str = "",
    actor: Actor,
    at: datetime,
) -> Case:
    """File what was agreed, which takes effect in the same transaction; the provider does.

    `decisions` says for each item of the grant how it is supplied from now on (whole, a mask, or
    no more), `scope` the new scope in words. Neither is needed where the service ends.

    Raises: NothingChangedError, UndecidedItemsError, and what the case refuses.
    """
    row = Case.objects.get(pk=case.pk)
    ends = grants.facts_of(row).get("service_matter") == ServiceMatter.END
    facts: dict[str, object] = {"filing_number": filing_number} if filing_number.strip() else {}
    if not ends:
        facts |= {"decisions": dict(decisions)} if decisions else {}
        facts |= {"scope": scope.strip()} if scope.strip() else {}
    step = "record.end" if ends else "record.change"
    with refusals.recorded(), transaction.atomic():
        return cases.take_step(case, step, actor=actor, facts=facts, at=at)


@effects.register("change_grant")
def change_grant(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
    """Let what was agreed take effect on the grant.

    Raises: NothingChangedError, for a case that does not say what is to be different.
    """
    grant = grants.locked(case)
    stated = grants.facts_of(case)
    if case.kind == USE_CHANGE:
        changed = _use_changed(grant, stated, case)
    else:
        changed = _service_changed(grant, stated)
    grant.changed_by = case
    grant.save(update_fields=[*changed, "changed_by"])
    if "columns" in changed:
        hooks.grant_issued(grant)  # the gateway answers the new columns by functions of their own
    grants.note("grant.changed", grant, event, actor, at, {"changed": sorted(changed)})


def _use_changed(grant: Grant, stated: Mapping[str, object], case: Case) -> list[str]:
    matter = UseMatter(str(stated["use_matter"]))
    _require(matter, stated)
    changed = []
    for name in ("purpose", "scope"):
        text = str(stated.get(name) or "")
        if text and text != getattr(grant, name):
            setattr(grant, name, text)
            changed.append(name)
    if matter in {UseMatter.THIRD_PARTY, UseMatter.PUBLICATION}:
        use = {"matter": matter.value, "case": case.number}
        if stated.get("recipient"):
            use["recipient"] = str(stated["recipient"])
        grant.further_uses = [*grant.further_uses, use]
        changed.append("further_uses")
    return changed


def _service_changed(grant: Grant, stated: Mapping[str, object]) -> list[str]:
    changed = []
    decisions = stated.get("decisions")
    if isinstance(decisions, dict):
        held = [column["name"] for column in grant.columns]
        columns = rules.columns_granted(decisions, applied=held, dataset=grant.dataset.code)
        if not columns:
            raise NothingChangedError(
                "an item that is still supplied (end the service instead)",
                zh="仍继续提供的数据项（全部不再提供的，请办理终止）",
            )
        grant.columns = [column.as_json() for column in columns]
        changed.append("columns")
    scope = str(stated.get("scope") or "")
    if scope:
        grant.scope = scope
        changed.append("scope")
    if not changed:
        raise NothingChangedError(
            "how items are supplied from now on or the new scope",
            zh="今后各数据项的提供方式或者新的共享范围",
        )
    return changed


def _require(matter: UseMatter, facts: Mapping[str, object]) -> None:
    needed = {
        UseMatter.OTHER_PURPOSE: ("purpose", "the new purpose", "新的使用目的"),
        UseMatter.WIDER_SCOPE: ("scope", "the wider scope", "扩大后的使用范围"),
        UseMatter.THIRD_PARTY: ("recipient", "the third party", "拟提供的第三方"),
    }.get(matter)
    if needed is not None and not str(facts.get(needed[0]) or "").strip():
        raise NothingChangedError(needed[1], zh=needed[2])
