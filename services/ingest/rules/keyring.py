"""The keys of an election, as its ledger has them, and whether one has signed a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from schemas.signatures import read_public_key, read_signature, thumbprint
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.signed_state import EnrolledKey


@dataclass(frozen=True, slots=True)
class Signed:
    """A message with a signature that holds."""

    signature: str
    key_id: str
    key: EnrolledKey
    digest: str
    """SHA-256, in hex, over signature, newline and message. Nobody without the key can guess what it is of."""


def signed_digest(signature: str, sent: bytes) -> str:
    """Return the digest of a signed message."""
    return sha256(signature.encode() + b"\n" + sent).hexdigest()


def check_signature(fields: Mapping[bytes, bytes], keys: Mapping[str, EnrolledKey]) -> Signed | Fault:
    """Say who has signed a message, or why that cannot be said.

    Args:
        fields: the entry: the message in ``data``, its signature in ``signature``.
        keys: the election's keys by id; those that are retired, too.
    """
    sent, text = fields.get(b"data", b""), fields.get(b"signature", b"").decode("ascii", "replace")
    if not text:
        return fault("signature.missing")
    signature = read_signature(text)
    if signature is None:
        return fault("signature.malformed")
    key = keys.get(signature.key_id)
    if key is None:
        return fault("signature.unknown_key", key=signature.key_id)
    public_key = read_public_key(key.public_key)
    if public_key is None or not signature.holds(sent, public_key):
        return fault("signature.wrong", key=signature.key_id, person=key.person)
    return Signed(text, signature.key_id, key, signed_digest(text, sent))


def operator_keys(public_key: str) -> dict[str, EnrolledKey]:
    """Return the one key that may sign a register: the one that it names.

    Raises:
        ValueError: it is none.
    """
    raw = read_public_key(public_key)
    if raw is None:
        raise ValueError(public_key)
    return {thumbprint(raw): EnrolledKey.of_operator(public_key)}
