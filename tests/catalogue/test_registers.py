"""What the catalogue keeps on registers: who collects, who alone provides, what is in doubt."""

from dataclasses import replace

import pytest

from cases.proceeding import NOON, Proceeding
from catalogue.world import GRADUATES, SCHOOLS, WITHHELD, World
from huitong.cases import registers as books
from huitong.cases.errors import RegisteredAlreadyError, StepForbiddenError
from huitong.cases.models import Case, RegisterEntry
from huitong.catalogue import actions, queries, registers
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import (
    CatalogueFieldsMissingError,
    DutyItemUnknownError,
    SourceElsewhereError,
    SourceUnknownError,
)
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import SharingType
from huitong.organisations.models import Department
from regulations.walking import filled

pytestmark = pytest.mark.django_db


def entries(register: str) -> list[RegisterEntry]:
    return list(books.living(books.named(register), NOON))


def listed(place: Proceeding, code: str, provider: Department) -> Dataset:
    """Add a dataset of three items (schools), unpublished: marks are about entries of any state."""
    actor = place.actor(provider)
    return actions.add_dataset(SCHOOLS, code=code, provider=provider, actor=actor, at=NOON)


@pytest.mark.clause("HZ-10.2", "HZ-10.1", "HZ-3.3")
def test_a_duty_list_takes_force_once_both_bodies_have_adopted_it() -> None:
    place = Proceeding("huizhou-2024")
    school = place.body("SCHOOL")
    parties = {"institution": school}
    case = place.run("duty_list_review", parties=parties, facts={"duty_list": ["学籍", "学位"]})
    assert registers.duty_list_of(school, NOON) is None

    place.take(case, "review.approve")
    assert registers.duty_list_of(school, NOON) == ("学籍", "学位")

    place.run("duty_list_review", "review.approve", parties=parties, facts={"duty_list": ["学籍"]})
    assert registers.duty_list_of(school, NOON) == ("学籍",)
    assert RegisterEntry.objects.on_register("duty_list").count() == 2


@pytest.mark.clause("MC-12.3", "MC-12.1", "MC-5.1")
def test_each_item_that_is_filed_is_entered_and_no_item_is_filed_twice() -> None:
    place = Proceeding("model-city")
    facts = {"collection_items": ["企业用电量", "企业用水量"]}
    first = place.body("FIRST")
    place.run("collection_filing", "record.record", facts=facts, parties={"collector": first})

    assert {(e.title, e.holder) for e in entries("collection")} == {
        ("企业用电量", first),
        ("企业用水量", first),
    }
    with pytest.raises(StepForbiddenError) as refused:
        place.run(
            "collection_filing",
            facts={"collection_items": ["企业 用电量"]},
            parties={"collector": place.body("SECOND")},
        )
    assert refused.value.cite == ("MC-12.1", "MC-5.1")
    assert Case.objects.filter(kind="collection_filing").count() == 1


@pytest.mark.clause("MC-12.3")
def test_two_filings_of_one_item_at_once_end_with_one_entry() -> None:
    place = Proceeding("model-city")
    cases = [
        place.run(
            "collection_filing",
            facts={"collection_items": ["企业用电量"]},
            parties={"collector": place.body(code)},
        )
        for code in ("FIRST", "SECOND")
    ]
    place.take(cases[0], "record.record")

    with pytest.raises(RegisteredAlreadyError) as refused:
        place.take(cases[1], "record.record")
    assert "MC-12.3" in refused.value.cite
    assert "FIRST局" in refused.value.zh
    assert Case.objects.get(pk=cases[1].pk).closed_at is None
    assert len(entries("collection")) == 1


@pytest.mark.clause("MC-12.1")
@pytest.mark.parametrize(
    ("item", "draft", "is_refused"),
    [
        ("普通高等学校名单", SCHOOLS, True),
        ("学校名称", SCHOOLS, True),
        ("校园面积", SCHOOLS, False),
        ("学校名称", WITHHELD, False),
    ],
)
def test_what_others_share_is_not_collected_again(
    world: World, item: str, draft: Draft, is_refused: bool
) -> None:
    world.publish(draft, "schools")
    place = Proceeding("model-city", first_code="33")

    if is_refused:
        with pytest.raises(StepForbiddenError) as refused:
            place.run("collection_filing", facts={"collection_items": [item]})
        assert refused.value.cite == ("MC-12.1", "MC-5.1")
    else:
        case = place.run("collection_filing", facts={"collection_items": [item]})
        assert case.state == "record"


@pytest.mark.clause("MC-12.1")
def test_an_exception_of_law_is_entered_beside_what_is_collected_already() -> None:
    place = Proceeding("model-city")
    facts = {"collection_items": ["企业用电量"]}
    place.run("collection_filing", "record.record", facts=facts)

    place.run("collection_filing", "record.record", facts={**facts, "basis": "《统计法》第十二条"})

    assert len(entries("collection")) == 2
    assert {e.facts.get("basis") for e in entries("collection")} == {None, "《统计法》第十二条"}


