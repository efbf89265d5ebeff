"""The scene of these tests, with effects that only note that they were run."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases import scene as scenes
from cases.scene import MONDAY
from huitong.cases import actions, effects
from huitong.cases.errors import WrongPersonError
from huitong.cases.models import Case, CaseEvent
from huitong.cases.papers import actions as papers
from huitong.cases.papers import files
from huitong.ledger import actions as ledger
from huitong.ledger import keys
from huitong.ledger.checkpoints import PublicKey
from huitong.organisations.types import SYSTEM, Actor

File = dict[str, Any]
DAY = timedelta(days=1)

WATCHED = ("issue_grant", "revoke_grant", "publish_dataset", "withdraw_dataset", "list_open")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """Put watchers where other rooms have their effects; return what was run."""
    run: list[tuple[str, str, int]] = []

    def watcher(name: str) -> effects.Effect:
        def note(case: Case, event: CaseEvent, actor: Actor, at: datetime) -> None:
            run.append((name, case.number, event.seq))

        return note

    monkeypatch.setattr(effects.CLAIMS, "held", {name: watcher(name) for name in WATCHED})
    return run


@pytest.fixture
def scene(db: None, watched: list[tuple[str, str, int]]) -> scenes.Scene:
    built = scenes.build()
    built.effects.clear()
    return scenes.Scene(
        built.province, built.authority, built.provider, built.consumer, built.people, watched
    )


@pytest.fixture
def real_scene(fresh_django: object, watched: list[tuple[str, str, int]]) -> scenes.Scene:
    """The same in a database of its own, where transactions really end."""
    built = scenes.build()
    return scenes.Scene(
        built.province, built.authority, built.provider, built.consumer, built.people, watched
    )


@pytest.fixture
def key(huitong_home: Path, monkeypatch: pytest.MonkeyPatch) -> PublicKey:
    monkeypatch.setenv("HUITONG_HOME", str(huitong_home))
    return keys.ensure(huitong_home / "keys").public


@pytest.fixture
def refused(scene: scenes.Scene) -> Case:
    """Refused by the provider after a stranger had tried."""
    case = scene.apply()
    with pytest.raises(WrongPersonError):
        actions.take_step(case, "reply.refuse", actor=scene.actor("consumer"), at=MONDAY)
    return actions.take_step(
        case,
        "reply.refuse",
        actor=scene.actor("provider"),
        at=MONDAY + DAY,
        facts={"reason": "申请范围超出履职需要"},
    )


@pytest.fixture
def file(refused: Case, key: PublicKey) -> File:
    papers.give_out(refused, actor=SYSTEM, at=MONDAY + DAY)
    ledger.seal(at=MONDAY + DAY)
    return dict(files.case_file(refused))
