"""Keys of people, and what is signed with them. A key is a PEM file (PKCS 8), as OpenSSL makes and reads them."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from schemas.signatures import encode, header_of, read_signature, signed_bytes, thumbprint
from tallywire.client.errors import RefusedError, UsageError, file_error
from tallywire.client.secret_variables import secret

KEY_VARIABLE: Final = "TALLYWIRE_KEY"
"""The environment variable that may hold a key, or be the beginning of the name of one that names its file."""

_PEM_BYTES: Final = 8 * 1024
"""Bytes of a file that may be a key: one has 119."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key of Ed25519."""

    secret: bytes
    """The seed, 32 bytes."""

    @classmethod
    def draw(cls) -> "SigningKey":
        """Return a new key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def decode(cls, pem: bytes, called: str) -> "SigningKey":
        """Return the key in a PEM.

        Args:
            pem: the text.
            called: where it is from, for the message; the message does not repeat it.

        Raises:
            RefusedError: it is none.
        """
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise RefusedError(f"{called} is no private key without a password, in PEM.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise RefusedError(f"{called} is a key of another kind than Ed25519. Make one with `tallywire keys make`.")
        return cls(key.private_bytes_raw())

    @property
    def public_key(self) -> str:
        """The public key in base64url."""
        return encode(self._key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> str:
        """What names the key: its thumbprint (RFC 7638)."""
        return thumbprint(self._key.public_key().public_bytes_raw())

    @property
    def pem(self) -> bytes:
        """The private key as PEM."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, content: bytes) -> str:
        """Return the signature of a message: a detached JWS."""
        header = header_of(self.key_id)
        return f"{header}..{encode(self._key.sign(signed_bytes(header, content)))}"

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def read_key(path: Path | None) -> SigningKey | None:
    """Return the key in a file, else the one in the environment, or in the file that is named there; None without any.

    Raises:
        UsageError: the file cannot be read, others may read it, or the environment says it twice.
        RefusedError: it holds no key.
    """
    if path is None:
        pem = secret(KEY_VARIABLE, several_lines=True)
        return None if not pem else SigningKey.decode(pem.encode(), KEY_VARIABLE)
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_PEM_BYTES)
    except OSError as error:
        raise file_error(path, "be read", error) from error
    if stat.S_ISREG(mode) and mode & 0o077:
        raise UsageError(f"{path} can be read by others than its owner. Make it yours alone: chmod 600 {path}")
    return SigningKey.decode(content, str(path))


def require_key(path: Path | None) -> SigningKey:
    """Return the key in a file, else the one in the environment.

    Raises:
        UsageError: there is none, the file cannot be read, or others may read it.
        RefusedError: it holds no key.
    """
    key = read_key(path)
    if key is None:
        raise UsageError(f"This has to be signed: name the key with --key FILE, or in {KEY_VARIABLE}.")
    return key


def write_key(path: Path, key: SigningKey) -> None:
    """Write a private key to a file that only its owner may read; a file that is there is never replaced.

    Raises:
        UsageError: a file is there already, or it cannot be written.
    """
    write_private(path, key.pem)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; one that is there is never replaced.

    Raises:
        UsageError: a file is there already, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already, and is never replaced. Name another file.") from error
    except OSError as error:
        raise file_error(path, "be written", error) from error


def signed_file(signature: str, content: bytes) -> bytes:
    """Return a signed message as a file: the signature is the first line, and what it is of follows."""
    return signature.encode() + b"\n" + content


def open_signed_file(content: bytes) -> tuple[str, bytes] | None:
    """Return the signature in a file's first line, and what it is said to be of; None where there is none.

    Whether the signature holds is still to be seen.
    """
    line, newline, rest = content.partition(b"\n")
    signature = line.strip().decode("ascii", "replace")
    return (signature, rest) if newline and read_signature(signature) is not None else None


def now() -> str:
    """Return the time of this machine, as a signed message says it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def completed(content: bytes, election: str) -> bytes:
    """Return a message with what a signed one has to say besides: the election that it is for, and when it was made.

    What it says already stays as it is; so does what is no event, for ingest to answer.
    """
    try:
        event = json.loads(content, parse_int=float)
    except (ValueError, RecursionError):
        return content
    if not isinstance(event, Mapping):
        return content
    given = {"election": election, "time": now()}
    members = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in given.items() if name not in event)
    brace = content.index(b"{") + 1
    return content[:brace] + (members if event else members.rstrip(",")).encode() + content[brace:]
