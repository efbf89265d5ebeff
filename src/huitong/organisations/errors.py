"""What the room `organisations` refuses, and why."""

import datetime as dt
from collections.abc import Iterable

from huitong.errors import HuitongError


class OrganisationError(HuitongError):
    """An act on jurisdictions, departments, posts or people was refused."""

    code = "organisation"


class NotYourDepartmentError(OrganisationError):
    """Somebody acts for a department in which they hold no post."""

    code = "not_your_department"

    def __init__(self, *, actor: str, department: str, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"{actor} does not act for {department}: ask an officer of {department} to do it.",
            zh=f"{actor}不是“{department}”的人员，不能代其办理：请由“{department}”的人员办理。",
            cite=cite,
        )


class NotAuthorityError(OrganisationError):
    """Somebody acts as the competent authority of a jurisdiction without being it."""

    code = "not_authority"

    def __init__(
        self, *, actor: str, jurisdiction: str, duty: str = "", cite: Iterable[str] = ()
    ) -> None:
        what = f" for {duty}" if duty else ""
        super().__init__(
            f"{actor} does not act for the competent authority of {jurisdiction}{what}: "
            "ask the authority to do it.",
            zh=f"{actor}不是“{jurisdiction}”政务数据主管部门的人员：请由主管部门办理。",
            cite=cite,
        )


class NotResponsibleError(NotAuthorityError):
    """Somebody of the competent authority who answers for no people acts on bodies or people."""

    def __init__(self, *, actor: str, department: str, cite: Iterable[str] = ()) -> None:
        OrganisationError.__init__(
            self,
            f"{actor} holds no post in {department} that answers for bodies and people: ask its "
            "head, a deputy, or the head or staff of its data unit.",
            zh=f"{actor}在“{department}”没有负责机构和人员的职务："
            "请由其负责人、分管负责人或工作机构人员办理。",
            cite=cite,
        )


class NoAuthorityError(OrganisationError):
    """Nobody holds the duty in the jurisdiction."""

    code = "no_authority"

    def __init__(self, *, jurisdiction: str, duty: str, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"No department holds the duty {duty!r} in {jurisdiction}: assign it first.",
            zh=f"“{jurisdiction}”尚未确定承担“{duty}”职责的主管部门：请先确定。",
            cite=cite,
        )


class NoRegulationError(OrganisationError):
    """Neither the jurisdiction nor one above it has chosen a regulation."""

    code = "no_regulation"

    def __init__(self, *, jurisdiction: str) -> None:
        super().__init__(
            f"{jurisdiction} applies no regulation and neither does its parent: choose one with "
            "`huitong law use`.",
            zh=f"“{jurisdiction}”及其上级均未选定适用规定：请先选定。",
        )


class NoPostError(OrganisationError):
    """A person holds no post on the day (or none in the department asked for)."""

    code = "no_post"

    def __init__(self, *, person: str, cite: Iterable[str] = ("HL-6.1",)) -> None:
        super().__init__(
            f"{person} holds no post on that day: the department must appoint them first.",
            zh=f"{person}当日未在任何部门任职：请先由部门明确其职责。",
            cite=cite,
        )


class ChosenPostEndedError(OrganisationError):
    """The post that a person had chosen to act in is held no longer."""

    code = "chosen_post_ended"

    def __init__(self, *, person: str, cite: Iterable[str] = ("HL-6.1",)) -> None:
        super().__init__(
            f"{person} no longer holds the post that was chosen, so nothing was done: look in the "
            "page's head for which department you act now, then do it again.",
            zh=f"{person}已不再担任所选任职，本次未办理任何事项：请在页首核对当前代表的部门后重新办理。",
            cite=cite,
        )


class LevelError(OrganisationError):
    """A jurisdiction does not fit below its parent."""

    code = "level"


class TakenError(OrganisationError):
    """A code or user name is in use already."""

    code = "taken"

    def __init__(self, *, what: str, value: str) -> None:
        super().__init__(
            f"The {what} {value} is in use already: choose another or change the existing one.",
            zh=f"{value}已被使用：请更换，或修改已有的记录。",
        )


class CodeError(OrganisationError):
    """A code does not have the form that its standard asks for."""

    code = "bad_code"


class PostError(OrganisationError):
    """A post cannot begin or end like that."""

    code = "post"


class WeakPasswordError(OrganisationError):
    """A password is too easy to guess."""

    code = "weak_password"


class ActPaperError(OrganisationError):
    """An act on a body has no paper, or a day on which it cannot be recorded."""

    code = "act_paper"


class BodyNameError(OrganisationError):
    """A body has no code or no name."""

    code = "body_name"

    def __init__(self) -> None:
        super().__init__(
            "A body has a code and a name: fill in both.",
            zh="机构须有代码和名称：请填写完整。",
        )


class BodyKindError(OrganisationError):
    """A body is of no known kind, or lacks the law that makes it one."""

    code = "body_kind"


class UnitError(OrganisationError):
    """A unit of a department cannot be named like that."""

    code = "unit"


class PaperError(OrganisationError):
    """A paper cannot be filed, followed up or read like that."""

    code = "paper"


class DelegationError(OrganisationError):
    """A duty cannot be delegated like that."""

    code = "delegation"


class BodyUnknownError(OrganisationError):
    """No area or department has this code, or had it on the day asked for."""

    code = "body_unknown"

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"No area or department has the code {wanted[:60]!r} on that day: look it up with "
            "`huitong organisation tree` or `list`.",
            zh=f"当日没有代码为“{wanted[:60]}”的行政区或部门：请核对代码和日期。",
        )


class BodyEndedError(OrganisationError):
    """A department that was merged or abolished acts no longer."""

    code = "body_ended"

    def __init__(self, *, department: str, day: dt.date, successor: str) -> None:
        super().__init__(
            f"{department} ended on {day}: "
            + (f"act on {successor}, its successor." if successor else "it has no successor."),
            zh=f"“{department}”已于{day}撤销"
            + (f"，由“{successor}”承接：请在承接部门办理。" if successor else "，没有承接部门。"),
        )


class SuccessorError(OrganisationError):
    """A department cannot end so: nobody, or nobody fitting, carries on for it."""

    code = "successor"
