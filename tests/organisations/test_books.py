"""The books of a department: what each text asks for, versions, ends, files, tasks and matters."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from huitong.ledger.models import Entry
from huitong.organisations import actions, books, gaps
from huitong.organisations.errors import (
    NotAuthorityError,
    NotYourDepartmentError,
    PaperError,
)
from huitong.organisations.models import Department, Jurisdiction, Paper
from huitong.organisations.types import SYSTEM, Attachment
from huitong.regulations import house
from organisations.places import TODAY, Province

DAY = dt.timedelta(days=1)
LINK = {"link": "共享调用", "answerable": "省数据局", "standard": "某标准"}
TASK = {"task": "编目", "requirement": "全部挂接"}


def file(founded: Province, kind: str = "management_rules", **more: object) -> Paper:
    asked: dict[str, object] = {
        "department": founded.education, "kind": kind, "title": "某制度", "since": TODAY,
        "actor": founded.actor(founded.officer), "at": founded.at,
    }  # fmt: skip
    return actions.file_paper(**(asked | more))  # type: ignore[arg-type]


def under(founded: Province, profile: str, *, is_authority: bool = False) -> Department:
    """Return the city's department under another regulation, with a duty where asked."""
    actions.choose_regulation(founded.city, profile_id=profile, actor=SYSTEM, at=founded.at)
    if is_authority:
        actions.assign_duty(
            jurisdiction=founded.city, duty="sharing", department=founded.civil_affairs,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip
    founded.civil_affairs.refresh_from_db()
    return founded.civil_affairs


_WORK = {
    "management_rules": "NA-10",
    "correction_rules": "NA-26.1",
    "security_rules": "NA-11.4",
    "privacy_rules": "NA-11.4",
    "security_assessment": "NA-11.4",
}


_HENAN = {
    "catalogue_rules": "HN-9.2",
    "security_rules": "HN-25.1",
    "emergency_measures": "HN-27",
}


@pytest.mark.clause("HN-14", "HN-24.1", "HN-25.1", "HN-27")
@pytest.mark.clause(
    "HN-9.2", "CT-23.1", "NA-10", "NA-11.4", "NA-26.1", "NA-34", "NA-30.2", "HL-24.5", "HL-6.5",
    "HL-9.2",
)  # fmt: skip
@pytest.mark.parametrize(
    ("profile", "is_authority", "asked"),
    [
        ("henan-2020", False, _HENAN),
        (
            "henan-2020",
            True,
            {
                **_HENAN,
                "protection_rules": "HN-24.1",
                "security_assessment": "HN-24.1",
                "emergency_norms": "HN-27",
                "platform": "HN-14",
            },
        ),
        (
            "county-2024",
            False,
            {
                "procedure": "CT-23.1",
                "management_rules": "CT-23.1",
                "accountability_rules": "CT-23.1",
            },
        ),
        ("huizhou-2024", False, {"aims": "HZ-5.1", "security_rules": "HZ-20.4"}),
        ("national-2025", False, _WORK),
        ("national-2025", True, {**_WORK, "security_link": "NA-34", "platform": "NA-30.2"}),
        (
            "heilongjiang-2025",
            True,
            {
                "management_rules": "HL-6.1",
                "correction_rules": "HL-24.5",
                "security_rules": "HL-6.5",
                "security_assessment": "HL-6.5",
                "platform": "HL-9.2",
            },
        ),
        ("model-city", True, {}),
    ],
)
def test_the_papers_that_each_text_asks_of_a_citys_department(
    founded: Province, profile: str, is_authority: bool, asked: dict[str, str]
) -> None:
    department = under(founded, profile, is_authority=is_authority)

    lacking = gaps.of_department(department, TODAY)

    assert {gap.name: gap.cite[0] for gap in lacking if gap.what == "paper"} == asked


@pytest.mark.clause("CT-18.1", "CT-19.2")
def test_of_several_authorities_the_one_with_the_duty_keeps_the_papers(founded: Province) -> None:
    def lacking(department: Department) -> set[tuple[str, ...]]:
        found = gaps.of_department(department, TODAY)
        return {gap.cite for gap in found if gap.name.startswith("security_")}

    one = under(founded, "county-2024", is_authority=True)
    assert lacking(one) == set()
    with pytest.raises(NotAuthorityError) as refused:
        file(founded, "security_rules", department=one, actor=SYSTEM)
    assert refused.value.cite == ("CT-18.1",)

    actions.assign_duty(
        jurisdiction=founded.city, duty="security", department=one, actor=SYSTEM, at=founded.at
    )
    assert lacking(one) == {("CT-18.1",), ("CT-19.2",)}


@pytest.mark.clause("HL-8", "HL-9.1", "HL-9.2", "HL-9.3", "HL-37")
def test_platforms_and_links_are_the_provinces_authoritys_to_register(founded: Province) -> None:
    def lacking(department: Department) -> dict[str, tuple[str, ...]]:
        found = gaps.of_department(department, TODAY)
        return {gap.name: gap.cite for gap in found if gap.name in {"platform", "security_link"}}

    regulator = founded.actor(founded.regulator)
    assert lacking(founded.education) == {}
    assert lacking(founded.authority) == {
        "security_link": ("HL-37",),
        "platform": ("HL-8", "HL-9.1"),
    }

    platform = {"platform": "省平台", "serves": "省级", "operator": "省数据局"}
    file(founded, "platform", department=founded.authority, actor=regulator, stated=platform)
    file(founded, "security_link", department=founded.authority, actor=regulator, stated=LINK)

    assert lacking(founded.authority) == {}
    assert file(founded, "platform", stated=platform).cite == ["HL-9.3"]  # its sector's own
    with pytest.raises(NotAuthorityError) as refused:
        file(founded, "platform", department=founded.civil_affairs, actor=SYSTEM, stated=platform)
    assert refused.value.cite == ("HL-9.2",)


@pytest.mark.clause("HL-24.5")
def test_a_filed_paper_is_in_the_books_and_in_the_ledger(founded: Province) -> None:
    paper = file(founded, "correction_rules", number="教办〔2026〕3号", until=TODAY + 365 * DAY)

    noted = Entry.objects.get(kind="paper.filed")
    assert noted.actor == "person:zhang@HL-EDU"
    assert noted.cite == ["HL-24.5"]
    assert noted.facts["kind"] == "correction_rules"
    assert "某制度" not in str(noted.facts)
    assert paper.cite == ["HL-24.5"]
    assert "correction_rules" not in {g.name for g in gaps.of_department(founded.education, TODAY)}


@pytest.mark.clause("NA-10")
def test_a_paper_that_has_run_out_is_missing_again_and_told_before(founded: Province) -> None:
    paper = file(founded, until=TODAY + 40 * DAY)
    mine = [founded.education]

    def missing(day: dt.date) -> bool:
        found = gaps.of_department(founded.education, day)
        return "management_rules" in {gap.name for gap in found}

    assert [missing(TODAY + n * DAY) for n in (-1, 0, 39, 40)] == [True, False, False, True]
    assert [list(books.ending(mine, TODAY + n * DAY)) for n in (9, 10, 40)] == [[], [paper], []]


def test_a_new_version_ends_the_one_before_and_none_is_rewritten(founded: Province) -> None:
    first = file(founded)
    second = file(founded, follows=first, since=TODAY + 2 * DAY)
    first.refresh_from_db()

    assert (first.until, second.version) == (TODAY + 2 * DAY, 2)
    for wrong in (
        {"follows": first, "since": TODAY + 3 * DAY},
        {"follows": second, "since": TODAY},
        {"follows": second, "kind": "correction_rules", "since": TODAY + 3 * DAY},
    ):
        with pytest.raises(PaperError, match="cannot be followed"):
            file(founded, **wrong)
    assert Paper.objects.count() == 2


@pytest.mark.clause("CT-25")
def test_a_contractor_is_filed_with_the_secrecy_agreement_or_not_at_all(founded: Province) -> None:
    department = under(founded, "county-2024")
    stated = {"contractor": "某公司", "scope": "治理", "monitoring": "日志审计"}

    with pytest.raises(PaperError, match="number of the secrecy agreement") as refused:
        file(founded, "contractor", department=department, actor=SYSTEM, stated=stated)
    assert refused.value.cite == ("CT-25",)

    made = file(
        founded, "contractor", department=department, actor=SYSTEM,
        stated={**stated, "secrecy_agreement": "密2026-1"},
    )  # fmt: skip
    assert made.stated["secrecy_agreement"] == "密2026-1"
    assert made.cite == ["CT-25"]


@pytest.mark.clause("NA-34", "HL-37", "HZ-20.3")
@pytest.mark.parametrize(
    ("profile", "cite"), [("national-2025", "NA-34"), ("huizhou-2024", "HZ-20.3")]
)
def test_who_answers_for_the_security_of_each_link_is_stated(
    founded: Province, profile: str, cite: str
) -> None:
    department = under(founded, profile, is_authority=True)
    with pytest.raises(PaperError, match="who answers"):
        file(
            founded, "security_link", department=department, actor=SYSTEM,
            stated={**LINK, "answerable": " "},
        )  # fmt: skip

    made = file(founded, "security_link", department=department, actor=SYSTEM, stated=LINK)

    assert (made.stated, made.cite) == (LINK, [cite])


@pytest.mark.clause("NA-30.3")
def test_a_platform_of_a_central_department_is_registered_by_itself(founded: Province) -> None:
    nation = actions.found_jurisdiction(
        code="100000", name="中华人民共和国", level="nation", parent=None,
        profile_id="national-2025", actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    ministry = actions.found_department(
        code="MOE", name="某部", jurisdiction=nation, actor=SYSTEM, at=founded.at
    )

    made = file(
        founded, "platform", department=ministry, actor=SYSTEM,
        stated={"platform": "部平台", "serves": "本行业", "operator": "某部"},
    )  # fmt: skip

    assert "NA-30.3" in made.cite


@pytest.mark.clause("HZ-3.2", "HL-5")
@pytest.mark.parametrize(
    ("profile", "cite"), [("huizhou-2024", "HZ-3.2"), ("heilongjiang-2025", "HL-5")]
)
def test_the_authority_sets_a_task_the_body_reports_and_the_authority_closes(
    founded: Province, profile: str, cite: str
) -> None:
    actions.choose_regulation(founded.province, profile_id=profile, actor=SYSTEM, at=founded.at)
    founded.authority.refresh_from_db()
    regulator, officer = founded.actor(founded.regulator), founded.actor(founded.officer)
    task = file(
        founded, "task", department=founded.authority, actor=regulator, stated=TASK,
        addressees=[founded.education], due=TODAY + 10 * DAY,
    )  # fmt: skip
    assert list(books.sent_to(founded.education)) == [task]
    assert task.cite == [cite]

    actions.report_on(task, text="已完成一半", actor=officer, at=founded.at)
    with pytest.raises(NotYourDepartmentError):
        actions.close_paper(task, actor=officer, at=founded.at)
    actions.close_paper(task, actor=regulator, at=founded.at)

    assert list(books.sent_to(founded.education)) == []
    assert [note.department for note in task.notes.all()] == [founded.education]
    kinds = set(Entry.objects.filter(kind__startswith="paper.").values_list("kind", flat=True))
    assert kinds == {"paper.filed", "paper.reported", "paper.closed"}
    with pytest.raises(PaperError, match="closed"):
        actions.report_on(task, text="再报", actor=officer, at=founded.at)


@pytest.mark.clause("HZ-3.2", "HL-5")
def test_only_the_authority_sets_tasks_and_only_in_its_area(founded: Province) -> None:
    asked = {"stated": TASK, "addressees": [founded.civil_affairs]}
    with pytest.raises(NotAuthorityError):
        file(founded, "task", **asked)
    actions.assign_duty(
        jurisdiction=founded.city, duty="sharing", department=founded.civil_affairs,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    with pytest.raises(PaperError, match="not of the area"):
        file(
            founded, "task", department=founded.civil_affairs, actor=SYSTEM, stated=TASK,
            addressees=[founded.education],
        )  # fmt: skip


@pytest.mark.clause("NA-9.2")
def test_a_major_matter_names_the_departments_it_is_settled_with(founded: Province) -> None:
    department = under(founded, "national-2025", is_authority=True)
    stated = {"matter": "跨省共享", "across": "跨地域、跨系统"}
    with pytest.raises(PaperError, match="names no department"):
        file(founded, "matter", department=department, actor=SYSTEM, stated=stated)

    made = file(
        founded, "matter", department=department, actor=SYSTEM, stated=stated,
        addressees=[founded.education, founded.authority],
    )  # fmt: skip
    actions.report_on(made, text="已会商", actor=founded.actor(founded.officer), at=founded.at)

    assert "NA-9.2" in made.cite
    assert made.notes.count() == 1
    with pytest.raises(PaperError, match="empty"):
        actions.report_on(made, text=" ", actor=founded.actor(founded.officer), at=founded.at)


def test_a_department_files_in_its_own_books_only(founded: Province) -> None:
    with pytest.raises(NotYourDepartmentError):
        file(founded, department=founded.authority)
    assert not Paper.objects.exists()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "novel"}, "no kind of paper"),
        ({"title": "  "}, "no title"),
        ({"until": TODAY}, "ends before it begins"),
    ],
)
def test_a_paper_that_cannot_stand_is_refused(
    founded: Province, more: dict[str, object], why: str
) -> None:
    with pytest.raises(PaperError, match=why):
        file(founded, **more)
    assert not Entry.objects.filter(kind="paper.filed").exists()


