"""A place under any of the six texts: bodies, officers and heads, entries to apply for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, TODAY
from huitong.cases import actions as cases
from huitong.cases import queries as case_queries
from huitong.cases import tables
from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import SharingType
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole
from huitong.regulations import compiling, profiles
from huitong.sharing import actions
from huitong.sharing.models import Application, Grant

ALL = ("henan-2020", "model-city", "county-2024", "huizhou-2024", "heilongjiang-2025",
       "national-2025")  # fmt: skip
SHARING = tuple(name for name in ALL if name != "county-2024")
_CITIES = {"model-city", "huizhou-2024", "county-2024"}
# Entries are published while another text is in force: these ask for a duty list adopted before or
# for fields that the entries of these tests have not.
_PUBLISHED_UNDER = {
    "national-2025": "heilongjiang-2025",
    "county-2024": "henan-2020",
    "huizhou-2024": "henan-2020",
}
# What the texts ask for when an entry is submitted, each only where it is asked for.
_ENTRY = {
    "secrecy_assessment": "不涉密",
    "privacy_assessment": "影响可控",
    "secrecy_review": "不涉密",
    "state_secret": False,
    "shareable_items": ["全部"],
    "sharing_condition": "履职需要",
    "basis": "《统计法》第二十五条",
    "basis_rank": "law",
    "sensitive": False,
    "resource_class": "other",
    "consent": "李负责人，2026-03-01",
    "opinion": "",
}
# What they ask of an application, and of who decides on it.
_ASKED = {
    "assurance": True,
    "consent": "李负责人，2026-03-01",
    "recipient": "市人力资源和社会保障局",
    "sensitive": False,
    "settlement": "按申请提供",
    "talks": "未达成一致",
    "finding": "协调不成",
    "purpose_class": "administrative_basis",
    "basis": "《统计法》第二十五条",
    "basis_rank": "law",
    "written_reason": "条件不符",
}
_FOR_THE_APPLICANT = ("grant", "agree", "approve", "accept", "deliver", "consent_grant")
_AGAINST_THE_APPLICANT = ("refuse", "fail", "not_met", "consent_refuse")

THIRD = replace(
    GRADUATES,
    title="第三类样例",
    sharing_type=SharingType.WITHHELD,
    withheld_basis="《统计法》第二十五条",
    withheld_basis_rank="law",
    sharing_condition="",
    sharing_purpose="",
)
DRAFTS: Mapping[SharingType, Draft] = {
    SharingType.UNCONDITIONAL: SCHOOLS,
    SharingType.CONDITIONAL: replace(
        GRADUATES, withheld_basis="《统计法》第二十五条", withheld_basis_rank="law"
    ),  # Henan, art. 15: a condition has a basis too
    SharingType.WITHHELD: THIRD,
}


@dataclass(frozen=True)
class Place:
    """Who is there, and what they do; `actors` by name, each an officer but the heads."""

    profile_id: str
    home: Jurisdiction
    provider: Department
    consumer: Department
    actors: Mapping[str, Actor]

    @property
    def teacher(self) -> Actor:
        return self.actors["teacher"]

    @property
    def clerk(self) -> Actor:
        return self.actors["clerk"]

    @property
    def regulator(self) -> Actor:
        return self.actors["regulator"]

    def publish(self, draft: Draft, code: str) -> Dataset:
        """Add an entry of the provider and take it through the review of this text."""
        dataset = catalogue.add_dataset(
            draft, code=code, provider=self.provider, actor=self.teacher, at=NOON
        )
        said = {**_ENTRY, "sharing_type": draft.sharing_type}
        with self.under(_PUBLISHED_UNDER.get(self.profile_id, self.profile_id)) as text:
            entry = compiling.compiled(profiles.load(text), "catalogue_review", TODAY)
            asked = entry.entry_steps[0].own_facts
            facts = {name: said[name] for name in asked if said.get(name, "") != ""}
            case = catalogue.submit_dataset(dataset, actor=self.teacher, at=NOON, facts=facts)
            self.finish(case, said, outcomes=("settle", "approve"))
        dataset.refresh_from_db()
        return dataset

    @contextmanager
    def under(self, profile_id: str) -> Iterator[str]:
        """Have another text in force here meanwhile."""
        self._choose(profile_id)
        yield profile_id
        self._choose(self.profile_id)

    def _choose(self, profile_id: str) -> None:
        organisations.choose_regulation(self.home, profile_id=profile_id, actor=SYSTEM, at=NOON)
        self.home.refresh_from_db()

    def apply(self, dataset: Dataset, **changes: Any) -> Application:  # noqa: ANN401
        words = {
            "items": list(self.names(dataset))[:2],
            "scenario": "补贴审核",
            "mode": "api",
            "scope": "2025年毕业生",
            "basis": "《就业促进法》第四十四条",
            "purpose": "核验申请人就业状况",
            "use_until": date(2026, 12, 31),
            "facts": {name: _ASKED[name] for name in ("assurance", "consent", "recipient")},
            "actor": self.clerk,
            "at": LATER,
        }
        return actions.apply(dataset=dataset, **{**words, **changes})

    def names(self, dataset: Dataset) -> Sequence[str]:
        assert dataset.current_version is not None
        return list(
            dataset.current_version.items.order_by("position").values_list("name", flat=True)
        )

    def finish(self, case: Case, said: Mapping[str, object], *, outcomes: Sequence[str]) -> Case:
        """Take the outcomes named, by whoever may, until the case is closed."""
        case = Case.objects.get(pk=case.pk)
        while case.closed_at is None:
            step, actor = self.next_step(case, outcomes)
            facts = {name: said[name] for name in step.facts if name in said}
            case = cases.take_step(case, step.name, actor=actor, facts=facts, at=LATER)
        return case

    def next_step(self, case: Case, outcomes: Sequence[str]) -> tuple[Any, Actor]:
        """Return a step of these outcomes that is open, and somebody who may take it."""
        for outcome in outcomes:
            for actor in self.actors.values():
                for step in case_queries.steps_open_to(case, actor):
                    if step.outcome == outcome:
                        return step, actor
        known = tables.of(case).step_names()
        raise AssertionError(f"nobody can go on from {case.state}: {sorted(known)}")

    def grant(self, sharing: SharingType = SharingType.CONDITIONAL) -> Grant:
        """Take an application of a fresh entry to its grant."""
        return self.granted(self.apply(self.publish(DRAFTS[sharing], f"{sharing.lower()}-1")))

    def granted(self, application: Application) -> Grant:
        """Decide an application in its applicant's favour, whoever has to, and return the grant."""
        found = Grant.objects.filter(application=application).first()
        if found is None:
            self.decide(application)
            found = Grant.objects.get(application=application)
        return found

    def decide(self, application: Application) -> None:
        """Have everybody who decides decide for the applicant, and the provider deliver."""
        while (case := Case.objects.get(pk=application.case_id)).closed_at is None:
            step, actor = self.next_step(case, _FOR_THE_APPLICANT)
            facts = {name: _ASKED[name] for name in step.facts if name in _ASKED}
            if step.stage == "fulfil":
                actions.deliver(application, actor=actor, at=LATER, facts=facts)
            elif step.outcome == "consent_grant":
                cases.take_step(case, step.name, actor=actor, facts=facts, at=LATER)
            else:
                made = dict.fromkeys(application.items, "whole")
                decisions = None if actor == self.clerk else made
                actions.decide(application, decisions=decisions, actor=actor, at=LATER, facts=facts)

    def against(self, application: Application) -> Case:
        """Have whoever decides refuse the application, step by step until it is refused."""
        while (case := Case.objects.get(pk=application.case_id)).closed_at is None:
            step, actor = self.next_step(case, _AGAINST_THE_APPLICANT)
            if step.outcome in {"refuse", "fail"}:
                actions.refuse(application, reason="条件不符", actor=actor, at=LATER, facts=_ASKED)
            else:
                cases.take_step(case, step.name, actor=actor, facts={}, at=LATER)
        return case


