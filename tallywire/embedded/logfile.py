"""Log files in the data folder: appended to, bounded, and quoted when something fails."""

import json
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from typing import IO, Final

LOG_BYTES_MAX: Final = 10_000_000
"""A log longer than this is put aside as ``.1`` when it is next opened, in place of the one before: two are kept."""

STAGE_FAILED: Final = "stage.failed"
"""The event of an election that a service works on no more, while it goes on with the others."""

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


def since(path: Path, before: int) -> str:
    """Return what a log has got since it had ``before`` bytes; all of it where it was begun anew since."""
    content = path.read_bytes()
    return content[before if before <= len(content) else 0 :].decode("utf-8", "replace")


class Sentences:
    """What is said to people in a log of events, each told once.

    Those are the lines that are no event, and why an election has been left alone by a service that goes on.
    """

    def __init__(self, path: Path) -> None:
        """Begin with what the log does not have yet."""
        self._path = path
        self._told: set[str] = set()
        self._before = path.stat().st_size if path.exists() else 0

    def news(self) -> list[str]:
        """Return the sentences that have come since the last call and were not told before."""
        with self._path.open("rb") as log:
            if self._before > log.seek(0, SEEK_END):
                self._before = 0
            log.seek(self._before)
            # Somebody else may be in the middle of a line.
            whole, _, _ = log.read().rpartition(b"\n")
        self._before += len(whole) + 1 if whole else 0
        said = [_sentence(line) for line in whole.decode("utf-8", "replace").splitlines()]
        fresh = [sentence for sentence in dict.fromkeys(said) if sentence and sentence not in self._told]
        self._told.update(fresh)
        return fresh


def _sentence(line: str) -> str:
    """Return what a line says to people; nothing where it is for programs."""
    if not line.startswith("{"):
        return line
    # Two processes may have written into each other's line.
    with suppress(ValueError):
        event = json.loads(line)
        return str(event["reason"]) if event.get("event") == STAGE_FAILED else ""
    return ""
