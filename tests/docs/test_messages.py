"""docs/messages.md adds a kind of message: what it says to do is done to a copy of the sources, and works."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "messages.md"
BLOCK = re.compile(r"^\*\*([\w/]+\.py)\*\*\n\n```(python|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A file, and what becomes of it."""


def changed(text: str, diff: str) -> str:
    """Return a text with the hunks of a diff applied, each at the one place where it fits."""
    for hunk in diff.split("@@\n")[1:]:
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] or "\n" for line in lines if line[0] in " -\n")
        new = "".join(line[1:] or "\n" for line in lines if line[0] in " +\n")
        assert text.count(old) == 1, f"{DOCUMENT.name} has fallen behind: {old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources to which the document has been applied."""
    copy = tmp_path_factory.mktemp("greeting")
    for folder in ("schemas", "services", "streams", "tallywire", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "elections"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, kind, code in BLOCK.findall(DOCUMENT.read_text("utf-8")):
        file = copy / path
        assert file.exists() == (kind == "diff")
        file.write_text(changed(file.read_text("utf-8"), code) if kind == "diff" else code, "utf-8")
    return copy


def run(copy: Path, *command: str) -> str:
    """Run Python in the copy, on the sources there."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_kind_of_message_is_added_by_its_rows(copy: Path) -> None:
    """Promise: a model, a rule and three rows, and it is judged, numbered, chained, read again, and changes nothing."""
    log_and_outcome = run(copy, "-m", "tests.docs.greeting_night").splitlines()
    assert json.loads(log_and_outcome[-1]) == {
        "answers": [
            "refused register.not_loaded",
            "accepted",
            "accepted",
            "duplicate",
            "refused contest.unknown",
            "refused field.not_understood",
            "accepted",
        ],
        "ledger": ["tallywire.register.v1", "tallywire.greeting.v1", "tallywire.declaration.v1"],
        "whole": True,
        "readmitted": True,
        "results": 1,
        "changes_results": False,
        "in_the_contract": True,
        "pack_faults": [],
    }


def test_the_documents_of_the_contract_follow(copy: Path) -> None:
    """Promise: JSON Schema and AsyncAPI document describe the new type without another line."""
    run(copy, "-m", "schemas.generate")
    schema = json.loads((copy / "schemas" / "json" / "greeting.v1.json").read_text("utf-8"))
    assert schema["title"] == "tallywire.greeting.v1"
    channels: dict[str, Any] = json.loads((copy / "schemas" / "asyncapi.json").read_text("utf-8"))["channels"]
    assert [name for name, channel in channels.items() if "GreetingEvent" in channel["messages"]] == [
        "declarations",
        "ledger",
    ]


def test_the_example_is_code_as_ours_is(copy: Path) -> None:
    """Promise: whoever copies the page has nothing to tidy up."""
    files = [path for path, _, _ in BLOCK.findall(DOCUMENT.read_text("utf-8"))]
    assert len(files) == 5
    run(copy, "-m", "ruff", "check", "--no-cache", *files)
    run(copy, "-m", "ruff", "format", "--check", "--no-cache", *files)
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/services/test_messages.py")
