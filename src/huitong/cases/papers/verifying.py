"""Checking a case file offline: no database, no network, only the file and the public key.

What is checked, each fault under a name of its own (`Problem.code`):

    content_altered    the content does not have the digest that the file states
    statement_*        the ledger entry that records the digest is missing, foreign or says another
    table_*            the table is not the one of its digest, cannot be read, or is of another kind
    event_*            an event is missing or is not what its ledger entry recorded
    facts_altered      an event's facts do not have the digest that the ledger holds
    receipt_*          a receipt is foreign, or does not lead to a head signed by the key
    path_*, state_*    the events are no way through the table, or do not end where the file says
    entry_foreign      an entry about something else stands among the case's own
"""

from collections.abc import Iterator

from huitong.cases import rules
from huitong.cases.papers import replaying, shapes
from huitong.cases.papers.content import EXPORTED, FORMAT, content_digest
from huitong.cases.papers.errors import CaseFileUnreadableError
from huitong.cases.papers.replaying import Checked, moment
from huitong.cases.papers.verdicts import Problem, Verdict
from huitong.ledger import receipts
from huitong.ledger.checkpoints import PublicKey
from huitong.ledger.errors import ReceiptInvalidError

STEP = "case.step"


def verify(data: bytes, key: PublicKey | None) -> Verdict:
    """Check the bytes of a case file. Without a key no signature is checked, so nothing is proved.

    Raises: CaseFileUnreadableError, when it is none.
    """
    file = shapes.read(data)
    if file["format"] != FORMAT:
        raise CaseFileUnreadableError(f"its format is not {FORMAT}", f"格式不是{FORMAT}")
    checked: Checked = file
    found = Verdict(
        number=checked["number"],
        events=len(checked["events"]),
        entries=len(checked["entries"]),
        key=None if key is None else key.name,
    )
    found.problems += _content(checked)
    found.problems += _entries(checked)
    found.problems += _receipts(checked, key, found)
    found.problems += _statement(checked, found)
    found.problems += _events(checked)
    found.problems += replaying.table_faults(checked)
    return found


def _content(file: Checked) -> Iterator[Problem]:
    if content_digest(file) != file["content_sha256"]:
        yield Problem(
            "content_altered",
            "content_sha256",
            "the content does not have the digest that the file states",
            "卷宗内容与其摘要不符",
        )


def _entries(file: Checked) -> Iterator[Problem]:
    for entry in file["entries"]:
        if entry["subject"] != f"case:{file['number']}" or entry["kind"] == EXPORTED:
            yield Problem(
                "entry_foreign",
                entry["uuid"],
                f"this entry is about {entry['subject']} ({entry['kind']})",
                f"该存证所涉对象为{entry['subject']}，不属于本办件",
            )


def _receipts(file: Checked, key: PublicKey | None, found: Verdict) -> Iterator[Problem]:
    """Check every receipt; one that fits no entry is as bad as one that does not hold."""
    entries = {entry["uuid"]: entry for entry in file["entries"]}
    known = {*entries, *filter(None, [file["statement"]])}
    for uuid in known ^ file["receipts"].keys():
        yield Problem(
            "receipt_foreign",
            uuid,
            "receipts and entries do not go together: one of them is missing",
            "存证回执与存证记录不对应：缺少其一",
        )
    for uuid in sorted(known & file["receipts"].keys()):
        receipt = file["receipts"][uuid]
        if receipt is None:
            found.unsealed.append(uuid)
            continue
        proved = receipt.get("entry")
        if not isinstance(proved, dict) or proved.get("uuid") != uuid:
            yield Problem(
                "receipt_foreign", uuid, "the receipt is of another entry", "回执属于另一条存证"
            )
        elif uuid in entries and proved != entries[uuid]:
            yield Problem(
                "entry_altered",
                uuid,
                "the entry is not the one of its receipt",
                "存证记录与其回执所载不一致",
            )
        if key is None:
            continue
        try:
            receipts.verify(receipt, key)
        except ReceiptInvalidError as error:
            yield Problem("receipt_invalid", uuid, str(error), error.zh)
        else:
            found.sealed += 1


def _statement(file: Checked, found: Verdict) -> Iterator[Problem]:
    uuid = file["statement"]
    if uuid is None:
        return
    entry = (file["receipts"].get(uuid) or {}).get("entry")
    if entry is None:
        return  # not sealed: said with the other unsealed entries
    facts = entry.get("facts")
    stated = facts.get("content_sha256") if isinstance(facts, dict) else None
    if (entry.get("kind"), entry.get("subject")) != (EXPORTED, f"case:{file['number']}"):
        yield Problem(
            "statement_foreign",
            uuid,
            "the entry that should record this file is about something else",
            "记载本卷宗摘要的存证属于其他对象",
        )
    elif stated != content_digest(file):
        yield Problem(
            "statement_differs",
            uuid,
            "the file that was given out on record had another content",
            "存证记载的卷宗摘要与本卷宗内容不符：内容在出具后被改动",
        )
    else:
        found.is_stated = True


def _events(file: Checked) -> Iterator[Problem]:
    entries = {entry["uuid"]: entry for entry in file["entries"]}
    told = [event["entry"] for event in file["events"]]
    for entry in file["entries"]:
        if entry["kind"] == STEP and entry["uuid"] not in told:
            yield Problem(
                "event_missing",
                entry["uuid"],
                f"the ledger recorded the step {entry['facts'].get('step')} "
                f"(no. {entry['facts'].get('seq')}), and the file leaves it out",
                f"存证记载了第{entry['facts'].get('seq')}步，卷宗中没有",
            )
    for place, event in enumerate(file["events"], start=1):
        where = f"event {place}"
        if event["seq"] != place:
            yield Problem(
                "event_missing",
                where,
                f"event {event['seq']} stands where {place} belongs",
                f"第{place}步的位置上是第{event['seq']}步",
            )
        if rules.facts_digest(event["facts"]) != event["facts_sha256"]:
            yield Problem(
                "facts_altered",
                where,
                "its facts do not have the digest beside them",
                f"第{place}步所载事实与其摘要不符",
            )
        entry = entries.get(event["entry"])
        if entry is None:
            yield Problem(
                "event_unrecorded", where, "no ledger entry stands behind it", "没有对应的存证"
            )
            continue
        odd = sorted(_differing(file, event, entry))
        if odd:
            yield Problem(
                "facts_altered" if odd == ["facts_sha256"] else "event_altered",
                where,
                f"the ledger recorded something else: {', '.join(odd)}",
                f"第{place}步与存证记载不一致：{'、'.join(odd)}",
            )


def _differing(file: Checked, event: Checked, entry: Checked) -> Iterator[str]:
    recorded = {
        "seq": event["seq"],
        "step": event["step"],
        "role": event["role"],
        "from": event["from"],
        "to": event["to"],
        "table": file["table_sha256"],
        "about": file["subject"],
        "facts_sha256": rules.facts_digest(event["facts"]),
    }
    yield from (name for name, value in recorded.items() if entry["facts"].get(name) != value)
    if entry["kind"] != STEP:
        yield "kind"
    if entry["cite"] != event["cite"]:
        yield "cite"
    if moment(entry["at"]) != moment(event["at"]):
        yield "at"
    actor: str = entry["actor"]
    if not actor.startswith("system:") and not actor.endswith(f"@{event['department']['code']}"):
        yield "department"
