"""Documents that cannot drift: what they name exists."""

import re
import shlex
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from typer._click.exceptions import MissingParameter
from typer.main import get_command

from schemas.streams import DECLARATIONS, STREAMS
from services.aggregate import service as aggregate
from services.ingest import service as ingest
from services.notify import service as notify
from tallywire.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("elections/**/*.md")])


def commands() -> set[str]:
    """Return every command a user can type after ``tallywire``."""
    found = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # a group
        below = getattr(command, "commands", {})
        found.update({f"{name} {child}" for child in below} or {name})
        if getattr(command, "invoke_without_command", False):
            found.add(name)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_points_to_is_there(document: Path) -> None:
    """Promise: links lead somewhere, and files named in code type exist."""
    text = document.read_text("utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (document.parent / link).exists()] == []
    named = re.findall(r"`((?:tests|docs|schemas|services|streams|tallywire|benchmarks)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_command_is_in_the_readme_or_the_documents() -> None:
    """Promise: what can be typed is described."""
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert {command for command in commands() if not re.search(rf"\b{command}\b", text)} == set()


def test_commands_in_the_documents_exist() -> None:
    """Promise: what the documents say to type can be typed."""
    known = commands()
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    typed = {tuple(words) for words in re.findall(r"\btallywire ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text)}
    unknown = [
        words for words in typed if words[0] not in known and " ".join(words).strip() not in known and words[0] != "run"
    ]
    assert unknown == []


def typed(text: str) -> list[str]:
    """Return what a document says to type, as the words after ``tallywire``: in code, and as lines of a block."""
    inline = re.findall(r"`(?:[A-Z_]+=\S+ )?tallywire ([^`]+)`", text)
    lines = re.findall(r"^(?:[A-Z_]+=\S+ )?tallywire ([^#>|\n]+)", text, re.MULTILINE)
    return [words.replace("\n", " ") for words in (*inline, *lines)]


command_line = cache(lambda: get_command(app))
"""The whole command line; a thirtieth of a second to build, for hundreds of lines."""


def read(words: list[str]) -> None:
    """Read a command line as the command would, and run nothing."""
    context = command_line().make_context("tallywire", words)
    while left := [*context._protected_args, *context.args]:
        name, command, rest = context.command.resolve_command(context, left)  # type: ignore[attr-defined]  # a group
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_options_in_the_documents_are_those_of_the_command(document: Path) -> None:
    """Promise: a command line in a document is read, options and values; a command that is only named may lack some."""
    for words in typed(document.read_text("utf-8")):
        # What these do is done while they are read.
        if not {"--version", "--install-completion"} & set(words.split()):
            with suppress(MissingParameter):
                read(shlex.split(words))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_server_with_users_is_named_with_its_password(document: Path) -> None:
    """Promise: what is typed for a server elsewhere lets its user in; ``acl``, which makes passwords, needs none."""
    named = [
        words for words in typed(document.read_text("utf-8")) if re.search(r"--redis redis://(?!127\.0\.0\.1)", words)
    ]
    assert [words for words in named if not words.startswith("acl ")] == []


def test_every_decision_is_in_the_index() -> None:
    """Promise: a decision can be found."""
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    assert [page.name for page in sorted(folder.glob("0*.md")) if f"({page.name})" not in index] == []


def test_every_stream_has_a_purpose_and_a_writer() -> None:
    """Promise: nothing is written that is not described."""
    assert len({stream.name for stream in STREAMS}) == len(STREAMS)
    assert all(stream.purpose for stream in STREAMS)
    written = {
        (wiring.stage, name) for wiring in (ingest.WIRING, aggregate.WIRING, notify.WIRING) for name in wiring.writes
    }
    assert {(stream.writer, stream.name) for stream in STREAMS if stream is not DECLARATIONS} == written
