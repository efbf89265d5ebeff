"""Refusals at the gate of the record: what cannot be kept in a case, be it true or not."""

from collections.abc import Collection, Iterable

from huitong.cases.errors import CaseError, FactInvalidError


class FactUnknownError(FactInvalidError):
    """A step was given a fact of a name that neither its procedure nor its room knows."""

    code = "fact_unknown"

    def __init__(
        self, *, fact: str, step: str, allowed: Collection[str], cite: Iterable[str] = ()
    ) -> None:
        self.fact = fact
        may = ", ".join(sorted(allowed)) or "none"
        may_zh = "、".join(sorted(allowed)) or "无"
        CaseError.__init__(
            self,
            f"The procedure knows no fact {fact!r}; {step} may give: {may}. Leave it out and "
            "submit again.",
            zh=f"本事项没有“{fact}”这一填报项（“{step}”可填：{may_zh}）：请去掉该项后重新提交。",
            cite=cite,
        )


class FactUnkeepableError(FactInvalidError):
    """A fact is too long, or holds signs that no text has."""

    code = "fact_unkeepable"

    def __init__(
        self, *, fact: str, because: str, because_zh: str, fact_zh: str, cite: Iterable[str] = ()
    ) -> None:
        self.fact = fact
        CaseError.__init__(
            self,
            f"The fact {fact} {because}: correct it and submit again.",
            zh=f"“{fact_zh or fact}”{because_zh}：请更正后重新提交。",
            cite=cite,
        )


class FactDateError(FactInvalidError):
    """A date lies on the wrong side of today for what it says."""

    code = "fact_date"

    def __init__(
        self, *, fact: str, fact_zh: str, day: str, is_last: bool, cite: Iterable[str] = ()
    ) -> None:
        self.fact = fact
        side, side_zh = ("after", "晚于") if is_last else ("before", "早于")
        CaseError.__init__(
            self,
            f"The fact {fact} must be no day {side} {day}: correct it and submit again.",
            zh=f"“{fact_zh or fact}”不得{side_zh}{day}：请更正后重新提交。",
            cite=cite,
        )


class HeadingError(CaseError):
    """A case was given a title or a subject that cannot be kept; `field` says which."""

    code = "heading_invalid"

    def __init__(self, *, field: str, most: int) -> None:
        self.field = field
        zh = {"title": "标题", "subject": "对象"}.get(field, field)
        least, least_zh = ("1 to ", "1至") if field == "title" else ("at most ", "至多")
        super().__init__(
            f"The {field} of a case is one line of {least}{most} characters: correct it.",
            zh=f"办件的{zh}应为一行，{least_zh}{most}个字符，不得含控制字符：请更正。",
        )
