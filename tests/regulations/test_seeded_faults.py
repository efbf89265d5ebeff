"""Each fault is seeded into a sound profile and must be found, named and placed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from huitong.regulations import checking, clauses, profiles, vocabulary
from huitong.regulations.errors import ProfileBrokenError
from regulations.broken import change, copy_of, line_of

PROCEDURES = "procedures.yaml"
PROFILE = "profile.yaml"
REPLY = "    time: {working_days: 1, from: receipt, cite: HL-22.3}\n"
REFUSAL = "      refuse: {facts: [reason], tell: [consumer]}\n"
REVIEW = "  review:\n    by: catalogue_authority\n    outcomes:\n      "
BARRED = "forbidden_when: {predicate: rectification_declined, cite: HL-27.2}, "


@dataclass(frozen=True)
class Seed:
    """What is changed where, and what the check must say.

    The fault stands on the line of the change, or where `at` stands afterwards.
    """

    name: str
    file: str
    old: str
    new: str
    code: str
    at: str = ""
    clause: str = ""


SEEDS = (
    Seed(
        "a stage without a clause",
        PROCEDURES,
        "    tell: [consumer]\n    cite: HL-27.1\n  rectify:",
        "    tell: [consumer]\n  rectify:",
        "cite_missing",
        at="    by: [supervising_authority, provider]\n    facts: [trigger",
    ),
    Seed(
        "a period without a clause",
        PROCEDURES,
        ", from: receipt, cite: HL-22.3}",
        ", from: receipt}",
        "cite_missing",
    ),
    Seed(
        "a clause that the text does not have",
        PROCEDURES,
        REPLY,
        REPLY.replace("HL-22.3", "HL-22.9"),
        "cite_unknown",
        clause="HL-22.9",
    ),
    Seed(
        "a clause of another text",
        PROCEDURES,
        REPLY,
        REPLY.replace("HL-22.3", "NA-21.2"),
        "cite_foreign",
        clause="NA-21.2",
    ),
    Seed(
        "a silence that cites nothing known",
        PROCEDURES,
        "{review.time: HL-12.3}",
        "{review.time: HL-12.33}",
        "cite_unknown",
        clause="HL-12.33",
    ),
    Seed("an unknown term", PROFILE, "  platform: {", "  platfrom: {", "term_unknown"),
    Seed(
        "a term left out",
        PROFILE,
        "  platform: {zh: 政务数据平台",
        "  data2: {zh: 政务数据平台",
        "term_missing",
        at="terms:",
    ),
    Seed(
        "an unknown fact", PROCEDURES, REFUSAL, REFUSAL.replace("reason", "raeson"), "fact_unknown"
    ),
    Seed(
        "an unknown predicate",
        PROCEDURES,
        "when: entry_in_use",
        "when: entry_is_used",
        "predicate_unknown",
    ),
    Seed(
        "an unknown role",
        PROCEDURES,
        "tell: [consumer, provider]}",
        "tell: [consumer, provdier]}",
        "role_unknown",
    ),
    Seed("an unknown stage", PROCEDURES, "  announce: {by", "  anounce: {by", "stage_unknown"),
    Seed(
        "an unknown outcome",
        PROCEDURES,
        "      grant: {tell",
        "      allow: {tell",
        "outcome_unknown",
    ),
    Seed(
        "an unknown kind",
        PROCEDURES,
        "\nopen_withdrawal:  ",
        "\nopen_withdrawl:  ",
        "kind_unknown",
        at="open_withdrawl:",
    ),
    Seed(
        "a kind forgotten",
        PROCEDURES,
        "\nopen_withdrawal:  ",
        "\nopen_withdrawl:  ",
        "kind_not_stated",
        at="# 黑龙江省",
    ),
    Seed("an unknown key", PROCEDURES, "    extend: {", "    extends: {", "key_unknown"),
    Seed(
        "an unknown duty",
        PROFILE,
        "  opening: data_authority",
        "  openning: data_authority",
        "duty_unknown",
    ),
    Seed(
        "an unknown body",
        PROFILE,
        "  opening: data_authority",
        "  opening: data_autority",
        "body_unknown",
    ),
    Seed(
        "an unknown resolver",
        PROFILE,
        "provider: {is: provider",
        "provider: {is: supplier",
        "resolver_unknown",
    ),
    Seed(
        "an authority without a level",
        PROFILE,
        "    {is: authority, for: opening, beside: provider, zh",
        "    {is: authority, for: opening, zh",
        "role_incomplete",
        at="  opening_authority:",
    ),
    Seed(
        "an unknown parent",
        PROFILE,
        "parent: national-2025",
        "parent: national-2052",
        "parent_unknown",
    ),
    Seed(
        "a step that nobody owns",
        PROCEDURES,
        "  reply:\n    by: provider\n" + REPLY,
        "  reply:\n" + REPLY,
        "step_without_owner",
        clause="HL-22.3",
    ),
    Seed(
        "an extension that nobody approves",
        PROCEDURES,
        "approved_by: catalogue_authority, ",
        "",
        "step_without_owner",
    ),
    Seed(
        "a clock without a start",
        PROCEDURES,
        REPLY,
        REPLY.replace("from: receipt, ", ""),
        "clock_without_start",
    ),
    Seed(
        "a clock whose start nobody notes",
        PROCEDURES,
        "facts: [change_source, change_day]",
        "facts: [change_source]",
        "clock_without_start",
        at="  update:\n",
        clause="HL-15",
    ),
    Seed(
        "a clock from an unknown place",
        PROCEDURES,
        REPLY,
        REPLY.replace("receipt", "reciept"),
        "start_of_a_clock_unknown",
    ),
    Seed(
        "two periods at once",
        PROCEDURES,
        REPLY,
        REPLY.replace("{", "{days: 3, "),
        "period_ambiguous",
    ),
    Seed("a period of no days", PROCEDURES, REPLY, REPLY.replace("days: 1", "days: 0"), "shape"),
    Seed(
        "a period neither set nor silent",
        PROCEDURES,
        "  silent: {review.time: HL-12.3}\n",
        "",
        "period_not_stated",
        at=REVIEW + "return",
    ),
    Seed(
        "a stage neither listed nor silent",
        PROCEDURES,
        ", reply: HL-22.2, fulfil: HL-22.2}",
        ", reply: HL-22.2}",
        "period_not_stated",
        at="share_application_unconditional:",
    ),
    Seed(
        "a silence that the text contradicts",
        PROCEDURES,
        "silent: {review.time: HL-12.3}",
        "silent: {review.time: HL-12.3, revise.time: HL-12.3}",
        "silent_contradicted",
        clause="HL-12.3",
    ),
    Seed(
        "a silence on nothing",
        PROCEDURES,
        "silent: {review.time: HL-12.3}",
        "silent: {review.time: HL-12.3, review.tme: HL-12.3}",
        "silent_unknown",
    ),
    Seed(
        "an end before the beginning", PROFILE, "to: 2027-01-06", "to: 2024-01-06", "dates_overlap"
    ),
    Seed(
        "two wordings from one day",
        PROCEDURES,
        "  announce: {by: provider, facts: [notice], cite: HL-35}\n",
        "  announce:\n    - {by: provider, facts: [notice], cite: HL-35}\n"
        "    - {by: provider, cite: HL-35}\n",
        "dates_overlap",
    ),
    Seed(
        "a wording after the text has ended",
        PROCEDURES,
        "  announce: {by: provider, facts: [notice], cite: HL-35}\n",
        "  announce: {by: provider, since: 2028-01-01, cite: HL-35}\n",
        "dates_overlap",
    ),
    Seed(
        "a state without exit",
        PROCEDURES,
        "      grant: {tell: [consumer]}\n" + REFUSAL,
        "      grant: {closed_by: HL-22.3}\n      refuse: {closed_by: HL-22.3}\n",
        "state_without_exit",
        at="  reply:\n",
        clause="HL-22.3",
    ),
    Seed(
        "a state that nothing leads to",
        PROCEDURES,
        "      return: {facts: [opinion], tell: [provider], cite: HL-12.3}",
        "      return: {closed_by: HL-12.3}",
        "state_unreachable",
        at="  revise:\n",
        clause="HL-12.3",
    ),
    Seed(
        "a circle without end",
        PROCEDURES,
        "      approve: {tell: [provider], cite: [HL-12.3, HL-12.1]}",
        "      approve: {closed_by: HL-12.3}",
        "no_way_to_an_end",
        at=REVIEW + "return",
        clause="HL-12.3",
    ),
    Seed(
        "every way barred",
        PROCEDURES,
        "      cut_off: {facts: [finding], ",
        "      cut_off: {facts: [finding], " + BARRED,
        "all_ways_barred",
        at="  judge:\n",
        clause="HL-27.2",
    ),
    Seed(
        "a route that may not end",
        PROCEDURES,
        "{when: entry_in_use, to: wind_down}, end]",
        "{when: entry_in_use, to: wind_down}]",
        "route_may_not_end",
        at=REVIEW + "approve: {facts: [in_use]",
        clause="HL-16.1",
    ),
    Seed(
        "a route to nowhere",
        PROCEDURES,
        "  wind_down:\n    by: provider\n"
        "    wait: {months: 6, from: review, presumed: true, cite: HL-16.2}\n    cite: HL-16.2\n",
        "",
        "route_to_nowhere",
        at=REVIEW + "approve: {facts: [in_use]",
        clause="HL-16.1",
    ),
    Seed(
        "a condition without evidence",
        PROCEDURES,
        "approve: {facts: [in_use], to",
        "approve: {to",
        "condition_without_evidence",
        at=REVIEW + "approve: {to: [{when",
        clause="HL-16.1",
    ),
    Seed(
        "an outcome closed and described",
        PROCEDURES,
        "refuse: {closed_by: HL-12.3}",
        "refuse: {closed_by: HL-12.3, facts: [reason]}",
        "closed_and_open",
    ),
    Seed(
        "`may` without a choice",
        PROCEDURES,
        "  announce: {by",
        "  announce: {force: may, by",
        "may_without_choice",
        clause="HL-35",
    ),
    Seed(
        "an unknown practice",
        PROCEDURES,
        "  practice: [apply.withdraw]",
        "  practice: [apply.retract]",
        "practice_step_unknown",
    ),
    Seed(
        "a follow-on that the text lacks",
        PROCEDURES,
        "  silent: {review.time: HL-35, file.time: HL-35, announce.time: HL-35}\n",
        "  silent: {review.time: HL-35, file.time: HL-35, announce.time: HL-35}\n"
        "  follow: {refused: {open: dispute, by: provider, cite: HL-25.1}}\n",
        "kind_unknown",
        at="  follow: {refused",
    ),
    Seed(
        "a key given twice",
        PROCEDURES,
        "  reply:\n    by: provider\n",
        "  reply:\n    by: provider\n    by: consumer\n",
        "not_yaml",
        at="    by: consumer\n    time: {working_days: 1",
    ),
    Seed("no YAML at all", PROFILE, "status: in_force", "status: ]in_force", "not_yaml"),
    Seed(
        "a clause twice",
        "clauses.yaml",
        "- {id: HL-31,",
        "- {id: HL-30,",
        "clause_twice",
        clause="HL-30",
    ),
    Seed(
        "a clause without a summary",
        "clauses.yaml",
        "{id: HL-47, article: 47, zh: 印发之日起施行，有效期2年, ",
        "{id: HL-47, article: 47, ",
        "shape",
    ),
    Seed(
        "a name in one language",
        PROFILE,
        "  work_secret: {zh: 工作秘密, en: work secret, ",
        "  work_secret: {zh: 工作秘密, ",
        "name_missing",
    ),
    Seed(
        "an unknown rank",
        PROFILE,
        "ranks: [law, administrative_regulation], ",
        "ranks: [law, decree], ",
        "rank_unknown",
    ),
)


@pytest.mark.parametrize("seed", [pytest.param(seed, id=seed.name) for seed in SEEDS])
def test_a_seeded_fault_is_named_with_its_place_and_its_mend(seed: Seed, tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    line = change(folder, seed.file, seed.old, seed.new)

    faults = [fault for fault in checking.check(folder) if fault.code == seed.code]

    assert faults, [str(fault) for fault in checking.check(folder)]
    fault = faults[0]
    assert fault.file == f"heilongjiang-2025/{seed.file}"
    assert fault.line == (line_of(folder, seed.file, seed.at) if seed.at else line)
    assert fault.mend
    assert fault.clause == seed.clause or not seed.clause


def test_the_sound_profile_has_no_fault(tmp_path: Path) -> None:
    assert checking.check(copy_of(tmp_path)) == []
    assert checking.check("heilongjiang-2025") == []


def test_there_are_many_seeds_and_each_is_of_its_own() -> None:
    assert len({seed.name for seed in SEEDS}) == len(SEEDS) >= 16


def test_a_broken_profile_does_not_load_and_every_fault_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of(tmp_path)
    change(folder, PROCEDURES, REPLY, REPLY.replace("HL-22.3", "NA-21.2"))
    change(folder, PROFILE, "parent: national-2025", "parent: nowhere")
    monkeypatch.setattr(clauses, "FOLDER", tmp_path)
    profiles.load.cache_clear()

    with pytest.raises(ProfileBrokenError) as refused:
        profiles.load("heilongjiang-2025")
    profiles.load.cache_clear()

    assert {fault.code for fault in refused.value.faults} == {"cite_foreign", "parent_unknown"}
    assert "NA-21.2" in str(refused.value)
    assert "heilongjiang-2025/profile.yaml" in refused.value.zh


def test_a_missing_file_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    (folder / "procedures.yaml").unlink()

    assert "file_missing" in {fault.code for fault in checking.check(folder)}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("effects: [issue_grant]", "effects: [isue_grant]", "effect_unknown"),
        ("resubmit: {to: review,", "resubmit: {to: reveiw,", "stage_or_end_unknown"),
        ("done: published", "done: publised", "end_unknown"),
        ("type: choice", "type: choise", "fact_type_unknown"),
    ],
)
def test_the_shared_vocabulary_is_checked_too(
    old: str, new: str, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "kinds.yaml"
    text = vocabulary.FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    faults = vocabulary.read(path)[1]

    assert [fault.code for fault in faults] == [code]
    assert faults[0].line == text[: text.index(old)].count("\n") + 1
