"""What is public of a key, from whatever file it is in."""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from schemas.signatures import encode, read_public_key, thumbprint
from tallywire.client.errors import RefusedError
from tallywire.client.signing import SigningKey, open_signed_file
from tallywire.people.requests import read_request

_PUBLIC: Final = b"-----BEGIN PUBLIC KEY-----"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key of Ed25519."""

    raw: bytes
    """Its 32 bytes."""

    @property
    def key_id(self) -> str:
        """Its thumbprint (RFC 7638)."""
        return thumbprint(self.raw)

    @property
    def public_key(self) -> str:
        """The key in base64url."""
        return encode(self.raw)

    @property
    def pem(self) -> str:
        """The key as PEM."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(content: bytes, called: str) -> PublicKey:
    """Return what is public of a key in a file: of a private key, of a public one, or of a request.

    Raises:
        RefusedError: it holds none.
    """
    if content.lstrip().startswith(_PUBLIC):
        try:
            key = load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise RefusedError(f"{called} is no public key in PEM.") from error
        if not isinstance(key, Ed25519PublicKey):
            raise RefusedError(f"{called} is a key of another kind than Ed25519.")
        return PublicKey(key.public_bytes_raw())
    stated = read_request(content, called).public_key if open_signed_file(content) else None
    raw = read_public_key(stated or SigningKey.decode(content, called).public_key)
    assert raw is not None  # noqa: S101  # both have checked it
    return PublicKey(raw)
