"""The file of a case: given out on record, checked offline, each tampering found and named."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cases.conftest import File
from cases.scene import MONDAY, Scene
from huitong.cases import actions as cases
from huitong.cases import rules
from huitong.cases.models import Case
from huitong.cases.papers import actions, content, files, verifying
from huitong.cases.papers.errors import CaseFileUnreadableError
from huitong.ledger import actions as ledger
from huitong.ledger import keys
from huitong.ledger.checkpoints import PublicKey
from huitong.ledger.models import Entry
from huitong.organisations.types import SYSTEM

DAY = timedelta(days=1)


def check(file: File, key: PublicKey | None) -> verifying.Verdict:
    return verifying.verify(content.written(file), key)


def codes(file: File, key: PublicKey) -> dict[str, str]:
    """Return what is found, without what follows from any change of the content at all."""
    found = {problem.code: problem.where for problem in check(file, key).problems}
    for always in ("content_altered", "statement_differs"):
        assert always in found, found
        del found[always]
    return found


def test_a_file_that_was_given_out_is_proved(file: File, key: PublicKey) -> None:
    found = check(file, key)

    assert found.problems == []
    assert found.is_proved
    assert (found.events, found.entries, found.sealed) == (2, 3, 4)
    assert file["state"] == "refused"
    assert file["parties"]["provider"]["name"] == "省教育厅"
    assert [one["kind"] for one in file["entries"]] == ["case.step", "case.refused", "case.step"]
    assert file["articles"]["HL-22.3"]["zh"] == (
        "《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项"
    )


@pytest.mark.clause("HL-22.3")
def test_a_file_says_until_when_and_how_each_period_ended(file: File) -> None:
    (deadline,) = file["deadlines"]

    assert (deadline["seq"], deadline["state"], deadline["day"]) == (1, "reply", "2026-03-03")
    assert deadline["counted"] == ["2026-03-03"]
    assert deadline["ended"] == "met"
    assert "第二十二条" in deadline["explanation"]["zh"]


@pytest.mark.clause("HL-12.3")
def test_a_period_that_was_missed_is_late_and_one_that_runs_is_running(
    scene: Scene, key: PublicKey
) -> None:
    case = cases.take_step(
        scene.submit_entry(), "review.return", actor=scene.actor("authority"), at=MONDAY,
        facts={"opinion": "补充字段说明"},
    )  # fmt: skip
    assert [one["ended"] for one in files.case_file(case)["deadlines"]] == ["running"]  # type: ignore[attr-defined]
    case = cases.take_step(
        case, "revise.resubmit", actor=scene.actor("provider"), at=MONDAY + 20 * DAY
    )

    assert [one["ended"] for one in files.case_file(case)["deadlines"]] == ["late"]  # type: ignore[attr-defined]


def test_the_same_content_is_recorded_once_and_a_step_makes_another(
    scene: Scene, key: PublicKey
) -> None:
    case = scene.apply()
    first = actions.give_out(case, actor=SYSTEM, at=MONDAY)
    again = actions.give_out(case, actor=scene.actor("consumer"), at=MONDAY + DAY)
    assert first == again
    assert Entry.objects.filter(kind=content.EXPORTED).count() == 1

    case = cases.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)
    other = actions.give_out(case, actor=SYSTEM, at=MONDAY)
    assert other["content_sha256"] != first["content_sha256"]
    assert Entry.objects.filter(kind=content.EXPORTED).count() == 2


def test_a_file_that_is_not_sealed_yet_says_so_and_proves_nothing(
    refused: Case, key: PublicKey
) -> None:
    found = check(dict(actions.give_out(refused, actor=SYSTEM, at=MONDAY)), key)

    assert found.ok
    assert len(found.unsealed) == 4
    assert not found.is_proved
    assert any("4条存证尚未封存" in line for line in found.lines("zh"))


def test_a_file_that_nobody_gave_out_is_not_vouched_for_as_a_whole(
    refused: Case, key: PublicKey
) -> None:
    ledger.seal(at=MONDAY)
    found = check(dict(files.case_file(refused)), key)

    assert found.ok
    assert not found.unsealed
    assert not found.is_stated
    assert not found.is_proved


def test_without_a_key_nothing_is_proved(file: File) -> None:
    found = check(file, None)

    assert found.ok
    assert not found.is_proved


def test_the_key_of_another_ledger_proves_nothing(file: File, tmp_path: Path) -> None:
    other = keys.ensure(tmp_path / "other").public

    assert {problem.code for problem in check(file, other).problems} == {"receipt_invalid"}


def a_fact(file: File) -> None:
    file["events"][1]["facts"]["reason"] = "材料不全"


def a_fact_and_its_digest(file: File) -> None:
    event = file["events"][1]
    event["facts"]["reason"] = "材料不全"
    event["facts_sha256"] = rules.facts_digest(event["facts"])


def a_fact_and_the_entry(file: File) -> None:
    a_fact_and_its_digest(file)
    file["entries"][2]["facts"]["facts_sha256"] = file["events"][1]["facts_sha256"]


def a_fact_the_entry_and_the_receipt(file: File) -> None:
    a_fact_and_the_entry(file)
    file["receipts"][file["events"][1]["entry"]]["entry"] = file["entries"][2]


def a_date(file: File) -> None:
    file["events"][1]["at"] = file["closed_at"] = "2026-03-02T01:30:00+00:00"


def an_article(file: File) -> None:
    file["events"][1]["cite"] = ["HL-22.2"]


def a_state(file: File) -> None:
    file["state"] = "granted"


def the_way(file: File) -> None:
    file["events"][1]["to"] = file["state"] = "withdrawn"


def who_acted(file: File) -> None:
    file["events"][1]["department"]["code"] = "HL-CONSUMER"


def the_last_event(file: File) -> None:
    del file["events"][1]


def the_last_event_and_its_entry(file: File) -> None:
    event = file["events"].pop()
    del file["entries"][2], file["receipts"][event["entry"]]
    file["state"], file["closed_at"] = "reply", None


def the_first_event(file: File) -> None:
    del file["events"][0]


def another_table(file: File) -> None:
    file["table"] = file["table"].replace("reply.refuse", "reply.reject")


def another_table_and_its_digest(file: File) -> None:
    another_table(file)
    file["table_sha256"] = content.hashlib.sha256(file["table"].encode()).hexdigest()


def a_foreign_receipt(file: File) -> None:
    first, second = (event["entry"] for event in file["events"])
    file["receipts"][second] = file["receipts"][first]


def a_receipt_left_out(file: File) -> None:
    del file["receipts"][file["events"][1]["entry"]]


def a_foreign_entry(file: File) -> None:
    file["entries"][1]["subject"] = "case:GX-230000-2026-999999"


def the_title(file: File) -> None:
    file["title"] = "申请使用全部信息"


def a_party(file: File) -> None:
    file["parties"]["provider"]["name"] = "省公安厅"


def a_deadline(file: File) -> None:
    file["deadlines"][0]["day"] = "2026-03-13"


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (a_fact, {"facts_altered"}),
        (a_fact_and_its_digest, {"facts_altered"}),
        (a_fact_and_the_entry, {"entry_altered"}),
        (a_fact_the_entry_and_the_receipt, {"receipt_invalid"}),
        (a_date, {"event_altered"}),
        (an_article, {"event_altered"}),
        (a_state, {"state_other"}),
        (the_way, {"event_altered", "path_unknown"}),
        (who_acted, {"event_altered"}),
        (the_last_event, {"event_missing", "state_other"}),
        (the_last_event_and_its_entry, set()),
        (the_first_event, {"event_missing", "state_broken", "state_other"}),
        (another_table, {"table_altered", "path_unknown"}),
        (another_table_and_its_digest, {"event_altered", "path_unknown"}),
        (a_foreign_receipt, {"receipt_foreign"}),
        (a_receipt_left_out, {"receipt_foreign"}),
        (a_foreign_entry, {"entry_foreign", "entry_altered"}),
        (the_title, set()),
        (a_party, set()),
        (a_deadline, set()),
    ],
)
def test_each_tampering_is_found_and_named(
    file: File, key: PublicKey, tamper: Callable[[File], None], named: set[str]
) -> None:
    altered = copy.deepcopy(file)
    tamper(altered)

    if tamper in {a_foreign_receipt, a_receipt_left_out}:
        # Receipts are not part of what the statement records.
        assert {problem.code for problem in check(altered, key).problems} == named
    else:
        assert codes(altered, key).keys() == named
    assert not check(altered, key).is_proved


def test_a_digest_written_anew_does_not_hide_a_change(file: File, key: PublicKey) -> None:
    the_title(file)
    file["content_sha256"] = content.content_digest(file)

    assert {problem.code for problem in check(file, key).problems} == {"statement_differs"}


def test_the_statement_of_another_case_is_foreign(scene: Scene, file: File, key: PublicKey) -> None:
    other = scene.apply()
    actions.give_out(other, actor=SYSTEM, at=MONDAY)
    ledger.seal(at=MONDAY)
    foreign = dict(files.case_file(other))
    file["receipts"].pop(file["statement"])
    file["statement"] = foreign["statement"]
    file["receipts"][foreign["statement"]] = foreign["receipts"][foreign["statement"]]

    assert {problem.code for problem in check(file, key).problems} == {"statement_foreign"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"format": "huitong-case/1", "format": "huitong-case/1"}',
        b'{"format": "huitong-receipt/1"}',
        b"%PDF-1.7",
    ],
)
def test_what_is_no_case_file_is_refused(data: bytes, key: PublicKey) -> None:
    with pytest.raises(CaseFileUnreadableError):
        verifying.verify(data, key)


@pytest.mark.parametrize("spoil", ["seq", "facts", "cite"])
def test_a_member_of_the_wrong_type_is_named(file: File, key: PublicKey, spoil: str) -> None:
    file["events"][1][spoil] = "x"

    with pytest.raises(CaseFileUnreadableError, match=rf"events\[1\]\.{spoil}"):
        check(file, key)


def test_the_checker_needs_no_django_and_no_database(
    file: File, key: PublicKey, tmp_path: Path
) -> None:
    (tmp_path / "case.json").write_bytes(content.written(file))
    (tmp_path / "ledger.pub").write_text(key.vkey() + "\n", "utf-8")
    program = (
        "import sys, pathlib\n"
        "from huitong.cases.papers import verifying\n"
        "from huitong.ledger import keys\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "found = verifying.verify((here / 'case.json').read_bytes(), "
        "keys.load_public(here / 'ledger.pub'))\n"
        "assert 'django' not in sys.modules\n"
        "print(found.is_proved)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"PYTHONPATH": str(Path(verifying.__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "True", done.stderr


def test_a_file_is_written_the_same_each_time(refused: Case, file: File) -> None:
    assert content.written(file) == content.written(files.case_file(refused))
    assert json.loads(content.written(file)) == file
