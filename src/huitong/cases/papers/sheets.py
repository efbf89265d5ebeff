"""The whole file of a case as a PDF, made from its JSON file and from nothing else.

So a stranger can make it again and compare. The PDF shows the digest of the JSON file and carries
the file itself as an attachment.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from huitong.cases import several
from huitong.cases.papers import documents, printing, shapes, verifying, words
from huitong.cases.papers.content import PAPER
from huitong.cases.papers.errors import CaseFileUnreadableError
from huitong.cases.papers.replaying import Checked
from huitong.cases.papers.verdicts import Problem, Verdict
from huitong.ledger.checkpoints import PublicKey
from huitong.regulations.types import FlatTable

LANGS = ("zh", "en")
_TEMPLATE = Path(__file__).with_name("file.typ")
_ATTACHED = re.compile(rb"<<([^<>]*/Type\s*/EmbeddedFile[^>]*(?:<<[^>]*>>[^>]*)?)>>\s*stream\r?\n")
_MAKER = re.compile(rb"/Creator\s*\((Typst [0-9.]+)\)")
_LENGTH = re.compile(rb"/Length (\d+)")


def case_pdf(data: bytes, lang: str = "zh") -> bytes:
    """Return the PDF of a JSON case file's bytes: the same bytes, the same PDF.

    Raises: CaseFileUnreadableError; FontMissingError.
    """
    file: Checked = shapes.read(data)
    try:
        sheet = _sheet(file, FlatTable.from_json(file["table"]), lang)
    except (ValueError, TypeError, KeyError) as error:
        raise CaseFileUnreadableError(f"its table is broken ({error})", "流程表残缺") from error
    sheet["sha256"] = hashlib.sha256(data).hexdigest()
    return printing.printed(_TEMPLATE, sheet, file=data.decode())


def attached(pdf: bytes) -> bytes:
    """Return the JSON file that a PDF carries.

    Raises: CaseFileUnreadableError, when it carries none.
    """
    found = _ATTACHED.search(pdf)
    length = _LENGTH.search(found[1]) if found else None
    if found is None or length is None:
        raise CaseFileUnreadableError("the PDF carries no case file", "PDF中没有附带电子卷宗")
    body = pdf[found.end() : found.end() + int(length[1])]
    if b"/FlateDecode" not in found[1]:
        return body
    inflate = zlib.decompressobj()
    try:
        return inflate.decompress(body, shapes.LARGEST + 1)
    except zlib.error as error:
        raise CaseFileUnreadableError(f"its attachment is broken ({error})", "附件损坏") from error


def verify_pdf(pdf: bytes, key: PublicKey | None, data: bytes | None = None) -> Verdict:
    """Check the file that a PDF carries, and that the PDF was made from it and from nothing else.

    `data` is the JSON file beside it, where there is one. Another version of typst sets another
    page, so a PDF of such a version is said not to be comparable here; the file in it is checked.

    Raises: CaseFileUnreadableError.
    """
    inside = attached(pdf)
    found = verifying.verify(inside, key)
    if data is not None and data != inside:
        found.problems.append(
            Problem("pdf_foreign", "PDF", "it carries another file", "PDF所附的是另一份电子卷宗")
        )
    made = {lang: case_pdf(inside, lang) for lang in LANGS}
    if pdf in made.values():
        return found
    theirs, ours = _maker(pdf), _maker(made["zh"])
    if theirs != ours:
        found.problems.append(
            Problem(
                "pdf_incomparable",
                "PDF",
                f"it was made by {theirs}, here is {ours}: make it anew to compare",
                f"PDF由{theirs}生成，本机为{ours}，无法比对：请重新生成",
            )
        )
    else:
        found.problems.append(
            Problem(
                "pdf_altered",
                "PDF",
                "it is not the PDF that is made from the file it carries",
                "PDF不是由所附电子卷宗生成的：页面被改动",
            )
        )
    return found


def _maker(pdf: bytes) -> str:
    found = _MAKER.search(pdf)
    return found[1].decode("latin-1") if found else "?"


def _sheet(file: Checked, table: FlatTable, lang: str) -> dict[str, object]:
    zone = ZoneInfo(table.clock.timezone)

    def moment(text: str) -> str:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def cites(ids: Iterable[str]) -> str:
        stop = "；" if lang == "zh" else "; "
        return stop.join(file["articles"][one][lang] for one in ids)

    def recorded(kind: str) -> list[Checked]:
        return [entry for entry in file["entries"] if entry["kind"] == kind]

    regulation = file["regulation"]
    return {
        "lang": lang,
        "words": {name: names.get(lang) for name, names in words.LABELS.items()},
        "number": file["number"],
        "place": file["jurisdiction"]["name"],
        "cover": [
            ["kind", file["kind_names"][lang]],
            ["title", file["title"]],
            ["subject", file["subject"]],
            ["regulation", " ".join(filter(None, [regulation[lang], regulation["document"]]))],
            ["table", file["table_sha256"]],
        ],
        "parties": [
            [_role(table, several.role_of(role), lang), body["name"]]
            for role, body in sorted(file["parties"].items())
        ],
        "standing": [
            ["received", moment(file["received_at"])],
            ["state", file["state_names"][lang]],
            ["closed", moment(file["closed_at"]) if file["closed_at"] else ""],
        ],
        "steps": [
            {
                "seq": event["seq"],
                "name": event["names"][lang],
                "at": moment(event["at"]),
                "who": _stop(lang, event["department"]["name"], event["person"]),
                "as": _role(table, event["role"], lang),
                "from": _state(table, event["from"], lang),
                "to": _state(table, event["to"], lang),
                "articles": cites(event["cite"]),
                "practice": not event["cite"],
                "facts": [words.fact(table, n, v, lang) for n, v in event["facts"].items()],
                "entry": event["entry"],
            }
            for event in file["events"]
        ],
        "deadlines": [
            {
                "name": deadline["names"][lang],
                "day": deadline["day"],
                "why": deadline["explanation"][lang],
                "counted": deadline["counted"],
                "skipped": [f"{one['day']} {one[lang]}" for one in deadline["skipped"]],
                "outcome": words.label(deadline["ended"], lang),
            }
            for deadline in file["deadlines"]
        ],
        "refusals": [
            [
                moment(entry["at"]),
                _step(table, entry["facts"].get("step"), lang),
                entry["actor"],
                words.refusal(str(entry["facts"].get("code", "")), lang),
                cites(entry["cite"]),
            ]
            for entry in recorded("case.refused")
        ],
        "overdue": [
            [
                moment(entry["at"]),
                _state(table, str(entry["facts"].get("state", "")), lang),
                str(entry["facts"].get("due", "")),
                cites(entry["cite"]),
            ]
            for entry in recorded("case.overdue")
        ],
        "documents": _documents(file, table, lang),
        "receipts": [
            [
                entry["uuid"],
                entry["kind"],
                moment(entry["at"]),
                _place(file["receipts"].get(entry["uuid"])),
            ]
            for entry in file["entries"]
        ],
        "heads": sorted({_head(receipt) for receipt in file["receipts"].values() if receipt}),
    }


def _documents(file: Checked, table: FlatTable, lang: str) -> list[list[str]]:
    """Return each document that a step made, and the digest under which it was issued."""
    issued: dict[str, str] = {
        entry["facts"]["paper"]: entry["facts"]["sha256"]
        for entry in file["entries"]
        if entry["kind"] == PAPER
    }
    late = {e["facts"].get("seq") for e in file["entries"] if e["kind"] == "case.overdue"}
    found: list[list[str]] = []
    for event in file["events"]:
        made = [(f"{event['seq']:02d}", documents.made_by(table, event["step"], event["to"]))]
        if event["seq"] in late:
            made.append((f"{event['seq']:02d}-overdue", documents.overdue()))
        found += [
            [
                f"{file['number']}-{paper}",
                document.names.get(lang),
                issued.get(paper) or words.label("not_issued", lang),
            ]
            for paper, document in made
            if document is not None
        ]
    return found


def _stop(lang: str, *texts: str) -> str:
    return " · ".join(filter(None, texts)) or words.label("platform", lang)


def _role(table: FlatTable, role: str, lang: str) -> str:
    known = table.roles.get(role)
    return known.names.get(lang) if known else words.label("platform", lang)


def _state(table: FlatTable, state: str, lang: str) -> str:
    known = table.states.get(state)
    return known.names.get(lang) if known else state


def _step(table: FlatTable, step: object, lang: str) -> str:
    known = table.step_named(str(step))
    return known.names.get(lang) if known else str(step)


def _place(receipt: Checked | None) -> str:
    return "" if receipt is None else str(receipt.get("leaf_index", ""))


def _head(receipt: Checked) -> str:
    """Return the signed part of a receipt's checkpoint: name, size, root."""
    return " · ".join(str(receipt.get("checkpoint", "")).split("\n")[:3])
