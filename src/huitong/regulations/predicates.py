"""The conditions that tables may name: plain functions of a case's facts.

No predicate counts days or reads the time. A stored table names its predicates, so a changed
meaning gets a new name. `needs` are the facts that a predicate looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from huitong.regulations.conditions import Facts, Predicate, one_lacks, one_of, said_outside, says
from huitong.regulations.conditions_of_data import OF_DATA
from huitong.regulations.types import Names


def _builds_anew_without_basis(facts: Facts) -> bool:
    builds = facts.get("platform_matter") in ("new_platform", "new_channel")
    return builds and facts.get("basis_rank") not in ("law", "administrative_regulation")


def _lacks_needs_or_interface(facts: Facts) -> bool:
    lacks = not facts.get("sharing_needs") or facts.get("reserved_interface") is not True
    return lacks and not facts.get("basis")


def _misconduct(*, of_authority: bool) -> Callable[[Facts], bool]:
    return lambda facts: (
        facts.get("misconduct") is True
        and (facts.get("offender_kind") == "authority") is of_authority
    )


def _authority_called_department(facts: Facts) -> bool:
    return facts.get("offender_kind") == "department" and facts.get("offender_supervises") is True


def _county_builds_platform(facts: Facts) -> bool:
    return facts.get("platform_matter") == "new_platform" and facts.get("of_county") is True


_OTHERS = (
    Predicate(
        "builds_channel",
        Names("新建共享、开放通道", "a channel of sharing or opening is built anew"),
        ("platform_matter",),
        says("platform_matter", "new_channel"),
    ),
    Predicate(
        "county_builds_platform",
        Names("县（市、区）新建平台", "a county builds a platform of its own"),
        ("platform_matter", "of_county"),
        _county_builds_platform,
    ),
    Predicate(
        "misconduct_of_department",
        Names("政务部门泄密、失职或者滥权", "a department leaked, neglected or abused"),
        ("misconduct", "offender_kind"),
        _misconduct(of_authority=False),
    ),
    Predicate(
        "misconduct_of_authority",
        Names("主管部门泄密、失职或者滥权", "an authority leaked, neglected or abused"),
        ("misconduct", "offender_kind"),
        _misconduct(of_authority=True),
    ),
    Predicate(
        "below_province",
        Names("提供部门属市（地）、县（市、区）", "the provider is below province level"),
        ("below_province",),
        says("below_province", value=True),
    ),
    Predicate(
        "returned_at_own_level",
        Names("由同级主管部门退回", "returned by the authority of the same level"),
        ("returned_above",),
        lambda facts: facts.get("returned_above") is not True,
    ),
    Predicate(
        "rectification_declined",
        Names("使用部门拒不整改", "the consumer declined to rectify"),
        ("decline_reason",),
        lambda facts: bool(facts.get("decline_reason")),
    ),
    Predicate(
        "material_missing",
        Names("材料不全", "material is missing"),
        ("missing_material", "material"),
        lambda facts: bool(facts.get("missing_material")) and not facts.get("material"),
    ),
    Predicate(
        "across_levels_or_areas",
        Names("跨层级或者跨地区", "it reaches across levels or areas"),
        ("across",),
        says("across", value=True),
    ),
    Predicate(
        "existing_system",
        Names("系统已经建成", "the system exists already"),
        ("system_exists",),
        says("system_exists", value=True),
    ),
    Predicate(
        "existing_platform",
        Names(
            "属已建平台、通道的纳入、迁移或关闭",
            "an existing platform or channel is to join, move or close",
        ),
        ("platform_matter",),
        one_of("platform_matter", "join", "close"),
    ),
    Predicate(
        "ends_delegation",
        Names("结束已备案的授权", "a delegation on file is to end"),
        ("delegation_matter",),
        says("delegation_matter", "end"),
    ),
    Predicate(
        "builds_anew",
        Names("新建平台、数据中心或通道", "a platform, data centre or channel is built anew"),
        ("platform_matter",),
        one_of("platform_matter", "new_platform", "new_channel"),
    ),
    Predicate(
        "offender_is_authority",
        Names("违规主体为主管部门", "the offender is an authority"),
        ("offender_kind",),
        says("offender_kind", "authority"),
    ),
    Predicate(
        "authority_called_department",
        Names(
            "违规单位自身就是本级主管部门，不得按政务部门由其自行处理（违规主体类别应选主管部门）",
            "the offender is itself the authority of its level, and would judge of itself as a "
            "department (state it as an authority)",
        ),
        ("offender_kind", "offender_supervises"),
        _authority_called_department,
    ),
    Predicate(
        "offender_is_public",
        Names("违规主体为自然人、法人或者非法人组织", "the offender is a person or organisation"),
        ("offender_kind",),
        says("offender_kind", "public"),
    ),
    Predicate(
        "basis_below_administrative_regulation",
        Names("依据不是法律、行政法规", "the basis is no law or administrative regulation"),
        ("basis_rank",),
        said_outside("basis_rank", "law", "administrative_regulation"),
    ),
    Predicate(
        "basis_not_law_regulation_or_rule",
        Names("依据不是法律、法规、规章", "the basis is no law, regulation or rule"),
        ("basis_rank",),
        said_outside("basis_rank", "law", "administrative_regulation", "local_regulation", "rule"),
    ),
    Predicate(
        "catalogue_not_planned",
        Names("未同步编制资源目录", "no catalogue is planned with the project"),
        ("project_catalogue",),
        lambda facts: not facts.get("project_catalogue"),
    ),
    Predicate(
        "needs_or_interface_missing",
        Names("未说明共享需求或者未预留共享接口", "the sharing needs or the interface are missing"),
        ("sharing_needs", "reserved_interface"),
        lambda facts: not facts.get("sharing_needs") or facts.get("reserved_interface") is not True,
    ),
    Predicate(
        "not_interconnected",
        Names("不能互联共享", "it cannot be interconnected"),
        ("interconnected",),
        says("interconnected", value=False),
    ),
    Predicate(
        "assets_not_registered",
        Names("数据资产未登记汇聚", "the data assets are not registered and aggregated"),
        ("assets_registered",),
        says("assets_registered", value=False),
    ),
    Predicate(
        "not_compliant",
        Names("不符合数据管理工作要求", "the requirements of data management are not met"),
        ("compliance",),
        says("compliance", value=False),
    ),
    Predicate(
        "tests_missing",
        Names(
            "未提供等级保护或者功能性能测评结果",
            "the protection test or the function test is missing",
        ),
        ("protection_test", "function_test"),
        one_lacks("protection_test", "function_test"),
    ),
    Predicate(
        "service_is_changed",
        Names("变更服务", "the service is to be changed"),
        ("service_matter",),
        says("service_matter", "change"),
    ),
    Predicate(
        "correction_declined",
        Names("拒不改正", "correction was declined"),
        ("decline_reason",),
        lambda facts: bool(facts.get("decline_reason")),
    ),
    Predicate(
        "breach_is_found",
        Names("认定有违规行为", "a breach is named"),
        ("breach",),
        lambda facts: bool(facts.get("breach")),
    ),
    Predicate(
        "closes_channel",
        Names("关闭原有通道", "an old channel is to close"),
        ("platform_matter",),
        says("platform_matter", "close"),
    ),
    Predicate(
        "offender_is_body",
        Names("违规主体为政府部门或者主管部门", "the offender is a department or an authority"),
        ("offender_kind",),
        one_of("offender_kind", "department", "authority"),
    ),
    Predicate(
        "builds_anew_without_basis",
        Names(
            "无法律、行政法规依据而新建",
            "built anew without a basis in law or administrative regulation",
        ),
        ("platform_matter", "basis_rank"),
        _builds_anew_without_basis,
    ),
    Predicate(
        "not_tradable",
        Names("另有规定或者约定，不能交易", "law or agreement keeps it from being traded"),
        ("tradable",),
        says("tradable", value=False),
    ),
    Predicate(
        "is_broker",
        Names("运营主体为数据经纪人", "the operator is a data broker"),
        ("operator_kind",),
        says("operator_kind", "broker"),
    ),
    Predicate(
        "under_construction",
        Names("系统在建", "the system is being built"),
        ("under_construction",),
        says("under_construction", value=True),
    ),
    Predicate(
        "needs_or_interface_missing_without_basis",
        Names(
            "未说明共享需求或者未预留共享接口，又没有写明法律、法规的明确规定",
            "the sharing needs or the interface are missing, and no provision of law is stated",
        ),
        ("sharing_needs", "reserved_interface", "basis"),
        _lacks_needs_or_interface,
    ),
)

PREDICATES: Mapping[str, Predicate] = {one.name: one for one in (*OF_DATA, *_OTHERS)}


def holds(name: str, facts: Facts) -> bool:
    """Say whether a condition holds on the facts of a case or the values of an entry.

    Raises: KeyError, when the name is no predicate (a checked profile has none such).
    """
    return PREDICATES[name].holds(facts)