DESIGNATED = {
    "heilongjiang-2025": ("HL-17.2", ()),
    "huizhou-2024": ("HZ-3.5", ()),
    "national-2025": ("NA-19.2", ()),
}


@pytest.mark.clause("HL-17.2", "HZ-3.5", "NA-19.2")
@pytest.mark.parametrize("profile_id", sorted(DESIGNATED))
def test_the_authority_names_the_source_and_may_name_another(profile_id: str) -> None:
    place = Proceeding(profile_id)
    clause, steps = DESIGNATED[profile_id]
    for code in ("FIRST", "SECOND"):
        place.run(
            "source_designation", *steps, title="企业登记信息",
            facts={"lead_department": place.body(code).code, "division_of_work": "各自负责"},
        )  # fmt: skip

    (entry,) = entries("source")
    assert entry.holder == place.body("SECOND")
    assert clause in entry.made_by.cite
    assert RegisterEntry.objects.on_register("source").count() == 2


@pytest.mark.clause("HL-17.2")
def test_a_lead_department_that_nobody_knows_is_refused() -> None:
    place = Proceeding("heilongjiang-2025")

    with pytest.raises(SourceUnknownError, match="不存在的局") as refused:
        place.run("source_designation", facts={"lead_department": "不存在的局"})

    assert refused.value.cite == ("HL-17.2",)
    assert entries("source") == []


@pytest.mark.clause("HN-10.2")
def test_departments_that_agree_register_their_source_and_take_none_from_others() -> None:
    place = Proceeding("henan-2020")
    facts = {"collection_items": ["企业登记信息"]}
    steps = ("agree.agree", "register.record")
    parties = {"collector": place.body("FIRST"), "co_collector": place.body("OTHER")}
    place.run("source_designation", *steps, facts=facts, parties=parties)

    assert entries("source")[0].title == "企业登记信息"
    others = {"collector": place.body("THIRD"), "co_collector": place.body("FOURTH")}
    with pytest.raises(RegisteredAlreadyError):
        place.run("source_designation", *steps, facts=facts, parties=others)
    assert len(entries("source")) == 1


IN_DOUBT = {
    ("heilongjiang-2025", "correction_subject"): ("handle.confirm",),
    ("heilongjiang-2025", "correction_consumer"): ("handle.correct",),
    ("heilongjiang-2025", "cross_check"): ("check.sound",),
    ("huizhou-2024", "correction_subject"): ("handle.confirm",),
    ("huizhou-2024", "correction_consumer"): ("handle.confirm",),
    ("national-2025", "correction_consumer"): ("handle.correct",),
    ("national-2025", "correction_subject"): ("handle.correct",),
    ("model-city", "correction_consumer"): ("recheck.pass_on", "verify.faulty"),
    ("county-2024", "correction_consumer"): ("verify.faulty", "handle.correct"),
}


@pytest.mark.clause("HL-24.2", "HL-24.3", "HZ-16.2", "NA-26.2", "NA-37.3", "MC-21.2", "CT-17.3")
@pytest.mark.parametrize(("profile_id", "kind"), sorted(IN_DOUBT))
def test_items_show_as_being_checked_until_every_case_about_them_ends(
    profile_id: str, kind: str
) -> None:
    place = Proceeding(profile_id)
    dataset = listed(place, "schools", place.body("EDU"))
    facts = {"disputed_items": ["学校名称"], "about_self": True}
    cases = [place.run(kind, subject=dataset.subject, facts=facts) for _ in range(2)]
    assert set(registers.doubts_about(dataset, NOON)) == {"school_name"}

    for number, opened in enumerate(cases):
        case = opened
        for step in IN_DOUBT[profile_id, kind]:
            case = place.take(case, step, facts=facts)
        assert case.closed_at is not None
        marked = registers.doubts_about(dataset, NOON)
        assert marked == ({} if number else {"school_name": (cases[1].number,)})


@pytest.mark.clause("HL-24.2")
def test_words_that_name_no_item_mark_the_whole_dataset_and_are_not_taken_over() -> None:
    place = Proceeding("heilongjiang-2025")
    dataset = listed(place, "schools", place.body("EDU"))

    place.run(
        "correction_subject", subject=dataset.subject,
        facts={"disputed_items": ["我的手机号13800000000"]},
    )  # fmt: skip

    assert set(registers.doubts_about(dataset, NOON)) == {"*"}
    (entry,) = entries("doubt")
    assert entry.facts["disputed_items"] == []
    assert "13800000000" not in str(entry.facts)


def test_a_doubt_about_something_that_is_not_listed_marks_nothing() -> None:
    place = Proceeding("heilongjiang-2025")

    place.run("correction_subject", subject="dataset:nothing")

    assert entries("doubt") == []


