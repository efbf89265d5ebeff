"""Why a call to compare values gets no answer, or a call for records of a grant to compare."""

from collections.abc import Iterable

from huitong.gateway.errors import GatewayError
from huitong.gateway.types import Outcome


class VerifyOnlyError(GatewayError):
    """The grant lets values be compared; its records are never given out."""

    code = "verify_only"
    status = 403
    title = ("授权仅限核验", "Verification only")
    outcome = Outcome.VERIFY_ONLY

    def __init__(self, grant_id: int, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"Grant {grant_id} only answers whether values match: POST the key and the values to "
            "…/verify.",
            zh=f"授权 {grant_id} 仅提供核实比对：请将主键和待核验的值 POST 到 …/verify。",
            cite=cite,
            extra={"grant": grant_id},
        )


class NotForVerifyingError(GatewayError):
    """The grant gives out records; comparing could show more of them than it grants."""

    code = "not_for_verifying"
    status = 403
    title = ("授权不用于核验", "Not for verification")
    outcome = Outcome.NOT_FOR_VERIFYING

    def __init__(self, grant_id: int) -> None:
        super().__init__(
            f"Grant {grant_id} gives out records and does not compare values: call …/records.",
            zh=f"授权 {grant_id} 用于调用数据，不提供核实比对：请调用 …/records。",
            extra={"grant": grant_id},
        )
