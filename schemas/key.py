"""Keys: who may sign what in an election."""

from hashlib import sha256
from typing import Literal

from schemas.wire import Array, BallotId, Digest, KeyId, Name, PersonId, PublicKey, Sent, Timestamp

Role = Literal["clerk", "second-person", "returning-officer", "desk", "operator", "service"]
"""What the holder of a key may do; the table is docs/signatures.md."""

Mode = Literal["live", "rehearsal"]
"""Whether a key is for a real election or for a rehearsal."""


class Key(Sent):
    """A key is enrolled in the election, or retired from it. Signed by the operator."""

    action: Literal["enrol", "retire"] = "enrol"
    """What is done. A key that is retired signs nothing from then on; what it signed before stays."""
    key_id: KeyId
    """Names the key: its thumbprint (RFC 7638)."""
    public_key: PublicKey | None = None
    """The Ed25519 key, in base64url: the member ``x`` of a JWK. Given when it is enrolled."""
    person: PersonId | None = None
    """Who holds it: an id of the operator's choice. A person may hold two keys at a time. Given when it is enrolled."""
    role: Role | None = None
    """What the holder may do. Given when it is enrolled."""
    contests: Array[BallotId] | None = None
    """The contests that it is for; null for all of the election."""
    mode: Mode | None = None
    """Whether it is for a real election or for a rehearsal. Given when it is enrolled."""
    name: Name | None = None
    """The holder's name, where it is public anyway: a returning officer's."""
    name_digest: Digest | None = None
    """Commits to the holder's name without telling it: SHA-256 over a salt, a zero byte and the name, in UTF-8."""
    valid_from: Timestamp | None = None
    """When it begins to be valid, by the server's clock; null for at once."""
    valid_until: Timestamp | None = None
    """When it ceases to be valid; null for never."""
    reason: Name | None = None
    """Why, in words."""


def name_digest(salt: str, name: str) -> str:
    """Return the commitment to a holder's name: SHA-256, in hex, over the salt, a zero byte and the name."""
    return sha256(f"{salt}\0{name}".encode()).hexdigest()
