"""Signatures of events: detached JWS with an unencoded payload (RFC 7515 appendix F, RFC 7797), Ed25519 (RFC 9864).

A signature is one string, ``HEADER..SIGNATURE``, wherever it travels: as an HTTP header, as the field ``signature``
beside ``data`` on the stream, as the attribute of a ledger entry. It covers the event's bytes as they were sent,
white space behind them included, so that nobody has to agree on a canonical JSON.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

SIGNATURE_LENGTH_MAX: Final = 400
"""Characters of a signature: header of 92 bytes and signature of 64 have 215, white space in the header more."""

_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)", re.ASCII)
_KEY_LENGTH: Final = 32
_SIGNATURE_LENGTH: Final = 64
_FIELD: Final = 2**255 - 19
"""Numbers of the field of Ed25519 (RFC 8032): a point's coordinate is smaller."""
_ORDER_8: Final = int("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16)
_SMALL_ORDER: Final = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""The coordinates y of the points of order 1, 2, 4 and 8."""
KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""A thumbprint in base64url."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature taken apart. Whether it holds is still to be seen."""

    key_id: str
    """Thumbprint of the key that it is said to be made with."""
    header: str
    """The header as it was signed."""
    signature: bytes

    def holds(self, content: bytes, public_key: bytes) -> bool:
        """Whether it is a signature of these bytes by this key.

        The one place where signatures of events are verified. Of the signatures that RFC 8032 leaves to the verifier,
        libsodium refuses those that others could make, or could write in two ways: by keys and points of small order,
        and with numbers that are not reduced.

        Args:
            content: the event as it was sent.
            public_key: the Ed25519 key, 32 bytes.
        """
        try:
            crypto_sign_open(self.signature + signed_bytes(self.header, content), public_key)
        except BadSignatureError:
            return False
        return True


def signed_bytes(header: str, content: bytes) -> bytes:
    """Return what is signed of an event: the header in base64url, a dot, and the event's bytes."""
    return header.encode("ascii") + b"." + content


def header_of(key_id: str) -> str:
    """Return the header of a signature by a key, in base64url."""
    return encode(f'{{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"{key_id}"}}'.encode())


def read_signature(text: str) -> Signature | None:
    """Take a signature apart; None where it is not of the one form that is taken.

    The header has exactly the members ``alg``, ``b64``, ``crit`` and ``kid``, and both parts are canonical base64url:
    one signature can be written in one way only.
    """
    found = _FORM.fullmatch(text) if len(text) <= SIGNATURE_LENGTH_MAX else None
    if found is None:
        return None
    key_id, signature = _key_id_of(found[1]), decode(found[2])
    if key_id is None or signature is None or len(signature) != _SIGNATURE_LENGTH:
        return None
    return Signature(key_id, found[1], signature)


@lru_cache(maxsize=1_000)
def _key_id_of(encoded: str) -> str | None:
    """Return the key that a header names; None where it is not the one header that is taken."""
    # A sender's header is the same each time.
    return key_named(encoded, {"alg": "Ed25519", "b64": False, "crit": ["b64"]})


def key_named(encoded: str, others: Mapping[str, object]) -> str | None:
    """Return the key that the header of a JWS names as ``kid``.

    Args:
        encoded: the header, in base64url.
        others: its other members: exactly these, each once.

    Returns:
        The key's id; None where the header is another one.
    """
    header = decode(encoded)
    if header is None:
        return None
    try:
        named = json.loads(header, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None
    key_id = named.pop("kid", None) if isinstance(named, dict) else None
    if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id):
        return None
    # In Python 0 is False; as JSON it is not.
    same = named == others and json.dumps(named, sort_keys=True) == json.dumps(others, sort_keys=True)
    return key_id if same else None


def _each_once(members: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON as a dict.

    Raises:
        ValueError: it has a member twice.
    """
    found = dict(members)
    if len(found) != len(members):
        raise ValueError(members)
    return found


def thumbprint(public_key: bytes) -> str:
    """Return what names a key: the thumbprint of its JWK (RFC 7638), SHA-256 in base64url.

    Args:
        public_key: the Ed25519 key, 32 bytes.
    """
    return encode(sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{encode(public_key)}"}}'.encode()).digest())


@lru_cache(maxsize=1_000)
def read_public_key(text: str) -> bytes | None:
    """Return the key in canonical base64url (the member ``x`` of a JWK); None where it is none.

    A key of small order is none: without any private key, anybody could write signatures that hold for it.
    """
    # An election's keys are read again for every message.
    key = decode(text)
    if key is None or len(key) != _KEY_LENGTH:
        return None
    y = int.from_bytes(key, "little") & (2**255 - 1)
    return key if y < _FIELD and y not in _SMALL_ORDER else None


def encode(content: bytes) -> str:
    """Return base64url without padding (RFC 7515)."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """Return what a base64url without padding says; None where it is not canonical."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return content if encode(content) == text else None
