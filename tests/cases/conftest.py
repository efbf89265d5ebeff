"""The scene of these tests, with effects that only note that they were run."""

from datetime import datetime

import pytest

from cases import scene as scenes
from huitong.cases import effects
from huitong.cases.models import Case, CaseEvent
from huitong.organisations.types import Actor

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
