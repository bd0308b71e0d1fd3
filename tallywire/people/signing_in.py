"""Signing in: a person proves to have a key, by signing a challenge.

The proof is a JWS in compact form (RFC 7515), ``HEADER.PAYLOAD.SIGNATURE``, with ``alg`` Ed25519. Its header has a
``typ`` of its own and none of the members ``b64`` and ``crit`` that an event's signature has to have, so that neither
can ever be taken for the other.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.signatures import Signature, decode, key_named

PROOF_TYPE: Final = "tallywire-session+jws"
"""The ``typ`` of a proof."""

PROOF_LENGTH_MAX: Final = 2_000
"""Characters of a proof: one has about 500."""

_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_SIGNATURE_LENGTH: Final = 64

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 random bytes in base64url."""


class Said(BaseModel):
    """What is signed to sign in."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True)

    challenge: Token
    """What the service has drawn. It can be used once, within two minutes."""
    election: Annotated[str, Field(max_length=200)]
    """The election that the session is for."""
    origin: Annotated[str, Field(max_length=500)]
    """The origin of the page on which it was signed: scheme, host, and the port where it is not the usual one."""


class SignIn(BaseModel):
    """What is posted to sign in."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True)

    proof: Annotated[str, Field(max_length=PROOF_LENGTH_MAX)]
    """The signed challenge."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof taken apart. Whether its signature holds is still to be seen."""

    signature: Signature
    payload: str
    """The payload as it was signed: in base64url."""
    said: Said

    def holds(self, public_key: bytes) -> bool:
        """Whether this key has signed it."""
        return self.signature.holds(self.payload.encode("ascii"), public_key)


def read_proof(text: str) -> Proof | None:
    """Take a proof apart; None where it is not of the one form that is taken."""
    found = _FORM.fullmatch(text) if len(text) <= PROOF_LENGTH_MAX else None
    if found is None:
        return None
    key_id = key_named(found[1], {"alg": "Ed25519", "typ": PROOF_TYPE})
    payload, signature = decode(found[2]), decode(found[3])
    if key_id is None or payload is None or signature is None or len(signature) != _SIGNATURE_LENGTH:
        return None
    try:
        said = Said.model_validate_json(payload)
    except ValidationError:
        return None
    return Proof(Signature(key_id, found[1], signature), found[2], said)
