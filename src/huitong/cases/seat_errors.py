"""Refusals where several departments fill one role of a case."""

from collections.abc import Iterable, Sequence

from huitong.cases.errors import CaseError


class SeatsError(CaseError):
    """More departments were named in a role than its article speaks of, or one of them twice."""

    code = "too_many_departments"

    def __init__(
        self, *, role: str, role_zh: str = "", allowed: int, cite: Iterable[str] = ()
    ) -> None:
        self.role = role
        many = f"at most {allowed} departments" if allowed > 1 else "one department"
        many_zh = f"最多可有{allowed}个部门" if allowed > 1 else "只能有一个部门"
        super().__init__(
            f"The role {role} takes {many} in a case, each named once: mend the list.",
            zh=f"“{role_zh or role}”在一个办件中{many_zh}，且每个部门只列一次：请更正。",
            cite=cite,
        )


class AnsweredAlreadyError(CaseError):
    """One of several departments was to answer a second time for itself."""

    code = "answered_already"

    def __init__(
        self,
        *,
        step: str,
        step_zh: str,
        department: str,
        missing: Sequence[str],
        cite: Iterable[str] = (),
    ) -> None:
        super().__init__(
            f"{department} has taken {step} already; the stage waits for {', '.join(missing)}.",
            zh=f"“{department}”已办理“{step_zh or step}”，现等待{'、'.join(missing)}办理。",
            cite=cite,
        )


class OpinionsMissingError(CaseError):
    """The lead department decided without the opinions of the others."""

    code = "opinions_missing"

    def __init__(self, *, step_zh: str, others: Sequence[str], cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"State the opinions of {', '.join(others)}: they are to be consulted.",
            zh=f"办理“{step_zh}”应先征求{'、'.join(others)}的意见：请填写会商意见。",
            cite=cite,
        )
