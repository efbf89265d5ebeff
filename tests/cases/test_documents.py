"""Documents by template: which step makes which, what each says, and that it can be proved."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from cases import scene as scenes
from cases.scene import MONDAY, Scene
from huitong.cases import actions as cases
from huitong.cases import checks, tables, tasks
from huitong.cases.models import Case
from huitong.cases.papers import actions, content, documents, files, letters, sheets
from huitong.cases.papers.errors import (
    DocumentsBrokenError,
    DocumentUnknownError,
    NotIssuerError,
)
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM, PostRole
from huitong.regulations import clauses, compiling, profiles

DAY = timedelta(days=1)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def names(case: Case) -> list[tuple[str, str]]:
    return [(paper.id, paper.document.name) for paper in letters.papers_of(case)]


def printed(case: Case, paper_id: str, lang: str = "zh") -> str:
    return text_of(letters.paper_pdf(case, letters.paper_of(case, paper_id), lang))


@pytest.fixture
def nation(db: None, watched: list[tuple[str, str, int]]) -> Scene:
    """A province under the national regulation, whose departments have heads."""
    built = scenes.build("national-2025")
    for name, home in (("provider", built.provider), ("consumer", built.consumer)):
        head = organisations.register_person(
            username=f"{name}_head", name=f"{home.name}负责人", actor=SYSTEM, at=MONDAY
        )
        organisations.appoint(
            person=head, department=home, role=PostRole.UNIT_HEAD, actor=SYSTEM, at=MONDAY,
            since=date(2026, 1, 1),
        )  # fmt: skip
        built.people[head.username] = head  # type: ignore[index]
    return built


def apply(nation: Scene) -> Case:
    return nation.apply(use_until="2026-12-31", assurance=True, consent="厅负责人")


@pytest.mark.clause("HL-22.3")
def test_a_refusal_says_the_decision_the_reason_and_the_article(refused: Case) -> None:
    assert names(refused) == [("01", "acceptance"), ("02", "refusal")]

    text = printed(refused, "02")
    for words in (
        "不予同意决定书",
        f"{refused.number}-02",
        "省人力资源和社会保障厅：",
        "经审查，决定：不同意共享。",
        "申请范围超出履职需要",
        "《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项",
        "省教育厅（盖章）",
        "2026年3月3日",
    ):
        assert words in text, words
    # The text names no way on from a refusal, so none is told.
    assert "有异议" not in text


@pytest.mark.clause("HL-22.3")
def test_a_notice_of_receipt_says_until_when_an_answer_is_due_and_why(refused: Case) -> None:
    text = printed(refused, "01")

    for words in ("受理通知书", "应于2026年3月3日（星期二）17:30前办结", "教师资格认定时核对学历"):
        assert words in text, words


def test_a_document_is_in_english_by_switch(refused: Case) -> None:
    text = printed(refused, "02", "en")

    for words in ("Decision to Refuse", "it was decided: Refuse.", "art. 22, para. 2, item (2)"):
        assert words in text, words


@pytest.mark.clause("NA-21.3")
@pytest.mark.clause("NA-21.2")
def test_material_is_asked_for_once_and_an_extension_is_told_with_its_new_day(
    nation: Scene,
) -> None:
    case = apply(nation)
    case = cases.take_step(
        case, "reply.ask_supplement", actor=nation.actor("provider"), at=MONDAY,
        facts={"missing_material": "履职依据的全文"},
    )  # fmt: skip
    case = cases.take_step(
        case, "reply.supplement", actor=nation.actor("consumer"), at=MONDAY,
        facts={"material": "《教师资格条例》全文"},
    )  # fmt: skip
    case = cases.take_step(
        case, "reply.ask_extension", actor=nation.actor("provider"), at=MONDAY,
        facts={"special_reason": "需要多部门核对"},
    )  # fmt: skip
    case = cases.take_step(
        case, "reply.grant_extension", actor=nation.actor("authority"), at=MONDAY
    )

    assert names(case) == [("01", "acceptance"), ("02", "supplement"), ("05", "extension")]
    supplement, extension = printed(case, "02"), printed(case, "05")
    for words in ("一次性告知书", "履职依据的全文", clauses.label("NA-21.3")):
        assert words in supplement, words
    for words in (
        "延长期限通知书",
        "10个工作日，延长10个工作日",
        "省数据局（盖章）",
        "抄送：省教育厅",
    ):
        assert words in extension, words


@pytest.mark.clause("NA-28.1")
def test_a_refusal_names_the_remedy_that_the_text_states(nation: Scene) -> None:
    case = apply(nation)
    head = nation.actor("provider_head")
    case = cases.take_step(case, "reply.consent_refuse", actor=head, at=MONDAY)
    case = cases.take_step(
        case, "reply.refuse", actor=nation.actor("provider"), at=MONDAY,
        facts={"reason": "与履职无关"},
    )  # fmt: skip

    where = clauses.label("NA-28.1")
    assert f"对本决定有异议的，可以依照{where}办理共享争议处理" in printed(case, "03")


@pytest.mark.clause("HL-27.1")
def test_an_order_to_rectify_goes_to_whom_it_binds_with_the_day_that_it_sets(scene: Scene) -> None:
    case = scene.order_rectification("2026-03-16")

    ((_id, name),) = names(case)
    assert name == "rectification_order"
    text = printed(case, "01")
    for words in ("限期整改通知书", "省人力资源和社会保障厅：", "调用未授权的列", "2026年3月16日"):
        assert words in text, words


@pytest.mark.clause("HL-22.3")
def test_an_overdue_notice_comes_of_the_entry_that_records_the_delay(scene: Scene) -> None:
    case = scene.apply()
    assert tasks.note_overdue(MONDAY + 5 * DAY) == [case.number]

    assert names(case) == [("01", "acceptance"), ("01-overdue", "overdue")]
    text = printed(case, "01-overdue")
    for words in ("逾期提示单", "省教育厅：", "2026-03-03", "截至2026年3月7日尚未办结"):
        assert words in text, words


def test_the_same_event_gives_the_same_bytes_whatever_came_after(scene: Scene) -> None:
    case = scene.apply()
    before = letters.paper_pdf(case, letters.paper_of(case, "01"))
    case = cases.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY + 4 * DAY)

    assert letters.paper_pdf(case, letters.paper_of(case, "01")) == before


def test_who_took_the_step_issues_its_document_and_the_digest_is_recorded_once(
    scene: Scene, refused: Case
) -> None:
    officer = scene.actor("provider")
    entry = actions.issue(refused, "02", "zh", actor=officer, at=MONDAY + 2 * DAY)
    again = actions.issue(refused, "02", "zh", actor=officer, at=MONDAY + 3 * DAY)

    assert again.uuid == entry.uuid
    paper = letters.paper_of(refused, "02")
    assert paper.issued["zh"].facts["sha256"] == letters.digest(letters.paper_pdf(refused, paper))
    assert entry.cite == ["HL-22.3"]
    # The whole file shows it: in the ledger's entries, and in the PDF.
    data = content.written(files.case_file(refused))
    assert entry.facts["sha256"] in text_of(sheets.case_pdf(data))


@pytest.mark.parametrize("who", ["consumer", "authority"])
def test_nobody_else_issues_it(scene: Scene, refused: Case, who: str) -> None:
    with pytest.raises(NotIssuerError, match="省教育厅"):
        actions.issue(refused, "02", "zh", actor=scene.actor(who), at=MONDAY)
    assert not Entry.objects.filter(kind=content.PAPER).exists()


@pytest.mark.parametrize("paper", ["01", "01-overdue"])
def test_the_platforms_own_notices_are_issued_for_any_reader(scene: Scene, paper: str) -> None:
    case = scene.apply()
    tasks.note_overdue(MONDAY + 5 * DAY)

    entry = actions.issue(case, paper, "zh", actor=scene.actor("consumer"), at=MONDAY)

    assert entry.facts["paper"] == paper
    assert letters.letter(case, letters.paper_of(case, paper), "zh")["issuer"] == "汇通政务数据平台"


def test_a_document_that_a_case_does_not_have_is_told(refused: Case) -> None:
    with pytest.raises(DocumentUnknownError, match="07"):
        letters.paper_of(refused, "07")


def test_a_list_takes_two_queries_whatever_its_length(
    refused: Case, django_assert_num_queries: object
) -> None:
    tables.of(refused)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(letters.papers_of(refused)) == 2


def test_a_first_signature_of_several_makes_no_document() -> None:
    table = next(
        table
        for table in compiling.every_table([profiles.load("model-city")])
        if any("_joined_" in name for name in table.states)
    )
    joined = next(
        (step.name, route.to)
        for step in table.steps
        for route in step.routes
        if "_joined_" in route.to
    )

    assert documents.made_by(table, *joined) is None


@pytest.mark.parametrize("profile_id", profiles.all_ids())
def test_every_refusal_and_every_filing_of_every_text_makes_a_document(profile_id: str) -> None:
    for table in compiling.every_table([profiles.load(profile_id)]):
        for step in table.steps:
            told = step.outcome in {"ask_supplement", "grant_extension"}
            told |= step.name.endswith((".ask_supplement", ".grant_extension"))
            told |= step.outcome == "refuse" and not step.practice
            if told:
                made = documents.made_by(table, step.name, step.routes[-1].to)
                assert made is not None, (table.kind, step.name)


GOOD = documents.FILE.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  demand:\n", "  demanding:\n", "there is no kind demanding"),
        ("judge.cut_off: rect", "judge.cut_away: rect", "use_rectification has no judge.cut_away"),
        ("order.issue: rect", "orders.issue: rect", "use_rectification has no orders.issue"),
        ("    reply.refuse: refusal\n", "    reply.refuse: no\n", "there is no document"),
        ("    to: applicant\n", "    to: everybody\n", "to is everybody"),
        ("    by: platform\n", "    by: anyone\n", "by is anyone"),
        ("决定：{step}。理由", "决定：{outcome}。理由", "names outcome, which nothing fills"),
        ("  overdue: overdue\n", "", "nothing makes overdue"),
        ("  kinds", "  kinds:", "documents"),
    ],
)
def test_a_fault_in_the_table_is_named_and_stops_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, named: str
) -> None:
    broken = tmp_path / "documents.yaml"
    broken.write_text(GOOD.replace(old, new, 1) if old in GOOD else "kinds: [\n", "utf-8")
    monkeypatch.setattr(documents, "FILE", broken)
    documents.shared.cache_clear()
    try:
        with pytest.raises(DocumentsBrokenError, match=r"documents\.yaml:\d+") as caught:
            documents.shared()
        assert named in str(caught.value)
        assert [found.id for found in checks.documents_are_whole()] == ["huitong.cases.E010"]
    finally:
        documents.shared.cache_clear()


@pytest.mark.clause("HL-25.3")
def test_the_issuer_is_who_decided_and_who_recorded_it_is_named_besides(scene: Scene) -> None:
    for duty in ("dispute", "mechanism"):
        organisations.assign_duty(
            jurisdiction=scene.province,
            duty=duty,
            department=scene.authority,
            actor=SYSTEM,
            at=MONDAY,
        )
    authority = scene.actor("authority")
    case = cases.open_case(
        kind="dispute",
        jurisdiction=scene.province,
        subject="dataset:HL-EDU-001",
        title="共享范围的争议",
        parties={"provider": scene.provider, "consumer": scene.consumer},
        facts={"dispute_matter": "是否含身份证件号"},
        actor=scene.actor("consumer"),
        at=MONDAY,
    )
    talks = {"talks": "未达成一致"}
    cases.take_step(case, "negotiate.fail", actor=scene.actor("consumer"), at=MONDAY, facts=talks)
    cases.take_step(case, "coordinate.fail", actor=authority, at=MONDAY, facts={"opinion": "—"})
    cases.take_step(
        case,
        "decide.decide",
        actor=authority,
        at=MONDAY + DAY,
        facts={
            "decision": "应当共享",
            "decided_by": "黑龙江省政务数据工作协调机制",
            "decided_by_paper": "黑数协〔2026〕1号",
        },
    )
    paper = letters.papers_of(case)[-1]
    text = printed(case, paper.id)

    assert letters.issuer_of(paper, "zh") == "黑龙江省政务数据工作协调机制"
    assert letters.recorder_of(paper) == "省数据局"
    assert text.startswith("黑龙江省政务数据工作协调机制")
    assert "代为记录：省数据局" in text
    assert "黑数协〔2026〕1号" in text
    assert "盖章" not in text  # the seal stands under the paper of who decided
    assert "Recorded by: 省数据局" in printed(case, paper.id, "en")
    # Before, the authority decided itself: it is the issuer and nobody recorded for it.
    earlier = letters.papers_of(case)[0]
    assert letters.recorder_of(earlier) == ""
    assert actions.issue(case, paper.id, "zh", actor=authority, at=MONDAY + DAY).actor
    with pytest.raises(NotIssuerError, match="省数据局"):
        actions.issue(case, paper.id, "en", actor=scene.actor("provider"), at=MONDAY + DAY)
