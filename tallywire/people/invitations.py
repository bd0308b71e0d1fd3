"""Invitations to have a key enrolled: made by the operator, used once over HTTP, and what then waits for the operator.

Only the digest of an invitation's token is stored. The posting service reads that there is such an invitation and
writes the request beside it, one for each, so that what waits is bounded by what the operator has invited. For whom
the invitation is stands where only the operator's user of the server writes.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, cast

from pydantic import TypeAdapter, ValidationError

from schemas.key import Role
from schemas.signatures import KEY_ID, encode
from schemas.wire import BallotId, PersonId
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import NotThereError, RefusedError, UnreadableError, UsageError
from tallywire.client.people import INVITATIONS
from tallywire.people.requests import KeyRequest, read_request

INVITED_S: Final = 7 * 24 * 60 * 60
"""How long an invitation can be used, and what was sent with it waits: the week before polling day."""

PAGE: Final = "/enrol"
"""The page, below the public URL, that an invitation leads to; `tallywire/posting/entry` serves it."""


def invitation_key(election: str, digest: str) -> str:
    """Return the key that says that there is an invitation."""
    return Partition(election).key(f"posting:invitation:{digest}")


def enrolment_key(election: str, digest: str) -> str:
    """Return the key of the request that was sent with an invitation."""
    return Partition(election).key(f"posting:enrolment:{digest}")


def token_digest(token: str) -> str:
    """Return what is stored of a token: SHA-256, in hex."""
    return sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Invited:
    """For whom an invitation is."""

    person: str
    role: Role
    contests: tuple[str, ...] | None
    until: int
    """When it ends: seconds since 1970, by the server's clock."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()

    @classmethod
    def decode(cls, value: bytes) -> "Invited":
        """Return it from its stored form."""
        stored = json.loads(value)
        contests = stored.pop("contests")
        return cls(**stored, contests=None if contests is None else tuple(contests))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that was sent with an invitation, and waits for the operator."""

    digest: str
    """Of the invitation's token."""
    invited: Invited
    request: KeyRequest


def link(public_url: str, election: str, token: str) -> str:
    """Return the link of an invitation. The token is in its fragment, which a browser sends to no server."""
    return f"{public_url.rstrip('/')}{PAGE}#{election}/{token}"


def read_link(url: str) -> tuple[str, str]:
    """Return where a request is posted with an invitation, and the token.

    Raises:
        UsageError: it is no link of an invitation.
    """
    before, _, fragment = url.partition("#")
    election, _, token = fragment.partition("/")
    if not before.endswith(PAGE) or not KEY_ID.fullmatch(token) or not election:
        raise UsageError("That is no link of an invitation, or a part of it is missing. Take all of it.")
    return f"{before.removesuffix(PAGE)}/v1/elections/{election}/enrolments", token


def invite(connection: Connection, election: str, person: str, role: Role, contests: tuple[str, ...] | None) -> str:
    """Make an invitation, and return its token.

    Raises:
        UsageError: a person or a contest is not written as one.
    """
    try:
        TypeAdapter(PersonId).validate_python(person)
        TypeAdapter(tuple[BallotId, ...]).validate_python(contests or ())
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UsageError(f"{wrong['input']!r} is no id: {wrong['msg']}.") from error
    token = encode(secrets.token_bytes(32))
    digest, client = token_digest(token), connection.at(election)
    now, _ = cast("tuple[int, int]", client.time())
    invited = Invited(person, role, contests, now + INVITED_S)
    pipeline = client.pipeline(transaction=True)
    pipeline.hset(Partition(election).key(INVITATIONS), digest, invited.encode())
    pipeline.set(invitation_key(election, digest), 1, ex=INVITED_S)
    pipeline.execute()
    return token


def requests(connection: Connection, election: str, *, forget: bool = True) -> Iterator[Waiting]:
    """Yield the requests that wait, with for whom each invitation was.

    Args:
        connection: where the election is.
        election: its id.
        forget: forget invitations whose time is over, which only the operator may.

    Raises:
        UnreadableError: what is stored of an invitation is none.
    """
    client, table = connection.at(election), Partition(election).key(INVITATIONS)
    now, _ = cast("tuple[int, int]", client.time())
    for name, value in cast("dict[bytes, bytes]", client.hgetall(table)).items():
        digest = name.decode(errors="replace")
        try:
            invited = Invited.decode(value)
        except (ValueError, TypeError, KeyError) as error:
            raise UnreadableError(f"What {table} holds is no invitation.") from error
        if now >= invited.until:
            if forget:
                client.hdel(table, name)
            continue
        sent = cast("bytes | None", client.get(enrolment_key(election, digest)))
        if sent is None:
            continue
        try:
            request = read_request(sent, "What was sent")
        except RefusedError:
            # Nobody but the posting service writes it, and it has looked at it.
            continue
        if request.invitation is not None and token_digest(request.invitation) == digest:
            yield Waiting(digest, invited, request)


def waiting_request(connection: Connection, election: str, key_id: str) -> Waiting:
    """Return the request for a key that waits.

    Raises:
        NotThereError: there is none.
    """
    found = next((one for one in requests(connection, election) if one.request.key_id == key_id), None)
    if found is None:
        raise NotThereError(
            f"No request for the key {key_id} waits in {election}, and there is no such file. Those that wait: "
            "tallywire keys requests"
        )
    return found


def used(connection: Connection, election: str, digest: str) -> None:
    """Forget an invitation whose key was enrolled."""
    pipeline = connection.at(election).pipeline(transaction=True)
    pipeline.hdel(Partition(election).key(INVITATIONS), digest)
    pipeline.delete(invitation_key(election, digest), enrolment_key(election, digest))
    pipeline.execute()
