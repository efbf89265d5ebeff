"""Walks cases through the pages, as the officers of one county would: form, case page, step."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.test import Client

from huitong.cases import actions as cases
from huitong.cases import queries, roles, tables
from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries as catalogue_queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.types import OpeningType, SharingType
from huitong.opening import actions as opening
from huitong.organisations import actions as organisations
from huitong.organisations import queries as organisation_queries
from huitong.organisations.models import Department, Duty, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole
from huitong.regulations import rules
from huitong.regulations.types import CLOCK, FlatTable, Step
from huitong.sharing import actions as sharing
from huitong.sharing import systems
from huitong.sharing.models import Grant
from huitong.web import starting
from regulations.walking import filled
from web import pages
from web.conftest import GRADUATES, SCHOOLS

COUNTY = "230123"
DATASET, LISTED = "YL-TG-0001", "YL-TG-0002"
ENTRIES: Mapping[str, str] = {
    "share_application_unconditional": "YL-TG-0003",
    "share_application_conditional": "YL-TG-0004",
    "share_application_third": "YL-TG-0005",
}
"""Kinds of application → the entry that is applied for."""
DEPARTMENTS = ("YL-TG", "YL-SY", "YL-QT", "YL-DS")
"""A provider, a consumer, and two others, all of the county: every level lies above them."""
ANSWERS: Mapping[str, str] = {
    "scenario": "资格复核",
    "mode": "api",
    "scope": "本县申请家庭",
    "basis": "《公共租赁住房管理办法》第八条",
    "purpose": "资格复核",
    "use_until": "2030-11-30",
}
PARTIES = {
    "provider": "YL-TG",
    "consumer": "YL-SY",
    "upper_department": "YL-TG",
    "superior": "YL-TG",
}


def settle(at: dt.datetime) -> None:
    """Found the county's four departments, each with an officer and a head, and one of a town."""
    county = Jurisdiction.objects.get(code=COUNTY)
    town = organisations.found_jurisdiction(
        code="230123100", name="某镇", level=Level.TOWN, parent=county, actor=SYSTEM, at=at
    )
    organisations.found_department(
        code="YL-XZ", name="某镇办公室", jurisdiction=town, actor=SYSTEM, at=at
    )
    for number, code in enumerate(DEPARTMENTS):
        department = organisations.found_department(
            code=code,
            name=f"县第{number + 1}局",
            jurisdiction=county,
            actor=SYSTEM,
            at=at,
        )
        heads = (PostRole.HEAD, PostRole.UNIT_HEAD)
        for suffix, held in (("", (PostRole.OFFICER,)), ("-head", heads)):
            person = organisations.register_person(
                username=f"{code.lower()}{suffix}", name=f"{code}{suffix}", actor=SYSTEM, at=at
            )
            for role in held:
                organisations.appoint(
                    person=person, department=department, role=role, actor=SYSTEM, at=at
                )


def share(at: dt.datetime, many: int) -> list[int]:
    """Publish a dataset of the provider and grant it to the consumer, so many times."""
    provider, consumer = _actor("yl-tg", at), _actor("yl-sy", at)
    publish(DATASET, GRADUATES, at)
    for _ in range(many):
        application = sharing.apply(
            dataset=catalogue_queries.dataset(DATASET),
            items=["name", "school"],
            scenario="资格复核",
            mode="api",
            scope="本县申请家庭",
            basis="《公共租赁住房管理办法》第八条",
            purpose="资格复核",
            use_until=dt.date(2030, 11, 30),
            actor=consumer,
            at=at,
        )
        decisions = {"name": "name", "school": "whole"}
        sharing.decide(application, decisions=decisions, actor=provider, at=at)
    return list(Grant.objects.values_list("pk", flat=True))


def publish(code: str, draft: Draft, at: dt.datetime) -> None:
    """Add an entry of the provider and take it through its review."""
    provider = _actor("yl-tg", at)
    dataset = catalogue.add_dataset(
        draft, code=code, provider=Department.objects.get(code="YL-TG"), actor=provider, at=at
    )
    case = catalogue.submit_dataset(dataset, actor=provider, at=at)
    cases.take_step(case, "review.approve", actor=_actor("xianshuju", at), at=at)
    cases.take_step(case, "higher_review.approve", actor=_actor("shishuju", at), at=at)


def publish_each_type(at: dt.datetime) -> None:
    """Publish an entry of each sharing type; `ENTRIES` has their codes."""
    publish(ENTRIES["share_application_unconditional"], SCHOOLS, at)
    publish(ENTRIES["share_application_conditional"], GRADUATES, at)
    withheld = dataclasses.replace(
        GRADUATES,
        sharing_type=SharingType.WITHHELD,
        withheld_basis="《统计法》第二十五条",
        withheld_basis_rank="law",
        sharing_condition="",
        sharing_purpose="",
    )
    publish(ENTRIES["share_application_third"], withheld, at)


def register_system(at: dt.datetime) -> str:
    """Register a system of the provider; return its `client_id`."""
    home = Department.objects.get(code="YL-TG")
    return systems.register_client(
        department=home, name="核验系统", actor=_actor("yl-tg", at), at=at
    ).client_id


