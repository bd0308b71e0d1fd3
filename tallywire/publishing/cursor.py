"""The place of a subscriber: how far it has read each stream, and of which history.

``l15.r12.t40.h7-3f9c02d1``: the ledger up to entry 15, results (with control) up to 12, tallies up to 40, headlines up
to 7. The last part names the history: the first eight hex digits of SHA-256 over the ledger's chain at that entry and
the three events at those places, each after a newline. So a place is the same after a rebuild that has derived the same
bytes, and another one where anything before it is another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HISTORY_DIGITS: Final = 8
"""Hex digits of the history: one in four billion cursors of another history is taken for one of this."""

_TEXT: Final = re.compile(r"l(0|[1-9]\d{0,9})\.r(0|[1-9]\d{0,9})\.t(0|[1-9]\d{0,9})\.h(0|[1-9]\d{0,9})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an election, as it is written for subscribers."""

    ledger: int
    """Entries of the ledger before it."""
    results: int
    """Events of the results stream before it."""
    tallies: int
    """Events of the tallies stream before it."""
    headlines: int
    """Headlines before it."""
    history: str
    """Names what came before it, byte for byte."""

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor that a text names.

        Raises:
            ValueError: it is none.
        """
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("is no cursor, which looks like l15.r12.t40.h7-3f9c02d1")
        ledger, results, tallies, headlines = (int(part) for part in found.groups()[:4])
        return cls(ledger, results, tallies, headlines, found[5])

    def __str__(self) -> str:
        return f"l{self.ledger}.r{self.results}.t{self.tallies}.h{self.headlines}-{self.history}"


def history_of(chain: str, last: Iterable[bytes]) -> str:
    """Return the name of a history.

    Args:
        chain: the ledger's chain at the place.
        last: the last event before it of results, tallies and headlines; empty where there is none.
    """
    return sha256(b"\n".join((chain.encode(), *last))).hexdigest()[:HISTORY_DIGITS]
