"""Every kind of every text is walked through the pages: form, case page, each step, the end."""

import datetime as dt
from collections.abc import Mapping

import pytest

from huitong.cases import tasks
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.regulations import profiles
from huitong.regulations.types import FlatTable
from huitong.web import clock, kinds, starting
from web import walking
from web.walking import Walker

# What the platform finds out of these cases, and what their steps have to name.
REAL: Mapping[str, object] = {
    "below_province": True,
    "of_county": True,
    "across": False,
    "in_use": True,
    "catalogued": False,
    "sharing_type": "CONDITIONAL",
    "disputed_items": ["name"],
    "area_item": "name",
    "state_secret": False,
    "obtained_by_sharing": False,
    "lead_department": "YL-QT",
    "delegate": "YL-XZ",
    "about_self": True,
}

# Arts. 22 and 24: any other change of use has no way there, and a publication no new scope. Nobody
# leaves a post that was not held, and nobody ends a delegation that is not on file.
SAID: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("model-city", "use_change"): {"use_matter": "publication"},
    ("county-2024", "people_filing"): {"post_change": "takes"},
    ("heilongjiang-2025", "whole_delegation"): {"delegation_matter": "give"},
}

# Its authority is the city's; asked without a department, it belongs to the root, here a province.
OF_A_CITY = frozenset({("huizhou-2024", "authorised_operation")})


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_the_general_form_and_the_case_page_take_a_case_to_its_end(
    whole: World, at: dt.datetime, profile_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walking.settle(at - dt.timedelta(days=20))
    grants = walking.share(at - dt.timedelta(days=10), 16)
    walking.list_open(at - dt.timedelta(days=10))
    walking.publish_each_type(at - dt.timedelta(days=10))
    client = walking.register_system(at - dt.timedelta(days=10))
    organisations.choose_regulation(
        jurisdiction=Jurisdiction.objects.get(parent=None),
        profile_id=profile_id,
        actor=SYSTEM,
        at=at,
    )
    walker, faults, walked = Walker(), [], 0
    for kind, text in profiles.load(profile_id).kinds.items():
        elsewhere = kind in kinds.PLACES and kind not in walking.ENTRIES
        if text.absent is not None or elsewhere or (profile_id, kind) in OF_A_CITY:
            continue
        table = starting.table_of(kind, walking.home(), at)
        about = kinds.subjects_of(kind)[0]
        real = {**REAL, **SAID.get((profile_id, kind), {})}
        for plan in walking.plans(table, real):
            walked += 1
            known = {"dataset": walking.DATASET, "grant": str(grants[-1]), "client": client}
            subject = (about, known[about]) if about in known else ("free", "")
            grants = grants[:-1] if about == "grant" else grants
            try:
                _walk(walker, table, plan, subject, monkeypatch)
            except AssertionError as error:
                faults.append(f"{kind} {[move.step for move in plan]}: {error}")
            monkeypatch.setattr(clock, "now", lambda: at)
    assert walked
    assert not faults, "\n".join(faults)


def _walk(
    walker: Walker,
    table: FlatTable,
    plan: list[walking.Move],
    subject: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if walking.opened_by_public(table):
        case = walker.ask(table, plan[0], walking.LISTED if subject[0] == "dataset" else "")
    elif table.kind in walking.ENTRIES:
        case = walker.apply(table, plan[0])
    else:
        case = walker.start(table, plan[0], subject)
    assert case.state == plan[0].to
    for move in plan[1:]:
        if move.by == "clock":
            later = clock.now() + dt.timedelta(days=400)
            monkeypatch.setattr(clock, "now", lambda later=later: later)
            tasks.take_lapsed(later)
            case.refresh_from_db()
        else:
            walker.take(case, move)
        assert case.state == move.to, f"{move.step} led to {case.state}, not to {move.to}"
    assert case.closed_at is not None
