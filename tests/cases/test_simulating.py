"""Running cases under another regulation: which deadlines and bodies would change, and why not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cases.scene import APPLICATION, MONDAY, Scene, build
from huitong.cases import actions, seats, simulating
from huitong.cases.hindsight import NOT_KEPT
from huitong.cases.models import Case, CaseEvent
from huitong.cases.simulating import Outcome
from huitong.ledger.models import Entry
from huitong.operations import cli_law, preparing
from huitong.organisations.models import Jurisdiction
from huitong.regulations import compiling, doubts, profiles, replaying
from huitong.regulations.doubts import Doubt, Unknown
from huitong.regulations.replaying import Taken
from huitong.regulations.types import Happened

DAY = date(2026, 3, 2)
ALL = profiles.all_ids()


def under(profile_id: str, jurisdiction: Jurisdiction | None = None) -> dict[str, Outcome]:
    found = simulating.simulate(profiles.load(profile_id), DAY, jurisdiction=jurisdiction)
    return {one.number: one for one in found}


@pytest.mark.clause("HL-22.3", "NA-21.2")
def test_a_running_application_would_have_ten_days_instead_of_one(scene: Scene) -> None:
    case = scene.apply()
    one = under("national-2025")[case.number]

    assert one.there is not None
    assert (one.here.due, one.here.cite) == (date(2026, 3, 3), ("HL-22.3",))
    assert (one.there.due, one.there.cite) == (date(2026, 3, 16), ("NA-21.2",))
    assert (one.verdict, one.due_changes) == ("changes", True)


@pytest.mark.clause("NA-20.2")
def test_what_an_application_lacks_there_is_named_with_the_article_and_mended(
    scene: Scene,
) -> None:
    case = scene.apply()
    notes = under("national-2025")[case.number].notes

    assert {"缺少：使用期限", "缺少：保证申请真实、合法、必要"} <= {n.names.zh for n in notes}
    assert all("NA-20.2" in note.cite for note in notes)


@pytest.mark.clause("MC-18.1")
def test_under_the_model_city_the_authority_decides(scene: Scene) -> None:
    case = scene.apply()
    one = under("model-city")[case.number]

    assert one.there is not None
    assert one.who_changes, (one.here.seats, one.there.seats)
    assert one.there.who.zh == "市工信部门"
    assert one.there.due is None
    assert one.there.cite == ("MC-18.1",)


def test_a_text_without_the_procedure_says_where_we_looked(scene: Scene) -> None:
    application = scene.apply()
    order = scene.order_rectification("2026-03-31")
    found = under("county-2024")

    assert found[application.number].verdict == "absent"
    assert "CT-15.1" in found[application.number].cite
    assert found[order.number].verdict == "absent"
    assert found[order.number].cite == ("CT-17.1",)


@pytest.mark.clause("NA-27.2")
def test_a_step_that_the_other_text_has_not_stops_the_replay_with_the_article(
    scene: Scene,
) -> None:
    """Heilongjiang has the use rectified first; the national text suspends it at once."""
    order = scene.order_rectification("2026-03-31")
    actions.take_step(
        order,
        "rectify.report",
        actor=scene.actor("consumer"),
        at=MONDAY + timedelta(days=1),
        facts={"report": "已停止超范围调用"},
    )
    one = under("national-2025")[order.number]

    assert one.verdict == "stops"
    assert one.there is not None
    assert one.notes[-1].names.zh == "那里没有这一步"
    assert one.notes[-1].cite[0].startswith("NA-27")


def test_under_its_own_text_nothing_changes(scene: Scene) -> None:
    numbers = {scene.apply().number, scene.submit_entry().number}
    found = under("heilongjiang-2025")

    assert set(found) == numbers
    for one in found.values():
        assert (one.verdict, one.notes) == ("same", ())


def test_cases_that_are_over_are_left_out(scene: Scene) -> None:
    case = scene.apply()
    actions.take_step(
        case,
        "reply.refuse",
        actor=scene.actor("provider"),
        at=MONDAY + timedelta(hours=2),
        facts={"reason": "与履职依据不符"},
    )

    assert under("national-2025") == {}


def test_only_the_place_asked_for_and_those_below(scene: Scene) -> None:
    case = scene.apply()
    elsewhere = Jurisdiction(code="999999", name="别处")

    assert set(under("national-2025", scene.province)) == {case.number}
    assert under("national-2025", elsewhere) == {}


@pytest.mark.parametrize("profile_id", ALL)
def test_nothing_is_written_and_the_number_of_queries_does_not_grow(
    scene: Scene,
    profile_id: str,
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    def state() -> tuple[object, ...]:
        cases = list(Case.objects.order_by("pk").values_list("pk", "state", "version"))
        return cases, CaseEvent.objects.count(), Entry.objects.count()

    for hour in range(6):
        scene.apply(at=MONDAY + timedelta(hours=hour))
        scene.submit_entry(at=MONDAY + timedelta(hours=hour))
        scene.order_rectification("2026-03-31", at=MONDAY + timedelta(hours=hour))
    before = state()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        found = under(profile_id)

    assert len(found) == 18
    assert state() == before
    assert {one.verdict for one in found.values()} <= {
        "absent", "stops", "ends", "changes", "same", "unknown"
    }  # fmt: skip
    for one in found.values():
        assert one.cite
        assert all(note.cite for note in one.notes)


def test_verdicts_are_counted_as_they_pass(scene: Scene) -> None:
    scene.apply()
    scene.submit_entry()
    counts: Counter[str] = Counter()
    list(simulating.summed(simulating.simulate(profiles.load("county-2024"), DAY), counts))

    assert counts["cases"] == 2
    assert counts["absent"] == 1
    assert counts["cases"] == sum(
        counts[name] for name in ("absent", "stops", "ends", "changes", "same", "unknown")
    )


def test_the_command_prints_each_change_and_the_sum(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "prepare", lambda: None)
    case = scene.apply()
    command = ["simulate", "national-2025", "--on", "2026-03-02", "--jurisdiction", "230000"]
    told = CliRunner().invoke(cli_law.app, command, catch_exceptions=False).stdout
    found = json.loads(
        CliRunner().invoke(cli_law.app, [*command, "--json"], catch_exceptions=False).stdout
    )

    assert case.number in told
    assert "至2026-03-03（HL-22.3）" in told
    assert "至2026-03-16（NA-21.2）" in told
    assert found["summary"]["changes"] == 1
    assert found["cases"][0]["there"]["due"] == "2026-03-16"
    assert found["cases"][0]["here"]["cite"] == ["HL-22.3"]


def test_the_command_refuses_a_place_and_a_day_that_are_none(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "prepare", lambda: None)
    for more, told in ((["--jurisdiction", "1"], "jurisdiction"), (["--on", "soon"], "2027-01-07")):
        answer = CliRunner().invoke(cli_law.app, ["simulate", "national-2025", *more])
        assert answer.exit_code == 2
        assert told in answer.output


def nobody_knows(_name: str, _one: Taken, _state: str, _stated: object) -> Unknown:
    return Unknown(NOT_KEPT)


def _happened(step: str, to: str, **facts: object) -> Happened:
    return Happened(step, step.partition(".")[0], datetime(2026, 3, 2, tzinfo=UTC), facts, to)


@pytest.mark.clause("HL-22.3", "NA-21.2")
def test_an_extension_that_the_other_text_has_not_is_left_out_and_named() -> None:
    national = compiling.compiled(
        profiles.load("national-2025"), "share_application_conditional", DAY
    )
    local = compiling.compiled(
        profiles.load("heilongjiang-2025"), "share_application_conditional", DAY
    )
    opened = next(iter(national.entry_steps))
    asked = next(
        s for s in national.steps if s.name == "reply.ask_extension" and s.source == "reply"
    )
    taken = [
        Taken(_happened(opened.name, "reply", **APPLICATION), opened.by, ""),
        Taken(_happened(asked.name, asked.routes[0].to), asked.by, "reply"),
    ]
    found = replaying.replay(national, taken, local, nobody_knows)

    assert found.ending == "fits"
    assert found.state.name == "reply"
    assert [(n.names.zh, n.cite) for n in found.notes] == [("那里没有这一步，略过", ("HL-22.3",))]


def test_every_entry_of_every_text_is_replayed_under_every_other() -> None:
    """Whatever a case began with, the replay ends in a state of the other text and cites it."""
    for one in ALL:
        for kind, text in profiles.load(one).kinds.items():
            if text.absent is not None:
                continue
            here = compiling.compiled(profiles.load(one), kind, DAY)
            for other in ALL:
                if profiles.load(other).kinds[kind].absent is not None:
                    continue
                there = compiling.compiled(profiles.load(other), kind, DAY)
                for step in here.entry_steps:
                    event = _happened(step.name, step.routes[-1].to)
                    found = replaying.replay(here, [Taken(event, step.by, "")], there, nobody_knows)
                    if found.state is None:
                        assert found.ending == "unknown"
                        assert "从办件不能得知" in found.notes[-1].names.zh
                    else:
                        assert found.ending == "fits"
                        assert found.state in there.states.values()
                        assert found.history[0].to_state == found.state.name
                    clauses = profiles.load(other).clauses
                    assert all(set(note.cite) <= set(clauses) for note in found.notes)


def test_a_case_that_had_ended_there_says_so() -> None:
    """Under county measures an entry is registered at once; in the province it is reviewed."""
    here = compiling.compiled(profiles.load("national-2025"), "catalogue_review", DAY)
    there = compiling.compiled(profiles.load("county-2024"), "catalogue_review", DAY)
    entry = here.entry_steps[0]
    review = next(s for s in here.steps if s.name == "review.return")
    taken = [
        Taken(_happened(entry.name, "review"), entry.by, ""),
        Taken(replace(_happened("review.return", review.routes[0].to)), review.by, "review"),
    ]
    found = replaying.replay(here, taken, there, nobody_knows)

    assert found.ending == "ends"
    assert found.state.is_end
    assert found.notes[-1].names.zh == "那里此前已经办结"


@pytest.mark.clause("HL-12.3")
def test_a_fact_that_only_the_other_text_has_found_out_is_found_out_for_that_step(
    db: None, watched: list[tuple[str, str, int]]
) -> None:
    """Who returned an entry decides in Heilongjiang whether five days run."""
    scene = build("national-2025")
    case = actions.open_case(
        kind="catalogue_review",
        jurisdiction=scene.province,
        subject="dataset:HL-EDU-001",
        title="高校毕业生信息",
        parties={"provider": scene.provider},
        facts={"secrecy_assessment": "无", "privacy_assessment": "无", "consent": "厅长"},
        actor=scene.actor("provider"),
        at=MONDAY,
    )
    returned = {"opinion": "补充字段"}
    authority = scene.actor("authority")
    actions.take_step(case, "review.return", actor=authority, at=MONDAY, facts=returned)
    one = under("heilongjiang-2025")[case.number]

    assert one.there is not None
    assert (one.here.due, one.there.due) == (None, date(2026, 3, 9))
    assert (one.verdict, one.there.cite) == ("changes", ("HL-12.3",))
    assert [names.zh for names in one.there.seats.names] == ["省教育厅"]


@pytest.mark.clause("HL-12.2")
def test_what_cannot_be_known_is_named_and_neither_body_nor_day_is_guessed() -> None:
    here = compiling.compiled(profiles.load("national-2025"), "catalogue_review", DAY)
    there = compiling.compiled(profiles.load("heilongjiang-2025"), "catalogue_review", DAY)
    taken = [
        Taken(_happened("apply.submit", "review"), "provider", ""),
        Taken(_happened("review.approve", "published"), "catalogue_authority", "review"),
    ]
    found = replaying.replay(here, taken, there, nobody_knows)
    told = replaying.replay(here, taken, there, lambda *_: True)

    assert found.ending == "unknown"
    assert found.state is not None
    assert found.state.name == "review"
    assert found.unknown["below_province"] == NOT_KEPT
    assert "“属市县部门”" in found.notes[-1].names.zh
    assert "HL-12.2" in found.notes[-1].cite
    assert told.ending == "fits"
    assert told.state is not None
    assert told.state.name == "higher_review"


def test_a_day_that_hangs_on_what_nobody_was_asked_is_not_guessed() -> None:
    """The national ten days run from the day of the change, which no county text asks for."""
    there = compiling.compiled(profiles.load("national-2025"), "catalogue_update", DAY)
    state = there.states["update"]

    assert doubts.limit_of(there, state, {}, {"change_source"}) == Doubt(("change_source",))
    assert doubts.limit_of(there, state, {"change_source": "law"}, {"change_day"}) == Doubt(
        ("change_day",)
    )
    limit = doubts.limit_of(there, state, {"change_source": "law", "change_day": "2026-03-02"}, ())
    assert limit == state.times[0]


def test_a_condition_that_every_answer_leaves_as_it_is_is_decided() -> None:
    words = profiles.load("model-city").words.facts
    unknown = {"duplicate_check"}

    assert doubts.holds("collects_again", {"basis": "法律"}, unknown, words) is False
    assert doubts.holds("collects_again", {}, unknown, words) == Doubt(("duplicate_check",))


def test_a_body_that_the_case_does_not_name_is_not_guessed(scene: Scene) -> None:
    table = compiling.compiled(profiles.load("national-2025"), "share_application_conditional", DAY)
    case = scene.apply()
    bodies = seats.read(Case.objects.all())
    case.parties = {"consumer": case.parties["consumer"]}
    seat = bodies.seats_of(case, table, table.states["reply"])

    assert seat.keys is None
    assert seat.because is not None
    assert seat.differ_from(seat) is None


def test_the_command_names_bodies_and_what_is_not_known_for_machines_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "prepare", lambda: None)
    scene.apply()
    answer = CliRunner().invoke(cli_law.app, ["simulate", "national-2025", "--json"])
    found = json.loads(answer.stdout)
    one = found["cases"][0]

    assert {"number", "kind", "profile", "verdict", "due_changes", "who_changes", "here", "there",
            "cite", "notes", "unknown"} == set(one)  # fmt: skip
    assert one["there"]["bodies"] == [{"zh": "省教育厅", "en": "省教育厅"}]
    assert {gap["fact"] for gap in one["unknown"]} >= {"assurance", "consent"}
    assert found["summary"]["unknown"] == 0
