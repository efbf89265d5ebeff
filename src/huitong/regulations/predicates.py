"""The conditions that tables may name: plain functions of a case's facts.

No predicate counts days or reads the time. A stored table names its predicates, so a changed
meaning gets a new name. `needs` are the facts that a predicate looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from huitong.regulations.types import Names

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named condition with the words in which pages show it."""

    name: str
    names: Names
    needs: tuple[str, ...]
    holds: Callable[[Facts], bool]


def _says(fact: str, value: object) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(fact) == value


def _one_of(fact: str, *values: object) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(fact) in values


def _not_one_of(fact: str, *values: object) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(fact) not in values


def _said_outside(fact: str, *values: object) -> Callable[[Facts], bool]:
    # What is not said yet bars nothing: the step that needs the fact asks for it.
    return lambda facts: bool(facts.get(fact)) and facts.get(fact) not in values


def _not_said(fact: str) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(fact) is not True


def _one_lacks(*needed: str) -> Callable[[Facts], bool]:
    return lambda facts: not all(facts.get(fact) for fact in needed)


def _private_without_consent(facts: Facts) -> bool:
    return bool(facts.get("private_items")) and facts.get("subject_consent") is not True


def _builds_anew_without_basis(facts: Facts) -> bool:
    builds = facts.get("platform_matter") in ("new_platform", "new_channel")
    return builds and facts.get("basis_rank") not in ("law", "administrative_regulation")


def _misconduct(*, of_authority: bool) -> Callable[[Facts], bool]:
    return lambda facts: (
        facts.get("misconduct") is True
        and (facts.get("offender_kind") == "authority") is of_authority
    )


def _collects_again(facts: Facts) -> bool:
    return bool(facts.get("duplicate_check")) and not facts.get("basis")


