"""The whole life of a dataset, played by the command that a stranger runs first."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, SHARED
from huitong import config as huitong_config
from huitong.operations import postgres
from huitong.operations.benches.gateway import free_port

pytestmark = pytest.mark.slow

STEPS = ["load_regulation", "draft", "return", "publish", "deliver", "swap", "apply", "grant"]
STEPS += ["lookup", "refuse", "revoke", "open", "verify"]


@dataclass(frozen=True)
class Played:
    """A demonstration home after its job, and a way to give it commands."""

    home: Path
    outcome: dict[str, Any]
    progress: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return command(self.home, *words)

    def step(self, name: str) -> dict[str, Any]:
        return next(step for step in self.outcome["steps"] if step["step"] == name)

    def delivery(self, start: str) -> dict[str, Any]:
        return next(
            step["detail"]
            for step in self.outcome["steps"]
            if step["step"] == "deliver" and step["detail"]["file"].startswith(start)
        )


def environment_of(home: Path) -> dict[str, str]:
    """Return what a person's shell would have, with nothing of the tests' own settings."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HUITONG", "DJANGO", "PYTEST"))
    }
    environment = kept | {"HUITONG_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    # Two workers that play at once must not both find the usual port free.
    environment |= {name: str(free_port()) for name in ("HUITONG_WEB_PORT", "HUITONG_GATEWAY_PORT")}
    if os.environ.get("HUITONG_DATABASE_URL"):
        base = os.environ["HUITONG_DATABASE_URL"].rsplit("/", 1)[0]
        environment["HUITONG_DATABASE_URL"] = f"{base}/huitong_test_demo"
        environment["HUITONG_ROLE_PREFIX"] = "huitong_demo_"
    return environment


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    """Start `huitong` on a home and let it run."""
    return subprocess.Popen(
        [sys.executable, "-m", "huitong.operations.cli", *words],
        env=environment_of(home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `huitong` on a home as a person would."""
    process = start(home, *words)
    told, complained = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """Play the job once, on the real files where they are there."""
    home = Path(tempfile.mkdtemp(prefix="huitong-demo-test-"))
    home.chmod(0o711)
    words = ["demo", "--once", "--json", "--people", "2000"]
    if (SHARED / "data").is_dir():
        words += ["--data", str(SHARED / "data")]
    done = command(home, *words)
    try:
        assert done.returncode == 0, done.stderr[-3000:]
        yield Played(home, json.loads(done.stdout), done.stderr)
    finally:
        command(home, "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.clause("HL-12.3", "HL-13", "HL-22.3", "HL-27.1", "HL-27.2", "HL-33.1")
def test_every_step_does_what_it_must_and_names_its_article(played: Played) -> None:
    assert played.outcome["ok"]
    names = list(dict.fromkeys(step["step"] for step in played.outcome["steps"]))
    assert names == STEPS
    for step in played.outcome["steps"]:
        assert step["ok"], step
        assert step["cite"], step["step"]
        assert step["seconds"] >= 0


def test_progress_goes_to_standard_error_alone(played: Played) -> None:
    assert "✓" in played.progress
    assert "核验存证" in played.progress


@pytest.mark.clause("HL-19.2")
def test_what_was_put_in_is_what_was_counted(played: Played) -> None:
    receipt = played.delivery("高校毕业生")

    assert receipt["rows_read"] == 2002
    assert receipt["quarantined"] == sum(receipt["reasons"].values()) == 20
    assert receipt["duplicates"] == 2
    assert receipt["reconciled"] is True


@pytest.mark.usefixtures("shared_data")
def test_the_universities_reconcile_to_their_stated_totals(played: Played) -> None:
    receipt = played.delivery("A01")

    assert (receipt["rows_read"], receipt["accepted"], receipt["quarantined"]) == (2919, 2919, 0)
    assert receipt["reconciled"] is True


@pytest.mark.usefixtures("shared_data")
def test_the_clinics_are_read_as_gb18030_and_loaded_once(played: Played) -> None:
    receipt = played.delivery("A05")

    assert (receipt["rows_read"], receipt["accepted"], receipt["duplicates"]) == (2083, 2075, 8)


@pytest.mark.usefixtures("shared_data")
def test_two_places_under_one_code_are_nobodys_guess(played: Played) -> None:
    receipt = played.delivery("A02")

    assert (receipt["rows_read"], receipt["accepted"], receipt["quarantined"]) == (6564, 6560, 4)
    assert receipt["reasons"] == {"key_conflict": 4}
    assert [mend["code"] for mend in receipt["mended"]] == ["header_trimmed"]


@pytest.mark.usefixtures("shared_data")
def test_invented_credit_codes_are_refused_and_unknown_regions_are_not(played: Played) -> None:
    receipt = played.delivery("A08")

    assert (receipt["accepted"], receipt["quarantined"]) == (120, 9)
    assert receipt["warnings"] == {"code:unknown_region": 8}


@pytest.mark.clause("HL-27.2")
def test_a_cut_off_is_in_force_within_a_second(played: Played) -> None:
    detail = played.step("revoke")["detail"]

    assert detail["code"] == "grant_revoked"
    assert detail["first_refusal_seconds"] < 1


def test_a_file_becomes_a_dataset_by_three_commands(played: Played, tmp_path: Path) -> None:
    file = tmp_path / "parks.csv"
    file.write_text("公园编号,名称,面积\n000001,中央公园,12.5\n000002,江畔公园,30\n", "utf-8")
    draft = tmp_path / "draft.yaml"

    assert played.run("dataset", "draft", str(file), "--out", str(draft)).returncode == 0
    added = played.run("dataset", "add", str(draft), "--code", "PARKS", "--publish", "--json")
    assert json.loads(added.stdout)["status"] == "published", added.stderr
    first = played.run("ingest", str(file), "--dataset", "PARKS", "--json")
    second = played.run("ingest", str(file), "--dataset", "PARKS", "--json")

    receipt = json.loads(first.stdout)
    wanted = {"batch", "digest", "rows_read", "accepted", "quarantined", "duplicates"}
    wanted |= {"superseded", "declared", "reconciled", "reasons", "seconds"}
    assert wanted <= set(receipt)
    assert (receipt["rows_read"], receipt["accepted"]) == (2, 2)
    assert json.loads(second.stdout)["batch"] == receipt["batch"]


def test_a_dataset_that_does_not_exist_is_told(played: Played, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n", "utf-8")

    done = played.run("ingest", str(file), "--dataset", "NO-SUCH", "--json")

    assert done.returncode == 1
    assert "NO-SUCH" in done.stderr
    assert done.stdout == ""


def test_a_person_of_another_department_delivers_nothing(played: Played, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n", "utf-8")

    done = played.run("ingest", str(file), "--dataset", "HLJ-JY-0001", "--as", "minzheng")

    assert done.returncode == 1
    assert "wrong_department" in done.stderr


def test_a_missing_file_is_told(played: Played) -> None:
    done = played.run("ingest", "no-such.csv", "--dataset", "HLJ-JY-0001")

    assert done.returncode == 2
    assert "no-such.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.clause("HL-11")
def test_the_record_holds_and_a_receipt_verifies_alone(played: Played) -> None:
    verified = played.run("ledger", "verify", "--json")
    assert json.loads(verified.stdout)["ok"]

    receipt, key = played.home / "receipts" / "grant.json", played.home / "keys" / "ledger.pub"
    alone = played.run("ledger", "verify-receipt", str(receipt), "--key", str(key), "--json")
    assert json.loads(alone.stdout)["ok"]

    forged = played.home / "receipts" / "forged.json"
    assert played.run("ledger", "verify-receipt", str(forged), "--key", str(key)).returncode == 1


def test_doctor_finds_nothing_wrong(played: Played) -> None:
    done = played.run("doctor", "--json")

    assert done.returncode == 0, done.stdout
    assert all(found["ok"] for found in json.loads(done.stdout)["findings"])


def test_a_real_home_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}", "utf-8")

    done = command(tmp_path, "demo", "--once")

    assert done.returncode == 1
    assert "not_demonstration" in done.stderr
    assert (tmp_path / "secrets.json").exists()


@pytest.mark.skipif(
    bool(os.environ.get("HUITONG_DATABASE_URL")),
    reason="did not run: an external database is not stopped by a test",
)
def test_a_database_stopped_in_mid_delivery_leaves_nothing_half(
    played: Played, tmp_path: Path
) -> None:
    draft, file = tmp_path / "draft.yaml", tmp_path / "many.csv"
    rows = "".join(f"{number:06d},地点{number},{number % 97}\n" for number in range(400_000))
    file.write_text(f"地点编号,名称,数值\n{rows}", "utf-8")
    assert played.run("dataset", "draft", str(file), "--out", str(draft)).returncode == 0
    assert played.run("dataset", "add", str(draft), "--code", "MANY", "--publish").returncode == 0
    bytes_before = set((played.home / "bytes").rglob("*"))

    delivery = start(played.home, "ingest", str(file), "--dataset", "MANY", "--json")
    while delivery.poll() is None and set((played.home / "bytes").rglob("*")) == bytes_before:
        pass  # until the delivery has begun: its bytes are there
    settings = dataclasses.replace(huitong_config.load(), home=played.home)
    postgres.stop(settings, mode="immediate")
    told = delivery.communicate(timeout=120)[1]

    assert delivery.returncode != 0, "the database was stopped after the delivery, not in it"
    assert "Traceback" not in told
    again = played.run("ingest", str(file), "--dataset", "MANY", "--json")
    assert json.loads(again.stdout)["accepted"] == 400_000, again.stderr
    assert json.loads(played.run("ledger", "verify", "--json").stdout)["ok"]
