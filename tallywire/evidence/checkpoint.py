"""The head of a ledger, to be signed and kept where nobody who can write to the server can write.

Three lines, as in C2SP's tlog-checkpoint (https://c2sp.org/tlog-checkpoint): ``tallywire.<election>``, how many
entries, and in base64 the chain of the last of them where a Merkle tree's head would be. A fourth line says when it was
signed, by the signer's clock.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from streams.keys import Partition
from tallywire.evidence.signed_notes import NoteFault, Signer, Verifier, opened

_ORIGIN: Final = "tallywire."
_SIGNED_AT: Final = "signed "
_TEXT: Final = re.compile(r"tallywire\.([^\n]+)\n(0|[1-9][0-9]{0,9})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a ledger at some moment."""

    election: str
    size: int
    """Entries."""
    chain: str
    """Chain of the last of them, in hex."""
    signed_at: datetime | None = None
    """When it was signed, by the signer's clock; None where it does not say."""

    def text(self) -> str:
        """Return what is signed."""
        when = "" if self.signed_at is None else f"{_SIGNED_AT}{_utc(self.signed_at)}\n"
        return f"{_ORIGIN}{self.election}\n{self.size}\n{b64encode(bytes.fromhex(self.chain)).decode()}\n{when}"

    def signed(self, signer: Signer) -> str:
        """Return the signed head."""
        return signer.sign(self.text())


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Return a signed head; lines that others have added after the third are passed over.

    Raises:
        NoteFault: it is none, or is not signed with that key.
    """
    try:
        return _read(opened(note, verifier))
    except ValueError as error:
        if isinstance(error, NoteFault):
            raise
        raise NoteFault(f"is signed, but is no head of a ledger: {error}") from error


def stated_checkpoint(note: str) -> Checkpoint:
    """Return what a signed head says, without looking at its signature.

    Raises:
        NoteFault: it is none.
    """
    try:
        return _read(note.rpartition("\n\n")[0] + "\n")
    except ValueError as error:
        raise NoteFault(f"is no head of a ledger: {error}") from error


def _read(text: str) -> Checkpoint:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{_ORIGIN}<election>, size and chain, a line each")
    Partition(found[1])
    return Checkpoint(found[1], int(found[2]), b64decode(found[3]).hex(), _signed_at(found[4]))


def _signed_at(lines: str) -> datetime | None:
    for line in lines.splitlines():
        if line.startswith(_SIGNED_AT):
            try:
                when = datetime.fromisoformat(line.removeprefix(_SIGNED_AT))
            except ValueError:
                continue
            return None if when.tzinfo is None else when.astimezone(UTC)
    return None


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
