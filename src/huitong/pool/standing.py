"""What the pool knows of an entry, for procedures that turn on it."""

import datetime as dt
from collections.abc import Mapping

from huitong.cases import computed, hindsight
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case
from huitong.catalogue import standing
from huitong.pool.models import Batch
from huitong.pool.types import BatchState


@computed.register("entry_published")
def entry_published(case: Case, _at: dt.datetime, stated: Mapping[str, object]) -> bool:
    """Whether the entry that answers a demand is published and data was delivered to it."""
    answer = standing.demanded(case, stated).values("pk")
    return Batch.objects.filter(dataset__in=answer, state=BatchState.ACCEPTED).exists()


@hindsight.register("entry_published")
def was_published(moment: Moment) -> bool:
    """Whether the entry was published then and had data by then."""
    answer = standing.demanded_then(moment).values("pk")
    accepted = Batch.objects.filter(dataset__in=answer, state=BatchState.ACCEPTED)
    return accepted.filter(received_at__lte=moment.at).exists()
