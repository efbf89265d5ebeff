"""Case numbers: `GX-230000-2026-000001`, without gaps within jurisdiction, year and prefix."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from huitong.organisations.actions.guarding import require_place
from huitong.organisations.models import Jurisdiction

# By the first word of the kind. A kind of none of these is simply 办件.
PREFIXES = {
    "catalogue": "ML",  # 目录
    "duty": "ZN",  # 职能数据清单
    "share": "GX",  # 共享
    "use": "SY",  # 使用
    "demand": "XQ",  # 需求
    "urgent": "XQ",
    "delegation": "SQ",  # 授权
    "return": "HL",  # 回流
    "correction": "JH",  # 校核
    "cross": "JH",
    "dispute": "ZY",  # 争议
    "open": "KF",  # 开放
    "project": "XM",  # 项目
    "incident": "AQ",  # 安全
    "security": "AQ",
    "violation": "WG",  # 违规
    "collection": "CJ",  # 采集
    "source": "CJ",
    "aggregation": "HJ",  # 汇聚
    "platform": "PT",  # 平台
    "whole": "SQ",
    "opening": "KF",
    "people": "RY",  # 人员
    "evaluation": "PG",  # 评估
    "case": "AL",  # 案例
    "authorised": "YY",  # 运营
}
OTHER = "BJ"

_NEXT = """
    INSERT INTO cases_casenumber (jurisdiction_id, year, prefix, last) VALUES (%s, %s, %s, 1)
    ON CONFLICT (jurisdiction_id, year, prefix)
    DO UPDATE SET last = cases_casenumber.last + 1
    RETURNING last
"""


def prefix_of(kind: str) -> str:
    """Return the letters that stand for a kind."""
    return PREFIXES.get(kind.partition("_")[0], OTHER)


def take(kind: str, jurisdiction: Jurisdiction, at: dt.datetime) -> str:
    """Take the next number, inside the transaction that makes the case.

    The row of the series stays locked until that transaction ends: a second taker waits, and a
    rollback gives the number back, so there are no gaps. The jurisdiction's code is part of the
    number because two jurisdictions of one installation count on their own; an area keeps its
    series when its code changes, and one that was merged begins no case.

    Raises: LevelError.
    """
    require_place(jurisdiction)
    year = timezone.localtime(at).year
    prefix = prefix_of(kind)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [jurisdiction.pk, year, prefix])
        (last,) = cursor.fetchone()
    return f"{prefix}-{jurisdiction.code}-{year}-{last:06d}"
