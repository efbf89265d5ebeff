"""Which entry of the workbench's menu a page belongs to."""

from collections.abc import Mapping

# Each entry of the menu, with the pages that lie below it (names of addresses).
PAGES: Mapping[str, tuple[str, ...]] = {
    "todo": (),
    "notices": (),
    "start": ("start-kind",),
    "cases": ("case", "step", "case-form", "paper", "paper-issue", "access-code"),
    "datasets": (
        *("dataset", "dataset-new", "dataset-confirm", "dataset-edit", "dataset-submit"),
        *("dataset-open", "dataset-close", "dataset-withdraw", "apply"),
    ),
    "deliveries": ("deliver", "delivery", "batch", "quarantine"),
    "grants": ("grant", "clients", "client-stop"),
    "registers": ("register",),
    "ledger": ("entry",),
    "calendar": ("periods",),
    "organisations": (
        *("organisation", "organisation-people", "organisation-found", "organisation-act"),
        *("organisation-end", "place", "place-found", "place-act", "place-end"),
        *("book", "book-new"),
    ),
}
_SECTION_OF = {page: section for section, pages in PAGES.items() for page in (section, *pages)}


def section_of(page: str) -> str:
    """Return the menu's entry that a page belongs to, empty for a page of none."""
    return _SECTION_OF.get(page, "")
