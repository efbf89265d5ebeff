"""The guide on quality rules says what is there."""

import re
from pathlib import Path

import yaml

from huitong.pool import plans, rules
from pool.landed import run
from pool.stage import Item

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/guides/add-a-quality-rule.md").read_text("utf-8")


def test_every_kind_is_in_its_table_with_its_parameters() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", GUIDE, re.MULTILINE)
    described = {name: set(re.findall(r"`(\w+)`", parameters)) for name, parameters in rows}

    kinds = {name: set(kind.parameters) for name, kind in rules.KINDS.items()}
    assert described == {**kinds, "precision": {"precision", "scale"}}


def test_its_paths_and_names_exist() -> None:
    paths = set(re.findall(r"\b(?:src|tests)/[\w/.]+\.py", GUIDE))
    assert paths
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    assert isinstance(plans.FORMAT, int)
    assert "RULES: dict" in (ROOT / "tests/pool/test_short_cuts.py").read_text("utf-8")


def test_its_example_does_what_it_says(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    pattern, words = yaml.safe_load(block)["rules"]
    items = [Item("phone", rules=[pattern]), Item("sex", rules=[words])]

    found = run(tmp_path, items, [["13800000000", "男"], ["12", "女"], ["13800000000", "x"]])

    assert found.reasons == ["phone:pattern", "sex:enum"]
