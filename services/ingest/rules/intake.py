"""What ingest remembers of an election: its register, and what was taken already."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from schemas.declaration import Declaration
from schemas.register import Register

REGISTER: Final = "ingest:register"
TAKEN: Final = "ingest:taken"
CONTESTS: Final = "ingest:contests"
"""One field per ballot id; it also tells senders which election a contest belongs to."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was accepted."""

    digest: str
    """Of its bytes."""
    ledger_sequence: int
    """Its place on the ledger."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return f"{self.digest} {self.ledger_sequence}".encode()

    @classmethod
    def decode(cls, value: bytes) -> "Taken":
        """Return it from its stored form."""
        digest, sequence = value.decode().split()
        return cls(digest, int(sequence))


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions of one contest that were accepted; the digest is of their figures."""

    by_number: dict[int, Taken]

    def encode(self) -> bytes:
        """Return them as stored."""
        return b"\n".join(b"%d %s" % (number, taken.encode()) for number, taken in self.by_number.items())

    @classmethod
    def decode(cls, value: bytes) -> "Revisions":
        """Return them from their stored form."""
        lines = (line.split(b" ", 1) for line in value.splitlines())
        return cls({int(number): Taken.decode(taken) for number, taken in lines})

    def plus(self, number: int, taken: Taken) -> "Revisions":
        """Return them with one more."""
        return Revisions({**self.by_number, number: taken})


class Intake:
    """What was taken of an election so far."""

    tables: ClassVar[tuple[str, ...]] = (REGISTER, CONTESTS, TAKEN)

    def __init__(self, election: str) -> None:
        """Begin before the register is read."""
        self.election = election
        self.register: Register | None = None
        self.contests: dict[str, Revisions] = {}
        self.taken: dict[str, Taken] = {}

    @property
    def ledger_length(self) -> int:
        """Entries on the ledger: each accepted event is one."""
        return len(self.taken)


def event_key(source: str, event_id: str) -> str:
    """Return what identifies an event: CloudEvents 1.0, ``source`` and ``id`` together."""
    return digest(f"{source}\0{event_id}".encode())


def figures_digest(declared: Declaration) -> str:
    """Return what tells one revision's figures from another's."""
    return digest(repr(declared.figures()).encode())


def digest(content: bytes) -> str:
    """Return 128 bits of SHA-256: no two contents meet by chance, and few can be made to."""
    return sha256(content).hexdigest()[:32]
