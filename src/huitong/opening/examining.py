"""Everything that speaks against opening a dataset: its marks, past marks, and the values."""

from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.opening import rules, screening
from huitong.opening.types import Refusal
from huitong.pool import queries as pool


def grounds(dataset: Dataset, version: DatasetVersion) -> tuple[Refusal, ...]:
    """Return every ground on which a version may not be opened, the delivered values read too."""
    return rules.refusals(
        catalogue.draft_of(version),
        catalogue.profile_of(dataset),
        versions=catalogue.drafts_of(dataset),
        telling=telling_items(dataset, version),
    )


def declared_grounds(dataset: Dataset, version: DatasetVersion) -> tuple[Refusal, ...]:
    """Return the grounds that lie in what the catalogue says or said."""
    return rules.refusals(
        catalogue.draft_of(version),
        catalogue.profile_of(dataset),
        versions=catalogue.drafts_of(dataset),
    )


def telling_items(dataset: Dataset, version: DatasetVersion) -> tuple[str, ...]:
    """Return the names of the version's items whose delivered values look like personal data."""
    batch = pool.latest_batch(dataset)
    if batch is None:
        return ()
    present = pool.snapshot_schema(dataset, as_of=batch.snapshot_id).names
    names = [item.name for item in catalogue.items_of(version) if item.name in present]
    if not names:
        return ()
    rows = pool.snapshot_reader(dataset, columns=names, as_of=batch.snapshot_id)
    return screening.telling_columns(rows, on=batch.received_at.date())
