"""What each procedure leaves on a register, under every regulation that has the procedure."""

import pytest

from cases.proceeding import NOON, Proceeding
from huitong.cases import registers
from huitong.cases.errors import StepForbiddenError
from huitong.cases.models import Case, RegisterEntry
from huitong.supervision.registers import VIOLATIONS

pytestmark = pytest.mark.django_db


def entries(register: str) -> list[RegisterEntry]:
    return list(registers.living(registers.named(register), NOON))


def only(register: str) -> RegisterEntry:
    (entry,) = entries(register)
    return entry


HOW = {
    ("henan-2020", "violation"): ("order.issue", "rectify.report", "judge.satisfied"),
    ("model-city", "violation"): ("rectify.report", "judge.satisfied"),
    ("county-2024", "violation"): ("order.issue", "rectify.report", "judge.satisfied"),
    ("heilongjiang-2025", "violation"): ("order.issue", "rectify.report", "judge.satisfied"),
    ("national-2025", "violation"): ("order.issue", "rectify.report", "judge.satisfied"),
}


@pytest.mark.clause("HN-29", "MC-25.3", "CT-26", "HL-41", "NA-39")
@pytest.mark.parametrize("profile_id", [profile for profile, _ in HOW])
def test_a_breach_stands_on_the_register_until_it_is_corrected(profile_id: str) -> None:
    place = Proceeding(profile_id)
    facts = {"breach": "未按规定时限更新数据", "offender_kind": "department"}
    case = place.run("violation", facts=facts, parties={"offender": place.body("SLOW")})

    entry = only("violation")
    assert entry.facts["breach"] == "未按规定时限更新数据"
    assert entry.holder == place.body("SLOW")
    for step in HOW[profile_id, "violation"]:
        case = place.take(case, step, facts={**facts, "rectify_by": "2026-03-20"})

    assert case.closed_at is not None
    assert entries("violation") == []
    entry.refresh_from_db()
    assert entry.ended_by is not None
    assert entry.ended_by.case == case


@pytest.mark.clause("CT-15.2", "HL-10.1")
@pytest.mark.parametrize("profile_id", ["county-2024", "heilongjiang-2025"])
def test_exchange_that_goes_round_the_platform_is_on_record_with_its_channel(
    profile_id: str,
) -> None:
    place = Proceeding(profile_id)
    facts = {"breach": "绕开平台直接共享", "channel": "部门间专线", "offender_kind": "department"}

    place.run("violation", facts=facts)

    assert only("violation").facts["channel"] == "部门间专线"
    assert list(RegisterEntry.objects.with_facts({"channel": "部门间专线"})) == [only("violation")]


@pytest.mark.clause("CT-26", "CT-27")
def test_criticism_is_published_and_leads_are_handed_over_and_both_stay() -> None:
    place = Proceeding("county-2024")
    facts = {"breach": "违反规定", "rectify_by": "2026-03-20", "severity": "情节严重"}
    case = place.run("violation", "order.issue", "rectify.report", facts=facts)
    for step in (
        "judge.unsatisfied", "circulate.circulate", "exemption.deny", "sanction.refer",
        "compensate.none", "transfer.transfer",
    ):  # fmt: skip
        case = place.take(case, step, facts=facts)

    assert case.state == "concluded"
    assert entries("violation") == []
    assert only("criticism").made_by.step == "circulate.circulate"
    assert {entry.made_by.step for entry in entries("lead")} == {
        "sanction.refer",
        "transfer.transfer",
    }
    assert VIOLATIONS.for_all is False


@pytest.mark.clause("NA-34.2", "NA-35.2")
def test_the_department_that_used_the_data_answers_for_the_incident() -> None:
    place = Proceeding("national-2025")
    parties = {"provider": place.body("HOLDER"), "consumer": place.body("USER")}
    facts = {"incident_kind": "leak", "incident_day": "2026-03-01", "emergency_plan": "预案一"}

    case = place.run("incident_report", facts=facts, parties=parties)

    assert only("incident").holder == place.body("USER")
    assert only("incident").facts == facts
    for step in ("contain.contain", "notify.report"):
        case = place.take(case, step, facts=facts)
    assert case.closed_at is not None
    assert entries("incident") == []


@pytest.mark.clause("HZ-19.1")
def test_an_incident_is_entered_under_the_body_that_reports_it() -> None:
    place = Proceeding("huizhou-2024")
    case = place.run("incident_report", parties={"institution": place.body("BODY")})

    assert only("incident").holder == place.body("BODY")
    case = place.take(place.take(case, "contain.contain"), "restore.complete")
    assert case.closed_at is not None
    assert entries("incident") == []


PROJECTS = {
    "county-2024": ("feasibility.pass", "acceptance.pass", "maintenance.pass"),
    "henan-2020": ("proposal.pass",),
    "huizhou-2024": ("purchase.pass",),
    "model-city": ("assess.propose", "decide.decide"),
    "national-2025": ("proposal.pass", "maintenance.pass"),
}


