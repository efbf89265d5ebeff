"""Pages of acts on bodies: founding, names, places, kinds, guidance, each with its paper."""

import pytest

from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations.models import Delegation, Department, DepartmentChange, Jurisdiction
from web import pages

EDUCATION = "/w/organisations/HLJ-JY/"
PROVINCE = "/w/places/230000/"
RESTS_ON = {"day": "2026-11-19", "paper": "黑编发〔2026〕7号"}
OFFICE = {
    "code": "HLJ-YJ", "name": "省应急管理厅（演示）", "kind": "government_department",
    **RESTS_ON,
}  # fmt: skip


@pytest.mark.clause("HL-5")
def test_a_department_is_founded_with_its_paper_by_who_oversees_the_area(
    log_in: pages.LogIn,
) -> None:
    address = f"{PROVINCE}departments/"
    stranger, regulator = log_in("jiaoyu"), log_in("shuju-head")
    assert stranger.get(address).status_code == 403
    assert stranger.post(address, OFFICE).status_code == 403
    assert address not in stranger.get(PROVINCE).content.decode()
    assert address in regulator.get(PROVINCE).content.decode()

    assert regulator.post(address, OFFICE).status_code == 302

    founded = DepartmentChange.objects.get(department__code="HLJ-YJ")
    assert (founded.act, str(founded.day), founded.paper) == (
        "founded", "2026-11-19", "黑编发〔2026〕7号"
    )  # fmt: skip
    entry = Entry.objects.get(kind="department.founded", subject="department:HLJ-YJ")
    assert entry.facts["paper"] == "黑编发〔2026〕7号"
    assert entry.cite == ["HL-5"]
    html = regulator.get("/w/organisations/HLJ-YJ/").content.decode()
    assert "设立" in html
    assert "黑编发〔2026〕7号" in html


@pytest.mark.clause("HL-3", "HL-5")
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("stationed_body", {}),
        ("public_enterprise", {}),
        ("authorised_institution", {"authorised_by": "某法第十条"}),
        ("township", {}),
        ("other_state_organ", {}),
    ],
)
def test_bodies_of_every_kind_are_founded_on_the_page(
    log_in: pages.LogIn, kind: str, more: dict[str, str]
) -> None:
    answer = log_in("shuju-head").post(f"{PROVINCE}departments/", {**OFFICE, "kind": kind, **more})

    assert answer.status_code == 302
    assert Department.objects.get(code="HLJ-YJ").kind == kind


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"name": ""},
        {"kind": "novel"},
        {"paper": ""},
        {"day": ""},
        {"day": "2026-11-21"},
        {"day": "2026-02-30"},
        {"code": "HLJ-JY"},
        {"credit_code": "123456789012345678"},
        {"kind": "authorised_institution"},
        {"parent": "999999"},
    ],
    ids=lambda wrong: "-".join(f"{name}={value}" for name, value in wrong.items()),
)
def test_a_department_that_is_told_wrongly_is_not_founded(
    log_in: pages.LogIn, wrong: dict[str, str]
) -> None:
    before = Department.objects.count(), Entry.objects.filter(kind="department.founded").count()

    answer = log_in("shuju-head").post(f"{PROVINCE}departments/", {**OFFICE, **wrong})

    assert answer.status_code == 422
    assert "请先处理以下问题" in answer.content.decode()
    after = Department.objects.count(), Entry.objects.filter(kind="department.founded").count()
    assert after == before


@pytest.mark.clause("HL-5")
def test_an_area_is_founded_below_another(log_in: pages.LogIn) -> None:
    asked = {"code": "230124", "name": "方正县", "level": "county", **RESTS_ON}
    regulator = log_in("shuju-head")
    assert log_in("jiaoyu").post("/w/places/230100/below/", asked).status_code == 403

    for wrong in (
        {"code": "23012"}, {"code": "230123"}, {"level": "village"}, {"name": " "},
        {"profile_id": "mars-2030"}, {"paper": " "},
    ):  # fmt: skip
        assert regulator.post("/w/places/230100/below/", {**asked, **wrong}).status_code >= 400
    assert not Jurisdiction.objects.filter(name="方正县").exists()

    assert regulator.post("/w/places/230100/below/", asked).status_code == 302

    made = Jurisdiction.objects.get(code="230124")
    assert (made.parent.code, made.changes.get().act) == ("230100", "founded")  # type: ignore[union-attr]


