"""The head of a ledger, to be signed and kept where nobody who can write to the server can write.

Three lines, as in C2SP's tlog-checkpoint (https://c2sp.org/tlog-checkpoint): ``tallywire.<election>``, how many
entries, and in base64 the chain of the last of them where a Merkle tree's head would be.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from streams.keys import Partition
from tallywire.evidence.signed_notes import NoteFault, Signer, Verifier, opened

_ORIGIN: Final = "tallywire."
_TEXT: Final = re.compile(r"tallywire\.([^\n]+)\n(0|[1-9][0-9]{0,9})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a ledger at some moment."""

    election: str
    size: int
    """Entries."""
    chain: str
    """Chain of the last of them, in hex."""

    def text(self) -> str:
        """Return what is signed."""
        return f"{_ORIGIN}{self.election}\n{self.size}\n{b64encode(bytes.fromhex(self.chain)).decode()}\n"

    def signed(self, signer: Signer) -> str:
        """Return the signed head."""
        return signer.sign(self.text())


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Return a signed head; lines after the third are left to whoever added them.

    Raises:
        NoteFault: it is none, or is not signed with that key.
    """
    found = _TEXT.fullmatch(opened(note, verifier))
    if found is None:
        raise NoteFault(f"is signed, but is no head of a ledger: {_ORIGIN}<election>, size and chain, a line each")
    try:
        Partition(found[1])
    except ValueError as error:
        raise NoteFault(f"is signed, but is no head of a ledger: {error}") from error
    return Checkpoint(found[1], int(found[2]), b64decode(found[3]).hex())
