"""What supervision puts on record: breaches, incidents, projects, platforms, results, model cases.

Who may read: those concerned and the authority, unless the register is meant for all.
"""

import datetime as dt

from huitong.cases import effects, registers
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.organisations.models import Department
from huitong.organisations.types import Actor
from huitong.regulations.types import Names

VIOLATIONS = registers.declare(
    Register(
        name="violation",
        names=Names("违规情形", "Breaches"),
        effects=("note_violation", "close_violation"),
        facts=("offender_kind", "breach", "channel"),
    )
)
CRITICISM = registers.declare(
    Register(
        name="criticism",
        names=Names("通报批评", "Notices of criticism"),
        effects=("circulate_notice",),
        facts=("breach", "rectify_by"),
        for_all=True,
    )
)
LEADS = registers.declare(
    Register(
        name="lead",
        names=Names("线索移送", "Leads handed over"),
        effects=("refer_lead",),
        facts=("breach", "severity", "sanction"),
    )
)
INCIDENTS = registers.declare(
    Register(
        name="incident",
        names=Names("安全事件", "Security incidents"),
        effects=("note_incident", "close_incident"),
        facts=("incident_kind", "incident_day", "emergency_plan"),
    )
)
PROJECTS = registers.declare(
    Register(
        name="project",
        names=Names("信息化项目", "IT projects"),
        effects=("register_project",),
        facts=(
            "project_name",
            "project_number",
            "project_catalogue",
            "data_assets",
            "sharing_needs",
            "reserved_interface",
            "interconnected",
            "assets_registered",
            "compliance",
            "solution",
            "decision",
        ),
    )
)
PLATFORMS = registers.declare(
    Register(
        name="platform",
        names=Names("平台和通道", "Platforms and channels"),
        effects=("register_platform",),
        facts=(
            "platform_matter",
            "platform_name",
            "approval_number",
            "migration_plan",
            "reason",
            "basis",
            "basis_rank",
        ),
        for_all=True,
    )
)
EVALUATIONS = registers.declare(
    Register(
        name="evaluation",
        names=Names("评估和通报", "Evaluations and circulars"),
        effects=("publish_evaluation",),
        facts=("period", "results", "improvements", "notice"),
        for_all=True,
    )
)
MODEL_CASES = registers.declare(
    Register(
        name="model_case",
        names=Names("典型案例", "Model cases"),
        effects=("publish_case",),
        facts=("case_subject", "scenario", "data_source", "achievements"),
        for_all=True,
    )
)


@effects.register("note_violation")
def note_violation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter a breach when it is found; it stands until it is dealt with."""
    registers.enter(VIOLATIONS, case, event, actor, at, holder=_offender(case))


@effects.register("close_violation")
def close_violation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """End the breach; what was published or handed over because of it stays."""
    registers.end(registers.made_in(case, VIOLATIONS), case, event, actor, at)


@effects.register("circulate_notice")
def circulate_notice(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Publish the criticism of a body that did not correct a breach (county, art. 26)."""
    registers.enter(CRITICISM, case, event, actor, at, holder=_offender(case))


@effects.register("refer_lead")
def refer_lead(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter that a breach was handed to the bodies that sanction or prosecute."""
    registers.enter(LEADS, case, event, actor, at, holder=_offender(case))


@effects.register("note_incident")
def note_incident(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter an incident under the department that answers for it.

    That is the consumer where the data was being used (national, art. 34), else who holds it.
    """
    user = registers.party_of(case, "consumer")
    registers.enter(INCIDENTS, case, event, actor, at, holder=user)


@effects.register("close_incident")
def close_incident(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """End the incident once it is contained, reported and recovered from."""
    registers.end(registers.made_in(case, INCIDENTS), case, event, actor, at)


@effects.register("register_project")
def register_project(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter what a project passed its gates with, or what was decided on an existing system."""
    registers.enter(PROJECTS, case, event, actor, at)


@effects.register("register_platform")
def register_platform(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter a platform that was approved, joined, moved or closed, in place of what stood of it."""
    before = RegisterEntry.objects.on_register(PLATFORMS.name).about(case.subject)
    registers.end(before.filter(jurisdiction=case.jurisdiction), case, event, actor, at)
    registers.enter(PLATFORMS, case, event, actor, at)


@effects.register("publish_evaluation")
def publish_evaluation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Publish the report of an evaluation, or the circular on what was found."""
    registers.enter(EVALUATIONS, case, event, actor, at)


@effects.register("publish_case")
def publish_case(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Publish a model case with who applied the data, where, from what source, to what end."""
    registers.enter(MODEL_CASES, case, event, actor, at)


def _offender(case: Case) -> Department | None:
    return registers.party_of(case, "offender")
