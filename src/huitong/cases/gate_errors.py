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


class BackwardsError(CaseError):
    """A step was to be taken before the last one that the case has on record."""

    code = "backwards"

    def __init__(self, *, number: str, at: str, last: str) -> None:
        super().__init__(
            f"A step of case {number} was to be taken at {at}, before the last one ({last}): have "
            "the clock of the machine set right, or submit again.",
            zh=f"办件{number}的这一步骤时间（{at}）早于上一步骤（{last}）："
            "请校正系统时间，或者重新提交。",
        )


class BothSidesError(CaseError):
    """One department would ask and decide, or one person act for two departments of a case."""

    code = "both_sides"

    def __init__(self, *, who: str, who_zh: str, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"{who} cannot act on both sides of one case: have somebody else act for the other "
            "side, or take the case back.",
            zh=f"{who_zh}不能在同一办件中同时代表双方：请由另一方的其他人员办理，或者撤回该件。",
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