PREDICATES: Mapping[str, Predicate] = {
    predicate.name: predicate
    for predicate in (
        Predicate(
            "collects_again",
            Names(
                "可以通过共享获取或者已经备案，又没有写明法律、法规的依据",
                "it can be had by sharing or is filed already, and no basis in law is stated",
            ),
            ("duplicate_check", "basis"),
            _collects_again,
        ),
        Predicate(
            "entry_in_use",
            Names("数据已被使用", "the data is in use by others"),
            ("in_use",),
            _says("in_use", value=True),
        ),
        Predicate(
            "below_province",
            Names("提供部门属市（地）、县（市、区）", "the provider is below province level"),
            ("below_province",),
            _says("below_province", value=True),
        ),
        Predicate(
            "returned_at_own_level",
            Names("由同级主管部门退回", "returned by the authority of the same level"),
            ("returned_above",),
            lambda facts: facts.get("returned_above") is not True,
        ),
        Predicate(
            "shares_conditionally",
            Names("共享类型为有条件共享", "sharing is conditional"),
            ("sharing_type",),
            _says("sharing_type", "CONDITIONAL"),
        ),
        Predicate(
            "withholds_sharing",
            Names("共享类型为不予共享", "sharing is withheld"),
            ("sharing_type",),
            _says("sharing_type", "WITHHELD"),
        ),
        Predicate(
            "opens_conditionally",
            Names("开放类型为有条件开放", "opening is conditional"),
            ("opening_type",),
            _says("opening_type", "CONDITIONAL"),
        ),
        Predicate(
            "withholds_opening",
            Names("开放类型为不予开放", "opening is withheld"),
            ("opening_type",),
            _says("opening_type", "WITHHELD"),
        ),
        Predicate(
            "private_without_consent",
            Names(
                "涉及个人隐私或商业秘密且未取得同意",
                "private data or commercial secrets without consent",
            ),
            ("private_items", "subject_consent"),
            _private_without_consent,
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
            _says("across", value=True),
        ),
        Predicate(
            "in_catalogue_already",
            Names("所需数据已编入目录", "the data is in the catalogue already"),
            ("catalogued",),
            _says("catalogued", value=True),
        ),
        Predicate(
            "entry_not_published",
            Names("目录尚未发布并挂接", "the entry is not yet published and mounted"),
            ("entry_published",),
            _not_said("entry_published"),
        ),
        Predicate(
            "existing_system",
            Names("系统已经建成", "the system exists already"),
            ("system_exists",),
            _says("system_exists", value=True),
        ),
        Predicate(
            "existing_platform",
            Names(
                "属已建平台、通道的纳入、迁移或关闭",
                "an existing platform or channel is to join, move or close",
            ),
            ("platform_matter",),
            _one_of("platform_matter", "join", "close"),
        ),
        Predicate(
            "builds_anew",
            Names("新建平台、数据中心或通道", "a platform, data centre or channel is built anew"),
            ("platform_matter",),
            _one_of("platform_matter", "new_platform", "new_channel"),
        ),
        Predicate(
            "offender_is_authority",
            Names("违规主体为主管部门", "the offender is an authority"),
            ("offender_kind",),
            _says("offender_kind", "authority"),
        ),
        Predicate(
            "offender_is_public",
            Names(
                "违规主体为自然人、法人或者非法人组织", "the offender is a person or organisation"
            ),
            ("offender_kind",),
            _says("offender_kind", "public"),
        ),
        Predicate(
            "holds_state_secret",
            Names("涉及国家秘密", "it holds state secrets"),
            ("state_secret",),
            _says("state_secret", value=True),
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
            "basis_below_administrative_regulation",
            Names("依据不是法律、行政法规", "the basis is no law or administrative regulation"),
            ("basis_rank",),
            _said_outside("basis_rank", "law", "administrative_regulation"),
        ),
        Predicate(
            "basis_not_law_regulation_or_rule",
            Names("依据不是法律、法规、规章", "the basis is no law, regulation or rule"),
            ("basis_rank",),
            _said_outside(
                "basis_rank", "law", "administrative_regulation", "local_regulation", "rule"
            ),
        ),
        Predicate(
            "obtained_by_sharing",
            Names("数据由共享取得", "the data was obtained by sharing"),
            ("obtained_by_sharing",),
            _says("obtained_by_sharing", value=True),
        ),
        Predicate(
            "sensitive_data",
            Names("涉及商业秘密或者个人隐私", "commercial secrets or privacy are touched"),
            ("sensitive",),
            _says("sensitive", value=True),
        ),
        Predicate(
            "catalogue_not_planned",
            Names("未同步编制资源目录", "no catalogue is planned with the project"),
            ("project_catalogue",),
            lambda facts: not facts.get("project_catalogue"),
        ),
        Predicate(
            "needs_or_interface_missing",
            Names(
                "未说明共享需求或者未预留共享接口", "the sharing needs or the interface are missing"
            ),
            ("sharing_needs", "reserved_interface"),
            lambda facts: (
                not facts.get("sharing_needs") or facts.get("reserved_interface") is not True
            ),
        ),
        Predicate(
            "not_interconnected",
            Names("不能互联共享", "it cannot be interconnected"),
            ("interconnected",),
            _says("interconnected", value=False),
        ),
        Predicate(
            "assets_not_registered",
            Names("数据资产未登记汇聚", "the data assets are not registered and aggregated"),
            ("assets_registered",),
            _says("assets_registered", value=False),
        ),
        Predicate(
            "not_compliant",
            Names("不符合数据管理工作要求", "the requirements of data management are not met"),
            ("compliance",),
            _says("compliance", value=False),
        ),
        Predicate(
            "tests_missing",
            Names(
                "未提供等级保护或者功能性能测评结果",
                "the protection test or the function test is missing",
            ),
            ("protection_test", "function_test"),
            _one_lacks("protection_test", "function_test"),
        ),
        Predicate(
            "not_about_self",
            Names("不涉及本人或者本单位", "it is not about oneself"),
            ("about_self",),
            _says("about_self", value=False),
        ),
        Predicate(
            "service_is_changed",
            Names("变更服务", "the service is to be changed"),
            ("service_matter",),
            _says("service_matter", "change"),
        ),
        Predicate(
            "changed_by_law_or_duty",
            Names("因法律法规等调整或者职责变化", "a change of law or of duties"),
            ("change_source",),
            _one_of("change_source", "law", "duty"),
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
            _says("platform_matter", "close"),
        ),
        Predicate(
            "offender_is_body",
            Names("违规主体为政府部门或者主管部门", "the offender is a department or an authority"),
            ("offender_kind",),
            _one_of("offender_kind", "department", "authority"),
        ),
        Predicate(
            "restricts_sharing",
            Names("共享类型为有条件共享或者第三类", "sharing is conditional or withheld"),
            ("sharing_type",),
            _one_of("sharing_type", "CONDITIONAL", "WITHHELD"),
        ),
        Predicate(
            "is_opened",
            Names("开放类型为无条件或者有条件", "opening is unconditional or conditional"),
            ("opening_type",),
            _one_of("opening_type", "UNCONDITIONAL", "CONDITIONAL"),
        ),
        Predicate(
            "not_publication",
            Names("不是向社会发布公开", "it is no publication"),
            ("use_matter",),
            _not_one_of("use_matter", "publication"),
        ),
        Predicate(
            "objects_to_data",
            Names(
                "请求为异议校核、更正或者删除", "the request is an objection, correction or erasure"
            ),
            ("request_type",),
            _one_of("request_type", "object", "correct", "erase"),
        ),
        Predicate(
            "leaves_withheld",
            Names("由不予共享改列其他类型", "data withheld so far gets another type"),
            ("leaves_withheld",),
            _says("leaves_withheld", value=True),
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
    )
}


def holds(name: str, facts: Facts) -> bool:
    """Say whether a condition holds on the facts of a case or the values of an entry.

    Raises: KeyError, when the name is no predicate (a checked profile has none such).
    """
    return PREDICATES[name].holds(facts)
