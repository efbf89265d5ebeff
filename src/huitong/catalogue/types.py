"""The words of the catalogue. Pure: no Django."""

from enum import StrEnum


class Status(StrEnum):
    """Where a dataset's newest version stands; a published one may have a newer draft beside it."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SharingType(StrEnum):
    """Heilongjiang, art. 21; display names come from the profile."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    WITHHELD = "WITHHELD"


class OpeningType(StrEnum):
    """Heilongjiang, art. 33; display names come from the profile."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    WITHHELD = "WITHHELD"


class ItemType(StrEnum):
    """What the values of a data item are once they are conformed."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


class IdentifierKind(StrEnum):
    """Identifiers that carry a check of their own."""

    CITIZEN_ID = "citizen_id"
    CREDIT_CODE = "credit_code"
    DIVISION = "division"


class UpdateFrequency(StrEnum):
    """How often the provider delivers (更新频率)."""

    REALTIME = "realtime"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"


class Secrecy(StrEnum):
    """What the provider declares about secrecy; all but the first are refused at the door."""

    NON_SECRET = "non_secret"  # noqa: S105 - a declaration, no password
    WORK_SECRET = "work_secret"  # noqa: S105 - a declaration, no password
    STATE_SECRET = "state_secret"  # noqa: S105 - a declaration, no password


class Mask(StrEnum):
    """Ways to show less of a value; `huitong.sharing.masks` says what each one does."""

    NAME = "name"
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    CREDIT_CODE = "credit_code"
    KEEP_LAST_4 = "keep_last_4"
    YEAR_ONLY = "year_only"
    HIDDEN = "hidden"