def test_a_file_is_kept_by_its_digest_and_checked_when_it_is_read(
    founded: Province, huitong_home: Path
) -> None:
    content = b"%PDF-1.7 rules"
    paper = file(founded, attachment=Attachment("..\\../evil/规则.pdf", content))
    digest = hashlib.sha256(content).hexdigest()

    assert (paper.file_name, paper.file_sha256, paper.file_size) == ("规则.pdf", digest, 14)
    assert Entry.objects.get(kind="paper.filed").facts["sha256"] == digest
    assert books.content_of(paper) == content
    kept = huitong_home / "papers" / digest
    kept.write_bytes(b"forged")
    with pytest.raises(PaperError, match="not what was filed"):
        books.content_of(paper)
    kept.unlink()
    with pytest.raises(PaperError):
        books.content_of(paper)


@pytest.mark.parametrize("size", [0, books.LIMIT + 1])
def test_a_file_of_no_bytes_or_of_too_many_is_refused(
    founded: Province, huitong_home: Path, size: int
) -> None:
    with pytest.raises(PaperError, match="bytes"):
        file(founded, attachment=Attachment("a", b"x" * size))
    assert not (huitong_home / "papers").exists()


def test_a_paper_is_read_by_whom_it_concerns(founded: Province) -> None:
    paper = file(founded)
    regulator = founded.actor(founded.regulator)
    actions.appoint(
        person=founded.head, department=founded.civil_affairs, role="officer",
        since=TODAY + DAY, actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    from huitong.organisations import queries  # noqa: PLC0415

    stranger = queries.actor_of(founded.head, TODAY + DAY, department=founded.civil_affairs)

    assert books.may_read(paper, founded.actor(founded.officer))
    assert books.may_read(paper, regulator)
    assert not books.may_read(paper, stranger)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE organisations_paper SET title = '改'", "file another version"),
        ("UPDATE organisations_paper SET until = NULL", "file another version"),
        ("DELETE FROM organisations_paper", "permission denied"),
        ("UPDATE organisations_papernote SET text = '改'", "permission denied"),
        ("DELETE FROM organisations_paper_addressees", "permission denied"),
    ],
)
def test_the_database_keeps_the_books(founded: Province, statement: str, why: str) -> None:
    file(founded, until=TODAY + DAY)
    with pytest.raises((DatabaseError, IntegrityError), match=why), transaction.atomic():
        connection.cursor().execute(statement)


