"""What a text says as a whole: identity, bodies, terms, fields, ranks, and a body's own house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from huitong.regulations import house, saying, seating
from huitong.regulations.law import Profile
from huitong.regulations.places import Because, Place, Said, said
from huitong.regulations.records import RecordRule
from huitong.regulations.types import Names

_OUTSIDE = Names("不适用", "outside")
_BY_AGREEMENT = Names(
    "不适用，但可以依法按约定的方式共享", "outside, yet shared by agreement under the law"
)
_ASKED = Names("应当具备", "required")
_NEEDS = {"always": Names("", ""), "if_any": Names("（涉及时）", "where it arises")}
_HOLDERS = {
    "department": Names("各部门", "every department"),
    "authority": Names("主管部门", "the authority"),
}


def of(profile: Profile) -> Iterator[tuple[Place, Said]]:
    """Yield what concerns the text as a whole and not one procedure."""
    yield from _identity(profile)
    for term in profile.terms.values():
        label = profile.words.terms[term.name]
        place = Place("terms", "", "", term.name)
        yield place, said((term.names, term.names.zh), term.cite, label)
    for field in profile.fields:
        place = Place("fields", "", "", field.name)
        yield place, said(saying.field(field), field.cite, field.names)
    for out in profile.excluded.values():
        place = Place("excluded", "", "", out.name)
        if out.shared_by:
            cite = tuple(dict.fromkeys((*out.cite, *out.shared_by)))
            yield place, said((_BY_AGREEMENT, "by agreement"), cite, out.names)
        else:
            yield place, said((_OUTSIDE, "outside"), out.cite, out.names)
    for use, rule in profile.bases.items():
        words = saying.named(profile.ranks[rank] for rank in rule.ranks)
        label = saying.USES.get(use, Names(use, use))
        yield Place("bases", "", "", use), said((words, frozenset(rule.ranks)), rule.cite, label)
    for bar in profile.opening_bars:
        place = Place("opening_bars", "", "", bar.name)
        yield place, said(saying.bar(profile, bar), bar.cite, bar.names)
    yield from _house(profile)


def _identity(profile: Profile) -> Iterator[tuple[Place, Said]]:
    validity = profile.validity_cite
    yield Place("status"), Said(saying.STATUS[profile.status], validity, profile.status)
    yield Place("level"), Said(saying.LEVELS[profile.level], (), profile.level)
    if validity or profile.valid_from or profile.valid_to:
        yield Place("validity"), said(saying.validity(profile), validity)
    if profile.parent:
        above = profile.above.title if profile.above else Names(profile.parent, profile.parent)
        yield Place("parent"), Said(above, (), profile.parent)
    yield Place("bodies"), said(saying.bodies(profile), profile.terms["authority"].cite)
    if profile.overdue.tell:
        yield Place("overdue"), said(saying.overdue(profile), profile.overdue.cite)
        seats = seating.seats(profile, profile.overdue.tell)
        if seats is not None:
            yield Place("seats"), said(*seats)
    clock = profile.clock
    ends = Names(f"{clock.day_end}（{clock.timezone}）", f"{clock.day_end} ({clock.timezone})")
    yield Place("clock"), Said(ends, (), (clock.day_end, clock.timezone))
    ranks = saying.named(profile.ranks.values())
    yield Place("ranks"), Said(ranks, (), frozenset(profile.ranks))


def _house(profile: Profile) -> Iterator[tuple[Place, Said]]:
    """Yield what the text asks of a body's own house."""
    asked, words = house.of_profile(profile), house.words()
    for body in asked.bodies.values():
        stands = words.standings[body.standing]
        value = _body(body, stands), (body.standing, body.authorised, body.scope is not None)
        yield Place("binds", "", "", body.name), said(value, body.cite, words.bodies[body.name])
    for post in asked.posts.values():
        yield Place("posts", "", "", post.name), said(_post(post), post.cite, post.names)
    for unit in asked.units.values():
        place = Place("units", "", "", unit.name)
        yield place, said((_ASKED, "asked"), unit.cite, unit.names)
    for paper in asked.papers.values():
        label = words.papers[paper.paper].names
        kept = _paper(profile, paper)
        yield Place("papers", "", "", paper.name), said(kept, paper.cite, label)
    for task in asked.tasks.values():
        yield Place("tasks", "", "", task.name), said(_task(profile, task), task.cite, task.names)
    for rule in asked.records.values():
        yield from _record(rule)
    if asked.guidance is not None:
        guidance = asked.guidance.names, "guides"
        yield Place("guidance"), said(guidance, asked.guidance.cite)


