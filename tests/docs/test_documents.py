"""Documents that keep true: every path and command that they name is there."""

import re
from pathlib import Path

import pytest
import typer.main

from huitong.operations.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/guides/*.md"), *ROOT.glob("docs/adr/*.md")])
TASKS = set(re.findall(r"^    ([a-z|\ ]+)\)$", (ROOT / "run").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_path_in_code_marks_is_there(document: Path) -> None:
    named = re.findall(
        r"`((?:src|tests|docs|tools|rules|requirements)/[\w./-]+)`", document.read_text("utf-8")
    )

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_command_that_a_page_names_exists(document: Path) -> None:
    root = typer.main.get_command(app)
    text = document.read_text("utf-8")
    unknown = []
    for words in re.findall(r"(?:^|[`/\s])huitong ((?:[a-z][a-z-]+ ?)+)", text, re.MULTILINE):
        node: object = root
        for word in words.split():
            children = getattr(node, "commands", None)
            if children is None:
                break
            if word not in children:
                unknown.append(words)
                break
            node = children[word]
    assert unknown == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_task_of_run_that_a_page_names_exists(document: Path) -> None:
    known = {word.strip() for group in TASKS for word in group.split("|")}
    named = set(re.findall(r"\./run ([a-z]+)", document.read_text("utf-8")))

    assert named <= known
