"""`./run mutate`: change one thing of a profile or of the engine, and see whether a test notices.

A mutant that no test notices and that `tests/mutants.yaml` does not explain is printed with its
file, line and change, and the exit is 1. Results are kept in the file of `--resume`
and not tried again as long as the program and the tests are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import code_mutants
import code_trials
import table_mutants
import yaml
from mutants import ROOT, SRC, Mutant
from trials import Trial, prepared, said, table_trial

_Note = Callable[[Mutant, str], None]
EXPLAINED = ROOT / "tests" / "mutants.yaml"


def main() -> int:
    """Try the chosen mutants; return 0 when each was killed or is explained."""
    parser = argparse.ArgumentParser(prog="./run mutate", description=__doc__)
    parser.add_argument("--tables", action="store_true", help="the profiles only")
    parser.add_argument("--code", action="store_true", help="the engine only")
    parser.add_argument("--only", default="", help="mutants whose name holds this text")
    parser.add_argument("--sample", type=int, default=0, help="so many, chosen by --seed")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--resume", type=Path, help="a file with the results so far, to go on from")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    chosen = parser.parse_args()
    mutants = _chosen(chosen)
    if chosen.list:
        sys.stdout.writelines(f"{m.file}:{m.line} {m.where}: {m.change}\n" for m in mutants)
        return 0
    results = _tried(mutants, chosen.jobs, chosen.resume)
    return _report(mutants, results)


def _chosen(chosen: argparse.Namespace) -> list[Mutant]:
    both = not (chosen.tables or chosen.code)
    found: list[Mutant] = []
    if chosen.code or both:
        found += code_mutants.all_mutants()
    if chosen.tables or both:
        found += table_mutants.all_mutants()
    found = [mutant for mutant in found if chosen.only in mutant.id]
    if chosen.sample:
        picked = random.Random(chosen.seed).sample(  # noqa: S311 - the same choice at every run
            range(len(found)), min(chosen.sample, len(found))
        )
        found = [found[place] for place in sorted(picked)]
    return found


def _tried(mutants: list[Mutant], jobs: int, resume: Path | None) -> dict[str, str]:
    """Return who killed each mutant, by its id; code first, while its modules are not imported."""
    state = _state()
    done: dict[str, str] = {}
    if resume and resume.exists():
        kept = json.loads(resume.read_text("utf-8"))
        done = kept["results"] if kept["state"] == state else {}
    todo = [mutant for mutant in mutants if mutant.id not in done]
    code = [mutant for mutant in todo if not mutant.is_table]
    tables = [mutant for mutant in todo if mutant.is_table]

    def note(mutant: Mutant, killer: str) -> None:
        done[mutant.id] = killer
        if resume:
            text = json.dumps({"state": state, "results": done}, ensure_ascii=False, indent=0)
            resume.write_text(text, "utf-8")

    if code:
        _try_code(code, jobs, note)
    if tables:
        from huitong.regulations import profiles  # noqa: PLC0415 - the children share what is read

        failing = prepared()
        if failing:
            sys.exit(f"{failing} fails on the profiles as they are: mend it first")
        list(map(said, profiles.all_ids()))
        _all(tables, table_trial, jobs, note)
    return done


def _try_code(code: list[Mutant], jobs: int, note: _Note) -> None:
    from database import running  # noqa: PLC0415 - only where one is needed

    anew = [mutant for mutant in code if not code_trials.in_functions_only(mutant)]
    with running():
        # First, while this process has not imported what they change.
        _all(anew, code_trials.begun_anew, jobs, note)
        os.environ["PYTEST_XDIST_WORKER"] = "mutants"
        for cases in (False, True):
            group = [m for m in code if m not in anew and code_trials.on_cases(m) is cases]
            if group:
                code_trials.with_everything_imported(
                    cases=cases, tried=partial(_first_unchanged, group, jobs, note)
                )


def _first_unchanged(
    mutants: list[Mutant], jobs: int, note: _Note, trial: Callable[[Mutant], str]
) -> None:
    """Try the program as it is, which must pass, and then the mutants."""
    as_it_is = replace(mutants[0], make=(SRC / mutants[0].file).read_text)
    found: list[str] = []
    _all([as_it_is], trial, 1, lambda _, killer: found.append(killer))
    if found != [""]:
        sys.exit(f"{found[0]} fails on the program as it is: mend it first")
    _all(mutants, trial, jobs, note)


def _state() -> str:
    """Return a digest of the program and the tests: other ones make old results worthless."""
    digest = hashlib.sha256()
    for folder in (
        "src/huitong/regulations",
        "src/huitong/cases",
        "tests/regulations",
        "tests/cases",
    ):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _all(
    mutants: list[Mutant],
    act: Callable[[Mutant], str],
    jobs: int,
    note: _Note,
) -> None:
    waiting: Iterator[Mutant] = iter(mutants)
    places = list(range(jobs))
    running: dict[int, Trial] = {}
    began, count = time.monotonic(), 0
    while True:
        for place in places:
            if place in running:
                continue
            mutant = next(waiting, None)
            if mutant is not None:
                os.environ["MUTANT_PLACE"] = str(place)
                running[place] = Trial(mutant, lambda m=mutant: act(m))
        if not running:
            return
        for place, trial in list(running.items()):
            if trial.ended():
                del running[place]
                assert trial.mutant is not None  # noqa: S101 - given above
                note(trial.mutant, trial.result or "")
                count += 1
                if count % 100 == 0:
                    pace = (time.monotonic() - began) / count
                    left = pace * (len(mutants) - count) / 60
                    sys.stderr.write(f"{count} of {len(mutants)}, {left:.0f} minutes left\n")
        # Until some child speaks or dies; one that hangs is looked at each second.
        select.select([trial.reader for trial in running.values()], [], [], 1.0)


def _report(mutants: list[Mutant], results: dict[str, str]) -> int:
    rows = yaml.safe_load(EXPLAINED.read_text("utf-8")) if EXPLAINED.exists() else []
    explained = {row["mutant"]: row["because"] for row in rows or []}
    counts: Counter[str] = Counter()
    survivors = []
    for mutant in mutants:
        killer = results[mutant.id]
        if killer == "same":
            counts["says the same"] += 1
        elif killer:
            counts["killed"] += 1
        elif mutant.id in explained:
            counts["explained"] += 1
        else:
            survivors.append(mutant)
    for mutant in survivors:
        sys.stdout.write(f"{mutant.file}:{mutant.line} {mutant.where}: {mutant.change}\n")
    told = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    sys.stdout.write(f"{len(mutants)} mutants: {told}, {len(survivors)} not explained\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
