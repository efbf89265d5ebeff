"""Grants and systems of departments that are merged or abolished."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huitong.catalogue.types import SharingType
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries as bodies
from huitong.organisations.errors import NoPostError
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM, Actor, PostRole
from huitong.sharing import grants, queries, secrets, succession, systems
from huitong.sharing.models import Client, Grant, Handover, SnapshotVersion, Token
from sharing.places import DRAFTS, LATER, NOON, SHARING, TODAY, Place, found

PAPER = "黑编发〔2026〕9号"
# By which articles each text binds a use to its purpose and scope; empty where it is silent.
BINDS = {
    "heilongjiang-2025": ["HL-30"],
    "national-2025": ["NA-25.1"],
}


def heir_of(place: Place) -> tuple[Department, Actor]:
    body = organisations.found_department(
        code="P-HEIR", name="大部门局", jurisdiction=place.home, actor=SYSTEM, at=NOON
    )
    person = organisations.register_person(username="heir", name="承接经办", actor=SYSTEM, at=NOON)
    organisations.appoint(
        person=person, department=body, role=PostRole.OFFICER, actor=SYSTEM, at=NOON
    )
    return body, bodies.actor_of(person, TODAY)


def end(body: Department, successor: Department | None) -> None:
    organisations.end_department(
        body, successor=successor, day=TODAY, paper=PAPER, actor=SYSTEM, at=LATER
    )
    with connection.cursor() as cursor:  # what a commit would check
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def system_of(place: Place) -> tuple[Client, Token]:
    made = systems.register_client(
        department=place.consumer, name="就业补贴系统", actor=place.clerk, at=NOON
    )
    client = Client.objects.get(client_id=made.client_id)
    token = client.tokens.create(
        digest=secrets.digest(secrets.new_token()), issued_at=NOON,
        expires_at=LATER + timedelta(days=30),
    )  # fmt: skip
    return client, token


@pytest.mark.parametrize("text", SHARING)
@pytest.mark.clause("HL-30", "NA-25.1")
@pytest.mark.django_db
def test_a_grant_is_carried_on_unchanged_under_the_successors_name(text: str) -> None:
    place = found(text)
    grant = place.grant()
    client, token = system_of(place)
    heir, _actor = heir_of(place)
    said = (grant.purpose, grant.scope, grant.columns, grant.ends_at)

    end(place.consumer, heir)

    grant.refresh_from_db()
    assert grant.consumer == heir
    assert (grant.purpose, grant.scope, grant.columns, grant.ends_at) == said
    assert (grant.ended_at, grant.revoked_at) == (None, None)
    assert grant.application.consumer == place.consumer  # applied for under the old name
    row = Handover.objects.get(grant=grant)
    assert (row.side, row.former, row.successor) == ("consumer", place.consumer, heir)
    entry = Entry.objects.get(kind="grant.handed_over", subject=grant.subject)
    assert (entry.facts["from"], entry.facts["to"]) == (place.consumer.code, "P-HEIR")
    assert list(entry.cite) == list(succession.articles(grant, "use_change", LATER))
    assert (entry.facts.get("text") == "silent") == (not entry.cite)
    if text in BINDS:
        assert list(entry.cite) == BINDS[text]
    client.refresh_from_db()
    token.refresh_from_db()
    assert (client.consumer, client.active, token.revoked_at) == (heir, True, None)


@pytest.mark.clause("HL-27.2", "HL-30")
@pytest.mark.django_db
def test_a_suspended_grant_stays_suspended_and_an_ended_one_under_the_old_name() -> None:
    place = found("heilongjiang-2025")
    first, second = place.grant(), place.grant(SharingType.UNCONDITIONAL)
    Grant.objects.filter(pk=first.pk).update(suspended_at=NOON)
    Grant.objects.filter(pk=second.pk).update(revoked_at=NOON)
    heir, actor = heir_of(place)

    end(place.consumer, heir)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.consumer, first.suspended_at) == (heir, NOON)
    assert second.consumer == place.consumer
    # Both are read on by the successor, the closed one under the name of its day.
    seen = queries.grants_seen_by(actor.department_id or 0)
    assert {one.pk for one in seen} == {first.pk, second.pk}


@pytest.mark.clause("NA-27.3")
@pytest.mark.django_db
def test_grants_that_a_provider_gave_go_on_from_its_successor() -> None:
    place = found("national-2025")
    grant = place.grant()
    heir, _actor = heir_of(place)

    end(place.provider, heir)

    grant = queries.grant(grant.pk)
    assert grant.dataset.provider == heir
    assert (grant.consumer, grant.ended_at, grant.revoked_at) == (place.consumer, None, None)
    row = Handover.objects.get(grant=grant)
    assert (row.side, row.former, row.successor) == ("provider", place.provider, heir)
    entry = Entry.objects.get(kind="grant.handed_over", subject=grant.subject)
    assert entry.facts["side"] == "provider"
    assert grants.may_open("use_change", grant, place.clerk, LATER)


@pytest.mark.clause("NA-27.1")
@pytest.mark.parametrize("text", ["national-2025", "heilongjiang-2025"])
@pytest.mark.django_db
def test_where_nobody_carries_on_the_grant_ends_and_the_system_is_cut_off(text: str) -> None:
    place = found(text)
    grant = place.grant()
    client, token = system_of(place)
    version = SnapshotVersion.objects.get().version

    end(place.consumer, None)

    grant.refresh_from_db()
    client.refresh_from_db()
    token.refresh_from_db()
    assert (grant.consumer, grant.ended_at, grant.revoked_at) == (place.consumer, LATER, None)
    assert grant.ends_at <= LATER + timedelta(microseconds=1)
    assert not Grant.objects.live(LATER + timedelta(seconds=1)).exists()
    assert (client.active, token.revoked_at) == (False, LATER)
    assert SnapshotVersion.objects.get().version > version
    entry = Entry.objects.get(kind="grant.ended", subject=grant.subject)
    assert entry.facts["because"] == "no_successor"
    expected = ["NA-27.1"] if text == "national-2025" else []
    assert (list(entry.cite), grant.stop_cite) == (expected, expected)
    assert ("text" in entry.facts) == (not expected)


@pytest.mark.clause("HL-38.3")
@pytest.mark.django_db
def test_officers_of_the_old_department_lose_access_and_those_of_the_new_one_have_it() -> None:
    place = found("heilongjiang-2025")
    grant = place.grant()
    client, _token = system_of(place)
    heir, actor = heir_of(place)
    clerk = place.clerk

    end(place.consumer, heir)

    person = bodies.Person.objects.get(pk=clerk.person_id)
    with pytest.raises(NoPostError):
        bodies.actor_of(person, TODAY)
    client.refresh_from_db()
    with pytest.raises(Exception, match="not act for"):
        systems.deactivate_client(client, actor=clerk, at=LATER)
    grant.refresh_from_db()
    assert not grants.may_open("use_change", grant, clerk, LATER)
    assert grants.may_open("use_change", grant, actor, LATER)
    systems.deactivate_client(client, actor=actor, at=LATER)


@pytest.mark.clause("HL-22.3")
@pytest.mark.django_db
def test_an_application_that_was_waiting_is_granted_to_the_successor() -> None:
    place = found("heilongjiang-2025")
    dataset = place.publish(DRAFTS[SharingType.CONDITIONAL], "conditional-1")
    application = place.apply(dataset)
    heir, actor = heir_of(place)
    end(place.consumer, heir)

    grant = place.granted(application)

    assert grant.consumer == heir
    assert application in queries.applications_of(actor.department_id or 0)
    issued = Entry.objects.get(kind="grant.issued", subject=grant.subject)
    assert issued.facts["consumer"] == "P-HEIR"


@pytest.mark.django_db
def test_a_merger_that_is_refused_hands_nothing_over() -> None:
    place = found("heilongjiang-2025")
    grant = place.grant()
    client, token = system_of(place)
    place.apply(place.publish(DRAFTS[SharingType.CONDITIONAL], "conditional-2"))

    with pytest.raises(Exception, match="cases"), transaction.atomic():
        end(place.consumer, None)

    grant.refresh_from_db()
    token.refresh_from_db()
    client.refresh_from_db()
    assert (grant.ended_at, token.revoked_at, client.active) == (None, None, True)
    assert not Handover.objects.exists()


@pytest.mark.django_db
def test_the_database_moves_no_grant_or_system_without_a_department_that_ended() -> None:
    place = found("heilongjiang-2025")
    grant = place.grant()
    client, _token = system_of(place)
    other = place.provider

    def refused(run: Any, match: str) -> None:  # noqa: ANN401
        with pytest.raises(DatabaseError, match=match), transaction.atomic():
            run()

    refused(lambda: Grant.objects.filter(pk=grant.pk).update(consumer=other), "nothing else")
    refused(lambda: Client.objects.filter(pk=client.pk).update(consumer=other), "stays with")

    def pretend() -> None:
        Handover.objects.create(
            grant=grant, side="consumer", former=place.consumer, successor=other, at=NOON
        )
        Grant.objects.filter(pk=grant.pk).update(consumer=other)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    refused(pretend, "has not ended")
    heir, _actor = heir_of(place)
    end(place.consumer, heir)
    refused(lambda: Handover.objects.update(at=LATER), "permission denied")
    refused(lambda: Handover.objects.all().delete(), "permission denied")


@pytest.mark.django_db
def test_a_chain_of_mergers_carries_grants_to_the_last_one() -> None:
    place = found("national-2025")
    grant = place.grant()
    heir, _actor = heir_of(place)
    last = organisations.found_department(
        code="P-LAST", name="末部门局", jurisdiction=place.home, actor=SYSTEM, at=NOON
    )

    end(place.consumer, heir)
    end(heir, last)

    grant.refresh_from_db()
    assert grant.consumer == last
    names = list(Handover.objects.filter(grant=grant).values_list("former__name", flat=True))
    assert names == ["人社局", "大部门局"]
