"""Under the model city three bodies settle the type of an entry, the authority the special one."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cases.proceeding import NOON, Proceeding
from catalogue.world import GRADUATES, SCHOOLS
from huitong.cases.errors import FactMissingError, StepForbiddenError
from huitong.cases.models import Case
from huitong.catalogue import actions, queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.types import SharingType

pytestmark = pytest.mark.django_db
SPECIAL = replace(
    SCHOOLS,
    sharing_type=SharingType.WITHHELD,
    withheld_basis="《统计法》第二十五条",
    withheld_basis_rank="law",
)
PLAIN = {
    "shareable_items": ["全部"],
    "resource_class": "other",
    "sensitive": False,
    "state_secret": False,
}


def submitted(
    draft: Draft, said: Mapping[str, object], first_code: str = "23"
) -> tuple[Proceeding, Case]:
    place = Proceeding("model-city", first_code=first_code)
    body = place.body(f"EDU-{first_code}", where=place.places[1])
    actor = place.actor(body)
    dataset = actions.add_dataset(
        draft, code=f"entry-{first_code}", provider=body, actor=actor, at=NOON
    )
    facts = {**PLAIN, **said}
    return place, actions.submit_dataset(dataset, facts=facts, actor=actor, at=NOON)


@pytest.mark.clause("MC-9.3")
def test_the_type_that_three_bodies_settle_is_the_one_that_is_published() -> None:
    place, case = submitted(GRADUATES, {"sharing_condition": "履职需要", "sensitive": True})
    assert (case.state, queries.published().exists()) == ("classify", False)

    case = place.take(case, "classify.settle", facts={"sensitive": True})

    assert case.state == "published"
    settled = [event.facts["sharing_type"] for event in case.events.all()]
    assert settled == ["CONDITIONAL"] * 4
    assert queries.dataset("entry-23").current_version.effective_sharing_type == "CONDITIONAL"


@pytest.mark.clause("MC-9.4", "MC-8.3")
def test_the_special_type_goes_to_the_authority_whatever_is_said_of_it() -> None:
    with pytest.raises(FactMissingError, match="basis"):
        submitted(SPECIAL, {})

    _, case = submitted(SPECIAL, {"basis": "《统计法》第二十五条"}, first_code="33")

    assert case.state == "review"


@pytest.mark.clause("MC-9.1", "MC-9.5", "MC-8.2")
@pytest.mark.parametrize(
    ("draft", "said", "cite"),
    [
        (GRADUATES, {"resource_class": "basic"}, ("MC-9.1", "MC-9.5")),
        (GRADUATES, {"resource_class": "joint_approval"}, ("MC-9.1", "MC-9.5")),
        (SCHOOLS, {"resource_class": "cooperation"}, ("MC-9.5",)),
        (SCHOOLS, {"sensitive": True}, ("MC-8.2", "MC-9.3")),
    ],
)
def test_a_type_that_the_text_rules_out_is_not_submitted(
    draft: Draft, said: Mapping[str, object], cite: tuple[str, ...]
) -> None:
    with pytest.raises(StepForbiddenError) as refused:
        submitted(draft, {"sharing_condition": "履职需要"} | said)

    assert refused.value.cite == cite
    assert not Case.objects.filter(kind="catalogue_review").exists()
