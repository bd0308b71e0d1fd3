"""Requests for keys that come over HTTP: each with an invitation, proved, and kept until the operator has seen it."""

from ipaddress import ip_address
from typing import Final, cast

from redis.asyncio import Redis
from starlette.requests import Request

from streams.servers import Servers
from tallywire.client.errors import RefusedError
from tallywire.client.signing import signed_file
from tallywire.people.invitations import INVITED_S, enrolment_key, invitation_key, token_digest
from tallywire.people.requests import REQUEST_LENGTH_MAX, proved
from tallywire.web.problems import NotTaken, Problem, too_large

PLAIN: Final = (
    "Keys are enrolled over HTTPS only: over plain HTTP anybody on the way could take the invitation for themselves. "
    "Use the address that begins with https://."
)

NOT_INVITED: Final = "This invitation is not known, or its time is over. Ask the operator for another one."

USED: Final = "This invitation was used for another key. If that was not you, tell the operator at once."

TAKEN: Final = "The operator is to enrol it. Compare the key's id with the operator, by telephone or in person."


def require_private(request: Request) -> None:
    """See that nobody on the way reads a request: it came over HTTPS, or from this machine.

    Raises:
        NotTaken: it did not.
    """
    try:
        local = ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        local = False
    # A proxy on this machine whose word nobody believes is not the sender.
    if request.url.scheme != "https" and (not local or "x-forwarded-for" in request.headers):
        raise not_allowed(PLAIN)


async def keep_request(servers: "Servers[Redis]", election: str, content: bytes, signature: str) -> str:
    """Keep a request for the operator, and return the key's id. The same request again is kept once.

    Raises:
        NotTaken: it is none, is not signed with its key, or has no invitation of its own.
        RedisError: the server is away.
    """
    if len(content) + len(signature) + 1 > REQUEST_LENGTH_MAX:
        raise too_large(REQUEST_LENGTH_MAX)
    try:
        request = proved(signature, content, "This")
    except RefusedError as error:
        raise NotTaken(Problem(title="Refused", status=422, detail=str(error))) from error
    if request.invitation is None:
        raise not_allowed(NOT_INVITED)
    digest = token_digest(request.invitation)
    key, client = enrolment_key(election, digest), await servers.current(invitation_key(election, digest))
    if await client.get(invitation_key(election, digest)) is None:
        raise not_allowed(NOT_INVITED)
    sent = signed_file(signature, content)
    kept = await client.set(key, sent, nx=True, ex=INVITED_S)
    if not kept and cast("bytes | None", await client.get(key)) != sent:
        raise NotTaken(Problem(title="Conflict", status=409, detail=USED))
    return request.key_id


def not_allowed(detail: str) -> NotTaken:
    """The sender may not do this."""
    return NotTaken(Problem(title="Not allowed", status=403, detail=detail))