@pytest.mark.clause("HL-5")
def test_a_department_is_renamed_moved_rekinded_and_guided_on_its_pages(
    log_in: pages.LogIn, province: World
) -> None:
    regulator, stranger = log_in("shuju-head"), log_in("jiaoyu")
    city = province.departments["HRB-ZJ"].jurisdiction
    acts = {
        f"{EDUCATION}acts/rename/": {"name": "省教育和体育厅", "name_en": "Education and Sports"},
        f"{EDUCATION}acts/rekind/": {"kind": "other_state_organ"},
        "/w/organisations/HRB-ZJ/acts/guide/": {"guide": province.departments["HLJ-MZ"].pk},
        f"{EDUCATION}acts/move/": {"jurisdiction": city.pk},
    }
    for address, told in acts.items():
        assert regulator.get(address).status_code == 200
        assert stranger.get(address).status_code == 403
        assert stranger.post(address, {**told, **RESTS_ON}).status_code == 403
        assert regulator.post(address, {**told, "day": "2026-11-19"}).status_code == 422
        assert not DepartmentChange.objects.filter(
            act__startswith=address.split("/")[-2][:5]
        ).exists()
        assert regulator.post(address, {**told, **RESTS_ON}).status_code == 302

    changed = Department.objects.get(code="HLJ-JY")
    assert (changed.name, changed.kind) == ("省教育和体育厅", "other_state_organ")
    assert changed.jurisdiction == city
    assert Department.objects.get(code="HRB-ZJ").guide == province.departments["HLJ-MZ"]
    html = regulator.get(EDUCATION).content.decode()
    assert html.count("黑编发〔2026〕7号") == 3
    assert f"{EDUCATION}acts/rename/" in html
    assert f"{EDUCATION}acts/rename/" not in stranger.get(EDUCATION).content.decode()
    assert regulator.get(f"{EDUCATION}acts/explode/").status_code == 404
    assert regulator.get("/w/organisations/NOWHERE/acts/rename/").status_code == 404


@pytest.mark.clause("HL-5")
def test_a_department_that_holds_duties_does_not_move_before_it_is_relieved(
    log_in: pages.LogIn, province: World
) -> None:
    city = province.departments["HRB-ZJ"].jurisdiction
    answer = log_in("shuju-head").post(
        "/w/organisations/HLJ-SJ/acts/move/", {"jurisdiction": city.pk, **RESTS_ON}
    )

    assert answer.status_code == 422
    assert "请先将职责交由其他部门" in answer.content.decode()


@pytest.mark.clause("HL-5")
def test_a_delegation_is_ended_on_the_page_by_who_gave_it(
    log_in: pages.LogIn, province: World
) -> None:
    holder = log_in("shuju-head")
    holder.post(
        PROVINCE,
        {
            "act": "delegate", "delegate-duty": "sharing",
            "delegate-department": province.departments["HLJ-MZ"].pk,
            "delegate-since": "2026-11-20", "delegate-until": "2026-12-20",
            "delegate-paper": "委托书1号",
        },
    )  # fmt: skip
    lent = Delegation.objects.get()
    assert "终止委托" in holder.get(PROVINCE).content.decode()
    assert "终止委托" not in log_in("jiaoyu").get(PROVINCE).content.decode()
    ended = {"act": "end_delegation", "delegation": lent.pk}
    assert log_in("jiaoyu").post(PROVINCE, ended).status_code == 403
    assert holder.post(PROVINCE, {"act": "end_delegation", "delegation": "x"}).status_code == 404

    assert holder.post(PROVINCE, ended).status_code == 302

    lent.refresh_from_db()
    assert str(lent.until) == "2026-11-20"
    assert holder.post(PROVINCE, ended).status_code == 422