def found(profile_id: str) -> Place:
    """Found a place that has chosen a text, with everybody whom the texts name."""

    def department(code: str, name: str) -> Department:
        return organisations.found_department(
            code=code, name=name, jurisdiction=home, actor=SYSTEM, at=NOON
        )

    def person(username: str, where: Department, role: PostRole = PostRole.OFFICER) -> Actor:
        made = organisations.register_person(
            username=username, name=f"{username}（测试）", actor=SYSTEM, at=NOON
        )
        organisations.appoint(person=made, department=where, role=role, actor=SYSTEM, at=NOON)
        return queries.actor_of(made, TODAY)

    home = organisations.found_jurisdiction(
        code="410000",
        name="某省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=NOON,
        profile_id=profile_id,
    )
    if profile_id in _CITIES:
        home = organisations.found_jurisdiction(
            code="410100",
            name="某市",
            level=Level.COUNTY if profile_id == "county-2024" else Level.CITY,
            parent=home,
            actor=SYSTEM,
            at=NOON,
            profile_id=profile_id,
        )
    authority, lawyers = department("P-DATA", "数据局"), department("P-LAW", "司法局")
    for duty in sorted(_duties(profile_id)):
        organisations.assign_duty(
            jurisdiction=home,
            duty=duty,
            department=lawyers if duty == "legal_review" else authority,
            actor=SYSTEM,
            at=NOON,
        )
    provider, consumer = department("P-EDU", "教育局"), department("P-HRSS", "人社局")
    return Place(
        profile_id,
        home,
        provider,
        consumer,
        {
            "teacher": person("teacher", provider),
            "clerk": person("clerk", consumer),
            "regulator": person("regulator", authority),
            "lawyer": person("lawyer", lawyers),
            "provider_head": person("provider_head", provider, PostRole.UNIT_HEAD),
            "consumer_head": person("consumer_head", consumer, PostRole.UNIT_HEAD),
        },
    )


def _duties(profile_id: str) -> set[str]:
    texts = [profiles.load(name) for name in (profile_id, _PUBLISHED_UNDER.get(profile_id)) if name]
    return {
        role.duty
        for table in compiling.every_table(texts)
        for role in table.roles.values()
        if role.duty
    }
