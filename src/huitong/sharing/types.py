"""The words of sharing. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from huitong.catalogue.types import Mask

NOTIFY_CHANNEL = "huitong_grants"
"""`pg_notify` channel; a wake-up only, the truth is `SnapshotVersion.version`."""


NO_END = date(9998, 12, 31)
"""The last day of a grant to which the text sets no end: it stands until a case takes it back."""
MATCH = "match"
"""Stands for a mask in a grant's columns: the value is compared with one stated, never shown."""


class Mode(StrEnum):
    """How shared data is used (共享方式)."""

    API = "api"


class Decision(StrEnum):
    """What a provider may decide on one item beside naming a mask."""

    WHOLE = "whole"
    REFUSED = "refused"


ItemDecisions = Mapping[str, str]
"""Item name → `whole`, `refused` or the name of a mask."""


class Trigger(StrEnum):
    """Uses that must be rectified: Heilongjiang, arts. 27, 30; State Council, art. 27."""

    OVER_SCOPE = "over_scope"
    OVER_PURPOSE = "over_purpose"
    IDLE_3_MONTHS = "idle_3_months"
    SECURITY_RISK = "security_risk"
    ANOMALY = "anomaly"
    THIRD_PARTY = "third_party"
    OTHER = "other"


class UseMatter(StrEnum):
    """What a consumer may want to do beyond its application: HL-30, NA-25.1, MC-24."""

    WIDER_SCOPE = "wider_scope"
    OTHER_PURPOSE = "other_purpose"
    THIRD_PARTY = "third_party"
    PUBLICATION = "publication"


class ServiceMatter(StrEnum):
    """What a provider may want to do with a service: NA-27.3."""

    END = "end"
    CHANGE = "change"


class Side(StrEnum):
    """On which side of sharing a department stood when its successor took over."""

    CONSUMER = "consumer"
    PROVIDER = "provider"
    SYSTEM = "system"


class EndCause(StrEnum):
    """Why the purpose of a use came to its end: NA-27.1."""

    ACHIEVED = "achieved"
    IMPOSSIBLE = "impossible"
    UNNECESSARY = "unnecessary"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is refused: the reason, and what else a text asks for (its basis, for one)."""

    reason: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GrantedColumn:
    """One column of a grant; `mask` None is the value as it is."""

    name: str
    mask: Mask | None

    def as_json(self) -> dict[str, str | None]:
        """Return the form kept in `Grant.columns`."""
        return {"name": self.name, "mask": None if self.mask is None else self.mask.value}


@dataclass(frozen=True, slots=True)
class NewClient:
    """A registered system and its secret, which is shown once and kept nowhere."""

    client_id: str
    secret: str
