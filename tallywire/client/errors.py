"""Why something was not done, named by who is at fault. The text of each is a sentence for a person."""

import errno
from pathlib import Path
from typing import Final

_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Errors for which another file name is no help: the disk is full, or broken."""

NOTHING_LOADED: Final = "No election is loaded."

WHAT_IF_EMPTIED: Final = (
    "Was there one before? Then the server was emptied: bring it back (tallywire restore FILE) before another is "
    "loaded. Else load one: tallywire election load DIR"
)
"""What to do where no election is loaded."""


class TallywireError(Exception):
    """Something that was asked for was not done."""


class UsageError(TallywireError):
    """The caller is at fault: it cannot be done as it was asked for. Nothing was changed."""


class RefusedError(TallywireError):
    """What was sent, or what is stored, is at fault: it was refused, is damaged, or stands in the way."""


class NotThereError(TallywireError):
    """What was named is not on the server, or not yet. Nothing was changed."""


class NoServerError(TallywireError):
    """The server, or a service, is away or lets nobody in."""


class NoReceiptError(TallywireError):
    """What was sent has no receipt yet, or none that is safe. Sending it again is harmless."""


class NothingLoadedError(NotThereError):
    """No election is loaded on the server."""

    def __init__(self) -> None:
        super().__init__(NOTHING_LOADED)


class NotLoadedError(NotThereError):
    """The election that was named is not loaded on the server."""


class UnclearElectionError(UsageError):
    """Several elections are loaded, and it is not clear which one is meant."""


class UnreadableError(RefusedError):
    """Something that a service stored cannot be read: somebody else has changed it."""


class ServerAwayError(NoServerError):
    """There is no server at the URL, or it does not answer."""


def file_error(path: Path, how: str, error: OSError) -> TallywireError:
    """Return the error for a file that cannot be used: the caller's, who named it, unless the disk is at fault.

    Args:
        path: the file.
        how: what cannot be done with it: ``be read``.
        error: what the system says.
    """
    kind = RefusedError if error.errno in _DISK else UsageError
    return kind(f"{path} cannot {how}: {error.strerror}.")
