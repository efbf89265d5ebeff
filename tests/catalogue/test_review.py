"""From draft to publication: who writes, what the law asks for, who decides, what then stands."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, WITHHELD, World
from huitong.cases.errors import FactMissingError, WrongPersonError
from huitong.catalogue import actions, queries
from huitong.catalogue.draft_types import DraftItem
from huitong.catalogue.errors import (
    BasisRankError,
    CatalogueFieldsMissingError,
    DatasetCodeError,
    DatasetCodeTakenError,
    DatasetNotFoundError,
    DatasetNotUnderReviewError,
    DatasetUnderReviewError,
    DatasetWithdrawnError,
    NothingToSubmitError,
    SecretDataRefusedError,
)
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.catalogue.types import Secrecy, SharingType, Status, UpdateFrequency
from huitong.ledger.models import Entry
from huitong.organisations.errors import NotYourDepartmentError


def kinds_of(subject: str) -> list[str]:
    return list(Entry.objects.filter(subject=subject).order_by("id").values_list("kind", flat=True))


@pytest.mark.clause("HL-12.3")
def test_an_entry_is_returned_once_corrected_and_then_published(world: World) -> None:
    dataset = world.add(SCHOOLS, "schools")
    assert dataset.status is Status.DRAFT

    case = actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    assert queries.dataset("schools").status is Status.UNDER_REVIEW

    actions.return_dataset(dataset, opinion="请补充摘要", actor=world.regulator, at=NOON)
    assert queries.dataset("schools").status is Status.RETURNED

    actions.edit_dataset(
        dataset, replace(SCHOOLS, summary="全省高校"), actor=world.teacher, at=LATER
    )
    again = actions.submit_dataset(dataset, actor=world.teacher, at=LATER)
    assert again.pk == case.pk

    actions.approve_dataset(dataset, actor=world.regulator, at=LATER)
    published = queries.dataset("schools")
    assert published.status is Status.PUBLISHED
    assert published.resource_code == "HL-EDU/000001"
    assert published.current_version is not None
    assert published.current_version.number == 1
    assert published.current_version.summary == "全省高校"
    assert published.current_version.published_at == LATER
    assert kinds_of("dataset:schools") == ["dataset.added", "dataset.edited", "dataset.published"]


@pytest.mark.clause("HL-13", "HL-7.2")
def test_every_missing_field_is_named_with_its_article(world: World) -> None:
    bare = replace(
        SCHOOLS, update_frequency=None, data_format="", sharing_type=None, opening_type=None
    )
    dataset = world.add(bare, "bare")

    with pytest.raises(CatalogueFieldsMissingError) as caught:
        actions.submit_dataset(dataset, actor=world.teacher, at=NOON)

    named = {field.name: field.cite for field in caught.value.missing}
    assert set(named) == {"update_frequency", "data_format", "sharing_type", "opening_type"}
    assert all("HL-13" in cite for cite in named.values())
    assert "art. 13" in str(caught.value)
    assert "第十三条" in caught.value.zh
    assert queries.dataset("bare").status is Status.DRAFT


@pytest.mark.clause("HL-33.4")
def test_closed_and_conditional_opening_state_reason_and_condition(world: World) -> None:
    dataset = world.add(replace(GRADUATES, closed_reason=""), "closed")
    with pytest.raises(CatalogueFieldsMissingError) as caught:
        actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    assert [field.name for field in caught.value.missing] == ["closed_reason"]
    assert "HL-33.4" in caught.value.cite


@pytest.mark.clause("HL-21.2")
def test_conditional_without_conditions_counts_as_unconditional_and_the_submitter_is_told(
    world: World,
) -> None:
    silent = replace(SCHOOLS, sharing_type=SharingType.CONDITIONAL)
    dataset = world.add(silent, "silent")
    assert [notice.code for notice in queries.notices_of(dataset)] == ["counts_as_unconditional"]

    actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    told = Entry.objects.get(subject="dataset:silent", kind="dataset.submitter_told")
    assert "HL-21.2" in told.cite

    actions.approve_dataset(dataset, actor=world.regulator, at=LATER)
    version = queries.dataset("silent").newest
    assert version.sharing_type == SharingType.CONDITIONAL
    assert version.effective_sharing_type == SharingType.UNCONDITIONAL


@pytest.mark.clause("HL-21.2")
def test_one_condition_is_enough_to_stay_conditional_but_the_gap_is_told(world: World) -> None:
    partly = replace(GRADUATES, sharing_purpose="")
    dataset = world.publish(partly, "partly")
    assert dataset.newest.effective_sharing_type == SharingType.CONDITIONAL
    assert [notice.code for notice in queries.notices_of(dataset)] == ["condition_incomplete"]


@pytest.mark.clause("HL-21.3")
@pytest.mark.parametrize("rank", ["", "policy", "rule", "local_regulation", "invented"])
def test_withholding_needs_a_law_or_administrative_regulation(world: World, rank: str) -> None:
    dataset = world.add(replace(WITHHELD, withheld_basis_rank=rank), "withheld")
    with pytest.raises(BasisRankError) as caught:
        actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    assert caught.value.cite == ("HL-21.3",)


@pytest.mark.clause("HL-21.3")
def test_withholding_without_any_basis_is_a_missing_field(world: World) -> None:
    dataset = world.add(replace(WITHHELD, withheld_basis=""), "withheld")
    with pytest.raises(CatalogueFieldsMissingError) as caught:
        actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    assert [field.name for field in caught.value.missing] == ["withheld_basis"]


@pytest.mark.clause("HL-2", "HL-44")
@pytest.mark.parametrize(
    "draft",
    [
        replace(SCHOOLS, secrecy=Secrecy.STATE_SECRET),
        replace(SCHOOLS, secrecy=Secrecy.WORK_SECRET),
        replace(SCHOOLS, secrecy=None),
        replace(SCHOOLS, secret_marks=("标题：机密★",)),
    ],
)
def test_secret_data_is_refused_at_the_door_and_the_refusal_is_recorded(
    world: World, draft: object
) -> None:
    with pytest.raises(SecretDataRefusedError) as caught:
        world.add(draft, "secret")  # type: ignore[arg-type]

    assert "HL-44" in caught.value.cite
    assert not Dataset.objects.exists()
    refusal = Entry.objects.get(subject="dataset:secret")
    assert refusal.kind == "dataset.refused"
    assert "机密" not in str(refusal.facts)


@pytest.mark.clause("HL-6.2", "MC-11.3", "CT-7", "HN-6.5", "NA-12.2")
def test_only_people_of_the_provider_write_an_entry(world: World) -> None:
    dataset = world.add(SCHOOLS, "schools")
    with pytest.raises(NotYourDepartmentError):
        actions.edit_dataset(dataset, SCHOOLS, actor=world.clerk, at=NOON)
    with pytest.raises(NotYourDepartmentError):
        actions.submit_dataset(dataset, actor=world.clerk, at=NOON)
    with pytest.raises(NotYourDepartmentError):
        actions.add_dataset(
            SCHOOLS, code="other", provider=world.education, actor=world.regulator, at=NOON
        )


@pytest.mark.clause("HL-12.3")
def test_the_provider_cannot_approve_its_own_entry(world: World) -> None:
    dataset = world.add(SCHOOLS, "schools")
    actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    with pytest.raises(WrongPersonError):
        actions.approve_dataset(dataset, actor=world.teacher, at=NOON)
    assert queries.dataset("schools").current_version is None


@pytest.mark.clause("HL-12.3")
def test_an_entry_is_not_returned_without_comments(world: World) -> None:
    dataset = world.add(SCHOOLS, "schools")
    actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    with pytest.raises(FactMissingError, match="opinion"):
        actions.return_dataset(dataset, opinion=" ", actor=world.regulator, at=NOON)


def test_an_entry_under_review_is_neither_edited_nor_submitted_again(world: World) -> None:
    dataset = world.add(SCHOOLS, "schools")
    case = actions.submit_dataset(dataset, actor=world.teacher, at=NOON)
    with pytest.raises(DatasetUnderReviewError, match=case.number):
        actions.edit_dataset(dataset, SCHOOLS, actor=world.teacher, at=NOON)
    with pytest.raises(DatasetUnderReviewError):
        actions.submit_dataset(dataset, actor=world.teacher, at=NOON)


@pytest.mark.clause("HL-15")
def test_an_update_publishes_a_new_version_and_the_earlier_one_stays_readable(
    world: World,
) -> None:
    dataset = world.publish(SCHOOLS, "schools")
    with pytest.raises(NothingToSubmitError):
        actions.submit_dataset(dataset, actor=world.teacher, at=LATER)

    wider = replace(SCHOOLS, items=(*SCHOOLS.items, DraftItem("city", "城市")))
    actions.edit_dataset(dataset, wider, actor=world.teacher, at=LATER)
    assert queries.dataset("schools").status is Status.DRAFT
    assert queries.published().get().current_version.number == 1

    with pytest.raises(FactMissingError, match="change_day"):
        actions.submit_dataset(dataset, actor=world.teacher, at=LATER)
    facts = {"change_source": "duty", "change_day": NOON.date(), "changes": "增加城市"}
    actions.submit_dataset(dataset, actor=world.teacher, at=LATER, facts=facts)

    now = queries.dataset("schools")
    assert (now.status, now.newest.number) == (Status.PUBLISHED, 2)
    assert now.resource_code == "HL-EDU/000001"
    assert len(queries.draft_of(queries.version_of(now, 1)).items) == 3
    assert len(queries.draft_of(queries.version_of(now, 2)).items) == 4


def test_the_database_refuses_to_change_a_published_version(world: World) -> None:
    version = world.publish(SCHOOLS, "schools").newest
    attempts = (
        lambda: DatasetVersion.objects.filter(pk=version.pk).update(title="改"),
        lambda: DatasetVersion.objects.filter(pk=version.pk)._raw_delete("default"),
        lambda: version.items.update(personal=True),
        lambda: version.items.all().delete(),
        lambda: version.items.create(position=9, name="x", title="x", type="text"),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="publish"), transaction.atomic():
            attempt()


def test_a_version_reads_back_as_the_draft_it_was_written_from(world: World) -> None:
    dataset = world.add(GRADUATES, "graduates")
    assert queries.draft_of(dataset.newest) == GRADUATES


def test_codes_are_unique_and_fit_into_addresses(world: World) -> None:
    world.add(SCHOOLS, "schools")
    with pytest.raises(DatasetCodeTakenError):
        world.add(SCHOOLS, "schools")
    for code in ("", "../x", "a b", "目录", "x" * 65):
        with pytest.raises(DatasetCodeError):
            world.add(SCHOOLS, code)


def test_what_does_not_exist_is_said_to_be_missing(world: World) -> None:
    with pytest.raises(DatasetNotFoundError, match="nothing"):
        queries.dataset("nothing")
    dataset = world.add(SCHOOLS, "schools")
    with pytest.raises(DatasetNotUnderReviewError):
        actions.approve_dataset(dataset, actor=world.regulator, at=NOON)


@pytest.mark.clause("HN-8.3")
def test_datasets_are_found_by_chinese_words_in_title_items_and_provider(world: World) -> None:
    world.publish(SCHOOLS, "schools")
    world.publish(GRADUATES, "graduates")
    world.add(replace(SCHOOLS, title="高校未发布"), "hidden")

    def found(words: str) -> list[str]:
        return [dataset.code for dataset in queries.search(words)]

    assert found("高等学校") == ["schools", "graduates"]  # title before summary
    assert found("手机") == ["graduates"]
    assert found("学校标识码") == ["schools"]
    assert set(found("教育厅")) == {"schools", "graduates"}
    assert found("GRADUATES") == ["graduates"]
    assert found("HL-EDU/000002") == ["graduates"]
    assert found("量子") == []
    assert set(found("  ")) == {"schools", "graduates"}


def test_a_withdrawn_entry_is_submitted_no_more(world: World) -> None:
    dataset = world.publish(SCHOOLS, "schools")
    actions.edit_dataset(dataset, replace(SCHOOLS, summary="改"), actor=world.teacher, at=LATER)
    Dataset.objects.filter(pk=dataset.pk).update(withdrawn_at=LATER)

    withdrawn = queries.dataset("schools")
    with pytest.raises(DatasetWithdrawnError):
        actions.submit_dataset(withdrawn, actor=world.teacher, at=LATER)
    with pytest.raises(DatasetWithdrawnError):
        queries.submission_of(withdrawn, LATER.date())


def test_the_catalogue_list_takes_one_query_however_long(
    world: World, django_assert_num_queries: object
) -> None:
    for number in range(3):
        world.publish(replace(SCHOOLS, update_frequency=UpdateFrequency.DAILY), f"d{number}")
    with django_assert_num_queries(1):  # type: ignore[operator]
        lines = [(d.code, d.newest.title, d.status, d.provider.name) for d in queries.published()]
    assert len(lines) == 3
