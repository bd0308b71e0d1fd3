"""How the program starts itself again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import RELEASE
from tallywire.embedded.interpreter import ROOT, tallywire_command, tallywire_environment

MINE = ("streams.py", "services.py", "schemas.py", "structlog.py", "random.py", "typer.py", "tallywire.py")


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with files of one's own, named like ours and those of others."""
    for name in MINE:
        (tmp_path / name).write_text(f"raise SystemExit('{name} was imported from the current folder')")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_child_never_imports_from_the_current_folder(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whatever lies there, and though an empty entry in PYTHONPATH names the folder, our own code runs."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", ".", str(mine))))
    done = subprocess.run(
        tallywire_command("--version"), env=tallywire_environment(), check=False, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"tallywire {RELEASE}\n", "")


def test_a_child_has_the_code_of_its_parent(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a checkout that is not installed is found, first of all, and what a person has named stays."""
    elsewhere = str(mine.parent)
    monkeypatch.setenv("PYTHONPATH", elsewhere)
    assert tallywire_environment()["PYTHONPATH"].split(os.pathsep) == [str(ROOT), elsewhere]
    monkeypatch.setattr("site.getsitepackages", lambda: [str(ROOT)])
    assert tallywire_environment()["PYTHONPATH"] == elsewhere
    monkeypatch.setenv("PYTHONPATH", "")
    assert "PYTHONPATH" not in tallywire_environment()


def test_the_module_does_not_import_from_the_current_folder_either(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: ``python -m tallywire`` works beside files named like libraries, but for its own name."""
    (mine / "tallywire.py").unlink()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = [sys.executable, "-m", "tallywire", "pack", "check", "pcc.2024-05-02"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("No faults.\n", "")
