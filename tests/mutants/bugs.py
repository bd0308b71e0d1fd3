"""Bugs seeded on purpose, each with the test that must notice it: what the tables beside this module say."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = "docs/mutants.md"
TABLES: Final = (
    "ingest",
    "stages",
    "aggregate",
    "control",
    "notify",
    "streams",
    "client",
    "formats",
    "readers",
    "desk",
    "evidence",
    "publishing",
    "contests",
    "packs",
    "webhooks",
    "schemas",
)
"""The tables, in the order of the flow."""

_HEAD: Final = """\
# Do the tests bite?

`make mutants` puts each of these {count} bugs into a copy of the sources, alone, and runs one named test, which must
fail: by an assertion or by the error that the table names, never by an import or a test that hangs. A bug that its test
does not notice fails the run, and so does one whose place in the sources has changed. The tables are
`tests/mutants/*.toml`; this page is made from them by `python -m tests.mutants --write`.
"""


class Stale(ValueError):  # noqa: N818  # says what has become of the bug
    """The text that a bug replaces is not in its file, or not once."""


class Bug(BaseModel):
    """One bug."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    name: str
    """What goes wrong, in words."""
    file: str
    """Where it is put, from the root of the sources."""
    code: str
    """What stands there, to the letter, and once."""
    instead: str
    """What is put in its place."""
    test: str
    """The test that must fail: ``path::name``."""
    error: str = "AssertionError"
    """What the test must fail with."""

    def put_into(self, text: str) -> str:
        """Return the text of the file with the bug in it.

        Raises:
            Stale: what it replaces is not there exactly once.
        """
        if (count := text.count(self.code)) != 1:
            message = f"what it replaces is {count} times in {self.file}, not once"
            raise Stale(message)
        return text.replace(self.code, self.instead)


class Table(BaseModel):
    """The bugs of one part of the sources."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    title: str
    bug: list[Bug]


def tables() -> list[Table]:
    """Return every table of bugs.

    Raises:
        ValidationError: a table says something else than it must.
    """
    folder = Path(__file__).parent
    return [Table.model_validate(tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))) for name in TABLES]


def faults(bugs: Iterable[Bug]) -> list[str]:
    """Return what keeps the bugs from being put in: a place that has changed, code that is none, a test that is gone.

    A refactoring runs into this at once, and not only when the bugs are tried.
    """
    return [f"{bug.name}: {fault}" for bug in bugs for fault in _faults(bug)]


def _faults(bug: Bug) -> Iterator[str]:
    try:
        seeded = bug.put_into((ROOT / bug.file).read_text("utf-8"))
        if bug.file.endswith(".py"):
            ast.parse(seeded)
    except (OSError, Stale, SyntaxError) as error:
        yield str(error)
    path, _, name = bug.test.partition("::")
    if not (ROOT / path).is_file() or f"\ndef {name}(" not in (ROOT / path).read_text("utf-8"):
        yield f"there is no test {bug.test}"


def document() -> str:
    """Return the page that shows the tables."""
    found = tables()
    parts = [_HEAD.format(count=sum(len(table.bug) for table in found))]
    for table in found:
        parts.append(f"\n## {table.title}\n\n| bug | put into | test that fails |\n|---|---|---|\n")
        parts += [f"| {bug.name} | `{bug.file}` | {_sentence(bug.test)} |\n" for bug in table.bug]
    return "".join(parts)


def _sentence(test: str) -> str:
    """Return a test as people read it: its name is a sentence."""
    path, _, name = test.partition("::")
    return f"`{path}`: {name.removeprefix('test_').replace('_', ' ')}"
