"""The PDF of a whole case: what it shows, what it carries, and that it is the one of its file."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cases.conftest import File
from cases.scene import MONDAY, Scene
from huitong.cases import actions as cases
from huitong.cases import tasks
from huitong.cases.models import Case
from huitong.cases.papers import content, files, sheets
from huitong.cases.papers.errors import CaseFileUnreadableError, CaseUnknownError
from huitong.ledger import keys
from huitong.ledger.checkpoints import PublicKey
from huitong.operations import case_files
from huitong.operations.cli import app

DAY = timedelta(days=1)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


@pytest.fixture
def data(file: File) -> bytes:
    return content.written(file)


@pytest.fixture
def pdf(data: bytes) -> bytes:
    return sheets.case_pdf(data)


@pytest.mark.clause("HL-22.3")
def test_it_shows_who_did_what_when_by_which_article_and_what_was_refused(
    file: File,
    pdf: bytes,
) -> None:
    text = text_of(pdf)

    for words in (
        "政务数据办件卷宗",
        file["number"],
        "黑政办规〔2025〕1号",
        file["table_sha256"][:32],
        "省人力资源和社会保障厅",
        "提交申请",
        "不同意共享",
        "省教育厅经办人",
        "2026-03-03 09:00",
        "第二十二条第二款第（二）项",
        "申请范围超出履职需要",
        "应于2026年3月3日（星期二）17:30前办结",
        "未予办理的操作",
        "办理人不具有该环节的身份",
        "person:consumer@HL-CONSUMER",
        file["events"][1]["entry"],
    ):
        assert words in text, words


def test_it_is_in_english_by_switch(data: bytes) -> None:
    text = text_of(sheets.case_pdf(data, "en"))

    for words in ("Case File", "Review by the provider", "not this person's step", "art. 22"):
        assert words in text, words
    assert "办理过程" not in text


@pytest.mark.clause("HL-12.3")
def test_it_shows_the_days_that_do_not_count_and_that_a_period_was_missed(
    scene: Scene,
    key: PublicKey,
) -> None:
    april = MONDAY.replace(month=4, day=1)
    case = cases.take_step(
        scene.submit_entry(), "review.return", actor=scene.actor("authority"), at=april,
        facts={"opinion": "补充字段说明"},
    )  # fmt: skip
    tasks.note_overdue(april.replace(day=20))
    case = cases.take_step(
        case, "revise.resubmit", actor=scene.actor("provider"), at=april.replace(day=21)
    )

    text = text_of(sheets.case_pdf(content.written(files.case_file(case))))

    for words in ("2026-04-04 清明节", "2026-04-09", "逾期办理", "逾期记录", "未封存"):
        assert words in text, words


def test_markup_in_a_case_is_printed_and_not_run(
    scene: Scene,
    key: PublicKey,
) -> None:
    hostile = '#panic("x") *粗* $ \\ "引号" #include "/etc/passwd"'
    file = files.case_file(scene.apply(scenario=hostile))

    assert '#panic("x") *粗* $ \\' in text_of(sheets.case_pdf(content.written(file)))


def test_the_pdf_carries_the_file_and_its_digest(data: bytes, pdf: bytes) -> None:
    ((name, (body,)),) = PdfReader(io.BytesIO(pdf)).attachments.items()

    assert name == f"{json.loads(data)['number']}.json"
    assert body == data == sheets.attached(pdf)
    assert content.hashlib.sha256(data).hexdigest()[:32] in text_of(pdf)


def test_the_same_file_gives_the_same_pdf(data: bytes, pdf: bytes) -> None:
    assert sheets.case_pdf(data) == pdf


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pdf_is_proved_by_the_file_in_it(data: bytes, key: PublicKey, lang: str) -> None:
    assert sheets.verify_pdf(sheets.case_pdf(data, lang), key, data).is_proved


def test_a_pdf_with_another_page_is_found(data: bytes, pdf: bytes, key: PublicKey) -> None:
    # The one page of another case, with this case's file attached.
    place = pdf.rindex(b"/MediaBox[0 0 595")
    altered = pdf[:place] + pdf[place:].replace(b"/MediaBox[0 0 595", b"/MediaBox[0 0 495", 1)

    assert [p.code for p in sheets.verify_pdf(altered, key).problems] == ["pdf_altered"]


def test_a_pdf_of_another_file_is_found(scene: Scene, data: bytes, key: PublicKey) -> None:
    other = sheets.case_pdf(content.written(files.case_file(scene.apply())))

    assert "pdf_foreign" in {p.code for p in sheets.verify_pdf(other, key, data).problems}


def test_a_pdf_of_another_version_of_typst_is_not_called_altered(
    pdf: bytes,
    key: PublicKey,
) -> None:
    other = pdf.replace(b"/Creator(Typst 0.", b"/Creator(Typst 9.")

    assert [p.code for p in sheets.verify_pdf(other, key).problems] == ["pdf_incomparable"]


@pytest.mark.parametrize("body", [b"%PDF-1.7\n", b"%PDF-1.7 <</Type/EmbeddedFile>>\nstream\n"])
def test_a_pdf_that_carries_nothing_is_refused(body: bytes, key: PublicKey) -> None:
    with pytest.raises(CaseFileUnreadableError):
        sheets.verify_pdf(body, key)


def test_the_command_exports_sealed_files_that_the_command_verifies(
    refused: Case,
    key: PublicKey,
    huitong_home: Path,
    tmp_path: Path,
) -> None:
    paths = case_files.export(refused.number, tmp_path / "out", lang="zh", at=MONDAY + DAY)
    assert [path.name for path in paths] == [f"{refused.number}.json", f"{refused.number}.pdf"]
    public = str(huitong_home / "keys" / keys.PUBLIC_NAME)

    for path in paths:
        done = CliRunner().invoke(
            app, ["case", "verify", str(path), "--key", public, "--json"], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["proved"]

    paths[0].write_bytes(paths[0].read_bytes().replace("省教育厅".encode(), "省公安厅".encode()))
    done = CliRunner().invoke(app, ["case", "verify", str(paths[0]), "--key", public])
    assert done.exit_code == 1
    assert "存证记载的卷宗摘要与本卷宗内容不符" in done.stdout


def test_a_case_that_is_not_there_is_told(db: None, tmp_path: Path) -> None:
    with pytest.raises(CaseUnknownError, match="GX-0"):
        case_files.export("GX-0", tmp_path, lang="zh", at=MONDAY)
