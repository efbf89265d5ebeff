"""Steps 8 and 9: the open list, the portal, and the proof of everything."""

import json
import subprocess
import sys

import httpx

from huitong.cases import actions as cases
from huitong.ledger import queries as ledger_queries
from huitong.ledger.models import Entry
from huitong.opening import actions
from huitong.opening.errors import NotOpenableError
from huitong.operations import processes, proving
from huitong.operations.demonstration import cast, entries
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Step, require
from huitong.sharing.models import Grant


def open_list(scene: Scene, step: Step) -> None:
    """Put the public dataset on the open list and find it on the portal; be refused the other."""
    authority = scene.world.actor(cast.officer_of(cast.AUTHORITIES["230000"]))
    refused = {}
    for entry in (scene.personal, scene.public):
        officer = scene.world.actor(entries.officer_of(entry.code))
        dataset = scene.dataset(entry)
        try:
            case = actions.propose_opening(dataset, actor=officer, at=scene.stage.now())
        except NotOpenableError as error:
            refused[entry.code] = {
                "zh": error.zh,
                "fields": sorted({name for found in error.refusals for name in found.fields}),
                "cite": list(error.cite),
            }
            continue
        cases.take_step(case, "review.approve", actor=authority, at=scene.stage.now())
    require(set(refused) == {scene.personal.code}, f"refused: {sorted(refused)}")
    require(len(refused[scene.personal.code]["fields"]) >= 2, "the refusal names no fields")
    step.cite = ["HL-13", "HL-32", "HL-33.1", "HL-33.3"]
    step.detail = {"refused": refused, "portal": _portal(scene)}


def _portal(scene: Scene) -> dict[str, object]:
    base = f"http://127.0.0.1:{processes.ports(scene.config)['web']}"
    code = scene.public.code
    title = str(scene.public.words["title"])
    with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
        found = client.get("/search/", params={"q": title[:4]})
        require(found.status_code == 200 and title in found.text, "the search does not find it")
        require(
            scene.personal.words["title"] not in found.text, "the personal one is on the portal"
        )
        page = client.get(f"/datasets/{code}/")
        require(page.status_code == 200, f"dataset page: {page.status_code}")
        csv_file = client.get(f"/datasets/{code}/download/csv")
        json_file = client.get(f"/datasets/{code}/download/json")
        hidden = client.get(f"/datasets/{scene.personal.code}/")
    require(csv_file.status_code == 200, f"CSV: {csv_file.status_code}")
    require(json_file.status_code == 200, f"JSON: {json_file.status_code}")
    require(hidden.status_code == 404, f"the personal one answers {hidden.status_code}")
    rows = csv_file.content.decode("utf-8-sig").rstrip("\n").count("\n")
    records = json.loads(json_file.content)
    count = len(records["records"] if isinstance(records, dict) else records)
    return {"url": f"{base}/datasets/{code}", "csv_lines": rows, "json_records": count}


def verify(scene: Scene, granted: Grant, step: Step) -> None:
    """Seal, recompute everything, and verify one receipt in a process without any database."""
    at = scene.stage.now()
    proving.wait_for_uses(scene.config)
    proving.seal(at=at)
    result = proving.verify_ledger(at=at)
    require(result["uses_checked"] > 0, "no use was checked against its entry")
    require(result["ok"], f"the ledger does not hold: {result['problems'][:3]}")
    kinds = set(Entry.objects.values_list("kind", flat=True))
    entry = Entry.objects.filter(subject=granted.subject).order_by("id").first()
    require(entry is not None, "the grant is not in the ledger")
    folder = scene.config.home / "receipts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "grant.json"
    if entry is not None:
        text = json.dumps(ledger_queries.receipt(entry.uuid), ensure_ascii=False, indent=1)
        path.write_text(text, "utf-8")
    alone = [
        *(sys.executable, "-m", "huitong.ledger.verify", str(path)),
        *("--key", str(scene.config.keys_dir / "ledger.pub")),
    ]
    environment = {"PYTHONPATH": str(processes.SOURCE), "HUITONG_HOME": str(scene.folder)}
    done = subprocess.run(alone, env=environment, capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"the receipt does not verify alone: {done.stderr[-300:]}")
    forged = folder / "forged.json"
    forged.write_text(
        path.read_text("utf-8").replace('"cite"', '"cite" ', 1).replace("HL-22", "HL-23")
    )
    alone[3] = str(forged)
    bad = subprocess.run(alone, env=environment, capture_output=True, text=True, check=False)
    require(bad.returncode == 1, "a tampered receipt verified")
    step.cite = ["HL-11", "HL-28.2"]
    step.detail = {**result, "kinds": sorted(kinds), "receipt": str(path), "tampered": "refused"}
