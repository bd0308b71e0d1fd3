"""What ingest remembers of an election that asks for signatures: keys, holds, and what waits unpublished."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Final, Literal

from schemas.hold import Decision
from schemas.key import Role
from schemas.receipt import Reason

KEYS: Final = "ingest:keys"
"""The keys that were enrolled, by key id. Not secret: their holders are named by ids."""
HOLDS: Final = "ingest:holds"
"""What the ledger says of holds, by the hold's place on it."""
HELD: Final = "ingest:held"
"""The declarations that are held, by the hold's place on the ledger. Secret until they are confirmed."""
ENTRIES: Final = "ingest:entries"
"""The figures that people have typed, by ballot id, revision and person. Secret until a declaration cites them."""

PRIVATE: Final = (HELD, ENTRIES)
"""The tables of which the ledger says nothing."""

OPERATOR: Final = "operator"
"""The person who holds the key that the register names."""


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A key that was enrolled, and perhaps retired since."""

    public_key: str
    """The Ed25519 key in base64url."""
    person: str
    """Who holds it."""
    role: Role
    contests: tuple[str, ...] | None
    """The contests it is for; None for all."""
    valid_from: str | None = None
    valid_until: str | None = None
    """By the server's clock."""
    retired: bool = False
    name: str | None = None
    """The holder's name, where it is public."""
    name_digest: str | None = None
    """Commits to the holder's name."""

    @classmethod
    def of_operator(cls, public_key: str) -> "EnrolledKey":
        """Return the key that a register names."""
        return cls(public_key, OPERATOR, "operator", None)

    def encode(self) -> bytes:
        """Return it as stored."""
        return _json({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def decode(cls, value: bytes) -> "EnrolledKey":
        """Return it from its stored form."""
        stored = json.loads(value)
        contests = stored.pop("contests")
        return cls(**stored, contests=None if contests is None else tuple(contests))


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold, and how it ended."""

    ballot_id: str
    revision: int
    digest: str
    """Of the declaration with its signature."""
    event: str
    """The ``event_key`` that is bound."""
    time: str
    """When the declaration was read, by the server's clock: it is judged as of then."""
    under_review: bool
    """Whether the contest is under review until it ends."""
    end: Decision | Literal["superseded"] | None = None
    """How it ended; None while it is open."""
    decided_at: int = 0
    """Where that is on the ledger: the confirmation, or the declaration of a higher revision."""
    decided_by: str | None = None
    """Who decided; None where nobody had to."""
    reason: str | None = None
    """Why."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return _json({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def decode(cls, value: bytes) -> "HoldState":
        """Return it from its stored form."""
        return cls(**json.loads(value))


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A signed message that waits, as it was sent."""

    sent: bytes
    signature: str
    person: str
    """Who signed it."""
    digest: str
    """Of the message with its signature."""
    entry_id: str
    """Its entry on the declarations stream."""
    event_id: str
    """The sender's event id."""
    subject: str
    """The contest."""
    time: str
    """When it was read, by the server's clock."""
    reasons: tuple[Reason, ...] = ()
    """What is odd about it."""
    figures: str = ""
    """Of an entry: its ``Digests``, with blanks between. Earlier builds have left it empty."""

    def encode(self) -> bytes:
        """Return it as stored."""
        stored: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        reasons = [reason.model_dump() for reason in self.reasons]
        return _json(stored | {"sent": b64encode(self.sent).decode(), "reasons": reasons})

    @classmethod
    def decode(cls, value: bytes) -> "Unpublished":
        """Return it from its stored form."""
        stored = json.loads(value)
        reasons = tuple(Reason(**reason) for reason in stored.pop("reasons"))
        return cls(**stored | {"sent": b64decode(stored["sent"])}, reasons=reasons)


@dataclass(frozen=True, slots=True)
class Ended:
    """What is kept in the place of an unpublished message that waits no longer."""

    def encode(self) -> bytes:
        """Return no bytes: only that it was there is kept."""
        return b""


def decode_unpublished(value: bytes) -> Unpublished | Ended:
    """Return a message that waits, from its stored form; or that it waits no longer."""
    return Unpublished.decode(value) if value else Ended()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
