"""Requests of which it is not plain where they end."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from tallywire.web.problems import NotTaken, Problem

_BOTH: Final = {b"content-length", b"transfer-encoding"}


class Framed:
    """Refuses a request with a length and chunks, and ends its connection: a proxy in front may have read another end.

    RFC 9112, section 6.1, lets a server take the chunks, if it closes the connection; h11 takes them, and goes on.

    Args:
        app: what answers all others.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and {name for name, _ in scope["headers"]} >= _BOTH:
            detail = "A request has Content-Length or Transfer-Encoding, not both. Nothing was taken."
            problem = Problem(title="Malformed request", status=400, detail=detail)
            await NotTaken(problem, {"Connection": "close"}).response()(scope, receive, send)
            return
        await self._app(scope, receive, send)