def test_marks_follow_the_published_version() -> None:
    place = Proceeding("heilongjiang-2025")
    dataset = listed(place, "schools", place.body("EDU"))
    renamed = replace(SCHOOLS, items=(replace(SCHOOLS.items[1], title="校名"), *SCHOOLS.items[2:]))
    renamed = replace(renamed, key=())
    actor = place.actor(place.body("EDU"))
    actions.edit_dataset(dataset, renamed, actor=actor, at=NOON)

    place.run("correction_subject", subject=dataset.subject, facts={"disputed_items": ["校名"]})

    assert set(registers.doubts_about(queries.dataset("schools"), NOON)) == {"school_name"}


@pytest.mark.clause("HZ-10.3", "HZ-3.3")
def test_an_entry_names_an_item_of_the_adopted_list_of_its_body() -> None:
    place = Proceeding("huizhou-2024")
    school = place.body("SCHOOL")
    clerk = place.actor(school)
    dataset = actions.add_dataset(SCHOOLS, code="s", provider=school, actor=clerk, at=NOON)
    with pytest.raises(CatalogueFieldsMissingError) as missing:
        actions.submit_dataset(dataset, actor=clerk, at=NOON)
    assert missing.value.cite == ("HZ-10.3",)

    named = replace(SCHOOLS, duty_item="学校管理")
    actions.edit_dataset(dataset, named, actor=clerk, at=NOON)
    with pytest.raises(DutyItemUnknownError, match="no adopted duty list"):
        actions.submit_dataset(dataset, actor=clerk, at=NOON)

    parties = {"institution": school}
    steps = ("duty_list_review", "review.approve")
    place.run(*steps, parties=parties, facts={"duty_list": ["学籍管理"]})
    with pytest.raises(DutyItemUnknownError, match="学籍管理") as refused:
        actions.submit_dataset(dataset, actor=clerk, at=NOON)
    assert refused.value.cite == ("HZ-10.3",)

    place.run(*steps, parties=parties, facts={"duty_list": ["学籍管理", "学校 管理"]})
    table = place.table("catalogue_review")
    facts = {name: filled(table.facts[name]) for name in table.entry_steps[0].facts}
    case = actions.submit_dataset(dataset, actor=clerk, at=NOON, facts=facts)
    assert case.kind == "catalogue_review"


@pytest.mark.clause("NA-19.2", "HL-17.2")
@pytest.mark.parametrize(
    ("profile_id", "is_refused"), [("national-2025", True), ("heilongjiang-2025", False)]
)
def test_only_the_source_lists_its_items_where_the_text_says_that_it_provides_for_all(
    profile_id: str, is_refused: bool
) -> None:
    place = Proceeding(profile_id)
    facts = {"lead_department": place.body("SOURCE").code, "division_of_work": "牵头"}
    place.run("source_designation", title="学校名称", facts=facts)
    other = place.body("OTHER")
    clerk = place.actor(other)
    entry = replace(
        SCHOOLS,
        sharing_type=SharingType.CONDITIONAL,
        sharing_condition="限履职",
        sharing_purpose="核验",
        sharing_mode="接口查询",
        data_class="一般数据1级",
    )
    dataset = actions.add_dataset(entry, code="s", provider=other, actor=clerk, at=NOON)
    table = place.table("catalogue_review")
    given = {name: filled(table.facts[name]) for name in table.entry_steps[0].facts}

    if is_refused:
        with pytest.raises(SourceElsewhereError, match="SOURCE") as refused:
            actions.submit_dataset(dataset, actor=clerk, at=NOON, facts=given)
        assert refused.value.cite == ("NA-19.2",)
    else:
        assert actions.submit_dataset(dataset, actor=clerk, at=NOON, facts=given)


@pytest.mark.clause("HL-45")
def test_an_entry_names_data_of_society_and_how_it_was_obtained(world: World) -> None:
    bought = replace(SCHOOLS, social_source="某数据公司，2026年采购合同")

    dataset = world.publish(bought, "schools")

    version = queries.dataset("schools").current_version
    assert version is not None
    assert version.social_source == "某数据公司，2026年采购合同"
    assert queries.draft_of(dataset.newest).social_source == bought.social_source
    assert GRADUATES.social_source == ""


@pytest.mark.clause("NA-13.2", "NA-15.2")
def test_the_national_text_asks_for_mode_class_and_reason() -> None:
    place = Proceeding("national-2025")
    clerk = place.actor(place.body("EDU"))
    draft = replace(WITHHELD, withheld_basis_rank="law")
    dataset = actions.add_dataset(draft, code="s", provider=place.body("EDU"), actor=clerk, at=NOON)

    with pytest.raises(CatalogueFieldsMissingError) as refused:
        actions.submit_dataset(dataset, actor=clerk, at=NOON)

    missing = {field.name: field.cite for field in refused.value.missing}
    assert missing == {
        "sharing_mode": ("NA-13.2",),
        "data_class": ("NA-13.2",),
        "withheld_reason": ("NA-15.2",),
    }
