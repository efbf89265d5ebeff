"""Files that departments could have sent, with faults put in on purpose and counted.

Everything follows from a seed: the same arguments write the same bytes, so that what the platform
counts can be held against what was put in.
"""

import csv
import datetime as dt
import functools
import random
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from huitong.identifiers import making

GRADUATE_HEADER = (
    "公民身份号码",
    "姓名",
    "联系电话",
    "毕业院校",
    "专业",
    "毕业日期",
    "就业单位名称",
    "就业单位统一社会信用代码",
    "就业状态",
    "更新日期",
)
SCHOOL_HEADER = ("学校标识码", "学校名称", "主管部门", "所在地", "办学层次", "在校生人数", "备注")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文海龙雪晨宇"
_MAJORS = ("计算机科学与技术", "护理学", "会计学", "土木工程", "农学", "汉语言文学", "机械工程")
_STATES = ("签约就业", "自主创业", "灵活就业", "升学", "待就业")
_REGIONS = ("230102", "230103", "230104", "230123", "230202", "230302", "230602", "231002")
_CITIES = ("哈尔滨市", "齐齐哈尔市", "牡丹江市", "佳木斯市", "大庆市", "黑河市")


@dataclass(frozen=True)
class Made:
    """A written file and what was put into it."""

    path: Path
    rows: int
    broken: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    superseded: int = 0

    @property
    def quarantined(self) -> int:
        """Rows that must end in quarantine."""
        return sum(self.broken.values())

    @property
    def accepted(self) -> int:
        """Rows that must be accepted."""
        return self.rows - self.quarantined - self.duplicates - self.superseded


def graduates(path: Path, *, people: int = 200_000, seed: int = 20261121) -> Made:
    """Write a CSV of graduates' employment: one row a person, 1 % of them broken in known ways.

    Besides, one row in 1,000 is there twice to the letter and one in 5,000 has an older state.
    """
    rng = random.Random(seed)  # noqa: S311
    rows = [_graduate(rng, number) for number in range(people)]
    ways = _broken_ways(people // 100)
    victims = rng.sample(range(people), sum(ways.values()))
    position = 0
    for way, count in ways.items():
        for index in victims[position : position + count]:
            _break(rows[index], way)
        position += count
    sound = sorted(set(range(people)) - set(victims))
    repeated = rng.sample(sound, people // 1000)
    older = rng.sample(sound, people // 5000)
    extra = [list(rows[index]) for index in repeated]
    for index in older:
        row = list(rows[index])
        row[8], row[9] = "待就业", "2026-06-30"
        extra.append(row)
    for row in extra:
        rows.insert(rng.randrange(len(rows)), row)
    _write(path, GRADUATE_HEADER, rows)
    return Made(path, len(rows), ways, len(repeated), len(older))


def one_more_graduate(made: Made, path: Path, *, seed: int = 7) -> Made:
    """Write the same file with one more sound person at its end: the next week's delivery."""
    number = made.accepted + made.quarantined
    row = _graduate(random.Random(seed), number)  # noqa: S311
    shutil.copyfile(made.path, path)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
    return replace(made, path=path, rows=made.rows + 1)


def schools(path: Path, *, count: int = 400, seed: int = 20261121) -> Made:
    """Write a CSV of invented schools: nothing about any person."""
    rng = random.Random(seed)  # noqa: S311
    rows = []
    for number in range(count):
        city = _CITIES[number % len(_CITIES)]
        level = rng.choice(("本科", "专科"))
        rows.append(
            [
                f"42{rng.randrange(10**4):04d}{number:04d}",
                f"{city[:-1]}第{number + 1}{'学院' if level == '本科' else '职业技术学院'}（演示）",
                rng.choice(("省教育厅", "市教育局")),
                city,
                level,
                str(rng.randrange(1500, 32000)),
                rng.choice(("", "", "民办")),
            ]
        )
    _write(path, SCHOOL_HEADER, rows)
    return Made(path, count)


def _graduate(rng: random.Random, number: int) -> list[str]:
    born = dt.date(1998, 1, 1) + dt.timedelta(days=number % 2500)
    # A block of 2,500 people has every birthday once; the eight regions and then the sequence tell
    # the blocks apart, so that no two people share a number.
    region = _REGIONS[number // 2500 % len(_REGIONS)]
    sequence = 1 + number // (len(_REGIONS) * 2500) * 37 + rng.randrange(37)
    name = rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2))))
    employer = rng.randrange(4000)
    return [
        making.make_citizen_id(region, born, sequence % 1000),
        name,
        f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
        f"{_CITIES[number % len(_CITIES)][:-1]}第{number % 400 + 1}学院（演示）",
        rng.choice(_MAJORS),
        (dt.date(2026, 6, 20) + dt.timedelta(days=number % 15)).isoformat(),
        f"演示企业{employer:04d}有限公司",
        _employer_code(employer),
        rng.choice(_STATES),
        (dt.date(2026, 9, 1) + dt.timedelta(days=number % 60)).isoformat(),
    ]


@functools.cache
def _employer_code(number: int) -> str:
    return making.make_credit_code("230100", 30_000_000 + number)


def _broken_ways(total: int) -> dict[str, int]:
    ways = {
        "citizen_id:check_digit": total * 30 // 100,
        "citizen_id:date": total * 15 // 100,
        "citizen_id:length": total * 10 // 100,
        "credit_code:check_digit": total * 20 // 100,
        "phone:pattern": total * 10 // 100,
    }
    ways["name:required"] = total - sum(ways.values())
    return ways


def _break(row: list[str], way: str) -> None:
    if way == "citizen_id:check_digit":
        row[0] = row[0][:17] + ("0" if row[0][17] != "0" else "1")
    elif way == "citizen_id:date":
        row[0] = row[0][:10] + "0231" + row[0][14:]
    elif way == "citizen_id:length":
        row[0] = row[0][:17]
    elif way == "credit_code:check_digit":
        row[7] = row[7][:17] + ("0" if row[7][17] != "0" else "1")
    elif way == "phone:pattern":
        row[2] = row[2][:8]
    else:
        row[1] = ""


def _write(path: Path, header: tuple[str, ...], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
