"""Log files in the data folder: appended to, bounded, and quoted when something fails."""

from pathlib import Path
from typing import IO, Final

LOG_BYTES_MAX: Final = 10_000_000
"""A log longer than this is put aside as ``.1`` when it is next opened, in place of the one before: two are kept."""

TAIL_BYTES: Final = 4_000
TAIL_LINES: Final = 12
"""What is quoted of a log: about what a person reads."""


def open_log(path: Path) -> IO[bytes]:
    """Open a log file to append to.

    Raises:
        OSError: it cannot be written.
    """
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab", buffering=0)


def last_lines(path: Path) -> str:
    """Return the last lines of a log, "(empty)" when there are none."""
    text = path.read_bytes()[-TAIL_BYTES:].decode("utf-8", "replace") if path.exists() else ""
    return "\n".join(text.splitlines()[-TAIL_LINES:]) or "(empty)"
