"""Counting requests: each by the route that answered it, never by what was asked for."""

from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram
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
        self._kept: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}

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
            requests, seconds = self._of(route, method, shown)
            requests.inc()
            seconds.observe(perf_counter() - began)

    def _of(self, route: str, method: str, status: str) -> tuple[Counter, Histogram]:
        """Return what counts such requests. Looking it up by its labels costs more than counting does."""
        found = self._kept.get((route, method, status))
        if found is None:
            found = REQUESTS.labels(self._service, route, method, status), ANSWERED.labels(self._service, route)
            self._kept[route, method, status] = found
        return found