def _body(body: house.BodyRule, stands: Names) -> Names:
    zh, en = stands.zh, stands.en
    if body.authorised:
        zh, en = f"{zh}，以法律法规授权为限", f"{en}, where a law gives it the function"
    if body.scope:
        zh, en = f"{zh}（{body.scope.zh}）", f"{en} ({body.scope.en})"
    return Names(zh, en)


def _post(post: house.PostRule) -> saying.Value:
    held = saying.named(house.words().posts[one] for one in post.any_of)
    zh, en = f"由{held.zh}担任", f"held by {held.en}"
    if len(post.any_of) > 1:
        zh, en = f"由其中之一担任：{held.zh}", f"held by one of {held.en}"
    if post.filed:
        zh, en = f"{zh}，须报备", f"{en}, to be filed"
    if post.presumed:
        zh, en = f"{zh}（平台的理解）", f"{en} (our reading)"
    return Names(zh, en), (frozenset(post.any_of), post.filed, post.presumed)


def _paper(profile: Profile, paper: house.PaperRule) -> saying.Value:
    holder, need = _HOLDERS[paper.by], _NEEDS[paper.need]
    duty = profile.words.duties.get(paper.duty)
    if duty is not None:
        holder = Names(f"{holder.zh}（{duty.zh}）", f"{holder.en} ({duty.en})")
    level = saying.LEVELS.get(paper.level)
    zh = f"{level.zh if level else ''}{holder.zh}{need.zh}"
    parts = [holder.en, f"of the {level.en}" if level else "", need.en]
    names = Names(zh, " ".join(part for part in parts if part))
    return names, (paper.paper, paper.by, paper.need, paper.level, paper.duty)


def _task(profile: Profile, task: house.TaskRule) -> saying.Value:
    words = house.words()
    who = {**words.units, **words.posts}[task.who]
    done = [profile.words.kinds[kind].names for kind in task.kinds]
    done += [words.papers[paper].names for paper in task.papers]
    matters = saying.named(done)
    names = Names(f"{who.zh}：{matters.zh}", f"{who.en}: {matters.en}")
    return names, (task.who, frozenset(task.kinds), frozenset(task.papers))


def _record(rule: RecordRule) -> Iterator[tuple[Place, Said]]:
    """Yield what a record states, how long it stays and who may look at it."""
    words = house.words().kept
    word = words.records[rule.name]
    here = Place("records", "", "", rule.name)
    if rule.absent:
        because: Because = "lost" if rule.because == "lost" else "silent"
        yield here, Said(saying.SILENT, rule.absent, None, because, word.names)
        return
    by = words.holders[rule.holder]
    states = saying.named(word.states[one] for one in rule.states)
    names = Names(f"{by.zh}：{states.zh}", f"{by.en}: {states.en}")
    yield here, said((names, (rule.holder, frozenset(rule.states))), rule.cite, word.names)
    if rule.keep is not None:
        place = replace(here, parameter="kept")
        yield place, said(saying.kept(rule.keep), rule.keep.cite, word.names)
    if rule.inspect is not None:
        who = saying.named(words.inspectors[one] for one in rule.inspect.inspectors)
        place = replace(here, parameter="inspected")
        yield place, said((who, frozenset(rule.inspect.inspectors)), rule.inspect.cite, word.names)
    for asked, clause in rule.silent.items():
        place = replace(here, parameter={"keep": "kept", "inspect": "inspected"}[asked])
        yield place, Said(saying.SILENT, (clause,), None, "silent", word.names)