def test_every_paper_that_a_text_asks_for_is_a_known_kind() -> None:
    for profile in ("henan-2020", "county-2024", "huizhou-2024", "national-2025"):
        assert house.of(profile).papers
        for rule in house.of(profile).papers.values():
            assert rule.paper in house.words().papers


def test_a_place_without_a_regulation_asks_for_nothing(founded: Province) -> None:
    bare = Jurisdiction.objects.create(code="220000", name="某省", level="province")
    assert gaps.house_of(bare) == house.House()
    assert gaps.duties_of(bare) == []


@pytest.mark.clause("MC-23.2")
def test_a_body_lists_what_nobody_need_bring_any_more(founded: Province) -> None:
    body = under(founded, "model-city")
    own = founded.actor(founded.officer)
    spared = {"matter": "创业补贴", "paper": "毕业证书复印件", "instead": "高校毕业生信息"}
    asked = {"kind": "spared_papers", "department": body, "stated": spared}

    with pytest.raises(NotYourDepartmentError):
        file(founded, **asked, actor=own)
    with pytest.raises(PaperError):
        file(founded, **{**asked, "stated": {"matter": "创业补贴"}}, actor=SYSTEM)
    paper = file(founded, **asked, actor=SYSTEM)

    assert (paper.stated, paper.cite) == (spared, ["MC-23.2"])
    assert Entry.objects.get(kind="paper.filed").cite == ["MC-23.2"]


@pytest.mark.clause("MC-6.2", "MC-3.1")
def test_the_citys_authority_registers_its_platform_and_its_links(founded: Province) -> None:
    body = under(founded, "model-city")
    link = {"platform": "省公共信用信息交换平台", "interface": "接口一", "data": "行政处罚"}
    asked = {"kind": "platform_link", "department": body, "stated": link, "actor": SYSTEM}
    with pytest.raises(NotAuthorityError) as refused:
        file(founded, **asked)
    assert refused.value.cite == ("MC-6.2",)

    under(founded, "model-city", is_authority=True)

    assert file(founded, **asked).stated == link
    here = {"platform": "市大数据中心", "serves": "全市", "operator": "市工信局"}
    assert file(founded, **{**asked, "kind": "platform", "stated": here}).cite == ["MC-3.1"]
