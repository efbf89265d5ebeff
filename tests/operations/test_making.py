"""The demonstration's files hold exactly the faults that they say they hold."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

from huitong.identifiers import citizen_id, credit_code
from huitong.operations.demonstration import making

ON = dt.date(2026, 11, 21)


def test_one_percent_is_broken_in_the_stated_ways(tmp_path: Path) -> None:
    made = making.graduates(tmp_path / "people.csv", people=5000)
    with made.path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    found: Counter[str] = Counter()
    for row in rows:
        person = citizen_id.check(row["公民身份号码"], on=ON)
        firm = credit_code.check(row["就业单位统一社会信用代码"])
        if not person.ok:
            found[f"citizen_id:{person.reason}"] += 1
        elif not firm.ok:
            found[f"credit_code:{firm.reason}"] += 1
        elif not row["姓名"]:
            found["name:required"] += 1
        elif len(row["联系电话"]) != 11:
            found["phone:pattern"] += 1

    assert dict(found) == made.broken
    assert made.quarantined == 50
    assert len(rows) == made.rows == 5000 + made.duplicates + made.superseded


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one = making.graduates(tmp_path / "a.csv", people=1000).path.read_bytes()
    two = making.graduates(tmp_path / "b.csv", people=1000).path.read_bytes()

    assert one == two


def test_no_two_people_share_a_number(tmp_path: Path) -> None:
    made = making.graduates(tmp_path / "people.csv", people=40_000)
    with made.path.open(encoding="utf-8", newline="") as file:
        keys = Counter(row["公民身份号码"] for row in csv.DictReader(file))

    twice = sum(1 for key, count in keys.items() if count > 1)
    assert twice == made.duplicates + made.superseded
