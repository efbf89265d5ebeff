"""Steps 2 and 3: draft, the law's questions, return, publication."""

import dataclasses

from huitong.cases import queries as cases
from huitong.catalogue import actions, queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import CatalogueFieldsMissingError, SecretDataRefusedError
from huitong.catalogue.types import Secrecy, Status
from huitong.operations.demonstration import cast, entries
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Step, require
from huitong.organisations.types import Actor
from huitong.pool import proposing
from huitong.regulations import clocks

OPINION = "请在摘要中写明数据的时间范围。"


def draft(scene: Scene, step: Step) -> None:
    """Propose from each file, confirm, be refused for what is missing or secret, then add."""
    at = scene.stage.now()
    told = {}
    for entry in scene.entries:
        officer = scene.world.actor(entries.officer_of(entry.code))
        provider = scene.world.departments[entry.code.rsplit("-", 1)[0]]
        proposed = proposing.propose(entry.path, on=at.date())
        confirmed = entry.confirm(proposed)
        if entry.personal:
            _secret_is_refused(scene, confirmed, entry)
            # As proposed but for the words: what art. 13 asks for is missing, each by name.
            bare = dataclasses.replace(confirmed, update_frequency=None, opening_type=None)
            dataset = actions.add_dataset(
                bare, code=entry.code, provider=provider, actor=officer, at=at
            )
            missing = _missing(scene, dataset.code, officer)
            require(len(missing) == 2, f"two missing fields were to be named, not {missing}")
            actions.edit_dataset(dataset, confirmed, actor=officer, at=at)
            step.detail["missing"] = missing
            personal = [item.name for item in confirmed.items if item.personal]
            require(len(personal) >= 3, f"personal data was not recognised: {personal}")
        else:
            actions.add_dataset(confirmed, code=entry.code, provider=provider, actor=officer, at=at)
        told[entry.code] = {
            "file": entry.path.name,
            "items": len(confirmed.items),
            "personal": [item.name for item in confirmed.items if item.personal],
            "identifiers": {
                item.name: item.identifier for item in confirmed.items if item.identifier
            },
            "key": list(confirmed.key),
        }
    step.cite = ["HL-13", "HL-2", "HL-44"]
    step.detail["datasets"] = told


def _secret_is_refused(scene: Scene, confirmed: Draft, entry: entries.Entry) -> None:
    officer = scene.world.actor(entries.officer_of(entry.code))
    provider = scene.world.departments[entry.code.rsplit("-", 1)[0]]
    secret = dataclasses.replace(confirmed, secrecy=Secrecy.STATE_SECRET)
    try:
        actions.add_dataset(
            secret, code="HLJ-JY-9999", provider=provider, actor=officer, at=scene.stage.now()
        )
    except SecretDataRefusedError:
        return
    require(condition=False, what="state-secret data was taken")


def _missing(scene: Scene, code: str, officer: Actor) -> list[dict[str, object]]:
    try:
        actions.submit_dataset(queries.dataset(code), actor=officer, at=scene.stage.now())
    except CatalogueFieldsMissingError as error:
        return [{"field": x.name, "zh": x.zh, "cite": list(x.cite)} for x in error.missing]
    return []


def give_back(scene: Scene, step: Step) -> None:
    """Submit all; the authority returns the first one, which starts the five working days."""
    authority = scene.world.actor(cast.officer_of(cast.AUTHORITIES["230000"]))
    for entry in scene.entries:
        officer = scene.world.actor(entries.officer_of(entry.code))
        actions.submit_dataset(scene.dataset(entry), actor=officer, at=scene.stage.now())
    dataset = scene.dataset(scene.personal)
    case = actions.return_dataset(dataset, opinion=OPINION, actor=authority, at=scene.stage.now())
    due = cases.due_of(case)
    require(due is not None, "the revision has no day")
    step.cite = ["HL-12.3"]
    if due is not None:
        require(len(due.counted) == 5, f"five working days were to be counted: {due.counted}")
        step.detail = {
            "case": case.number,
            "opinion": OPINION,
            "due": str(due.day),
            "counted": [str(day) for day in due.counted],
            "skipped": [str(skipped.day) for skipped in due.skipped],
            "why": clocks.explain(due, "zh"),
        }


def publish(scene: Scene, step: Step) -> None:
    """Revise what was returned; approve everything; each gets a version and a resource code."""
    authority = scene.world.actor(cast.officer_of(cast.AUTHORITIES["230000"]))
    dataset = scene.dataset(scene.personal)
    officer = scene.world.actor(entries.officer_of(dataset.code))
    revised = queries.draft_of(dataset.newest)
    revised = dataclasses.replace(revised, summary=f"{revised.summary}时间范围：2026届毕业生。")
    actions.edit_dataset(dataset, revised, actor=officer, at=scene.stage.now())
    actions.submit_dataset(scene.dataset(scene.personal), actor=officer, at=scene.stage.now())
    published = {}
    for entry in scene.entries:
        actions.approve_dataset(scene.dataset(entry), actor=authority, at=scene.stage.now())
        found = scene.dataset(entry)
        require(found.status == Status.PUBLISHED, f"{entry.code} is {found.status}")
        version = found.current_version
        published[entry.code] = {
            "resource_code": found.resource_code,
            "version": version.number if version else None,
        }
    step.cite = ["HL-12.3", "HL-13"]
    step.detail = {"published": published}
