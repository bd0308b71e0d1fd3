"""``python -m tests.mutants``: puts each bug into a copy of the sources, alone, and sees its test fail.

``python -m tests.mutants WORD ...`` tries only the bugs with one of the words in name, file or test; ``--write`` writes
docs/mutants.md and tries none.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from tests.mutants.bugs import DOCUMENT, ROOT, Bug, document, faults, tables

PACKAGES: Final = ("schemas", "services", "streams", "tallywire", "tests.mutants.bugs")
SAID_LENGTH_MAX: Final = 80
"""Characters shown of what a test says: enough to see that it failed for the right reason."""

_FAILED: Final = 1
"""pytest's exit code when tests ran and some failed: nothing else is a bug that was noticed."""
_ASSERTION: Final = re.compile(r"AssertionError|assert |Failed: DID NOT RAISE")
_FIXTURE: Final = 'failed on setup with "'


class Run(NamedTuple):
    """What became of tests."""

    code: int
    """pytest's exit code."""
    failure: str
    """What the first failure says; empty when there is none."""
    output: str


class Verdict(NamedTuple):
    """What became of a bug."""

    bug: Bug
    fault: str
    """Why it does not count as noticed; empty when it does."""
    said: str
    """What the test failed with, in a line."""
    took_s: float


class Copy:
    """A copy of the sources, with the tests run in it importing from it."""

    def __init__(self, root: Path) -> None:
        """Copy everything that belongs to the sources, committed or not, to ``root``."""
        self.root = root
        if not (ROOT / ".git").exists():
            raise SystemExit("The sources are copied as git lists them: run this in a clone.")
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                copy2(ROOT / name, root / name)
        # The package is installed from its own folder: what is searched first must be the copy, in every process that
        # a test starts. Bytecode is told from its source by time and size, which a bug may leave as they were.
        self.environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}

    def foreign(self) -> list[str]:
        """Return what a process started elsewhere would not import from the copy."""
        names = ", ".join(PACKAGES)
        code = f"import {names}; print(*(module.__file__ for module in ({names},)), sep='\\n')"
        probe = [sys.executable, "-c", code]
        done = subprocess.run(probe, cwd="/", env=self.environment, check=True, capture_output=True, text=True)
        return [path for path in done.stdout.splitlines() if not Path(path).is_relative_to(self.root)]

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests up to the first failure."""
        report = self.root / "report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, check=False, capture_output=True, text=True, errors="replace"
        )
        found = ET.parse(report).iter() if report.exists() else ()  # noqa: S314  # pytest wrote it just now
        messages = [each.get("message", "") for each in found if each.tag in ("failure", "error")]
        return Run(done.returncode, messages[0] if messages else "", done.stdout + done.stderr)

    def seed(self, bug: Bug) -> Verdict:
        """Put the bug in, run its test, and take the bug out again."""
        file = self.root / bug.file
        text, started_s = file.read_text("utf-8"), time.monotonic()
        file.write_text(bug.put_into(text), "utf-8")
        try:
            done = self.run([bug.test])
        finally:
            file.write_text(text, "utf-8")
        return Verdict(bug, fault_of(bug, done), shorten(done.failure, SAID_LENGTH_MAX), time.monotonic() - started_s)


def fault_of(bug: Bug, done: Run) -> str:
    """Return why a run of its test does not show that the bug was noticed; empty when it does."""
    if done.code == 0:
        return "SURVIVED"
    said = done.failure.removeprefix(_FIXTURE)
    expected = _ASSERTION.match(said) if bug.error == "AssertionError" else said.startswith(bug.error)
    if done.code == _FAILED and expected:
        return ""
    return f"no {bug.error}, but pytest's exit code {done.code}"


def seed_all(copy: Copy, bugs: Sequence[Bug], console: Console) -> Iterator[Verdict]:
    """Try one bug after another, and show how far it is."""
    columns = (MofNCompleteColumn(), BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(bugs))
        for bug in bugs:
            progress.update(task, description=bug.name)
            verdict = copy.seed(bug)
            if not console.is_terminal:
                # Of a run that is cut short, too, it can be read which were noticed.
                console.print(f"{verdict.fault or 'noticed'}: {bug.name}", markup=False)
            yield verdict
            progress.advance(task)


def show(verdicts: Sequence[Verdict], console: Console) -> None:
    """Print what became of each bug."""
    shown = Table("bug", "what the test says", Column("s", justify="right"))
    for bug, fault, said, took_s in verdicts:
        shown.add_row(Text(bug.name), Text.assemble((f"{fault} " if fault else "", "bold red"), said), f"{took_s:.1f}")
    console.print(shown)


def main(words: Sequence[str]) -> int:
    """Try the bugs that one of the words names, or all; 0 when each is noticed, 1 otherwise."""
    console = Console(highlight=False)
    if list(words) == ["--write"]:
        (ROOT / DOCUMENT).write_text(document(), "utf-8")
        return 0
    every = [bug for table in tables() for bug in table.bug]
    bugs = [bug for bug in every if not words or any(word in f"{bug.name} {bug.file} {bug.test}" for word in words)]
    if not bugs:
        console.print("No bug has one of these words in its name, file or test.")
        return 1
    if stale := faults(bugs):
        console.print("Bugs that cannot be put in:", *stale, sep="\n", markup=False)
        return 1
    with TemporaryDirectory(prefix="tallywire-mutants-") as folder:
        copy = Copy(Path(folder).resolve() / "copy")
        if foreign := copy.foreign():
            console.print(f"Not imported from the copy: {', '.join(foreign)}")
            return 1
        untouched = copy.run(list(dict.fromkeys(bug.test for bug in bugs)))
        if untouched.code != 0:
            console.print("Before any bug is put in, the tests fail:", untouched.output, sep="\n", markup=False)
            return 1
        verdicts = list(seed_all(copy, bugs, console))
    show(verdicts, console)
    noticed = sum(not verdict.fault for verdict in verdicts)
    console.print(f"{noticed} of {len(verdicts)} bugs were noticed.")
    return int(noticed < len(verdicts))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
