"""Why a call gets no answer: one class each, with its HTTP status and the outcome that is noted."""

from collections.abc import Iterable, Mapping

from huitong.errors import HuitongError
from huitong.gateway.types import Outcome


class GatewayError(HuitongError):
    """A call was refused or could not be answered.

    `status` is HTTP's, `title` Chinese and English, `outcome` what is noted, `extra` members that
    the problem document shows beside the usual ones (the grant, for one).
    """

    code = "gateway_error"
    status = 500
    title = ("网关错误", "Gateway error")
    outcome = Outcome.UNAVAILABLE

    def __init__(
        self,
        en: str,
        *,
        zh: str = "",
        cite: Iterable[str] = (),
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(en, zh=zh, cite=cite)
        self.extra = dict(extra or {})

    def problem(self) -> dict[str, object]:
        """Return the error as a problem document (RFC 9457) in both languages."""
        return {
            "type": f"urn:huitong:error:{self.code}",
            "status": self.status,
            "code": self.code,
            "title": f"{self.title[0]} {self.title[1]}",
            "detail": f"{self.zh} {self}",
            "cite": list(self.cite),
            **self.extra,
        }


class UnknownCallerError(GatewayError):
    """The call carries no token, or one that was never issued."""

    code = "unknown_caller"
    status = 401
    title = ("未识别的调用方", "Unknown caller")
    outcome = Outcome.UNKNOWN_CALLER

    def __init__(self) -> None:
        super().__init__(
            "Send a valid token as `Authorization: Bearer …`; POST /oauth/token gives one.",
            zh="请在 Authorization 头中携带有效令牌（Bearer），令牌由 POST /oauth/token 颁发。",
        )


class TokenExpiredError(GatewayError):
    """The token was good once."""

    code = "token_expired"
    status = 401
    title = ("令牌已过期", "Token expired")
    outcome = Outcome.TOKEN_EXPIRED

    def __init__(self) -> None:
        super().__init__(
            "The token is past its end: ask POST /oauth/token for a new one.",
            zh="令牌已过期，请向 POST /oauth/token 重新申请。",
        )


class TokenRevokedError(GatewayError):
    """The token was taken back."""

    code = "token_revoked"
    status = 401
    title = ("令牌已撤销", "Token revoked")
    outcome = Outcome.TOKEN_REVOKED

    def __init__(self) -> None:
        super().__init__(
            "The token was revoked: ask POST /oauth/token for a new one.",
            zh="令牌已被撤销，请向 POST /oauth/token 重新申请。",
        )


class ClientInactiveError(GatewayError):
    """The calling system was taken out of service."""

    code = "client_inactive"
    status = 401
    title = ("调用系统已停用", "Client inactive")
    outcome = Outcome.CLIENT_INACTIVE

    def __init__(self) -> None:
        super().__init__(
            "This system was deactivated: ask your department's data officer.",
            zh="该调用系统已停用，请联系本部门数据管理人员。",
        )


class UnknownClientError(GatewayError):
    """Client id and secret do not belong together (RFC 6749, section 5.2: `invalid_client`)."""

    code = "invalid_client"
    status = 401
    title = ("客户端认证失败", "Client authentication failed")
    outcome = Outcome.UNKNOWN_CLIENT

    def __init__(self) -> None:
        super().__init__(
            "Unknown client id, wrong secret, deactivated or not admitted yet: check both, or "
            "have the system registered anew.",
            zh="客户端标识不存在、密钥错误、已停用或尚未准许接入：请核对，或重新登记调用系统。",
        )


class BadCallError(GatewayError):
    """The call itself is malformed."""

    code = "bad_call"
    status = 400
    title = ("请求有误", "Bad call")
    outcome = Outcome.BAD_CALL


class CallTooLargeError(BadCallError):
    """The body or the number of keys is past the limit."""

    code = "call_too_large"
    status = 413
    title = ("请求过大", "Call too large")


class NotServedError(BadCallError):
    """No such path or method here."""

    code = "not_served"
    status = 404
    title = ("无此接口", "Not served")

    def __init__(self) -> None:
        super().__init__(
            "There is nothing at this path and method: see docs/guides/call-the-gateway.md.",
            zh="没有该接口，请查阅接口调用指南。",
        )


class UnknownDatasetError(GatewayError):
    """No dataset has this code."""

    code = "unknown_dataset"
    status = 404
    title = ("数据资源不存在", "Unknown dataset")
    outcome = Outcome.UNKNOWN_DATASET

    def __init__(self) -> None:
        super().__init__(
            "No dataset has this code: look it up in the catalogue.",
            zh="没有该代码的数据资源，请在目录中核对。",
            cite=("HL-22.1",),
        )


class RecordNotFoundError(GatewayError):
    """The key has no record within what was granted."""

    code = "record_not_found"
    status = 404
    title = ("无此记录", "No such record")
    outcome = Outcome.RECORD_NOT_FOUND

    def __init__(self, grant_id: int) -> None:
        super().__init__(
            "There is no record with this key within the grant.",
            zh="授权范围内没有该主键的记录。",
            extra={"grant": grant_id},
        )


class NoGrantError(GatewayError):
    """The consumer holds no grant to the dataset."""

    code = "no_grant"
    status = 403
    title = ("未获授权", "No grant")
    outcome = Outcome.NO_GRANT

    def __init__(self) -> None:
        super().__init__(
            "Your department holds no grant to this dataset: apply for it first.",
            zh="贵部门没有该数据资源的共享授权，请先提出共享申请。",
            cite=("HL-22.1",),
        )


class ColumnNotGrantedError(GatewayError):
    """A column was asked for that the grant does not hold."""

    code = "column_not_granted"
    status = 403
    title = ("数据项超出授权范围", "Column not granted")
    outcome = Outcome.COLUMN_NOT_GRANTED

    def __init__(self, grant_id: int, columns: Iterable[str], granted: Iterable[str]) -> None:
        asked, held = sorted(columns), list(granted)
        super().__init__(
            f"Grant {grant_id} does not hold {', '.join(asked)}: ask for its columns only, or "
            "apply for more.",
            zh=f"授权 {grant_id} 不含数据项{'、'.join(asked)}："
            "请只调用已授权的数据项，或另行申请。",
            cite=("HL-27.1",),
            extra={"grant": grant_id, "columns": asked, "granted": held},
        )


class GrantRevokedError(GatewayError):
    """The grant was taken back."""

    code = "grant_revoked"
    status = 403
    title = ("授权已终止", "Grant revoked")
    outcome = Outcome.GRANT_REVOKED

    def __init__(self, grant_id: int, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"Grant {grant_id} was revoked: contact the provider.",
            zh=f"授权 {grant_id} 已被终止，请联系数据提供部门。",
            cite=cite,
            extra={"grant": grant_id},
        )


class GrantSuspendedError(GatewayError):
    """The grant is suspended while its use is looked into; it may answer again."""

    code = "grant_suspended"
    status = 403
    title = ("授权已暂停", "Grant suspended")
    outcome = Outcome.GRANT_SUSPENDED

    def __init__(self, grant_id: int, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"Grant {grant_id} is suspended, not revoked: rectify the use as the case asks; it "
            "answers again once that is found sufficient.",
            zh=f"授权 {grant_id} 已暂停（未终止）：请按办件要求整改，认定到位后恢复使用。",
            cite=cite,
            extra={"grant": grant_id},
        )


class GrantEndedError(GatewayError):
    """The grant's time is over."""

    code = "grant_ended"
    status = 403
    title = ("授权已结束", "Grant ended")
    outcome = Outcome.GRANT_ENDED

    def __init__(self, grant_id: int, cite: Iterable[str] = ()) -> None:
        super().__init__(
            f"Grant {grant_id} has ended: apply again if the data is still needed.",
            zh=f"授权 {grant_id} 已到期或已结束，如仍需使用请重新申请。",
            cite=tuple(cite) or ("HL-22.1",),
            extra={"grant": grant_id},
        )


class GrantNotStartedError(GatewayError):
    """The grant's time has not come."""

    code = "grant_not_started"
    status = 403
    title = ("授权尚未生效", "Grant not started")
    outcome = Outcome.GRANT_NOT_STARTED

    def __init__(self, grant_id: int) -> None:
        super().__init__(
            f"Grant {grant_id} has not begun yet.",
            zh=f"授权 {grant_id} 尚未生效。",
            cite=("HL-22.1",),
            extra={"grant": grant_id},
        )


class GrantChangedError(GatewayError):
    """The database refused a grant that the snapshot still took for good."""

    code = "grant_changed"
    status = 403
    title = ("授权已变更", "Grant changed")
    outcome = Outcome.GRANT_CHANGED

    def __init__(self, grant_id: int) -> None:
        super().__init__(
            f"Grant {grant_id} is not as it was a moment ago: call again.",
            zh=f"授权 {grant_id} 刚刚发生变更，请重试。",
            cite=("HL-27.2",),
            extra={"grant": grant_id},
        )


class TooManyCallsError(GatewayError):
    """The rate of the grant, of a client's token requests, or of unknown callers is exceeded."""

    code = "too_many_calls"
    status = 429
    title = ("调用过于频繁", "Too many calls")
    outcome = Outcome.TOO_MANY_CALLS

    def __init__(self, wait: float) -> None:
        self.wait = wait
        super().__init__(
            f"Too many calls: wait {wait:.3f} s.",
            zh=f"调用过于频繁，请等待 {wait:.3f} 秒。",
            extra={"retry_after": round(wait, 3)},
        )


class GrantsStaleError(GatewayError):
    """The grants in memory are older than a second: nobody is answered on old knowledge."""

    code = "grants_stale"
    status = 503
    title = ("授权信息不可用", "Grants stale")

    def __init__(self) -> None:
        super().__init__(
            "The gateway cannot read the grants just now: call again in a second.",
            zh="网关暂时无法读取授权信息，请稍后重试。",
        )


class DatabaseUnavailableError(GatewayError):
    """PostgreSQL does not answer."""

    code = "database_unavailable"
    status = 503
    title = ("数据库不可用", "Database unavailable")

    def __init__(self) -> None:
        super().__init__(
            "The database does not answer: call again in a second.",
            zh="数据库暂时不可用，请稍后重试。",
        )


class ShapeAbsentError(GatewayError):
    """The function that serves this grant was not made, or its dataset has no serving copy."""

    code = "shape_absent"
    status = 503
    title = ("数据尚未就绪", "Data not ready")

    def __init__(self, grant_id: int) -> None:
        super().__init__(
            f"The data of grant {grant_id} is not ready to be served: the provider has delivered "
            "nothing yet, or the operator must start the platform anew to bring it up to date.",
            zh=f"授权 {grant_id} 的数据尚未就绪：提供部门尚未挂接数据，"
            "或需运维人员重新启动平台完成升级。",
            extra={"grant": grant_id},
        )


class SpoolFullError(GatewayError):
    """A use cannot be noted, so nothing is answered."""

    code = "note_refused"
    status = 503
    title = ("无法留痕，拒绝服务", "Note refused")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "The use cannot be noted because the spool is full; nothing is answered without a "
            "note. The operator must free disk space or see why the shipper stands still.",
            zh="使用记录空间已满，无法留痕则不提供数据；请运维清理磁盘或检查传送进程。",
            cite=("HL-28.2",),
        )
