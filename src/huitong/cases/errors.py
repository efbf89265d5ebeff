"""What the engine refuses, with the article that refuses it."""

from collections.abc import Collection, Iterable

from huitong.errors import HuitongError
from huitong.regulations import vocabulary
from huitong.regulations.types import Names


class CaseError(HuitongError):
    """A step was refused; nothing was changed."""

    code = "case"


class KindAbsentError(CaseError):
    """The regulation in force has no such procedure."""

    code = "kind_absent"

    def __init__(
        self, *, kind: str, profile: str, profile_zh: str = "", cite: Iterable[str] = ()
    ) -> None:
        cites = tuple(cite)
        looked = f" (looked at {', '.join(cites)})" if cites else ""
        known = vocabulary.shared()[0].kinds.get(kind)
        super().__init__(
            f"The regulation {profile} has no procedure {kind}{looked}: it cannot be started here.",
            zh=f"适用规定（{profile_zh or profile}）没有规定“{known.names.zh if known else kind}”"
            "事项，不能在此发起。",
            cite=cites,
        )


class UnknownStepError(CaseError):
    """The procedure of the case has no step of that name."""

    code = "unknown_step"

    def __init__(self, *, step: str, known: Collection[str], cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"There is no step {step!r} in this procedure: choose one of "
            f"{', '.join(sorted(known))}.",
            zh=f"本事项没有“{step}”这一步骤：可选步骤为{'、'.join(sorted(known))}。",
            cite=cite,
        )


class WrongStateError(CaseError):
    """The step exists but not in the state that the case is in."""

    code = "wrong_state"

    def __init__(
        self,
        *,
        step: str,
        state: str,
        open_steps: Collection[str],
        state_zh: str = "",
        cite: Iterable[str] = (),
    ) -> None:
        here = f"in the state {state}" if state else "to open a case"
        now = ", ".join(sorted(open_steps)) or "none"
        now_zh = "、".join(sorted(open_steps)) or "无"
        super().__init__(
            f"The step {step} cannot be taken {here}; open steps: {now}.",
            zh=f"办件当前状态为“{state_zh or state}”，不能办理“{step}”；当前可办理：{now_zh}。",
            cite=cite,
        )


class WrongPersonError(CaseError):
    """The step belongs to somebody else."""

    code = "wrong_person"

    def __init__(
        self, *, step: str, actor: str, needed: str, needed_zh: str, cite: Iterable[str] = ()
    ) -> None:
        super().__init__(
            f"{actor} may not take the step {step}: it belongs to {needed}.",
            zh=f"{actor}无权办理“{step}”：该步骤应由{needed_zh}办理。",
            cite=cite,
        )


class FactMissingError(CaseError):
    """A step was taken without a fact that the law asks for."""

    code = "fact_missing"

    def __init__(
        self,
        *,
        missing: Collection[str],
        labels: Collection[str] = (),
        cite: Iterable[str] = (),
    ) -> None:
        self.missing = tuple(sorted(missing))
        cites = tuple(cite)
        rule = ", ".join(cites) or "The procedure"
        super().__init__(
            f"{rule} requires {', '.join(self.missing)}: add it and submit again.",
            zh=f"缺少规定应填写的内容：{'、'.join(labels or self.missing)}；请补充后重新提交。",
            cite=cites,
        )


class ConsentMissingError(FactMissingError):
    """A step needs somebody's consent that was not given."""

    code = "consent_missing"


class FactInvalidError(CaseError):
    """A fact has not the form that its word asks for."""

    code = "fact_invalid"

    def __init__(
        self,
        *,
        fact: str,
        kind: str,
        fact_zh: str = "",
        choices: Collection[str] = (),
        cite: Iterable[str] = (),
    ) -> None:
        self.fact = fact
        hint = f" (one of {', '.join(choices)})" if choices else ""
        hint_zh = f"（可选：{'、'.join(choices)}）" if choices else ""
        form_zh = f"{_FORMS.get(kind, kind)}{hint_zh}"
        super().__init__(
            f"The fact {fact} must be a {kind}{hint}: correct it and submit again.",
            zh=f"“{fact_zh or fact}”填写有误，应为{form_zh}：请更正后重新提交。",
            cite=cite,
        )


