"""The promises of ``make`` about ``.venv``: which Python makes it, and what is installed when.

Nothing is installed here: the interpreters are shell scripts that write down what they are asked to do.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt")

OLD = """#!/bin/sh
case "$2" in *version_info*) echo 3.9.2; exit;; esac
# Like a real one, it would make an environment without hesitation.
mkdir -p .venv/bin && cp "$0" .venv/bin/python
"""
"""A Python that is too old, and says so when it is asked."""

NEW = """#!/bin/sh
case "$*" in
  *"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python;;
  *"-m "*) echo "$*" >> asked;;
esac
"""
"""A Python that will do."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what ``make`` reads, and two interpreters."""
    for name in NEEDED:
        shutil.copy2(ROOT / name, tmp_path)
    for name, script in (("old", OLD), ("new", NEW)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def make(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run ``make`` there, and return how it ended and all that it said."""
    # Started by `make test`, this process has the settings of another make.
    command = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "PYTHON", "-u", "ARGS", "make", *words]
    return subprocess.run(
        command, cwd=checkout, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def asked(checkout: Path) -> list[str]:
    """Return the commands that the environment's Python got."""
    return (checkout / "asked").read_text().splitlines()


@pytest.mark.parametrize(("python", "found"), [("./old", "3.9.2"), ("./gone", "missing")])
def test_a_python_that_will_not_do_is_named_and_the_right_one_works_afterwards(
    checkout: Path, python: str, found: str
) -> None:
    """Promise: one sentence says what was found and what to do, and nothing is left that spoils the second try."""
    done = make(checkout, "demo", f"PYTHON={python}")
    assert done.returncode != 0
    (sentence,) = done.stdout.splitlines()
    assert f"needs Python 3.11 or newer, and {python} is {found}" in sentence
    assert "`make demo PYTHON=python3.12`" in sentence
    assert not (checkout / ".venv").exists()
    assert make(checkout, "demo", "PYTHON=./new").returncode == 0
    assert asked(checkout)[-1] == "-m tallywire demo"


def test_the_demo_installs_only_what_it_needs_and_the_tests_the_rest(checkout: Path) -> None:
    """Promise: a first `make demo` waits for no linter; `make test` adds the tools; neither installs anything twice."""
    assert make(checkout, "demo", "PYTHON=./new").returncode == 0
    assert [line.split(" install ")[1] for line in asked(checkout) if " pip " in line] == [
        "--no-deps --no-compile --require-hashes --requirement requirements.txt",
        "--no-deps --no-build-isolation --editable .",
    ]
    assert make(checkout, "test", "PYTHON=./new", "ARGS=-k recount").returncode == 0
    assert [line.split(" install ")[1] for line in asked(checkout) if " pip " in line][2:] == [
        "--no-deps --no-compile --require-hashes --requirement requirements-dev.txt"
    ]
    assert asked(checkout)[-1] == "-m pytest -n auto --dist loadfile -k recount"
    before = len(asked(checkout))
    assert make(checkout, "demo").returncode == 0
    assert asked(checkout)[before:] == ["-m tallywire demo"]


@pytest.mark.parametrize("broken", ["its interpreter has gone", "it is half made"])
def test_an_environment_that_cannot_be_used_is_made_anew(checkout: Path, broken: str) -> None:
    """Promise: what an upgrade of Python or an interrupted first run left behind is replaced, stamps and all."""
    assert make(checkout, "test", "PYTHON=./new").returncode == 0
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    if broken == "it is half made":
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)
    else:
        python.symlink_to(checkout / "gone")
    (checkout / "asked").unlink()
    assert make(checkout, "test", "PYTHON=./new").returncode == 0
    assert len([line for line in asked(checkout) if " pip " in line]) == 3
