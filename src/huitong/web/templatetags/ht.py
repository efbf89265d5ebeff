"""Tags and filters: icons, citations, days, numbers. They show; they decide nothing."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from huitong.organisations.history import TreePlace
from huitong.organisations.models import Department, Jurisdiction
from huitong.regulations import clauses, house, vocabulary
from huitong.regulations.types import Lang, Names
from huitong.web import wording

register = template.Library()

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def language() -> Lang:
    """Return `en` or `zh`, as the lower rooms name languages."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """Return one picture of our own sprite; it says nothing to a screen reader."""
    return format_html(
        '<svg class="ico" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def cite(clause_id: str, *, short: bool = False) -> SafeString:
    """Return a link to the clause's text, under its official name."""
    return _link(clause_id, language(), short=short)


@lru_cache(maxsize=4096)  # a page cites the same few clauses in every line
def _link(clause_id: str, lang: str, *, short: bool) -> SafeString:
    label = clauses.label(clause_id, lang, short=short)
    page = reverse("law-text", args=[clauses.clause(clause_id).profile_id])
    return format_html('<a href="{}#{}">{}</a>', page, clause_id, label)


@register.simple_tag
def cites(clause_ids: Iterable[str], *, short: bool = False) -> SafeString:
    """Return the links of several clauses, in the order given."""
    between = "; " if language() == "en" else "、"
    return format_html_join(between, "{}", ((cite(one, short=short),) for one in clause_ids))


@register.filter
def clause_text(clause_id: str) -> str:
    """Return what a clause says, in the reader's language."""
    clause = clauses.clause(clause_id)
    return clause.en if language() == "en" else clause.zh


@register.filter
def clause_name(clause_id: str) -> str:
    """Return a clause's official name without a link."""
    return clauses.label(clause_id, language())


@register.filter
def clause_short(clause_id: str) -> str:
    """Return the article without the regulation's title and without a link."""
    return clauses.label(clause_id, language(), short=True)


@register.filter
def named(names: dict[str, str] | None, fallback: str = "") -> str:
    """Return the name in the reader's language out of `{"zh": …, "en": …}`."""
    if not names:
        return fallback
    return names.get(language()) or names.get("zh") or fallback


@register.filter
def word(value: object, table: str) -> str:
    """Return the label of a stored word, from the table of that name in `web.wording`."""
    return wording.label(table, str(value), language())


@register.filter
def tone(value: object, table: str) -> str:
    """Return the colour class that stands beside (never instead of) the label."""
    return wording.tone(table, str(value))


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Return a date with its weekday: 2026年11月24日（周二）, Tue 24 Nov 2026."""
    if value is None:
        return "—"
    local = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    if language() == "en":
        return f"{WEEKDAYS_EN[local.weekday()]} {formats.date_format(local, 'j M Y')}"
    weekday = WEEKDAYS_ZH[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（周{weekday}）"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Return date and time, where the platform stands: 2026-11-24 17:30."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"


@register.filter
def number(value: float | None) -> str:
    """Return a number with thousands separated; nothing known is a dash, never a zero."""
    return "—" if value is None else f"{value:,}"


@register.filter
def size(value: int | None) -> str:
    """Return bytes in a unit that people read."""
    if value is None:
        return "—"
    amount = float(value)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


@register.filter
def at(mapping: dict[str, object], key: str) -> object:
    """Return one value of a mapping by a key that a template computes."""
    return mapping.get(key, "")


@register.filter
def named_in(names: Names | None) -> str:
    """Return the name in the reader's language out of a pair of a regulation; a dash for none."""
    return names.get(language()) if names else "—"


@register.filter
def body_name(body: Department | Jurisdiction | TreePlace) -> str:
    """Return the name of a department or an area in the reader's language, where it has one."""
    return (body.name_en if language() == "en" else "") or body.name


@register.filter
def body_kind(kind: str) -> str:
    """Return the name of a kind of body."""
    return named_in(house.words().bodies.get(kind))


@register.filter
def duty_name(duty: str) -> str:
    """Return the name of a duty of a competent authority."""
    names = vocabulary.shared()[0].duties.get(duty)
    return names.get(language()) if names else duty
