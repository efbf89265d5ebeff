"""An authority in breach is put right by its government or from above, never by itself."""

import pytest

from cases.proceeding import Proceeding
from huitong.cases.errors import StepForbiddenError
from huitong.cases.models import Case
from huitong.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.clause("HL-42.1", "NA-41")
@pytest.mark.parametrize(
    ("text", "article"), [("heilongjiang-2025", "HL-42.1"), ("national-2025", "NA-41")]
)
def test_an_authority_does_not_find_itself_a_mere_department_and_judge_the_breach(
    text: str, article: str
) -> None:
    county = Proceeding(text)
    itself = county.authorities[county.home.pk]

    with pytest.raises(StepForbiddenError) as refused:
        county.run("violation", parties={"offender": itself}, facts={"offender_kind": "department"})

    assert refused.value.cite == (article,)
    assert not Case.objects.exists()
    assert Entry.objects.filter(kind="case.refused").count() == 1


@pytest.mark.clause("HL-42.1", "NA-41")
@pytest.mark.parametrize("text", ["heilongjiang-2025", "national-2025"])
def test_an_authority_that_is_called_one_waits_for_those_above_it(text: str) -> None:
    county = Proceeding(text)
    itself = county.authorities[county.home.pk]

    case = county.run(
        "violation", parties={"offender": itself}, facts={"offender_kind": "authority"}
    )

    assert case.state == "order_above"


@pytest.mark.clause("HL-41", "NA-39")
@pytest.mark.parametrize("text", ["heilongjiang-2025", "national-2025"])
def test_a_department_is_judged_by_the_authority_of_its_level(text: str) -> None:
    county = Proceeding(text)

    case = county.run("violation", facts={"offender_kind": "department"})

    assert case.state == "order"
    assert case.events.get(seq=1).facts["offender_supervises"] is False
