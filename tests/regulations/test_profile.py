"""The Heilongjiang profile against the text and the clause matrix it was read from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from huitong.regulations import clauses, predicates, profiles, proving
from huitong.regulations.errors import ClauseUnknownError, ProfileUnknownError
from regulations.walking import HEILONGJIANG

# Clauses of the matrix that are stated over two paragraphs of their article.
_SPANNING = frozenset({"HL-42.1"})


def test_profiles_are_found_by_their_folder_and_an_unknown_one_is_refused() -> None:
    assert HEILONGJIANG in profiles.all_ids()
    with pytest.raises(ProfileUnknownError, match="There is no profile atlantis-1999"):
        profiles.load("atlantis-1999")


def test_the_clauses_are_those_of_the_matrix_with_the_same_articles(shared_law: Path) -> None:
    rows = _matrix(shared_law)
    matrix = {row["id"]: row["article"] for row in rows if row["regulation"] == HEILONGJIANG}

    ours = {clause.id: clause.article for clause in clauses.of_profile(HEILONGJIANG)}

    assert ours == matrix
    assert len(ours) == 98


def test_the_summaries_are_in_our_own_words_and_in_both_languages(shared_law: Path) -> None:
    rows = _matrix(shared_law)
    theirs = {row["id"]: (row["zh"], row["en"]) for row in rows}
    text = _text(shared_law).read_text(encoding="utf-8")

    for clause in clauses.of_profile(HEILONGJIANG):
        assert clause.zh
        assert clause.en.isascii()
        assert (clause.zh, clause.en) != theirs[clause.id]
        assert clause.zh not in text, f"{clause.id} copies the text"


def test_every_paragraph_and_item_that_a_clause_names_stands_in_the_text(shared_law: Path) -> None:
    articles = _articles(_text(shared_law))
    for clause in clauses.of_profile(HEILONGJIANG):
        paragraphs = articles[clause.article]
        if clause.id in _SPANNING:
            items = max(paragraphs)
        elif clause.paragraph is None:
            assert len(paragraphs) == 1, f"{clause.id}: the article has several paragraphs"
            items = paragraphs[0]
        else:
            assert 1 < len(paragraphs) >= clause.paragraph, clause.id
            items = paragraphs[clause.paragraph - 1]
        assert (clause.item or 0) <= items, f"{clause.id}: no such item"


def _text(folder: Path) -> Path:
    return folder / "texts" / "heilongjiang-2025.md"


def _matrix(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.load(
        (folder / "clauses.yaml").read_text(encoding="utf-8"),
        getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 (both are safe)
    )
    return rows


def _articles(path: Path) -> dict[int, list[int]]:
    """Return article → number of items of each paragraph (items belong to the one above them)."""
    found: dict[int, list[int]] = {}
    number = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## 第"):
            number += 1
            found[number] = []
        elif line.startswith("#") or not line.strip() or not number:
            continue
        elif line.startswith("（"):
            found[number][-1] += 1
        else:
            found[number].append(0)
    return found


def test_labels_follow_the_article_paragraph_and_item_of_the_text() -> None:
    title = "《黑龙江省政务数据管理暂行办法》"
    assert clauses.label("HL-22.3") == f"{title}第二十二条第二款第（二）项"
    assert clauses.label("HL-12.3", short=True) == "第十二条第三款"
    assert clauses.label("HL-6.2", short=True) == "第六条第（一）项"
    assert clauses.label("HL-27.2", "en", short=True) == "art. 27"
    assert clauses.label("HL-40", short=True) == "第四十条"
    assert clauses.label("HL-10.1", short=True) == "第十条"
    with pytest.raises(ClauseUnknownError, match="HL-99"):
        clauses.label("HL-99")


@pytest.mark.clause("HL-13")
def test_the_eight_particulars_of_article_13_are_all_asked_for() -> None:
    listed = [
        "数据项",
        "提供部门",
        "数据格式",
        "更新频率",
        "共享类型",
        "共享条件",
        "开放类型",
        "开放条件",
    ]
    asked = [f.names.zh for f in profiles.load(HEILONGJIANG).fields if "HL-13" in f.cite]

    for particular in listed:
        assert any(name.startswith(particular) for name in asked), particular


@pytest.mark.clause("HL-21.2", "HL-21.3", "HL-33.4")
def test_conditional_particulars_are_asked_for_only_where_their_article_applies() -> None:
    fields = {field.name: field for field in profiles.load(HEILONGJIANG).fields}
    conditional = {"sharing_type": "CONDITIONAL", "opening_type": "WITHHELD"}

    def applies(name: str) -> bool:
        when = fields[name].when
        return when is None or predicates.holds(when, conditional)

    assert applies("sharing_condition")
    assert applies("closed_reason")
    assert not applies("withheld_basis")
    assert not applies("opening_condition")
    assert fields["sharing_condition"].treated_as == "UNCONDITIONAL"
    assert fields["withheld_basis"].cite == ("HL-21.3",)


@pytest.mark.clause("HL-21.3")
def test_withholding_rests_on_a_law_or_an_administrative_regulation_only() -> None:
    rule = profiles.load(HEILONGJIANG).bases["withhold_sharing"]

    assert rule.ranks == ("law", "administrative_regulation")
    assert rule.cite == ("HL-21.3",)


@pytest.mark.clause("HL-2", "HL-44")
def test_state_and_work_secrets_are_outside_the_measures() -> None:
    excluded = profiles.load(HEILONGJIANG).excluded

    assert excluded["state_secret"].cite == ("HL-2", "HL-44")
    assert excluded["work_secret"].cite == ("HL-44",)


@pytest.mark.clause("HL-33.1")
def test_consent_lifts_the_bar_on_private_data_but_not_one_that_law_sets() -> None:
    bars = {bar.name: bar.unless for bar in profiles.load(HEILONGJIANG).opening_bars}

    assert bars["personal_privacy"] == bars["commercial_secret"] == "subject_consent"
    assert bars["forbidden_by_law"] is None


@pytest.mark.clause("HL-3", "HL-21.1")
def test_the_words_are_those_of_the_measures() -> None:
    measures = profiles.load(HEILONGJIANG)

    assert measures.term("provider") == "数据提供部门"
    assert measures.term("department") == "政府部门"
    assert measures.term("sharing.WITHHELD") == "不予共享"
    assert measures.term("sharing.WITHHELD", "en") == "not shared"


def test_every_cite_is_listed_with_the_place_that_relies_on_it() -> None:
    cites = proving.cites_of(profiles.load(HEILONGJIANG))

    assert list(cites)[:98] == [clause.id for clause in clauses.of_profile(HEILONGJIANG)]
    assert "kinds.share_application_conditional.reply.times" in cites["HL-22.3"]
    assert "kinds.catalogue_review.silent.review.time" in cites["HL-12.3"]
    assert "kinds.catalogue_review.review.refuse" in cites["HL-12.3"]
    assert "validity" in cites["HL-47"]
    assert "overdue" in cites["HL-42.2"]
    assert cites["HL-46"] == ["house.bodies.other_state_organ"]
    assert cites["HL-40"] == []
