"""Signed notes: a text and under it who signed it, as C2SP's signed-note describes them (https://c2sp.org/signed-note).

Keys are written in the forms of the same family of tools (Go's ``sumdb/note``): ``name+key id+key`` to check with,
``PRIVATE+KEY+name+key id+key`` to sign with. Only Ed25519, type byte 1.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_KEY_LENGTH: Final = 32
_NAME: Final = re.compile(r"[^\s+]{1,200}")
_PRIVATE: Final = "PRIVATE+KEY+"
_SIGNED: Final = "\N{EM DASH} "


class NoteFault(ValueError):  # noqa: N818  # says what is wrong with a note or a key
    """A note or a key cannot be used, or a signature does not hold; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """What a signature is checked with; public."""

    name: str
    """Whose key it is."""
    public: bytes
    """The Ed25519 key, 32 bytes."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no protection."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def encode(self) -> str:
        """Return the key in one line."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def decode(cls, line: str) -> "Verifier":
        """Return the key from its line.

        Raises:
            NoteFault: it is none.
        """
        name, public = _key("public", line.strip())
        verifier = cls(name, public)
        if verifier.encode() != line.strip():
            raise NoteFault("is no public key: its parts do not belong together, or it was cut")
        return verifier


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """What a note is signed with; secret."""

    name: str
    secret: bytes
    """The Ed25519 seed, 32 bytes."""

    @classmethod
    def draw(cls, name: str) -> "Signer":
        """Return a new key.

        Raises:
            NoteFault: a key cannot have this name.
        """
        if not _NAME.fullmatch(name) or not name.isprintable():
            raise NoteFault(f"{name!r} cannot name a key: 1 to 200 printable characters, neither blank nor plus")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> Verifier:
        """What its signatures are checked with."""
        public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        return Verifier(self.name, public)

    def encode(self) -> str:
        """Return the key in one line."""
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{b64encode(_ED25519 + self.secret).decode()}"

    @classmethod
    def decode(cls, line: str) -> "Signer":
        """Return the key from its line.

        Raises:
            NoteFault: it is none; the message does not repeat it.
        """
        stated = line.strip()
        if not stated.startswith(_PRIVATE):
            raise NoteFault("is no private key: one begins with PRIVATE+KEY+")
        signer = cls(*_key("private", stated.removeprefix(_PRIVATE)))
        if signer.encode() != stated:
            raise NoteFault("is no private key: its parts do not belong together, or it was cut")
        return signer

    def sign(self, text: str) -> str:
        """Return the note: the text, which ends in a newline, and under it the signature."""
        signature = Ed25519PrivateKey.from_private_bytes(self.secret).sign(text.encode())
        return f"{text}\n{_SIGNED}{self.name} {b64encode(self.verifier.key_id + signature).decode()}\n"


def opened(note: str, verifier: Verifier) -> str:
    """Return the text of a note that ``verifier``'s key has signed; signatures of others are ignored.

    Raises:
        NoteFault: it is no note, the key has not signed it, or its signature does not hold.
    """
    text, between, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = signatures.removesuffix("\n").split("\n")
    if not between or not all(line.startswith(_SIGNED) for line in lines):
        raise NoteFault("is no signed note: a text, an empty line, and lines that begin with a dash and a name")
    for line in lines:
        name, _, encoded = line.removeprefix(_SIGNED).rpartition(" ")
        signature = _decoded(encoded)
        if name != verifier.name or signature[:4] != verifier.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature[4:], text.encode())
        except InvalidSignature:
            raise NoteFault(f"was forged or altered: the signature of {name} does not hold for this text") from None
        return text
    raise NoteFault(f"is not signed by {verifier.encode()}")


def signers(note: str) -> tuple[str, ...]:
    """Return the keys that are said to have signed a note, each as name and key id; no signature is looked at."""
    lines = note.rpartition("\n\n")[2].splitlines()
    named = (line.removeprefix(_SIGNED).rpartition(" ") for line in lines if line.startswith(_SIGNED))
    return tuple(f"{name}+{_decoded(encoded)[:4].hex()}" for name, _, encoded in named)


def _key(kind: str, line: str) -> tuple[str, bytes]:
    name, _, rest = line.partition("+")
    _, _, encoded = rest.partition("+")
    content = _decoded(encoded)
    if not _NAME.fullmatch(name) or content[:1] != _ED25519 or len(content) != 1 + _KEY_LENGTH:
        raise NoteFault(f"is no {kind} key of type Ed25519")
    return name, content[1:]


def _decoded(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (NotBase64, ValueError):
        return b""
