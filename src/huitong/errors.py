"""The one base of every error that a person or a system may be shown."""

from collections.abc import Iterable


class HuitongError(Exception):
    """Something was refused or failed, and the reader is told what to do.

    `str(error)` is the English sentence, `zh` the Chinese one; `cite` holds clause ids when a rule
    of law refused, and is empty when only the machine did.
    """

    code = "huitong_error"

    def __init__(self, en: str, *, zh: str = "", cite: Iterable[str] = ()) -> None:
        super().__init__(en)
        self.zh = zh or en
        self.cite: tuple[str, ...] = tuple(cite)

    def problem(self) -> dict[str, object]:
        """Return the error as the members of an RFC 9457 problem document."""
        return {
            "type": f"urn:huitong:error:{self.code}",
            "code": self.code,
            "title": self.zh,
            "detail": str(self),
            "cite": list(self.cite),
        }
