"""The HTTP API: same rights, same actions, errors as problem documents."""

import pytest
from django.test import Client

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from web import pages


def test_nobody_gets_in_without_logging_in(client: Client, db: None) -> None:
    answer = client.get("/api/v1/datasets")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_logged_in"


def test_the_interface_describes_itself(client: Client, db: None) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert set(paths) == {
        "/api/v1/datasets",
        "/api/v1/datasets/{code}",
        "/api/v1/datasets/{code}/deliveries",
        "/api/v1/deliveries/{delivery_id}",
        "/api/v1/batches/{number}",
        "/api/v1/cases",
        "/api/v1/cases/{number}",
        "/api/v1/cases/{number}/steps",
        "/api/v1/cases/{number}/file.json",
        "/api/v1/cases/{number}/papers",
        "/api/v1/cases/{number}/papers/{paper}.pdf",
        "/api/v1/kinds",
        "/api/v1/ledger/entries/{uuid}/receipt",
        "/api/v1/organisations",
        "/api/v1/organisations/tree",
        "/api/v1/organisations/gaps",
        "/api/v1/organisations/{code}",
    }


def test_the_catalogue_is_searched(log_in: pages.LogIn, schools: Dataset) -> None:
    found = log_in("minzheng").get("/api/v1/datasets", {"q": "学校"}).json()

    assert found["total"] == 1
    assert found["datasets"][0]["code"] == schools.code


def test_a_draft_of_another_department_is_refused_with_the_clause(
    log_in: pages.LogIn, graduates: Dataset
) -> None:
    answer = log_in("minzheng").get(f"/api/v1/datasets/{graduates.code}")

    assert answer.status_code == 403
    assert answer.json()["cite"] == ["HL-6.1"]


def test_an_unknown_dataset_is_a_problem_with_a_code(log_in: pages.LogIn) -> None:
    answer = log_in("jiaoyu").get("/api/v1/datasets/NONE")

    assert answer.status_code == 404
    assert answer.json()["code"] == "dataset_not_found"


@pytest.mark.clause("HL-12.3")
def test_a_step_is_taken_and_a_missing_fact_named(log_in: pages.LogIn, graduates: Dataset) -> None:
    log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")
    case = Case.objects.get()
    authority, path = log_in("shuju"), f"/api/v1/cases/{case.number}"
    read = authority.get(path).json()
    assert {step["name"] for step in read["steps"]} == {"review.approve", "review.return"}

    silent = authority.post(
        f"{path}/steps",
        {"step": "review.return", "version": read["version"]},
        content_type="application/json",
    )
    assert silent.status_code == 422
    assert silent.json()["cite"] == ["HL-12.3"]

    taken = authority.post(
        f"{path}/steps",
        {"step": "review.approve", "version": read["version"]},
        content_type="application/json",
    )
    assert taken.json()["state"] == "published"
    stale = authority.post(
        f"{path}/steps",
        {"step": "review.approve", "version": read["version"]},
        content_type="application/json",
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_case")


def test_a_form_of_another_site_is_not_taken(graduates: Dataset, log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert strict.post(f"/w/datasets/{graduates.code}/submit/").status_code == 403
    assert strict.post("/api/v1/cases/X/steps", {}).status_code == 403
