"""What the doctor has found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "warning", "wrong"]
"""Wrong: the night would fail, or lose something. A warning: it may, or somebody has to know."""

Part = Literal["host", "server", "services", "election", "door", "secrets", "backups"]
"""What was looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how it is."""

    part: Part
    name: str
    """Which of them: a folder, a server, an election, an address."""
    level: Level
    said: str
    """How it is, in a sentence; where it is not good, what to do."""


def good(part: Part, name: str, said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(part, name, "good", said)


def warning(part: Part, name: str, said: str) -> Finding:
    """Return what may go wrong."""
    return Finding(part, name, "warning", said)


def wrong(part: Part, name: str, said: str) -> Finding:
    """Return what would go wrong."""
    return Finding(part, name, "wrong", said)
