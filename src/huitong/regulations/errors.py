"""What goes wrong with the law as data; each says where and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from huitong.errors import HuitongError
from huitong.regulations.types import Fault


class RegulationError(HuitongError):
    """Something about a profile, a clause or a time limit cannot be had."""

    code = "regulation_error"


class ProfileUnknownError(RegulationError):
    """There is no profile of that name."""

    code = "profile_unknown"


class ProfileBrokenError(RegulationError):
    """A profile has faults, so the program does not work by it; `faults` lists them."""

    code = "profile_broken"

    def __init__(self, profile_id: str, faults: Sequence[Fault]) -> None:
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(
            f"Profile {profile_id} has {len(faults)} fault(s) and is not loaded:\n{lines}",
            zh=f"规则档案 {profile_id} 有 {len(faults)} 处错误，未予加载：\n{lines}",
        )
        self.profile_id = profile_id
        self.faults = tuple(faults)


class ClauseUnknownError(RegulationError):
    """A clause id that no profile has."""

    code = "clause_unknown"


class KindNotInProfileError(RegulationError):
    """The text has no such procedure; `cite` is where we looked."""

    code = "kind_not_in_profile"


class StepUnknownError(RegulationError):
    """A procedure has no such stage, or no such power in it."""

    code = "step_unknown"


class FactUnknownError(RegulationError):
    """A question states a fact, or an answer to it, that the procedure does not know."""

    code = "fact_unknown"


class StartOutOfRangeError(RegulationError):
    """A period starts so far away that its last day lies outside every calendar."""

    code = "start_out_of_range"


class NoNumberError(RegulationError):
    """The text sets no number (`own_period`), and the body has not set its own."""

    code = "period_without_number"


class DateNotSetError(RegulationError):
    """The period is a date in an order (`set_in`), and no date was given."""

    code = "date_not_set"


class NoticeBrokenError(RegulationError):
    """A holiday notice cannot be taken as it is; `faults` lists why, with file and line."""

    code = "notice_broken"

    def __init__(self, faults: Sequence[str]) -> None:
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(
            f"The notice has {len(faults)} fault(s), nothing was loaded; mend them:\n{lines}",
            zh=f"放假通知有 {len(faults)} 处错误，未予加载，请更正：\n{lines}",
        )
        self.faults = tuple(faults)


class ExpiredError(RegulationError):
    """No regulation is in force: the chosen one ended and names none above it."""

    code = "regulation_expired"