def list_open(at: dt.datetime) -> str:
    """Put a dataset of the provider on the open list, on a condition; return its code."""
    provider = _actor("yl-tg", at)
    draft = dataclasses.replace(
        SCHOOLS, opening_type=OpeningType.CONDITIONAL, opening_condition="说明用途。"
    )
    publish(LISTED, draft, at)
    opened = opening.propose_opening(catalogue_queries.dataset(LISTED), actor=provider, at=at)
    cases.take_step(opened, "review.approve", actor=_actor("xianshuju", at), at=at)
    return LISTED


def _actor(username: str, at: dt.datetime) -> Actor:
    return organisation_queries.actor_of(Person.objects.get(username=username), at.date())


def home() -> Jurisdiction:
    return Jurisdiction.objects.select_related("parent__parent").get(code=COUNTY)


@dataclass(frozen=True)
class Move:
    """One step of a planned walk, with the facts that lead on as planned."""

    step: str
    by: str
    to: str
    facts: Mapping[str, object]


def plans(table: FlatTable, real: Mapping[str, object], most: int = 4) -> Iterator[list[Move]]:
    """Yield walks from the opening to an end that together take as many steps as can be.

    `real` are facts as the platform will find them out; by them a walk goes where a case would.
    """
    chance = random.Random(table.digest)
    walks = [walk for _ in range(400) if (walk := _walk(table, real, chance))]
    taken: set[str] = set()
    for _ in range(most):
        best = max(walks, key=lambda walk: (len(_steps(walk) - taken), -len(walk)), default=None)
        if best is None or not _steps(best) - taken:
            return
        taken |= _steps(best)
        yield best


def _steps(walk: list[Move]) -> set[str]:
    return {move.step for move in walk}


def _walk(table: FlatTable, real: Mapping[str, object], chance: random.Random) -> list[Move]:
    """Return one walk by chance; nothing, where it would be barred or too long."""
    state, known, walk = "", dict[str, object](), list[Move]()
    while not (state and table.states[state].is_end):
        row = chance.choice(_ways(table, state))
        given = {name: _some(table, name, real, chance) for name in _asked(row)}
        given |= {name: real.get(name, False) for name in row.computed}
        together = rules.deciding(row, given, known)
        if rules.barred_by(row, together) is not None or len(walk) > 12:
            return []
        route = rules.route_of(row, together)
        state = route.to
        known |= given
        own = {name: value for name, value in given.items() if name not in row.computed}
        walk.append(Move(row.name, row.by, state, own))
    return walk


def _ways(table: FlatTable, state: str) -> list[Step]:
    """Return the rows that can be told apart on the pages of one county.

    There one body holds every duty: of two authorities that may act it is always the first.
    """
    found: dict[tuple[str, str], Step] = {}
    for row in table.steps_from(state):
        role = table.roles[row.by]
        if role.resolver == "anyone_of_public" and not opened_by_public(table):
            continue  # of a case that an office opened, nobody outside has the code
        if role.recorded_by is None and role.resolver in {"authority", "common_superior"}:
            who = "authority"
        else:
            who = row.by
        found.setdefault((row.name, who), row)
    people = [row for row in found.values() if not row.by_clock]
    return people or list(found.values())


def opened_by_public(table: FlatTable) -> bool:
    return any(one.key == "public" for one in starting.openers_of(table, None))


def _asked(row: Step) -> list[str]:
    conditional = [need.name for need in row.facts_when]
    return [*row.facts, *conditional, *row.optional]


def _some(table: FlatTable, name: str, real: Mapping[str, object], chance: random.Random) -> object:
    if name in real:
        return real[name]
    word = table.facts[name]
    if word.type == "choice":
        return chance.choice(list(word.choices))
    if word.type == "boolean":
        return chance.choice([True, False])
    return filled(word)