@pytest.mark.clause("CT-14.2", "HN-7.2", "HZ-11", "MC-7.3", "NA-38.1")
@pytest.mark.parametrize("profile_id", sorted(PROJECTS))
def test_a_project_is_registered_once_it_has_passed_all_its_gates(profile_id: str) -> None:
    place = Proceeding(profile_id)
    facts = {"project_name": "一体化平台", "project_catalogue": "同步编制", "results": "好"}
    facts |= {"problem": "不能互联"} if profile_id == "model-city" else {}
    case = place.run("project_gate", facts=facts, title="一体化平台")
    for step in PROJECTS[profile_id]:
        assert entries("project") == []
        case = place.take(case, step, facts=facts)

    assert case.state in {"passed", "decided"}
    assert only("project").title == "一体化平台"


PLATFORMS = {
    "county-2024": ("join", ("migrate.complete",)),
    "heilongjiang-2025": ("close", ("migrate.complete",)),
    "model-city": ("new_platform", ("review.approve",)),
    "national-2025": ("join", ("migrate.complete",)),
}


@pytest.mark.clause("CT-11.2", "HL-10.2", "HL-10.3", "MC-3.2", "NA-31")
@pytest.mark.parametrize("profile_id", sorted(PLATFORMS))
def test_platforms_approved_joined_or_closed_are_on_a_register(profile_id: str) -> None:
    place = Proceeding(profile_id)
    matter, steps = PLATFORMS[profile_id]
    facts = {"platform_matter": matter, "platform_name": "旧通道"}
    facts |= {"reason": "确有需要", "approval_number": "批〔2026〕1号"} if len(matter) > 5 else {}

    place.run("platform_approval", *steps, subject="platform:old", facts=facts)
    assert only("platform").facts["platform_matter"] == matter

    place.run("platform_approval", *steps, subject="platform:old", facts=facts)
    assert len(entries("platform")) == 1
    assert RegisterEntry.objects.on_register("platform").count() == 2


@pytest.mark.clause("HL-9.2", "HL-10.2")
@pytest.mark.parametrize(
    ("place_of", "matter", "cite"),
    [
        (2, "new_platform", ("HL-9.2",)),
        (2, "new_channel", ("HL-10.2",)),
        (0, "new_channel", ("HL-10.2",)),
    ],
)
def test_a_county_builds_no_platform_and_nobody_a_channel(
    place_of: int, matter: str, cite: tuple[str, ...]
) -> None:
    place = Proceeding("heilongjiang-2025")
    parties = {"provider": place.body("BUILDER", where=place.places[place_of])}
    facts = {"platform_matter": matter, "platform_name": "新建"}

    with pytest.raises(StepForbiddenError) as refused:
        place.run("platform_approval", parties=parties, facts=facts)
    assert refused.value.cite == cite


@pytest.mark.clause("HL-9.2")
@pytest.mark.parametrize("place_of", [0, 1])
def test_a_province_or_city_builds_a_platform_that_joins_the_one_system(place_of: int) -> None:
    place = Proceeding("heilongjiang-2025")
    parties = {"provider": place.body("BUILDER", where=place.places[place_of])}
    facts = {"platform_matter": "new_platform", "platform_name": "新建"}

    case = place.run("platform_approval", "migrate.complete", parties=parties, facts=facts)

    assert case.state == "unified"


EVALUATIONS = {
    "heilongjiang-2025": ("announce.publish",),
    "henan-2020": ("assess.complete", "announce.publish"),
    "national-2025": ("announce.publish",),
}


@pytest.mark.clause("HL-28.1", "HN-18.2", "NA-29.1")
@pytest.mark.parametrize("profile_id", sorted(EVALUATIONS))
def test_results_are_published_where_the_text_has_them_published(profile_id: str) -> None:
    place = Proceeding(profile_id)
    facts = {"results": "良好", "breach": "超范围调用", "notice": "予以通报", "improvements": "改"}

    place.run("evaluation", *EVALUATIONS[profile_id], facts=facts)

    entry = only("evaluation")
    assert entry.facts["results"] == "良好"
    assert entry.made_by.step == "announce.publish"
    assert entry.made_by.cite


@pytest.mark.clause("HL-28.1", "NA-29.1")
@pytest.mark.parametrize("profile_id", ["heilongjiang-2025", "national-2025"])
def test_an_inspection_that_finds_no_breach_publishes_nothing(profile_id: str) -> None:
    place = Proceeding(profile_id)

    place.run("evaluation", facts={"results": "良好"})

    assert entries("evaluation") == []


CASES = {
    "heilongjiang-2025": ("select.accept", "report.report", "spread.publish"),
    "national-2025": ("spread.publish",),
}


@pytest.mark.clause("HL-31", "NA-9")
@pytest.mark.parametrize("profile_id", sorted(CASES))
def test_a_model_case_is_spread_with_what_it_was_and_what_came_of_it(profile_id: str) -> None:
    place = Proceeding(profile_id)
    facts = {
        "case_subject": "市人社局",
        "scenario": "补贴免申即享",
        "data_source": "学籍数据",
        "achievements": "少跑一次",
    }

    case: Case = place.run("case_library", *CASES[profile_id], facts=facts)

    assert case.state == "published"
    assert only("model_case").facts == facts


@pytest.mark.clause("HL-31")
def test_a_case_that_was_not_chosen_is_on_no_register() -> None:
    place = Proceeding("heilongjiang-2025")

    place.run("case_library", "select.decline")

    assert entries("model_case") == []
