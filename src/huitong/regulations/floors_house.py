"""What bodies must have and keep, beside the text above: posts, units, books, records of use."""

from __future__ import annotations

from collections.abc import Iterator

from huitong.regulations import house, saying
from huitong.regulations.findings import Finding, all_cites, finding
from huitong.regulations.house import House, PaperRule
from huitong.regulations.law import Profile
from huitong.regulations.records import RecordRule
from huitong.regulations.types import Names


def compare(local: Profile, parent: Profile) -> Iterator[Finding]:
    """Yield what a local text asks less of a body's house; a post counts by whoever may hold it."""
    ours, theirs = house.of_profile(local), house.of_profile(parent)
    looked = local.terms["department"].cite
    held = {post for rule in ours.posts.values() for post in rule.any_of}
    for name, post in theirs.posts.items():
        if held.isdisjoint(post.any_of):
            yield _lacks(f"posts.{name}", looked, post.cite, post.names)
    for name, unit in theirs.units.items():
        if name not in ours.units:
            yield _lacks(f"units.{name}", looked, unit.cite, unit.names)
    for name, paper in theirs.papers.items():
        if paper.need == "always":
            yield from _paper(f"papers.{name}", ours, paper, looked)
    for name, record in theirs.records.items():
        if not record.absent:
            yield from _record(f"records.{name}", ours, record, looked)


def _lacks(where: str, local: tuple[str, ...], parent: tuple[str, ...], names: Names) -> Finding:
    zh, en = f"未要求：{names.zh}", f"does not ask for: {names.en}"
    return finding(where, "house", local, parent, zh, en)


def _paper(
    where: str, ours: House, theirs: PaperRule, looked: tuple[str, ...]
) -> Iterator[Finding]:
    """Compare a book by the levels whose bodies keep it."""
    kept = [rule for rule in ours.papers.values() if rule.paper == theirs.paper]
    names = house.words().papers[theirs.paper].names
    if not kept:
        yield _lacks(where, looked, theirs.cite, names)
        return
    levels = {rule.level for rule in kept}
    if "" in levels or theirs.level in levels:
        return
    named = saying.named(saying.LEVELS[rule.level] for rule in kept)
    yield finding(
        where, "house", all_cites(rule.cite for rule in kept), theirs.cite,
        f"{names.zh}只涉及{named.zh}，上位法不限级别",
        f"{names.en}: {named.en} only, of every level above",
    )  # fmt: skip


def _record(
    where: str, ours: House, theirs: RecordRule, looked: tuple[str, ...]
) -> Iterator[Finding]:
    """Compare a record: whether it is kept at all, what it states, how long, who may look."""
    words = house.words().kept
    mine, names = ours.records.get(theirs.name), words.records[theirs.name].names
    if mine is None or mine.absent:
        beside = _others(ours, theirs)
        length = saying.kept(theirs.keep)[0] if theirs.keep else Names("", "")
        lost = mine is not None and mine.because == "lost"
        zh = "原文残缺，不知是否规定" if lost else "没有规定"
        en = "lost or silent on" if lost else "no"
        cites = theirs.cite, theirs.keep.cite if theirs.keep else ()
        yield finding(
            where, "records", mine.absent if mine else looked, all_cites(cites),
            f"{zh}{names.zh}{beside.zh}，上位法要求保存{length.zh}",
            f"{en} {names.en}{beside.en}; above it is kept {length.en}",
        )  # fmt: skip
        return
    lacking = [words.records[theirs.name].states[x] for x in theirs.states if x not in mine.states]
    if lacking:
        missing = saying.named(lacking)
        zh, en = f"{names.zh}未要求：{missing.zh}", f"{names.en} need not state: {missing.en}"
        yield finding(f"{where}.states", "records", mine.cite, theirs.cite, zh, en)
    yield from _kept(where, mine, theirs, names)
    yield from _inspected(where, mine, theirs, names)


def _others(ours: House, theirs: RecordRule) -> Names:
    """Return which other record a text keeps, and how long: each has its own floor."""
    words, found = house.words().kept, []
    for rule in ours.records.values():
        if rule.name != theirs.name and not rule.absent:
            length = saying.kept(rule.keep)[0] if rule.keep else saying.SILENT
            names = words.records[rule.name].names
            found.append(Names(f"{names.zh}（{length.zh}）", f"{names.en} ({length.en})"))
    if not found:
        return Names("", "")
    named = saying.named(found)
    return Names(f"，另有对象不同的{named.zh}", f", but, of another matter, {named.en}")


def _kept(where: str, mine: RecordRule, theirs: RecordRule, names: Names) -> Iterator[Finding]:
    if theirs.keep is None:
        return
    above = saying.kept(theirs.keep)[0]
    if mine.keep is None:
        yield finding(
            f"{where}.keep", "silent", (mine.silent["keep"],), theirs.keep.cite,
            f"{names.zh}没有规定保存期限，上位法为{above.zh}",
            f"no period for {names.en}, the parent says {above.en}",
        )  # fmt: skip
    elif mine.keep.months < theirs.keep.months:
        length = saying.kept(mine.keep)[0]
        yield finding(
            f"{where}.keep", "records", mine.keep.cite, theirs.keep.cite,
            f"{names.zh}保存{length.zh}，上位法为{above.zh}",
            f"{names.en} is kept {length.en}, the parent says {above.en}",
        )  # fmt: skip


def _inspected(where: str, mine: RecordRule, theirs: RecordRule, names: Names) -> Iterator[Finding]:
    if theirs.inspect is None:
        return
    may = mine.inspect.inspectors if mine.inspect else ()
    lacking = [one for one in theirs.inspect.inspectors if one not in may]
    if lacking:
        who = saying.named(house.words().kept.inspectors[one] for one in lacking)
        looked = mine.inspect.cite if mine.inspect else (mine.silent["inspect"],)
        yield finding(
            f"{where}.inspect", "records", looked, theirs.inspect.cite,
            f"{names.zh}没有写明{who.zh}可以查阅，上位法可以",
            f"it is not said that {who.en} may inspect {names.en}, above it may",
        )  # fmt: skip
