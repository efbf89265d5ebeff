"""Conditions on data: its catalogue entry, its sharing and opening, what is asked of it."""

from __future__ import annotations

from huitong.regulations.conditions import Facts, Predicate, not_said, one_of, said_outside, says
from huitong.regulations.types import Names


def _private_without_consent(facts: Facts) -> bool:
    return bool(facts.get("private_items")) and facts.get("subject_consent") is not True


def _collects_again(facts: Facts) -> bool:
    return bool(facts.get("duplicate_check")) and not facts.get("basis")


def _shared_without_consent(facts: Facts) -> bool:
    lifted = facts.get("provider_consent") or facts.get("public_information") is True
    return facts.get("obtained_by_sharing") is True and not lifted


# The type is compared only once it is known: an entry has one before it is submitted.
def _basic_not_unconditional(facts: Facts) -> bool:
    basic = facts.get("resource_class") in ("basic", "joint_approval")
    return basic and facts.get("sharing_type") == "CONDITIONAL"


def _cooperation_not_conditional(facts: Facts) -> bool:
    guarded = facts.get("resource_class") == "cooperation"
    return guarded and facts.get("sharing_type") == "UNCONDITIONAL"


def _sensitive_unconditional(facts: Facts) -> bool:
    free = facts.get("resource_class") in ("basic", "joint_approval")
    return (
        facts.get("sensitive") is True and facts.get("sharing_type") == "UNCONDITIONAL" and not free
    )


OF_DATA = (
    Predicate(
        "not_organ_or_institution",
        Names(
            "需求单位不是行政机关或者公共事业单位",
            "who asks is no administrative organ or public institution",
        ),
        ("consumer_kind",),
        one_of(
            "consumer_kind",
            "authorised_organisation",
            "social_organisation",
            "public_enterprise",
            "village",
        ),
    ),
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
        says("in_use", value=True),
    ),
    Predicate(
        "shares_conditionally",
        Names("共享类型为有条件共享", "sharing is conditional"),
        ("sharing_type",),
        says("sharing_type", "CONDITIONAL"),
    ),
    Predicate(
        "withholds_sharing",
        Names("共享类型为不予共享", "sharing is withheld"),
        ("sharing_type",),
        says("sharing_type", "WITHHELD"),
    ),
    Predicate(
        "opens_conditionally",
        Names("开放类型为有条件开放", "opening is conditional"),
        ("opening_type",),
        says("opening_type", "CONDITIONAL"),
    ),
    Predicate(
        "withholds_opening",
        Names("开放类型为不予开放", "opening is withheld"),
        ("opening_type",),
        says("opening_type", "WITHHELD"),
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
        "in_catalogue_already",
        Names("所需数据已编入目录", "the data is in the catalogue already"),
        ("catalogued",),
        says("catalogued", value=True),
    ),
    Predicate(
        "entry_not_published",
        Names("目录尚未发布并挂接", "the entry is not yet published and mounted"),
        ("entry_published",),
        not_said("entry_published"),
    ),
    Predicate(
        "holds_state_secret",
        Names("涉及国家秘密", "it holds state secrets"),
        ("state_secret",),
        says("state_secret", value=True),
    ),
    Predicate(
        "obtained_by_sharing",
        Names("数据由共享取得", "the data was obtained by sharing"),
        ("obtained_by_sharing",),
        says("obtained_by_sharing", value=True),
    ),
    Predicate(
        "sensitive_data",
        Names("涉及商业秘密或者个人隐私", "commercial secrets or privacy are touched"),
        ("sensitive",),
        says("sensitive", value=True),
    ),
    Predicate(
        "not_about_self",
        Names("不涉及本人或者本单位", "it is not about oneself"),
        ("about_self",),
        says("about_self", value=False),
    ),
    Predicate(
        "changed_by_law_or_duty",
        Names("因法律法规等调整或者职责变化", "a change of law or of duties"),
        ("change_source",),
        one_of("change_source", "law", "duty"),
    ),
    Predicate(
        "restricts_sharing",
        Names("共享类型为有条件共享或者第三类", "sharing is conditional or withheld"),
        ("sharing_type",),
        one_of("sharing_type", "CONDITIONAL", "WITHHELD"),
    ),
    Predicate(
        "is_opened",
        Names("开放类型为无条件或者有条件", "opening is unconditional or conditional"),
        ("opening_type",),
        one_of("opening_type", "UNCONDITIONAL", "CONDITIONAL"),
    ),
    Predicate(
        "other_than_publication",
        Names("不是向社会发布公开", "it is other than publication"),
        ("use_matter",),
        said_outside("use_matter", "publication"),
    ),
    Predicate(
        "objects_to_data",
        Names("请求为异议校核、更正或者删除", "the request is an objection, correction or erasure"),
        ("request_type",),
        one_of("request_type", "object", "correct", "erase"),
    ),
    Predicate(
        "leaves_withheld",
        Names("由不予共享改列其他类型", "data withheld so far gets another type"),
        ("leaves_withheld",),
        says("leaves_withheld", value=True),
    ),
    Predicate(
        "asks_to_see",
        Names("请求为查阅、复制", "the request is to inspect or copy"),
        ("request_type",),
        one_of("request_type", "inspect", "copy"),
    ),
    Predicate(
        "within_disclosure",
        Names("属于政府信息公开范围", "it is within what government must disclose"),
        ("public_information",),
        says("public_information", value=True),
    ),
    Predicate(
        "shared_without_consent",
        Names(
            "由共享取得，未经提供方同意，又不属于政府信息公开范围",
            "had by sharing, without the provider's consent, and not within disclosure",
        ),
        ("obtained_by_sharing", "provider_consent", "public_information"),
        _shared_without_consent,
    ),
    Predicate(
        "basic_not_unconditional",
        Names(
            "基础信息项或者跨部门并联审批等信息，未列为无条件共享",
            "basic items or data of joint approval, yet not shared unconditionally",
        ),
        ("resource_class", "sharing_type"),
        _basic_not_unconditional,
    ),
    Predicate(
        "cooperation_not_conditional",
        Names(
            "协同管理、内容敏感的信息，未列为有条件共享",
            "sensitive data of joint administration, yet not shared conditionally",
        ),
        ("resource_class", "sharing_type"),
        _cooperation_not_conditional,
    ),
    Predicate(
        "sensitive_unconditional",
        Names(
            "涉及个人隐私或者商业秘密，又不属于应当无条件共享的信息，却列为无条件共享",
            "private or secret, not bound to be unconditional, and yet unconditional",
        ),
        ("sensitive", "resource_class", "sharing_type"),
        _sensitive_unconditional,
    ),
)
