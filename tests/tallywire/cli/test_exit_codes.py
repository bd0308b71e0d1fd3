"""Every error of ours ends a command with the exit code that the documents name."""

import errno
from pathlib import Path

import pytest

import tallywire.embedded.errors
from streams.errors import StageFailed
from tallywire.cli.exit_codes import EXIT_CODES, MEANINGS, Exit, exit_code, sentence
from tallywire.client import errors
from tallywire.packs.pack_fault import NoPackError, PackError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.UnclearElectionError("x"), 2),
        (NoPackError(()), 2),
        (PackError(()), 1),
        (errors.NotThereError("x"), 6),
        (errors.NothingLoadedError(), 6),
        (errors.RefusedError("x"), 1),
        (tallywire.embedded.errors.AlreadyRunning("x"), 1),
        (errors.NoServerError("x"), 3),
        (tallywire.embedded.errors.PortTaken("x"), 3),
        (errors.NoReceiptError("x"), 4),
        (StageFailed("x"), 5),
        (ZeroDivisionError("x"), 70),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_who_is_at_fault_decides_the_exit_code(error: BaseException, code: int) -> None:
    """Promise: scripts tell by the code whose fault it was; a subclass counts as what it is a kind of."""
    assert exit_code(error) == code


def test_no_error_of_the_client_is_taken_for_a_fault_of_ours() -> None:
    """Promise: whatever the client or the embedded server may raise has a row."""
    rooms = (errors, tallywire.embedded.errors)
    kinds = {
        kind for room in rooms for kind in vars(room).values() if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert errors.ServerAwayError in kinds
    assert [kind for kind in kinds - {errors.TallywireError} if not issubclass(kind, tuple(EXIT_CODES))] == []
    assert {exit_code(kind("x")) for kind in kinds - {errors.TallywireError, errors.NothingLoadedError}} == {
        Exit.USAGE,
        Exit.REFUSED,
        Exit.NOT_THERE,
        Exit.NO_SERVER,
        Exit.NO_RECEIPT,
    }


def test_what_to_type_next_is_said_by_the_command_line() -> None:
    """Promise: the library names what is wrong, and the command line adds the command that mends it."""
    assert str(errors.NothingLoadedError()) == "No election is loaded."
    assert sentence(errors.NothingLoadedError()).endswith("load one: tallywire election load DIR")
    assert sentence(errors.ServerAwayError("There is no server.")).startswith("There is no server. Start one with")
    assert sentence(errors.UsageError("It cannot be.")) == "It cannot be."


def test_the_document_has_the_table_of_the_code() -> None:
    """Promise: there is one table of exit codes; docs/operating.md shows it as it is in the code."""
    rows = "".join(f"| {code.value} | {MEANINGS[code]} |\n" for code in Exit)
    document = (Path(__file__).parents[3] / "docs" / "operating.md").read_text("utf-8")
    assert document.endswith(f"| code | meaning |\n|---|---|\n{rows}"), f"It is to end with:\n{rows}"


def test_a_full_disk_is_nobodys_mistake_in_typing() -> None:
    """Promise: 2 says that another command line would do, and nothing else."""
    path = Path("night.ledger")
    assert exit_code(errors.file_error(path, "be written", OSError(errno.EACCES, "Permission denied"))) == Exit.USAGE
    full = errors.file_error(path, "be written", OSError(errno.ENOSPC, "No space left on device"))
    assert (exit_code(full), str(full)) == (Exit.REFUSED, "night.ledger cannot be written: No space left on device.")
