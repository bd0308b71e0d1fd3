"""Requests for a key to be enrolled: made where the key is, and proved by a signature with it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.signatures import encode, read_public_key, read_signature, thumbprint
from schemas.wire import KeyId, Name, PublicKey
from tallywire.client.errors import RefusedError, UsageError
from tallywire.client.signing import SigningKey, open_signed_file, signed_file, write_key, write_private

REQUEST_LENGTH_MAX: Final = 4 * 1024
"""Bytes of a request: signature, key and a name in any writing have 1,700."""

Salt = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
"""Sixteen random bytes in base64url: without them nobody can find a name by trying names."""


class KeyRequest(BaseModel):
    """What the holder of a new key asks the operator: to enrol it. Signed with that key, which proves who has it.

    No event: it goes to the operator as a file, or to the posting service, and never to a stream.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True)

    type: Literal["tallywire.key-request.v1"] = "tallywire.key-request.v1"
    """Says what it is."""
    key_id: KeyId
    """The thumbprint of the key."""
    public_key: PublicKey
    """The Ed25519 key, in base64url."""
    name: Name | None = None
    """The holder's name. For the operator: the ledger has only a commitment to it."""
    salt: Salt | None = None
    """With what the commitment to the name is made."""
    invitation: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")] | None = None
    """The token of the invitation; needed where the request is posted."""


@dataclass(frozen=True, slots=True)
class Made:
    """A key that was made, with the request that it be enrolled."""

    key: SigningKey
    request: bytes
    """The signed request, as a file."""


def checked_name(name: str) -> str:
    """Return a name that a person can have.

    Raises:
        UsageError: it is none.
    """
    try:
        return TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        raise UsageError(f"{name!r} is no name: 1 to 200 characters, all of them visible.") from error


def draw_salt() -> str:
    """Return a salt for a commitment to a name."""
    return encode(secrets.token_bytes(16))


def make_request(key: SigningKey, name: str | None = None, invitation: str | None = None) -> bytes:
    """Return the request that a key be enrolled, as a file: its signature, a newline, and the request as JSON.

    Args:
        key: the key.
        name: its holder's name, if the operator is to know it from this.
        invitation: the token of the invitation, if it is posted.

    Raises:
        UsageError: nobody can have this name.
    """
    salt = None if name is None else draw_salt()
    name = None if name is None else checked_name(name)
    request = KeyRequest(key_id=key.key_id, public_key=key.public_key, name=name, salt=salt, invitation=invitation)
    content = request.model_dump_json(exclude_none=True).encode()
    return signed_file(key.sign(content), content)


def read_request(content: bytes, called: str) -> KeyRequest:
    """Return a request of which the signature shows that whoever made it has the key.

    Args:
        content: the request as a file.
        called: where it is from, for the message.

    Raises:
        RefusedError: it is none, or its signature does not hold.
    """
    opened = open_signed_file(content) if len(content) <= REQUEST_LENGTH_MAX else None
    if opened is None:
        raise RefusedError(f"{called} is no request for a key. `tallywire keys make FILE` writes one: FILE.request")
    text, body = opened
    return proved(text, body, called)


def proved(signature: str, content: bytes, called: str) -> KeyRequest:
    """Return the request that a signature is of.

    Raises:
        RefusedError: it is none, or the signature is not by the key that is asked for.
    """
    try:
        request = KeyRequest.model_validate_json(content)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise RefusedError(f"{called} is no request for a key: {where} {error.errors()[0]['msg']}.") from error
    public_key, found = read_public_key(request.public_key), read_signature(signature)
    holds = (
        public_key is not None
        and found is not None
        and request.key_id == found.key_id == thumbprint(public_key)
        and found.holds(content, public_key)
    )
    if not holds:
        raise RefusedError(f"{called} is not signed with the key that it asks for: whoever made it may not have it.")
    return request


def make(path: Path, name: str | None = None, invitation: str | None = None) -> Made:
    """Draw a key; write it to ``path``, and the request for it beside it. Only their owner may read them.

    Raises:
        UsageError: a file is there already or cannot be written, or nobody can have this name.
    """
    key = SigningKey.draw()
    request = make_request(key, name, invitation)
    beside = request_of(path)
    # Both are looked for before one is written: half a pair would be in the way of the next attempt.
    for place in (path, beside):
        if os.path.lexists(place):
            raise UsageError(f"{place} is there already, and is never replaced. Name another file.")
    write_key(path, key)
    write_private(beside, request)
    return Made(key, request)


def request_of(path: Path) -> Path:
    """Return where the request for a key is kept."""
    return path.parent / f"{path.name}.request"
