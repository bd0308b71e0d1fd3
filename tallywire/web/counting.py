"""Counting requests: each by the route that answered it, never by what was asked for."""

from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallywire.operations.counts import ANSWERED, REQUESTS

STREAMED: Final = "tallywire.streamed"
"""Where in the scope of a request it says that the answer is a stream that goes on without us."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
"""Those that are answered; any other is counted as one."""

NONE: Final = "none"
"""Of a request that no route answers."""


class Counted:
    """Counts requests and how long their answers take.

    Args:
        app: what answers.
        service: whose requests they are.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 0, perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # Of one without a status the sender left, or it failed.
            shown = "200" if STREAMED in scope else str(status or NONE)
            route = getattr(scope.get("route"), "path", NONE)
            method = scope["method"] if scope["method"] in METHODS else "other"
            REQUESTS.labels(self._service, route, method, shown).inc()
            ANSWERED.labels(self._service, route).observe(perf_counter() - began)