class FactNotAskedError(FactInvalidError):
    """A step was given a fact that belongs to another step, or that the platform finds out."""

    code = "fact_not_asked"

    def __init__(
        self,
        *,
        fact: str,
        step: str,
        allowed: Collection[str] = (),
        fact_zh: str = "",
        step_zh: str = "",
        cite: Iterable[str] = (),
    ) -> None:
        self.fact = fact
        may = f"it may give {', '.join(sorted(allowed))}" if allowed else "it gives none"
        CaseError.__init__(
            self,
            f"The step {step} does not ask for the fact {fact} ({may}): leave it out and submit "
            "again.",
            zh=f"“{step_zh or step}”不得填报“{fact_zh or fact}”：请去掉该项后重新提交。",
            cite=cite,
        )


_FORMS = {
    "text": "文字",
    "date": "日期（年-月-日）",
    "boolean": "是或否",
    "choice": "规定选项之一",
    "list": "列表",
    "number": "整数",
}


class StepForbiddenError(CaseError):
    """The article bars this step in the circumstances of the case."""

    code = "step_forbidden"

    def __init__(
        self, *, step: str, step_zh: str, because: Names, cite: Iterable[str] = ()
    ) -> None:
        cites = tuple(cite)
        super().__init__(
            f"{', '.join(cites)} bars {step}: {because.en}. Take another step.",
            zh=f"不得办理“{step_zh}”：{because.zh}。请改办其他步骤。",
            cite=cites,
        )


class TooEarlyError(CaseError):
    """A step that only the lapse of time takes is not open yet."""

    code = "too_early"

    def __init__(self, *, step: str, step_zh: str = "", cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"The period before {step} still runs: the platform takes the step when it is over.",
            zh=f"“{step_zh or step}”之前的期限尚未届满：届满后由平台办理。",
            cite=cite,
        )


class StaleCaseError(CaseError):
    """Somebody else took a step since the page was read."""

    code = "stale_case"

    def __init__(
        self, *, number: str, expected: int, actual: int, cite: Iterable[str] = ()
    ) -> None:
        super().__init__(
            f"Case {number} has moved on (you saw version {expected}, it is {actual}): "
            "reload it and decide again.",
            zh=f"办件{number}已被他人办理（您看到的是第{expected}版，现为第{actual}版）：请刷新后再办。",
            cite=cite,
        )


class NotYourCaseError(CaseError):
    """There is no such case, or it concerns others: which of the two is not said."""

    code = "not_your_case"

    def __init__(self, *, number: str, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"No case {number} is open to you: check the number, or ask those who handle it.",
            zh=f"没有可由您查阅的办件{number}：请核对编号，或由办理该件的部门人员查阅。",
            cite=cite,
        )


class PartyMissingError(CaseError):
    """A role of the procedure has nobody to fill it."""

    code = "party_missing"

    def __init__(self, *, role: str, role_zh: str = "", cite: Iterable[str] = ()) -> None:
        self.role = role
        super().__init__(
            f"Nobody fills the role {role} in this case: name the department when opening it.",
            zh=f"本办件没有确定“{role_zh or role}”：请在发起时指明。",
            cite=cite,
        )


class TableDamagedError(CaseError):
    """A stored flat table no longer has the digest that it is stored under."""

    code = "table_damaged"


class FactUnclaimedError(CaseError):
    """A procedure marks a fact as computed that no room computes."""

    code = "fact_unclaimed"


class EffectUnclaimedError(CaseError):
    """A procedure names an effect that no room claims."""

    code = "effect_unclaimed"


