"""What a case itself shows of its parties and its way, for procedures that turn on it."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeAlias

from django.utils import timezone

from huitong.cases import computed, hindsight, queries
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case
from huitong.organisations import history
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department
from huitong.organisations.types import Level

Stated: TypeAlias = Mapping[str, object]


@computed.register("below_province")
def below_province(case: Case, _at: dt.datetime, _stated: Stated) -> bool:
    """Whether the providing department belongs to a city or county."""
    provider = queries.parties_of(case).get("provider")
    return provider is not None and provider.jurisdiction.level != Level.PROVINCE


@computed.register("of_county")
def of_county(case: Case, _at: dt.datetime, _stated: Stated) -> bool:
    """Whether the providing department belongs to a county."""
    provider = queries.parties_of(case).get("provider")
    return provider is not None and _is_of_county(provider.jurisdiction.level)


@computed.register("returned_above")
def returned_above(case: Case, _at: dt.datetime, _stated: Stated) -> bool:
    """Whether the case stands before the authority one level up."""
    return case.state == "higher_review"


@computed.register("across")
def across(case: Case, _at: dt.datetime, _stated: Stated) -> bool:
    """Whether the departments of a case belong to several jurisdictions."""
    return len({party.jurisdiction_id for party in queries.parties_of(case).values()}) > 1


@computed.register("consumer_kind")
def consumer_kind(case: Case, _at: dt.datetime, _stated: Stated) -> str:
    """Return what kind of body the using department is, empty where the case has none."""
    consumer = queries.parties_of(case).get("consumer")
    return consumer.kind if consumer else ""


@computed.register("offender_supervises")
def offender_supervises(case: Case, at: dt.datetime, _stated: Stated) -> bool:
    """Whether the department in breach is itself the one that supervises its level."""
    return _supervises(queries.parties_of(case).get("offender"), at)


# The same in hindsight: a case keeps its parties, and the state is that of the replay.


@hindsight.register("below_province")
def was_below_province(moment: Moment) -> bool:
    """Whether the providing department belongs to a city or county."""
    provider = moment.parties.get("provider")
    return provider is not None and provider.jurisdiction.level != Level.PROVINCE


@hindsight.register("of_county")
def was_of_county(moment: Moment) -> bool:
    """Whether the providing department belongs to a county."""
    provider = moment.parties.get("provider")
    return provider is not None and _is_of_county(provider.jurisdiction.level)


@hindsight.register("returned_above")
def was_returned_above(moment: Moment) -> bool:
    """Whether the case stood, there, before the authority one level up."""
    return moment.state == "higher_review"


@hindsight.register("across")
def was_across(moment: Moment) -> bool:
    """Whether the departments of the case belong to several jurisdictions."""
    return len({party.jurisdiction_id for party in moment.parties.values()}) > 1


@hindsight.register("offender_supervises")
def offender_supervised(moment: Moment) -> bool:
    """Whether the department in breach was then itself the one that supervised its level."""
    return _supervises(moment.parties.get("offender"), moment.at)


@hindsight.register("consumer_kind")
def consumer_kind_then(moment: Moment) -> str:
    """Return what kind of body the using department was on that day."""
    consumer = moment.parties.get("consumer")
    day = timezone.localdate(moment.at)
    return history.kind_on(consumer, day) if consumer else ""


def _supervises(offender: Department | None, at: dt.datetime) -> bool:
    if offender is None:
        return False
    day = timezone.localdate(at)
    return organisations.holds_duty(offender.pk, offender.jurisdiction_id, "supervision", day)


def _is_of_county(level: str) -> bool:
    return level not in (Level.NATION, Level.PROVINCE, Level.CITY)
