"""The clause matrix and the health of each profile: found out, nothing left out, nothing judged."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from huitong.regulations import clauses, drawing, floors, health, matrix, parameters, profiles
from huitong.regulations.compiling import compiled
from huitong.regulations.places import Place

ALL = profiles.all_ids()
DAY = date(2026, 11, 20)


@pytest.mark.parametrize("profile_id", ALL)
def test_every_clause_is_in_the_matrix_and_every_cite_of_the_profile_shows(
    profile_id: str,
) -> None:
    profile = profiles.load(profile_id)
    rows = matrix.of(profile)

    assert [row.clause.id for row in rows] == [one.id for one in clauses.of_profile(profile_id)]
    for row in rows:
        carries = any(not rule.silent for rule in row.rules)
        assert (row.standing.kind == "carried_out") or not carries
        assert bool(row.rules) or row.standing.kind != "carried_out"


def test_the_tests_of_a_clause_are_those_that_name_it() -> None:
    rows = {row.clause.id: row for row in matrix.of(profiles.load("heilongjiang-2025"))}

    assert any("test_higher_review" in test for test in rows["HL-12.2"].tests)
    assert rows["HL-12.2"].is_unproved is False
    assert rows["HL-1"].is_unproved is False  # nobody has to do anything
    assert set(matrix.tests()) <= set(clauses.all_clauses())


def test_deadlines_are_the_clauses_that_set_one() -> None:
    rows = matrix.of(profiles.load("heilongjiang-2025"))
    found = {row.clause.id for row in rows if row.is_deadline}

    assert {"HL-12.3", "HL-15", "HL-16.2", "HL-22.3", "HL-24.4", "HL-29.2", "HL-34.1"} & found
    assert {"HL-15", "HL-16.2", "HL-22.3", "HL-24.4", "HL-29.2"} <= found
    assert "HL-31" not in found


@pytest.mark.parametrize("profile_id", ALL)
def test_health_holds_all_findings_all_silences_and_all_unproved_clauses(profile_id: str) -> None:
    profile = profiles.load(profile_id)
    found = health.of(profile, DAY)
    wanted = floors.compare(profile, profile.above) if profile.above else []
    unsaid = [p for p, said in parameters.of(profile).items() if said.because != "said"]

    assert list(found.findings) == wanted
    assert [one.place for one in found.silences] == unsaid
    assert all(one.cite for one in found.silences)
    assert {row.clause.id for row in found.unproved} == {
        row.clause.id
        for row in matrix.of(profile)
        if row.standing.kind in ("carried_out", "supported") and not row.tests
    }
    assert not found.faults


@pytest.mark.clause("NA-26.2", "HL-6.4")
def test_a_silence_over_which_the_clock_above_runs_says_so() -> None:
    found = health.of(profiles.load("heilongjiang-2025"), DAY)
    place = Place("time", "correction_consumer", "handle")
    one = next(silence for silence in found.silences if silence.place == place)

    assert one.above is not None
    assert (one.above.amount, one.above.cite) == (10, ("NA-26.2",))
    model = health.of(profiles.load("model-city"), DAY)
    assert not any(silence.above for silence in model.silences)


def test_lost_is_not_silent() -> None:
    found = health.of(profiles.load("model-city"), DAY)
    lost = {one.place.kind for one in found.silences if one.lost}

    assert "use_end" in lost
    assert "catalogue_update" not in lost


@pytest.mark.clause("HL-47", "HZ-25", "NA-44")
@pytest.mark.parametrize(("profile_id", "left"), [("heilongjiang-2025", 47), ("huizhou-2024", 41)])
def test_a_text_that_ends_says_when_and_what_follows(profile_id: str, left: int) -> None:
    ending = health.expiry(profiles.load(profile_id), DAY)

    assert ending is not None
    assert ending.days_left == left
    assert ending.then is profiles.load("national-2025")
    assert health.expiry(profiles.load("national-2025"), DAY) is None


@pytest.mark.parametrize("profile_id", ALL)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pictures_hold_every_stage_and_every_step_and_nothing_overlaps(
    profile_id: str, lang: str
) -> None:
    profile = profiles.load(profile_id)
    for kind, text in profile.kinds.items():
        if text.absent is not None:
            continue
        table = compiled(profile, kind, DAY)
        drawn = drawing.draw(table, lang)  # type: ignore[arg-type]

        stage_of = {"": "", **{name: state.stage for name, state in table.states.items()}}
        assert {box.name for box in drawn.boxes} == set(stage_of.values())
        ways = {
            (stage_of[s.source], s.names.get(lang), r.when, stage_of[r.to])
            for s in table.steps
            for r in s.routes
        }
        assert len(drawn.wires) == len(ways)
        assert len(drawn.tracks) == len({to for source, *_, to in ways if source != to})
        assert sum(wire.end == 0 for wire in drawn.wires) == sum(w[0] == w[-1] for w in ways)
        boxes = sorted(drawn.boxes, key=lambda box: box.y)
        assert all(a.y + a.height < b.y for a, b in pairwise(boxes))
        heights = [wire.y for wire in drawn.wires]
        assert len(set(heights)) == len(heights)
        entries = {track.arrow_y for track in drawn.tracks}
        lines = [line.y for wire in drawn.wires for line in wire.lines]
        assert not any(abs(y - entry) < 4 for y in lines for entry in entries)
        assert max(track.x for track in drawn.tracks) < drawn.width
        assert boxes[-1].y + boxes[-1].height <= drawn.height
