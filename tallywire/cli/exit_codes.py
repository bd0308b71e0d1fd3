"""How a command ends: the table of exit codes, which of them an error has, and what a person types next."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from streams.errors import StageFailed
from tallywire.client.errors import (
    WHAT_IF_EMPTIED,
    NoReceiptError,
    NoServerError,
    NothingLoadedError,
    NotLoadedError,
    NotThereError,
    RefusedError,
    ServerAwayError,
    UnclearElectionError,
    UnreadableError,
    UsageError,
)
from tallywire.packs.pack_fault import NoPackError, PackError


class Exit(IntEnum):
    """Exit codes, the same for every command. ``MEANINGS`` says what each means."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NO_SERVER = 3
    NO_RECEIPT = 4
    STAGE_FAILED = 5
    NOT_THERE = 6
    WAITING = 7
    FAULT = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: Final[Mapping[Exit, str]] = {
    Exit.DONE: "done; for `declare`: everything was accepted or known already; for `run` and the services also when "
    "they were stopped with Ctrl-C or SIGTERM",
    Exit.REFUSED: "no: a declaration was refused, a pack, a file or a ledger is at fault, a service is not healthy "
    "(for `health` also when the server cannot be reached), something stands in the way; the message says what",
    Exit.USAGE: "the command line is at fault: a word or an option of it, or a file it names that cannot be read or "
    "written; nothing was changed",
    Exit.NO_SERVER: "a server or a service cannot be reached or started, or lets nobody in",
    Exit.NO_RECEIPT: "no receipt in time, no stand-by has it yet, or a receipt with a status that this version does "
    "not know: sending it again is harmless",
    Exit.STAGE_FAILED: "a service stopped for good, and has no election to go on with: the server was emptied, "
    "its stored state is inconsistent or of "
    "another release, our own rule fails on most entries, the release writes what it does not declare, or a later "
    "release has written on the ledger (then `verify` and `restore` end so, too); the message says which, and what "
    "to do",
    Exit.NOT_THERE: "the election, region, body or contest named is not on the server, or nothing is: not loaded yet, "
    "or misspelt; the message says what is there",
    Exit.WAITING: "a declaration is held until a second person has decided, or figures wait for another person's; "
    "nothing was refused",
    Exit.FAULT: "a fault of ours; `TALLYWIRE_TRACEBACK=1` shows it",
    Exit.HUNG_UP: "stopped because its terminal was closed (SIGHUP)",
    Exit.INTERRUPTED: "stopped with Ctrl-C",
    Exit.TERMINATED: "stopped with SIGTERM",
}
"""What each code means; docs/operating.md shows this table."""

EXIT_CODES: Final[Mapping[type[BaseException], Exit]] = {
    UsageError: Exit.USAGE,
    NoPackError: Exit.USAGE,
    PackError: Exit.REFUSED,
    RefusedError: Exit.REFUSED,
    NotThereError: Exit.NOT_THERE,
    NoServerError: Exit.NO_SERVER,
    NoReceiptError: Exit.NO_RECEIPT,
    StageFailed: Exit.STAGE_FAILED,
    KeyboardInterrupt: Exit.INTERRUPTED,
}
"""The exit code of each kind of error, its subclasses included. Any other error is a fault of ours."""

WHAT_TO_TYPE: Final[Mapping[type[BaseException], str]] = {
    NothingLoadedError: WHAT_IF_EMPTIED,
    NotLoadedError: "To load one: tallywire election load DIR",
    UnclearElectionError: "Say which with --election ID.",
    UnreadableError: "`tallywire verify` says what was changed, and what to do.",
    ServerAwayError: ("Start one with `tallywire run`, or name another with --redis URL or TALLYWIRE_REDIS_URL."),
}
"""What a person types next, for errors where that is the same every time."""


def exit_code(error: BaseException) -> Exit:
    """Return what a command ends with that ends on ``error``."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), Exit.FAULT)


def sentence(error: BaseException) -> str:
    """Return what a person is told of ``error``."""
    return " ".join(filter(None, (str(error), WHAT_TO_TYPE.get(type(error)))))
