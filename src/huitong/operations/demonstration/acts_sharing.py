"""Steps 6 and 7: application, grant, calls through the gateway, rectification and cut-off."""

import csv
import datetime as dt
import time
from typing import Any

import httpx

from huitong.cases import queries as cases
from huitong.operations import processes
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Step, require
from huitong.regulations import clocks
from huitong.sharing import actions, forms, queries, rectification, systems
from huitong.sharing.models import Application, Grant
from huitong.sharing.types import Decision, NewClient, Trigger

_CONSUMER, _CONSUMER_CODE = "renshe", "HLJ-RS"
_PROVIDER = "jiaoyu"
_CUT_OFF_SECONDS = 1.0


class Sharing:
    """What one application leads to; the acts hand it on."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.application: Application
        self.granted: Grant
        self.client: NewClient
        self.token = ""
        self.base = ""

    def apply(self, step: Step) -> None:
        """Apply for three columns with scenario, mode, scope and legal basis (art. 22)."""
        scene = self.scene
        consumer = scene.world.actor(_CONSUMER)
        dataset = scene.dataset(scene.personal)
        columns = self._columns()
        self.application = actions.apply(
            dataset=dataset,
            items=columns,
            scenario="高校毕业生公共就业服务：核对毕业去向，推送岗位。",
            mode="api",
            scope="2026届毕业生，逐人查询。",
            basis="《就业服务与就业管理规定》关于公共就业服务的职责。",
            purpose="就业服务",
            use_until=(scene.stage.now() + dt.timedelta(days=365)).date(),
            actor=consumer,
            at=scene.stage.now(),
        )
        case = self.application.case
        due = cases.due_of(case)
        require(due is not None and len(due.counted) == 1, "the provider has one working day")
        pdf = forms.application_pdf(self.application)
        require(pdf.startswith(b"%PDF"), "no PDF form came out")
        path = scene.config.home / "forms" / f"{case.number}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
        step.cite = ["HL-22.1", "HL-22.3"]
        step.detail = {
            "case": case.number,
            "columns": columns,
            "due": str(due.day) if due else None,
            "until": due.at.isoformat() if due else None,
            "why": clocks.explain(due, "zh") if due else None,
            "form": str(path),
            "form_bytes": len(pdf),
        }

    def _columns(self) -> list[str]:
        """Return the names of name, state and id number, as the confirmed entry calls them."""
        version = self.scene.dataset(self.scene.personal).current_version
        items = list(version.items.all()) if version else []
        by_title = {item.title: item.name for item in items}
        return [by_title["姓名"], by_title["就业状态"], by_title["公民身份号码"]]

    def leave_one_to_decide(self) -> None:
        """Apply once more, so that whoever looks around finds a clock that runs."""
        scene = self.scene
        actions.apply(
            dataset=scene.dataset(scene.personal),
            items=self._columns()[:2],
            scenario="公共租赁住房申请人资格核验。",
            mode="api",
            scope="申请人本人，逐人核验。",
            basis="《公共租赁住房管理办法》第八条：审核申请人提交的申请材料。",
            purpose="住房保障资格核验",
            use_until=(scene.stage.now() + dt.timedelta(days=180)).date(),
            actor=scene.world.actor("zhufang"),
            at=scene.stage.now(),
        )

    def grant(self, step: Step) -> None:
        """Grant two columns whole and one masked."""
        name, state, citizen = self._columns()
        provider = self.scene.world.actor(_PROVIDER)
        found = actions.decide(
            self.application,
            decisions={
                name: Decision.WHOLE,
                state: Decision.WHOLE,
                citizen: "citizen_id",
            },
            actor=provider,
            at=self.scene.stage.now(),
        )
        if found is None:
            require(condition=False, what="no grant was issued")
            return
        self.granted = found
        step.cite = ["HL-22.3"]
        step.detail = {
            "grant": found.pk,
            "columns": found.columns,
            "starts_at": found.starts_at.isoformat(),
            "ends_at": found.ends_at.isoformat(),
        }

    def lookup(self, step: Step) -> None:
        """Authenticate, look one record up, read a page; what comes is masked."""
        scene = self.scene
        consumer = scene.world.actor(_CONSUMER)
        self.client = systems.register_client(
            department=scene.world.departments[_CONSUMER_CODE],
            name="公共就业服务系统",
            actor=consumer,
            at=scene.stage.now(),
        )
        self.base = f"http://127.0.0.1:{processes.ports(scene.config)['gateway']}"
        self.token = self._token()
        key, row = self._known_person()
        name, state, citizen = self._columns()
        answer = self._get(key=key)
        require(answer.status_code == 200, f"{answer.status_code}: {answer.text[:200]}")
        record: dict[str, Any] = answer.json().get("record", answer.json())
        require(record[name] == row["姓名"], "the record is not the person asked for")
        require(record[citizen] != key and "*" in record[citizen], "the id number is not masked")
        require(set(record) == {name, state, citizen}, f"columns outside the grant: {set(record)}")
        page = self._get(page="first", size="20")
        require(page.status_code == 200, f"{page.status_code}: {page.text[:200]}")
        step.cite = ["HL-22.3", "HL-28.2"]
        step.detail = {
            "client": self.client.client_id,
            "record": {"columns": sorted(record), "masked": citizen},
            "page_rows": len(page.json()["records"]),
            "receipt": answer.headers.get("huitong-receipt"),
        }

    def _token(self) -> str:
        found = httpx.post(
            f"{self.base}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(self.client.client_id, self.client.secret),
            trust_env=False,
        )
        require(found.status_code == 200, f"no token: {found.status_code} {found.text[:200]}")
        return str(found.json()["access_token"])

    def _get(self, **query: str) -> httpx.Response:
        return httpx.get(
            f"{self.base}/v1/datasets/{self.scene.personal.code}/records",
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            trust_env=False,
        )

    def _known_person(self) -> tuple[str, dict[str, str]]:
        """Return a person of the made file whose row was accepted, and the row."""
        refused = {"", None}
        dataset = self.scene.dataset(self.scene.personal)
        seen: set[str] = set()
        with self.scene.personal.path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = row["公民身份号码"]
                sound = len(key) == 18 and row["姓名"] not in refused and len(row["联系电话"]) == 11
                if sound and key in seen:
                    continue
                seen.add(key)
                if sound and self._served(dataset.pk, key):
                    return key, row
        require(condition=False, what="no accepted person was found")
        return "", {}

    @staticmethod
    def _served(dataset_id: int, key: str) -> bool:
        from huitong.pool import serving  # noqa: PLC0415

        return serving.has_key(dataset_id, key)

    def refuse(self, step: Step) -> None:
        """Ask for a column outside the grant: 403, the grant and the article are named."""
        key, _ = self._known_person()
        phone = next(item.name for item in self._items() if item.title == "联系电话")
        answer = self._get(key=key, columns=phone)
        problem = answer.json()
        require(answer.status_code == 403, f"{answer.status_code} instead of 403")
        require(problem["cite"], "the refusal names no article")
        step.cite = list(problem["cite"])
        step.detail = {
            "status": answer.status_code,
            "code": problem["code"],
            "title": problem["title"],
            "grant": problem.get("grant"),
            "column": phone,
        }

    def _items(self) -> list[Any]:
        version = self.scene.dataset(self.scene.personal).current_version
        return list(version.items.all()) if version else []

    def revoke(self, step: Step) -> None:
        """Order rectification of the call over scope; it is declined; the provider cuts off."""
        scene = self.scene
        provider, consumer = scene.world.actor(_PROVIDER), scene.world.actor(_CONSUMER)
        by = (scene.stage.now() + dt.timedelta(days=7)).date()
        case = rectification.order_rectification(
            self.granted,
            trigger=Trigger.OVER_SCOPE,
            problem="调用了授权以外的联系电话。",
            rectify_by=by,
            actor=provider,
            at=scene.stage.now(),
        )
        case = rectification.decline_rectification(
            case, reason="系统无法在限期内调整。", actor=consumer, at=scene.stage.now()
        )
        key, _ = self._known_person()
        before = self._get(key=key)
        require(before.status_code == 200, "the grant must live until it is cut off")
        rectification.cut_off(case, finding="拒不整改。", actor=provider, at=scene.stage.now())
        started = time.monotonic()
        answer = self._get(key=key)
        took = time.monotonic() - started
        require(answer.status_code in {401, 403}, f"{answer.status_code} after the cut-off")
        require(took < _CUT_OFF_SECONDS, f"the refusal took {took:.2f} s")
        self.granted = queries.grant(self.granted.pk)
        step.cite = ["HL-27.1", "HL-27.2"]
        step.detail = {
            "case": case.number,
            "rectify_by": str(by),
            "next_call": answer.status_code,
            "code": answer.json()["code"],
            "first_refusal_seconds": round(took, 3),
        }
