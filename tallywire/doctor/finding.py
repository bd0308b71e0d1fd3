"""What the doctor has found."""

from dataclasses import dataclass
from typing import Final, Literal

from tallywire.client.one_line import one_line

Level = Literal["good", "warning", "wrong"]
"""Wrong: the night would fail, or lose something. A warning: it may, or somebody has to know."""

Part = Literal["host", "server", "services", "election", "door", "secrets", "backups"]
"""What was looked at."""


CHARACTERS: Final = 1_000
"""Characters of what is said. It may repeat what somebody else has answered."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how it is."""

    part: Part
    name: str
    """Which of them: a folder, a server, an election, an address."""
    level: Level
    said: str
    """How it is, in a sentence, on one line; where it is not good, what to do."""

    def __post_init__(self) -> None:
        """Put on one line what is said."""
        object.__setattr__(self, "said", one_line(self.said, CHARACTERS))


def good(part: Part, name: str, said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(part, name, "good", said)


def warning(part: Part, name: str, said: str) -> Finding:
    """Return what may go wrong."""
    return Finding(part, name, "warning", said)


def wrong(part: Part, name: str, said: str) -> Finding:
    """Return what would go wrong."""
    return Finding(part, name, "wrong", said)


THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
"""Hosts that nobody else reaches."""


def clock_off(ahead_s: float) -> str:
    """Return the sentence of a clock that is not this machine's."""
    direction = "ahead of" if ahead_s > 0 else "behind"
    return f"Its clock is {abs(ahead_s):,.1f} s {direction} this machine's: set both by NTP."
