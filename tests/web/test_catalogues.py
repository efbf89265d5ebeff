"""Texts: all translated, none left over, and the compiled file is the one of the sources."""

import re
import string

import pytest

from huitong.web import wording
from web import catalogues


def test_every_text_has_an_english_one() -> None:
    stored = catalogues.stored()
    missing = []
    for message, where in catalogues.messages():
        kept = stored.get(message)
        strings = kept.string if kept else ""
        if not all(strings if isinstance(strings, tuple) else (strings,)):
            missing.append(f"{where}: {message!r}")

    assert not missing, "run `python tests/web/catalogues.py`, then translate"


def test_no_text_is_left_over() -> None:
    used = {message for message, _where in catalogues.messages()}

    assert {one.id for one in catalogues.stored() if one.id} <= used


def test_translations_keep_the_placeholders() -> None:
    pattern = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\}|</?b>")
    for one in catalogues.stored():
        if not one.id:
            continue
        source = one.id[0] if isinstance(one.id, tuple) else one.id
        strings = one.string if isinstance(one.string, tuple) else (one.string,)
        for text in strings:
            assert sorted(pattern.findall(text)) == sorted(pattern.findall(source)), source


def test_the_compiled_file_is_that_of_the_sources() -> None:
    assert catalogues.MO.read_bytes() == catalogues.compiled(catalogues.stored())


def test_english_texts_hold_no_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")

    assert not [one.id for one in catalogues.stored() if one.id and han.search(str(one.string))]


def test_every_kind_of_ledger_entry_has_a_name() -> None:
    sources = catalogues.WEB.parent
    kind = re.compile(r'kind="([a-z]+\.[a-z_]+)"|\b_?note\(\s*"([a-z]+\.[a-z_]+)"')
    rooms = ("organisations", "cases", "catalogue", "pool", "sharing", "opening")
    written = {
        one or other
        for room in rooms
        for path in (sources / room).rglob("*.py")
        for one, other in kind.findall(path.read_text("utf-8"))
    }

    assert written
    assert not written - set(wording.TABLES["entry"])


@pytest.mark.parametrize("table", sorted(wording.TABLES))
def test_labels_are_chinese_or_plain(table: str) -> None:
    for word in wording.TABLES[table]:
        label = wording.label(table, word)
        assert label
        assert label != word or not set(word) <= set(string.ascii_lowercase + "_")