class UnknownRegisterError(CaseError):
    """No room keeps a register of that name."""

    code = "unknown_register"

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(
            f"There is no register {name!r}: choose one of {', '.join(known)}.",
            zh=f"没有名为“{name}”的登记簿：请从登记簿清单中选择。",
        )


class RegisteredAlreadyError(CaseError):
    """What a step would enter stands on the register already."""

    code = "registered_already"

    def __init__(
        self, *, register: Names, title: str, holder: str, number: str, cite: Iterable[str] = ()
    ) -> None:
        of = f" of {holder}" if holder else ""
        of_zh = f"（{holder}）" if holder else ""
        super().__init__(
            f"{title}{of} stands on the register “{register.en}” already, by case {number}: use "
            "what is registered, or have that entry ended first.",
            zh=f"“{title}”{of_zh}已由办件{number}记入“{register.zh}”：请使用已登记的内容，"
            "或者先办理该项登记的终止。",
            cite=cite,
        )


class CalendarAuthorityError(CaseError):
    """Somebody who is no authority of the place would load its calendar."""

    code = "calendar_authority"

    def __init__(self, *, actor: str, place: str) -> None:
        super().__init__(
            f"{actor} is no competent authority of {place}: ask it, or the operator, to load the "
            "notice.",
            zh=f"{actor}不是“{place}”的主管部门人员，不能加载放假通知：请由主管部门或运行人员加载。",
        )


class OwnPeriodError(CaseError):
    """A body's own period cannot be set so."""

    code = "own_period"


class OwnPeriodPostError(OwnPeriodError):
    """Somebody without a post that answers for the body would bind it."""

    code = "own_period_post"


class NoOwnPeriodError(OwnPeriodError):
    """The text leaves nobody a number to set there."""

    code = "no_own_period"

    def __init__(self, *, kind: str, stage: str, profile: Names, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"{profile.en} leaves no number to set for {kind}.{stage}: only a stage for which it "
            "says promptly or the like has one.",
            zh=f"{profile.zh}的“{kind}.{stage}”没有可由本机构自行设定的期限。",
            cite=cite,
        )


class RequestNotFoundError(CaseError):
    """No request has that number and that code; which of the two is wrong is not said."""

    code = "request_not_found"

    def __init__(self) -> None:
        super().__init__(
            "No request has this number and receipt code: check both and try again.",
            zh="没有与该受理号和查询码相符的申请：请核对后重试。",
        )


class AlreadyReceivedError(CaseError):
    """One form was submitted twice."""

    code = "already_received"

    def __init__(self) -> None:
        super().__init__(
            "This form was received already: follow it with the receipt code that was shown.",
            zh="这份申请已经收到，请勿重复提交：请用已显示的查询码查询。",
        )


class TooManyRequestsError(CaseError):
    """One address did something too often on one day."""

    code = "too_many_requests"

    def __init__(self, *, most: int) -> None:
        super().__init__(
            f"From one network address only {most} are taken a day: come back tomorrow, or ask at "
            "the department's counter.",
            zh=f"同一网络地址每天最多办理{most}次：请明天再来，或者到部门窗口办理。",
        )


class ErasedTooEarlyError(CaseError):
    """An applicant's data was to be erased while the case runs, or without an approval."""

    code = "erased_too_early"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            f"The applicant's data of case {number} is erased only once the case is closed, and "
            "with the number of the approval.",
            zh=f"办件{number}办结后，并写明批准文号，方可删除申请人信息。",
        )


class CasesRunningError(CaseError):
    """A body ends without a successor while cases still run that need it."""

    code = "cases_running"

    def __init__(self, *, department: str, numbers: Collection[str]) -> None:
        listed = ", ".join(numbers)
        super().__init__(
            f"{department} still has running cases ({listed}): name a successor or end them first.",
            zh=f"“{department}”还有在办件（{'、'.join(numbers)}）：请确定承接部门，或先办结。",
        )
