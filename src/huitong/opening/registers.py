"""What the law has published about opening: restrictions, plans, operators and their products."""

import datetime as dt

from django.db.models import QuerySet

from huitong.cases import effects, registers
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.organisations.types import Actor
from huitong.regulations.types import Names

RESTRICTIONS = registers.declare(
    Register(
        name="open_restriction",
        names=Names("限制开放目录", "Data that is not opened or opened on conditions"),
        effects=("list_restricted",),
        facts=("opening_type", "opening_condition", "closed_reason", "basis", "basis_rank"),
        for_all=True,
    )
)
PLANS = registers.declare(
    Register(
        name="opening_plan",
        names=Names("年度开放计划", "Yearly opening plans"),
        effects=("publish_opening_plan",),
        facts=("plan_year", "opening_plan", "priority_fields"),
        for_all=True,
    )
)
OPERATIONS = registers.declare(
    Register(
        name="operation",
        names=Names("授权运营", "Authorised operations"),
        effects=("register_operation", "end_operation"),
        facts=(
            "operator",
            "development_use",
            "recipient",
            "purpose",
            "scope",
            "sensitive",
            "security_assessment",
            "agreement",
        ),
        for_all=True,
    )
)
PRODUCTS = registers.declare(
    Register(
        name="data_product",
        names=Names("数据产品和服务", "Data products and services"),
        effects=("register_product", "record_trade"),
        facts=("product", "registration_number", "operator", "tradable", "exchange"),
        for_all=True,
    )
)
PUBLIC = (RESTRICTIONS, PLANS, OPERATIONS, PRODUCTS)
"""Registers that the portal shows to everybody."""


@effects.register("list_restricted")
def list_restricted(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Publish what is not opened, or only on conditions, with its basis (Henan, art. 20)."""
    before = RegisterEntry.objects.on_register(RESTRICTIONS.name).about(case.subject)
    registers.end(before, case, event, actor, at)
    registers.enter(RESTRICTIONS, case, event, actor, at, key=case.subject)


@effects.register("publish_opening_plan")
def publish_opening_plan(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Publish the plan of a body for a year; a later one for that year replaces it."""
    holder = registers.holder_of(case)
    code = holder.code if holder else ""
    key = f"{code}:{registers.stated(case).get('plan_year', '')}"
    before = RegisterEntry.objects.on_register(PLANS.name).filter(key=key)
    registers.end(before, case, event, actor, at)
    registers.enter(PLANS, case, event, actor, at, subject=f"department:{code}", key=key)


@effects.register("register_operation")
def register_operation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter an authorised operation when it starts."""
    registers.enter(OPERATIONS, case, event, actor, at)


@effects.register("end_operation")
def end_operation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """End the operation of this case, and its products with it."""
    for register in (OPERATIONS, PRODUCTS):
        registers.end(registers.made_in(case, register), case, event, actor, at)


@effects.register("register_product")
def register_product(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter a product that passed its registration; a number is given once.

    Raises: RegisteredAlreadyError.
    """
    known = registers.stated(case)
    number = str(known.get("registration_number") or "").strip()
    registers.enter(
        PRODUCTS,
        case,
        event,
        actor,
        at,
        title=str(known.get("product") or case.title),
        key=number,
    )


@effects.register("record_trade")
def record_trade(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter the product anew with the exchange on which it is traded."""
    registers.end(registers.made_in(case, PRODUCTS), case, event, actor, at)
    register_product(case, event, actor, at)


def published(register: Register, at: dt.datetime) -> QuerySet[RegisterEntry]:
    """Return the entries of a public register that hold, with what a page shows of them."""
    return registers.living(register, at).select_related("holder", "jurisdiction", "made_by__case")
