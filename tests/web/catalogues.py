"""Texts of pages: found in templates and code, kept in `locale/en`, compiled without msgfmt.

`python tests/web/catalogues.py` writes the .po (new texts with an empty translation, texts that no
page uses dropped) and the .mo beside it. Chinese is the language of the sources, so it needs none.
"""

import ast
import datetime as dt
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

WEB = Path(__file__).resolve().parents[2] / "src" / "huitong" / "web"
PO = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
_KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
_CALL = re.compile(
    r"\b(?:_|gettext)\((?P<one>u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")\)"
    r"|\bngettext\((?P<many>u?['\"].*?['\"], u?['\"].*?['\"]),count\)"
)

# Catalogues carry dates; one fixed day keeps the files the same from run to run.
_FOUNDED = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)

Message = str | tuple[str, str]


def messages() -> list[tuple[Message, str]]:
    """Return every text of the web room with the file that it stands in, in a stable order."""
    found = [*_of_code(), *_of_templates()]
    return list(dict.fromkeys(found))


def _of_code() -> Iterator[tuple[Message, str]]:
    for path in sorted(WEB.rglob("*.py")):
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract("python", file, _KEYWORDS):
                yield message, str(path.relative_to(WEB))


def _of_templates() -> Iterator[tuple[Message, str]]:
    for path in sorted(WEB.rglob("*.html")):
        where = str(path.relative_to(WEB))
        for call in _CALL.finditer(templatize(path.read_text("utf-8"), origin=where)):
            if call["one"]:
                yield ast.literal_eval(call["one"]), where
            else:
                yield ast.literal_eval(f"({call['many']})"), where


def stored() -> Catalog:
    """Return the catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def updated() -> Catalog:
    """Return the catalogue with every text of today and the translations that are kept."""
    old = stored() if PO.exists() else Catalog(locale="en")
    new = Catalog(
        locale="en",
        header_comment="# English texts of Huitong's pages; the sources are Chinese.",
        creation_date=_FOUNDED,
        revision_date=_FOUNDED,
        last_translator="Huitong",
        language_team="Huitong",
        project="huitong",
        version="1",
        msgid_bugs_address="",
        fuzzy=False,
    )
    for message, where in messages():
        kept = old.get(message)
        flags = ["python-format"] if "%(" in str(message) or "%d" in str(message) else []
        new.add(
            message,
            kept.string if kept else ("", "") if isinstance(message, tuple) else "",
            locations=[(where, None)],
            flags=flags,
        )
    return new


def compiled(catalogue: Catalog) -> bytes:
    """Return the bytes that gettext reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Write both files; say what is still to be translated."""
    catalogue = updated()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, sort_output=True)
    MO.write_bytes(compiled(stored()))
    missing = [one.id for one in catalogue if one.id and not all(_strings(one.string))]
    for one in missing:
        sys.stdout.write(f"{one!r}\n")
    return 1 if missing else 0


def _strings(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    sys.exit(main())
