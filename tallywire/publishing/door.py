"""What every request passes on its way to a page, and every answer on its way back: one rule for all pages."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tallywire.pages.serving import problem_page, wants_page
from tallywire.publishing.api_keys import ApiKeys, Holder
from tallywire.publishing.resources import FOR_PEOPLE, KEY, for_anybody
from tallywire.web.problems import NotTaken, Problem

HOLDER: Final = "tallywire.holder"
"""Where in the scope of a request it says who has the API key that came with it."""

URL_BYTES_MAX: Final = 8 * 1024
"""Of a path with its parameters: fifty ballot ids are 3 KB, and proxies in front take no more than this either."""

HEAD_BYTES_MAX: Final = 32 * 1024
"""Of all headers of a request. Browsers send 2 KiB where there are no cookies, and we have none."""

METHODS: Final = "GET, HEAD, OPTIONS"

CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Last-Modified, Retry-After, RateLimit, RateLimit-Policy, Tallywire-Cursor, Tallywire-State",
    ),
)
"""Of every answer: scripts on any site may read it, and its headers (https://fetch.spec.whatwg.org/#http-cors-protocol).
None of it depends on who asks but for API keys, which a script has to name itself."""

PREFLIGHT: Final = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, Cache-Control, If-Modified-Since, If-None-Match, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}
"""What a browser is told that asks, before a script's request, whether it may be made."""

log = structlog.get_logger()


class Door:
    """Lets requests in, and says of every answer what holds for all.

    Args:
        app: the pages.
        keys: the API keys; None where everybody may read.
    """

    def __init__(self, app: ASGIApp, keys: ApiKeys | None) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering = _Answering(send, private=self._keys is not None)
        try:
            if scope["method"] == "OPTIONS":
                await Response(status_code=204, headers=PREFLIGHT)(scope, receive, answering.send)
                return
            _require_short(scope)
            if self._keys is not None and not for_anybody(scope["path"]):
                answering.holder = scope[HOLDER] = self._keys.admit(_key(scope))
            await self._app(scope, receive, answering.send)
        except NotTaken as why:
            await said_to(scope, why)(scope, receive, answering.send)
        except Exception:
            # Not the parameters: an API key may be among them.
            log.exception("request.failed", path=scope["path"][:200])
            if answering.started:
                raise
            await said_to(scope, _failed())(scope, receive, answering.send)


def said_to(scope: Scope, why: NotTaken) -> Response:
    """Return what is said to somebody whose request is not answered: a page to who looks at pages, else JSON."""
    looked_at = scope["path"].startswith(FOR_PEOPLE) and wants_page(Request(scope))
    return problem_page(why) if looked_at else why.response()


class _Answering:
    """Adds to an answer what all have."""

    def __init__(self, send: Send, *, private: bool) -> None:
        self._send = send
        self._private = private
        self.holder: Holder | None = None
        self.started = False

    async def send(self, message: Message) -> None:
        """Send a part of an answer."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = message["headers"]
            if self._private:
                headers = private(headers)
            more = self.holder.headers() if self.holder is not None else ()
            message = {**message, "headers": [*headers, *CORS, *more]}
        await self._send(message)


def private(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer where API keys are asked for: no cache may give it to others."""
    return [(name, _private(value) if name == b"cache-control" else value) for name, value in headers]


def _private(caching: bytes) -> bytes:
    if b"no-store" in caching:
        return caching
    return b"private, " + caching.removeprefix(b"public, ")


def _require_short(scope: Scope) -> None:
    """Refuse a request that is longer than any needs to be.

    Raises:
        NotTaken: it is.
    """
    if len(scope["raw_path"]) + len(scope["query_string"]) > URL_BYTES_MAX:
        detail = f"The path and its parameters are longer than {URL_BYTES_MAX:,} bytes."
        raise NotTaken(Problem(title="URL too long", status=HTTPStatus.REQUEST_URI_TOO_LONG, detail=detail))
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES_MAX:
        raise head_too_long()


def head_too_long() -> NotTaken:
    """The head of a request is longer than any needs to be."""
    detail = f"The head of the request is longer than {HEAD_BYTES_MAX:,} bytes."
    problem = Problem(title="Head too long", status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail=detail)
    return NotTaken(problem, {"Connection": "close"})


def _key(scope: Scope) -> str | None:
    """Return the API key of a request; None where there is none."""
    given = Headers(scope=scope).get("authorization")
    if given is not None:
        scheme, _, key = given.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else None
    named = parse_qs(scope["query_string"].decode("latin-1")).get(KEY)
    return named[0] if named else None


def _failed() -> NotTaken:
    detail = "A fault of ours: it is in the service's log. Nothing was changed; other pages may answer."
    return NotTaken(Problem(title="Internal error", status=HTTPStatus.INTERNAL_SERVER_ERROR, detail=detail))
