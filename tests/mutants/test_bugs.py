"""The tables of bugs keep up with the sources; ``make mutants`` tries whether the tests bite."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.__main__ import Run, fault_of
from tests.mutants.bugs import DOCUMENT, ROOT, Bug, Stale, document, faults, tables

BUGS = [bug for table in tables() for bug in table.bug]
BUG = Bug(name="Synthetic", file="synthetic.py", code="a", instead="b", test="tests/synthetic.py::test_it")


def test_every_bug_can_still_be_put_in_and_its_test_is_there() -> None:
    """Promise: whoever changes what a bug replaces, or renames its test, changes the table with it."""
    assert faults(BUGS) == []


def test_no_bug_uses_a_name_that_its_file_has_not_got(tmp_path: Path) -> None:
    """Promise: who takes an import away learns which bug needed it; it would end in a ``NameError``, not be noticed."""
    in_python = [bug for bug in BUGS if bug.file.endswith(".py")]
    for bug in in_python:
        seeded = bug.put_into((ROOT / bug.file).read_text("utf-8"))
        (tmp_path / f"{bug.name}.py".replace("/", "-")).write_text(seeded, "utf-8")
    undefined = ("--isolated", "--no-cache", "--select=F821", "--output-format=concise", "--quiet")
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *undefined, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_no_two_bugs_are_the_same() -> None:
    """Promise: each bug is another, by name and by what it does."""
    assert len({bug.name for bug in BUGS}) == len({(bug.file, bug.code, bug.instead) for bug in BUGS}) == len(BUGS)


def test_a_bug_whose_place_has_changed_is_not_put_in() -> None:
    """Promise: a bug is put where it was meant to be, or the run says that it cannot be."""
    assert BUG.put_into("xax") == "xbx"
    for text in ("xx", "xaxa"):
        with pytest.raises(Stale):
            BUG.put_into(text)
    assert len(faults([BUG])) == 2


@pytest.mark.parametrize(
    ("code", "failure", "noticed"),
    [
        (1, "assert 1 == 2", True),
        (1, "AssertionError: assert [] == [1]", True),
        (1, "Failed: DID NOT RAISE ValueError", True),
        (1, 'failed on setup with "AssertionError: no receipt"', True),
        (0, "", False),
        (1, "NameError: name 'cursor' is not defined", False),
        (1, "Failed: Timeout (>120.0s) from pytest-timeout.", False),
        (2, "collection failure", False),
        (4, "", False),
    ],
)
def test_a_bug_is_noticed_by_an_assertion_and_nothing_else(code: int, failure: str, noticed: bool) -> None:
    """Promise: a bug that breaks the import, or hangs, proves nothing about the test."""
    assert (fault_of(BUG, Run(code, failure, "")) == "") == noticed


def test_a_bug_may_name_another_error() -> None:
    """Promise: where the test cannot get as far as its assertion, the table says what it ends with instead."""
    bug = BUG.model_copy(update={"error": "TimeoutError"})
    assert fault_of(bug, Run(1, "TimeoutError", "")) == ""
    assert fault_of(bug, Run(1, "assert 1 == 2", "")) != ""


def test_the_document_shows_the_tables() -> None:
    """Promise: docs/mutants.md is what the tables say; ``python -m tests.mutants --write`` makes it so."""
    assert (ROOT / DOCUMENT).read_text("utf-8") == document()
