"""The kinds of procedure as pages group them: theme, what a case may be about, pages of their own.

Names, roles, articles and periods come from the regulation; here stands only where on the pages a
kind is found.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

THEMES: Mapping[str, tuple[Label, tuple[str, ...]]] = {
    "catalogue": (
        _("目录"),
        ("duty_list_review", "catalogue_review", "catalogue_update", "catalogue_withdrawal"),
    ),
    "collection": (
        _("采集与汇聚"),
        ("collection_filing", "source_designation", "aggregation_exemption"),
    ),
    "sharing": (
        _("共享"),
        (
            "share_application_unconditional",
            "share_application_conditional",
            "share_application_third",
            "share_extension",
            "share_service_change",
            "whole_delegation",
            "return_flow",
        ),
    ),
    "demand": (_("需求"), ("demand", "urgent_demand")),
    "correction": (_("校核更正"), ("correction_consumer", "correction_subject", "cross_check")),
    "dispute": (_("争议"), ("dispute",)),
    "use": (_("使用"), ("use_change", "use_end", "use_rectification")),
    "opening": (
        _("开放与运营"),
        (
            "opening_plan_filing",
            "open_list_review",
            "open_withdrawal",
            "open_application",
            "open_request",
            "authorised_operation",
        ),
    ),
    "projects": (_("项目与平台"), ("project_gate", "platform_approval")),
    "people": (_("人员"), ("people_filing",)),
    "security": (_("安全"), ("security_filing", "incident_report")),
    "supervision": (_("监督与评估"), ("violation", "evaluation", "case_library")),
}
"""Theme → its name and its kinds; every kind of `kinds.yaml` stands in one theme."""

PLACES: Mapping[str, str] = {
    "catalogue_review": "datasets",
    "catalogue_update": "datasets",
    "catalogue_withdrawal": "datasets",
    "share_application_unconditional": "datasets",
    "share_application_conditional": "datasets",
    "share_application_third": "datasets",
    "open_list_review": "datasets",
    "open_withdrawal": "datasets",
    "use_rectification": "grants",
}
"""Kinds that begin on a page of their own, and the name of the list that leads there."""

SUBJECTS: Mapping[str, Label] = {
    "free": _("不涉及已登记的对象"),
    "dataset": _("目录条目（填代码）"),
    "grant": _("授权（填编号）"),
    "client": _("应用系统（填 client_id）"),
    "case": _("已有办件（填受理号）"),
    "department": _("部门（填部门代码或全称）"),
}
"""What a case may be about; all but `free` are named by code or number."""

_DATASET, _GRANT = ("dataset",), ("grant",)
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "catalogue_review": _DATASET,
    "catalogue_update": _DATASET,
    "catalogue_withdrawal": _DATASET,
    "open_list_review": _DATASET,
    "open_withdrawal": _DATASET,
    "use_rectification": _GRANT,
    "share_application_unconditional": _DATASET,
    "share_application_conditional": _DATASET,
    "aggregation_exemption": ("dataset", "free"),
    "share_application_third": _DATASET,
    "share_extension": _GRANT,
    "share_service_change": _GRANT,
    "correction_consumer": _DATASET,
    "correction_subject": ("dataset", "free"),
    "cross_check": _DATASET,
    "dispute": ("case", "dataset", "free"),
    "return_flow": ("dataset", "free"),
    "use_change": _GRANT,
    "use_end": _GRANT,
    "open_application": _DATASET,
    "demand": ("free", "dataset"),
    "urgent_demand": ("free", "dataset"),
    "violation": ("free", "department", "dataset", "grant", "case"),
    "incident_report": ("free", "dataset", "grant"),
    "case_library": ("free", "grant", "dataset"),
    "security_filing": ("client",),
}
_OTHERS = ("free", "dataset", "department")


def subjects_of(kind: str) -> tuple[str, ...]:
    """Return what a case of a kind may be about, the likeliest first."""
    return _ABOUT.get(kind, _OTHERS)


def theme_of(kind: str) -> str:
    """Return the theme under which a kind is listed.

    Raises: KeyError, for a kind that no theme has.
    """
    for theme, (_name, kinds) in THEMES.items():
        if kind in kinds:
            return theme
    raise KeyError(kind)
