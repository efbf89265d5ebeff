"""The layout that was proposed for a file, as a person reads it before confirming the draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from huitong.web.templatetags.ht import language
from huitong_sources.types import Mend


def layout_page(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lines and the mends of a layout of `huitong_sources`; without one, neither."""
    english = language() == "en"
    mends = [Mend(**mend) for mend in layout.get("mends") or ()]
    return {
        "lines": [{"label": label, "value": value} for label, value in _lines(layout) if value],
        "mends": [mend.en if english else mend.zh for mend in mends],
    }


def _lines(layout: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not layout:
        return
    yield _("文件类型"), str(layout["kind"]).upper()
    yield _("工作表"), layout.get("sheet") or ""
    if layout.get("header_rows"):
        numbers = {"rows": layout["header_rows"], "line": layout["data_line"]}
        yield _("表头"), _("%(rows)d 行；数据从第 %(line)d 行开始") % numbers
    yield _("表头上方的说明行"), "；".join(layout.get("titles") or ())
    yield _("字符编码"), (layout.get("encoding") or "").upper()
    yield _("分隔符"), _delimiter(layout.get("delimiter"))
    group, footer = layout.get("group"), layout.get("footer")
    if group:
        yield _("分组行"), _("写入“%(column)s”列") % {"column": group["header"]}
    if footer:
        yield _("表尾"), _("合计、说明等行不作为数据")
    left_out = [str(one["header"]) for one in layout.get("dropped") or ()]
    yield _("不收录的列"), "、".join(left_out)


def _delimiter(mark: str | None) -> str:
    names = {",": _("逗号"), "\t": _("制表符"), ";": _("分号"), "|": _("竖线"), " ": _("空格")}
    return names.get(mark or "", mark or "")
