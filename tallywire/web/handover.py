"""Taking a connection over from uvicorn: after the request it belongs to us, without a task that waits beside it.

ASGI keeps a task for each answer until it is complete. Ten thousand readers of a feed that never ends would be ten
thousand tasks; a transport whose protocol we are is 2 kB. This leans on two private names of uvicorn, the object that
``send`` is a method of and its ``on_response``; tests/tallywire/web/test_handover.py holds them to the pinned release.
"""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.types import ASGIApp, Receive, Scope, Send

CONNECTION: Final = "tallywire.connection"
"""Where in the scope of a request its connection is."""


class HandedOver(ConnectionError):  # noqa: N818  # no error: it tells why
    """Told to uvicorn's protocol when its connection is no longer its own."""


def answer_head(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the head of an answer that is written past uvicorn."""
    lines = (b"HTTP/1.1 %d %b" % (status, HTTPStatus(status).phrase.encode()), *(b"%b: %b" % each for each in headers))
    return b"\r\n".join((*lines, b"", b""))


class Handable:
    """Remembers the connection of each request, before anything wraps ``send``.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            scope[CONNECTION] = cast("Any", send).__self__
        await self._app(scope, receive, send)


def take_over(scope: Scope, protocol: asyncio.Protocol) -> asyncio.Transport:
    """Make ``protocol`` that of the request's connection. Nothing of the answer may have been sent.

    The application then returns, and uvicorn takes the reader for one who has left.
    """
    cycle = scope[CONNECTION]
    transport: asyncio.Transport = cycle.transport
    before: asyncio.Protocol = cycle.on_response.__self__
    transport.set_protocol(protocol)
    before.connection_lost(HandedOver())
    # Where requests came right behind this one, uvicorn has told only the last of them.
    cycle.disconnected = True
    return transport
