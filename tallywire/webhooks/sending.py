"""One attempt to deliver: the connection goes to the address that was checked, and to no other.

The host is resolved once, its addresses are checked, and what is connected to is one of them, by number; the name
stays in ``Host`` and in the certificate that is asked for. So nobody can answer the check with one address and the
connection with another. Redirects, cookies, proxies and compression are a client's, and a bare transport has none.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import httpx2
from standardwebhooks import Webhook

from schemas import RELEASE
from tallywire.webhooks.addresses import Address, read_address, why_not
from tallywire.webhooks.resolving import Resolve, resolve

ATTEMPT_S: Final = 15.0
"""How long an attempt may take, from resolving the name to the head of the answer."""

CONNECT_S: Final = 5.0
"""How long one address may take to be connected to."""

BODY_S: Final = 1.0
"""How long the body of an answer is waited for. It decides nothing; read to its end, the connection can be kept."""

BODY_BYTES_MAX: Final = 8_192
"""So much is read of the body of an answer: what is more ends the connection, and nothing else."""

SHOWN_LENGTH_MAX: Final = 200
"""Characters of an answer that are shown to the operator."""

KEPT_S: Final = 2.0
"""How long a connection is kept between two events: less than servers keep it, who might close it just then."""

TRIED_MAX: Final = 4
"""Addresses of one host that are tried in one attempt."""

CONTENT_TYPE: Final = "application/cloudevents+json"

_AWAY: Final = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses that say nothing about the event: the receiver, or what is behind it, is away or has too much to do."""

_STEERING: Final = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt."""

    delivered: bool = False
    """Whether it was answered with a status of success."""
    gone: bool = False
    """Whether it was answered with 410: the receiver wants no more."""
    refused: bool = False
    """Whether it was answered with an error that may be about this event alone."""
    said: str = ""
    """What happened, in a sentence for the operator."""
    retry_after_s: float = 0
    """How long the receiver asks us to wait."""


def message_id(content: bytes) -> str:
    """Return the id of a message: the same for the same event, however often it is sent, and to whomever.

    Two events that differ have two ids, also where one has taken the other's place in another history of an election.
    """
    return f"msg_{sha256(content).hexdigest()[:32]}"


def signed(message: str, content: bytes, secrets: Sequence[str], now: float) -> dict[str, str]:
    """Return the headers of a message as Standard Webhooks signs them, once with each secret."""
    moment = datetime.fromtimestamp(int(now), UTC)
    signatures = (Webhook(secret).sign(message, moment, content.decode()) for secret in secrets)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(signatures),
    }


class Sender:
    """Sends to one URL, over one connection that is kept between events.

    Args:
        url: where to.
        allow_private: whether it may be at an address that only our network can reach.
        resolver: returns the addresses of a host.
        context: whom to trust in TLS; who this machine trusts where there is none.
    """

    def __init__(
        self,
        url: str,
        *,
        allow_private: bool,
        resolver: Resolve = resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = httpx2.URL(url)
        # As the network has it: of other letters than ASCII's, in the form of IDNA.
        self._host = self._url.raw_host.decode("ascii")
        self._allow_private = allow_private
        self._resolve = resolver
        # Not made by httpx2: it would take a proxy from the environment where it makes a client.
        self._transport = httpx2.AsyncHTTPTransport(
            verify=context or ssl.create_default_context(),
            trust_env=False,
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_S),
        )

    async def send(self, content: bytes, headers: Mapping[str, str]) -> Outcome:
        """Try to deliver once, and return what came of it."""
        try:
            async with asyncio.timeout(ATTEMPT_S):
                return await self._attempt(content, headers)
        except TimeoutError:
            return Outcome(said=f"It has not answered within {ATTEMPT_S:g} s.")

    async def close(self) -> None:
        """Close the connection that is kept."""
        await self._transport.aclose()

    async def _attempt(self, content: bytes, headers: Mapping[str, str]) -> Outcome:
        host, port = self._host, self._url.port or (443 if self._url.scheme == "https" else 80)
        try:
            found = [read_address(text) for text in await self._resolve(host, port)]
        except (OSError, ValueError) as error:
            return Outcome(said=f"Its host {host} cannot be found: {_cause(error)}.")
        allowed = [one for one in found if why_not(one, allow_private=self._allow_private) is None]
        if not allowed:
            return Outcome(said=self._not_allowed(host, found))
        outcome = Outcome()
        for address in dict.fromkeys(allowed[:TRIED_MAX]):
            try:
                return await self._post(address, content, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                outcome = Outcome(said=f"It cannot be connected to at {address}: {_cause(error)}.")
            except httpx2.HTTPError as error:
                return Outcome(said=f"The connection to {address} broke before it answered: {_cause(error)}.")
        return outcome

    def _not_allowed(self, host: str, found: Sequence[Address]) -> str:
        if not found:
            return f"Its host {host} has no address."
        reason = why_not(found[0], allow_private=self._allow_private)
        allowing = "" if why_not(found[0], allow_private=True) else ", unless it is added with --allow-private"
        return f"Its host {host} is at {found[0]}, {reason}: nothing is sent there{allowing}."

    async def _post(self, address: Address, content: bytes, headers: Mapping[str, str]) -> Outcome:
        request = httpx2.Request(
            "POST",
            self._url.copy_with(host=str(address)),
            headers={
                "Host": self._url.netloc.decode("ascii"),
                "User-Agent": f"Tallywire/{RELEASE}",
                "Content-Type": CONTENT_TYPE,
                "Accept-Encoding": "identity",
                **headers,
            },
            content=content,
            extensions={
                "sni_hostname": self._host,
                "timeout": {"connect": CONNECT_S, "read": ATTEMPT_S, "write": ATTEMPT_S, "pool": ATTEMPT_S},
            },
        )
        response = await self._transport.handle_async_request(request)
        try:
            return _outcome(response, await _body(response))
        finally:
            with suppress(httpx2.HTTPError, OSError):
                await response.aclose()


async def _body(response: httpx2.Response) -> bytes:
    """Return the beginning of a body; what does not come, or has no end, is not waited for."""
    body = b""
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101  # as the transport returns it
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(BODY_S):
            async for part in response.stream:
                body += part[: BODY_BYTES_MAX - len(body)]
                if len(body) == BODY_BYTES_MAX:
                    break
    return body


def _outcome(response: httpx2.Response, body: bytes) -> Outcome:
    status = response.status_code
    text = _STEERING.sub(" ", body.decode(errors="replace")).strip()[:SHOWN_LENGTH_MAX]
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    answered = f"It answered with {f'{status} {phrase}'.strip()}"
    if response.is_success:
        return Outcome(delivered=True, said=f"{answered}.")
    if status == HTTPStatus.GONE:
        return Outcome(gone=True, said=f"{answered}: it wants no more.")
    if response.is_redirect:
        to = _STEERING.sub(" ", response.headers.get("location", "nowhere"))[:SHOWN_LENGTH_MAX]
        return Outcome(said=f"{answered}, to {to}. Redirects are not followed: add the endpoint with its own URL.")
    retry_after = response.headers.get("retry-after", "")
    return Outcome(
        refused=status not in _AWAY,
        said=f"{answered}{f': {text}' if text else '.'}",
        retry_after_s=float(retry_after) if re.fullmatch(r"\d{1,6}", retry_after) else 0,
    )


def _cause(error: BaseException) -> str:
    """Return what an error says, in the system's words where it is the system's."""
    said = str(error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            said = cause.strerror
        cause = cause.__cause__ or cause.__context__
    return _STEERING.sub(" ", said).rstrip(".")[:SHOWN_LENGTH_MAX] or type(error).__name__
