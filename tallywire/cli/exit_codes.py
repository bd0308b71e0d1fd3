"""What an error means to whoever typed the command: its exit code, and what to type next."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from streams.errors import StageFailed
from tallywire.client.errors import (
    NoReceiptError,
    NoServerError,
    NothingLoadedError,
    RefusedError,
    ServerAwayError,
    UnclearElectionError,
    UnreadableError,
    UsageError,
)
from tallywire.packs.pack_fault import PackError


class Exit(IntEnum):
    """Exit codes, the same for every command."""

    DONE = 0
    """It was done. For ``declare``: everything was accepted or had been before."""
    REFUSED = 1
    """Something was refused or found at fault."""
    USAGE = 2
    """The command line, or a file named on it, cannot be used."""
    NO_SERVER = 3
    """The server, or a service, is away."""
    NO_RECEIPT = 4
    """It was sent, and no answer came within the time allowed, or one that says neither accepted nor refused."""
    STAGE_FAILED = 5
    """A service has stopped because going on would do harm: its server was emptied, or its own rule keeps failing, or a
    later release has written on the ledger. Also what ``verify`` and ``restore`` end with for such a ledger."""
    FAULT = 70
    """A fault of ours: neither what was typed nor what was sent is to blame."""
    INTERRUPTED = 130
    """Ctrl-C."""


EXIT_CODES: Final[Mapping[type[BaseException], Exit]] = {
    UsageError: Exit.USAGE,
    PackError: Exit.USAGE,
    RefusedError: Exit.REFUSED,
    NoServerError: Exit.NO_SERVER,
    NoReceiptError: Exit.NO_RECEIPT,
    StageFailed: Exit.STAGE_FAILED,
    KeyboardInterrupt: Exit.INTERRUPTED,
}
"""The exit code of each kind of error, its subclasses included. Any other error is a fault of ours."""

WHAT_TO_TYPE: Final[Mapping[type[BaseException], str]] = {
    NothingLoadedError: "Load one first: tallywire election load DIR",
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