def posted(facts: Mapping[str, object]) -> dict[str, str]:
    """Return facts as the form's fields post them."""
    return {f"fact_{name}": _text(value) for name, value in facts.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass
class Walker:
    """Whoever acts, on the pages; `seen` collects what the pages showed."""

    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, username: str) -> Client:
        if username not in self.browsers:
            made = pages.StrictClient()
            made.force_login(
                Person.objects.get(username=username),
                backend="django.contrib.auth.backends.ModelBackend",
            )
            self.browsers[username] = made
        return self.browsers[username]

    def start(self, table: FlatTable, move: Move, subject: tuple[str, str]) -> Case:
        """Open a case by its form, as the department or authority whose role the move names."""
        opener = next(one for one in starting.openers_of(table, None) if one.role == move.by)
        named = named_parties(table)
        username = _officer(table, move.by, named)
        answers = {
            "title": "走一遍",
            "about": subject[0],
            "reference": subject[1],
            "acts_as": opener.key,
            "act": "start",
            **{f"party_{key}": code for key, code in _codes(table).items()},
            **posted(move.facts),
        }
        before = set(Case.objects.values_list("pk", flat=True))
        browser = self.browser(username)
        shown = browser.get(f"/w/start/{table.kind}/")
        assert shown.status_code == 200
        answer = browser.post(f"/w/start/{table.kind}/", answers)
        assert answer.status_code == 302, f"{username} {answers}: {said(answer)}"
        return Case.objects.exclude(pk__in=before).get()

    def take(self, case: Case, move: Move) -> None:
        """Take a step from the case's own page, the public from the portal's."""
        case.refresh_from_db()
        table, parties = tables.of(case), queries.parties_of(case)
        if table.roles[move.by].resolver == "anyone_of_public":
            self._take_outside(case, move)
            return
        browser = self.browser(_officer(table, move.by, parties, case))
        page = browser.get(f"/w/cases/{case.number}/").content.decode()
        assert f'name="step" value="{move.step}"' in page, f"{move.by} is not offered {move.step}"
        answers = {
            **pages.fields_of(page),
            "step": move.step,
            "version": str(case.version),
            **posted(move.facts),
        }
        if 'name="fact_scope"' in page:
            answers.setdefault("fact_scope", "")
            answers["fact_scope"] = answers["fact_scope"] or "本县申请家庭，每日一次"
        answer = browser.post(f"/w/cases/{case.number}/step/", answers)
        assert answer.status_code == 302, f"{move.step} {move.facts}: {said(answer)}"
        case.refresh_from_db()

    def apply(self, table: FlatTable, move: Move) -> Case:
        """Apply for an entry of the type that a kind is for, from the entry's page."""
        browser, code = self.browser("yl-sy"), ENTRIES[table.kind]
        page = f"/w/datasets/{code}/apply/"
        assert f'href="{page}"' in browser.get(f"/w/datasets/{code}/").content.decode()
        answers = {**posted(move.facts), **ANSWERS, "act": "submit"}
        columns = re.findall(r'name="columns" value="([^"]+)"', browser.get(page).content.decode())
        before = set(Case.objects.values_list("pk", flat=True))
        answer = browser.post(page, {**answers, "columns": columns[:2]})
        assert answer.status_code == 302, f"{answers}: {said(answer)}"
        return Case.objects.exclude(pk__in=before).get()

    def ask(self, table: FlatTable, move: Move, dataset: str) -> Case:
        """Open a case on the portal, as somebody without an account, and give its code."""
        browser = pages.StrictClient()
        address = f"/requests/new/{table.kind}/?dataset={dataset}"
        answers = {
            **pages.fields_of(browser.get(address).content.decode()),
            "name": "满意中",
            "contact": "13900001111",
            "act": "start",
            **{f"party_{key}": code for key, code in _codes(table).items()},
            **posted(move.facts),
        }
        answer = browser.post(f"/requests/new/{table.kind}/", answers)
        assert answer.status_code == 201, f"{answers}: {said(answer)}"
        case = Case.objects.latest("pk")
        code = re.search(r'id="receipt-code">([^<]+)<', answer.content.decode())
        assert code is not None
        browser.post("/requests/", {"number": case.number, "code": code[1]})
        self.browsers[case.number] = browser
        return case

    def _take_outside(self, case: Case, move: Move) -> None:
        browser = self.browsers[case.number]
        page = browser.get(f"/requests/{case.number}/").content.decode()
        assert f'name="step" value="{move.step}"' in page, f"nobody outside is offered {move.step}"
        answers = {
            **pages.fields_of(page),
            "step": move.step,
            "version": str(case.version),
            **posted(move.facts),
        }
        answer = browser.post(f"/requests/{case.number}/step/", answers)
        assert answer.status_code == 302, f"{move.step} {move.facts}: {said(answer)}"
        case.refresh_from_db()


def said(answer: object) -> str:
    """Return what a page says is wrong, without its tags."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    part = page.partition('role="alert"')[2].partition("</section>")[0][:1500]
    words = "".join(piece.partition(">")[2] for piece in part.split("<"))
    return f"{answer.status_code} {' '.join(words.split())}"  # type: ignore[attr-defined]


def _codes(table: FlatTable) -> dict[str, str]:
    """Return a department for each party: the same one never twice."""
    free = [code for code in DEPARTMENTS if code not in PARTIES.values()] * 3
    return {
        party.key: PARTIES.get(party.key) or free.pop(0) for party in starting.parties_of(table)
    }


def named_parties(table: FlatTable) -> dict[str, Department]:
    """Return the departments under which these walks open a case."""
    found = {one.code: one for one in Department.objects.select_related("jurisdiction")}
    return {key: found[code] for key, code in _codes(table).items()}


def _officer(
    table: FlatTable, role: str, parties: Mapping[str, Department], case: Case | None = None
) -> str:
    """Return the user name of somebody who fills a role."""
    where = case.jurisdiction if case is not None else home()
    holder = roles.resolve(table, role, parties, where)
    assert role != CLOCK
    if holder.department_id is not None:
        department = Department.objects.get(pk=holder.department_id)
        wanted = holder.posts or {PostRole.OFFICER}
    else:
        department = Duty.objects.get(
            jurisdiction_id=holder.jurisdiction_id, duty=holder.duty
        ).department
        wanted = {PostRole.OFFICER}
    return str(
        department.posts.filter(role__in=wanted).values_list("person__username", flat=True)[0]
    )
