"""The books of a department: filing a paper, following it up, closing it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from huitong.organisations import books, gaps, rules
from huitong.organisations.actions.bodies import standing
from huitong.organisations.actions.guarding import AREA, HOUSE, note
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import NotAuthorityError, PaperError
from huitong.organisations.models import Department, Paper, PaperNote
from huitong.organisations.types import Actor, Attachment
from huitong.regulations import house


@act(*HOUSE)
def file_paper(
    *,
    department: Department,
    kind: str,
    title: str,
    since: dt.date,
    actor: Actor,
    at: dt.datetime,
    number: str = "",
    until: dt.date | None = None,
    due: dt.date | None = None,
    stated: Mapping[str, str] | None = None,
    addressees: Sequence[Department] = (),
    attachment: Attachment | None = None,
    follows: Paper | None = None,
) -> Paper:
    """File a paper in a department's books; `follows` is the version that it replaces.

    The file's bytes are kept under their digest and the entry in the ledger holds that digest. A
    kind that the regulation gives to the authority is filed by a department that is one.

    Raises: NotYourDepartmentError, NotAuthorityError, BodyEndedError, PaperError.
    """
    if not actor.is_system:
        rules.require_acts_for(actor, department, cite=HOUSE)
    department = standing(department)
    word = house.words().papers.get(kind)
    if word is None:
        raise PaperError(
            f"There is no kind of paper {kind!r}: use one of {', '.join(house.words().papers)}.",
            zh=f"没有“{kind}”这一文件类别：请从列出的类别中选择。",
        )
    cite = _cite(department, kind)
    said = {name: (stated or {}).get(name, "").strip() for name in word.fields}
    _require_sound(word, title, since, until, said, addressees, cite)
    _require_in_area(department, word, addressees, cite)
    version = 1 if follows is None else _superseded(follows, department, kind, since, cite)
    kept = books.keep(attachment) if attachment else ("", "", 0)
    paper = Paper.objects.create(
        department=department,
        kind=kind,
        title=title.strip(),
        number=number.strip(),
        version=version,
        follows=follows,
        since=since,
        until=until,
        due=due,
        stated=said,
        file_name=kept[0],
        file_sha256=kept[1],
        file_size=kept[2],
        filed_by_id=actor.person_id,
        filed_at=at,
        cite=list(cite),
    )
    paper.addressees.add(*addressees)
    facts = {
        "paper": paper.pk,
        "kind": kind,
        "version": version,
        "since": since.isoformat(),
        "until": until.isoformat() if until else None,
        "sha256": kept[1] or None,
        "addressees": sorted(one.code for one in addressees),
    }
    note("paper.filed", f"department:{department.code}", actor, at, cite or HOUSE, facts)
    return paper


@act(*HOUSE)
def report_on(paper: Paper, *, text: str, actor: Actor, at: dt.datetime) -> PaperNote:
    """Report on a task or a matter, by whom it concerns.

    Raises: PaperError, for a paper that is not followed up or is closed; NotYourDepartmentError.
    """
    paper = _open(paper)
    concerned = [paper.department, *paper.addressees.all()]
    mine = next((one for one in concerned if rules.acts_for(actor, one)), None)
    if mine is None:
        rules.require_acts_for(actor, paper.department, cite=tuple(paper.cite) or AREA)
        mine = paper.department
    if not text.strip():
        raise PaperError("The report is empty: say what was done.", zh="请填写进展内容。")
    made = PaperNote.objects.create(
        paper=paper, department=mine, person_id=actor.person_id, at=at, text=text.strip()
    )
    facts = {"paper": paper.pk, "by": mine.code}
    subject = f"department:{paper.department.code}"
    note("paper.reported", subject, actor, at, tuple(paper.cite) or AREA, facts)
    return made


@act(*HOUSE)
def close_paper(paper: Paper, *, actor: Actor, at: dt.datetime) -> Paper:
    """Close a task or a matter; whoever set it does.

    Raises: PaperError, for a paper that is not followed up or is closed; NotYourDepartmentError.
    """
    paper = _open(paper)
    rules.require_acts_for(actor, paper.department, cite=tuple(paper.cite) or AREA)
    paper.closed_on = timezone.localdate(at)
    paper.save(update_fields=["closed_on"])
    subject = f"department:{paper.department.code}"
    note("paper.closed", subject, actor, at, tuple(paper.cite) or AREA, {"paper": paper.pk})
    return paper


def _open(paper: Paper) -> Paper:
    row = Paper.objects.select_for_update(of=("self",)).select_related("department")
    found = row.get(pk=paper.pk)
    if not house.words().papers[found.kind].followed or found.closed_on is not None:
        raise PaperError(
            f"{found} is not followed up, or was closed: file another paper.",
            zh=f"“{found}”不需跟踪办理，或已办结：如有需要请另行登记。",
        )
    return found


def _cite(department: Department, kind: str) -> tuple[str, ...]:
    """Return the articles on which a department files such a paper; the authority's only if it is.

    Raises: NotAuthorityError, when the regulation gives such papers to the authority alone.
    """
    asked = [
        rule
        for rule in gaps.house_of(department.jurisdiction).papers.values()
        if rule.paper == kind
    ]
    duties = set(department.duties.values_list("duty", flat=True))
    level = department.jurisdiction.level
    mine = [rule for rule in asked if rule.asks(duties, level)]
    if asked and not mine:
        others = [rule for rule in asked if rule.level in ("", level)] or asked
        raise NotAuthorityError(
            actor=department.name, jurisdiction=department.jurisdiction.name, cite=others[0].cite
        )
    return tuple(dict.fromkeys(clause for rule in mine for clause in rule.cite))


def _require_sound(
    word: house.PaperWord,
    title: str,
    since: dt.date,
    until: dt.date | None,
    said: Mapping[str, str],
    addressees: Sequence[Department],
    cite: tuple[str, ...],
) -> None:
    missing = [word.fields[name] for name, text in said.items() if not text]
    faults = {
        "it has no title": (not title.strip(), "缺少标题"),
        "it ends before it begins": (until is not None and until <= since, "失效日须晚于生效日"),
        "it names no department": (word.addressed and not addressees, "未选择涉及的部门"),
        "it lacks " + ", ".join(one.en for one in missing): (
            bool(missing),
            "缺少" + "、".join(one.zh for one in missing),
        ),
    }
    for en, (wrong, zh) in faults.items():
        if wrong:
            raise PaperError(
                f"The paper was not filed: {en}. Complete it.",
                zh=f"未予登记：{zh}。请补充后重新提交。",
                cite=cite,
            )


def _require_in_area(
    department: Department,
    word: house.PaperWord,
    addressees: Sequence[Department],
    cite: tuple[str, ...],
) -> None:
    """Refuse a task outside the area of the authority that sets it; matters may reach beyond."""
    if word.name != "task":
        return
    areas = {duty.jurisdiction_id for duty in department.duties.all()}
    for one in addressees:
        if areas.isdisjoint(place.pk for place in one.jurisdiction.lineage()):
            raise PaperError(
                f"{one} is not of the area of {department}: choose departments of the area.",
                zh=f"“{one}”不在“{department}”主管的区域内：请选择本区域的部门。",
                cite=cite,
            )


def _superseded(
    follows: Paper, department: Department, kind: str, since: dt.date, cite: tuple[str, ...]
) -> int:
    """End the version before and return the number of the next."""
    former = Paper.objects.select_for_update().get(pk=follows.pk)
    fits = former.department_id == department.pk and former.kind == kind
    if not fits or since < former.since or Paper.objects.filter(follows=former).exists():
        raise PaperError(
            f"{former} cannot be followed by this paper: it is another's or of another kind, "
            "begins later, or has a next version already.",
            zh=f"不能接续“{former}”：不属于本部门、类别不同、生效更晚，或已有新版本。",
            cite=cite,
        )
    if former.until is None or former.until > since:
        former.until = since
        former.save(update_fields=["until"])
    return former.version + 1
