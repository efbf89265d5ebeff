"""Who may erase what is known of somebody who asked from outside."""

from datetime import timedelta

import pytest

from cases.proceeding import NOON, Proceeding
from huitong.cases import actions, outside
from huitong.cases.applicants import Applicant
from huitong.cases.errors import ErasedTooEarlyError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations.errors import NotAuthorityError

PAPER = "惠数〔2026〕8号"


@pytest.mark.django_db
@pytest.mark.clause("HZ-18.1")
def test_where_a_case_names_no_department_only_the_authority_of_its_area_erases() -> None:
    place = Proceeding("huizhou-2024")
    _province, city, county = place.places
    authority = place.actor(place.authorities[city.pk])
    case, _code = outside.open_case(
        kind="authorised_operation", jurisdiction=city, subject=f"jurisdiction:{city.code}",
        title="授权运营", parties={}, facts={}, name="某公司", contact="0752-0000000",
        ref="0" * 32, at=NOON,
    )  # fmt: skip
    with pytest.raises(ErasedTooEarlyError):
        outside.erase(case, approval=PAPER, actor=authority, at=NOON)
    actions.take_step(
        case, "review.refuse", actor=authority, facts={"reason": "不具备条件"},
        at=NOON + timedelta(days=1),
    )  # fmt: skip
    case = Case.objects.get(pk=case.pk)

    for stranger in (place.authorities[county.pk], place.body("OTHER", "某局", city)):
        with pytest.raises(NotAuthorityError):
            outside.erase(case, approval=PAPER, actor=place.actor(stranger), at=NOON)
    assert Applicant.objects.get().name == "某公司"

    outside.erase(case, approval=PAPER, actor=authority, at=NOON)

    assert (Applicant.objects.get().name, Applicant.objects.get().contact) == ("", "")
    assert Entry.objects.filter(kind="applicant.erased").count() == 1
