"""What ends a command: a sentence for the person who typed it, and the exit code for a program."""

from enum import IntEnum


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
    later release has written on the ledger. Also what ``verify`` and ``restore`` say of such a ledger."""
    FAULT = 70
    """A fault of ours: neither what was typed nor what was sent is to blame."""
    INTERRUPTED = 130
    """Ctrl-C."""


class Trouble(Exception):  # noqa: N818  # it is told to a person, and need not be anybody's error
    """A command cannot go on. Its text says what is wrong and what to do."""

    def __init__(self, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.exit_code = exit_code
