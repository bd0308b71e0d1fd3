"""Answering with a stream of events: the handshake, after which the reader's connection belongs to the hub."""

from collections.abc import Sequence
from email.utils import formatdate
from http import HTTPStatus
from time import monotonic
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tallywire.operations.counts import LIMITS
from tallywire.publishing.api_keys import Holder
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.door import CORS, HOLDER, private
from tallywire.publishing.filters import Filter
from tallywire.publishing.following import Election, Elections
from tallywire.web.counting import STREAMED
from tallywire.web.handover import answer_head, take_over
from tallywire.web.problems import bad_request, unavailable

HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # A cache in front may share a stream, but must not keep it.
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
    (b"vary", b"Last-Event-ID"),
)
"""Of every stream; besides what every answer has."""

BEGINNING: Final = "0"
"""The cursor before everything, as readers may write it."""


class Streaming:
    """Takes readers in, up to a number.

    Args:
        elections: what they read.
        readers_max: that number.
        stream_s: how long a stream lasts.
    """

    def __init__(self, elections: Elections, readers_max: int, stream_s: float) -> None:
        self._elections = elections
        self._readers_max = readers_max
        self._stream_s = stream_s

    def answer(self, request: Request, election: Election, wanted: Filter) -> Response:
        """Return the answer to a reader.

        Raises:
            NotTaken: its cursor is none, or there are too many readers.
        """
        after = _cursor(request)
        readers = sum(each.hub.readers for each in self._elections.known.values())
        if readers >= self._readers_max or not election.hub.has_room(wanted):
            LIMITS.labels("publishing", election.history.election, "readers").inc()
            raise unavailable("There are too many readers here just now. Try again, or another server.", 5)
        return _Stream(election, wanted, after, monotonic() + self._stream_s)


def _cursor(request: Request) -> Cursor | str | None:
    """Return where a reader wants to go on; None for now.

    Raises:
        NotTaken: it is no cursor.
    """
    text = request.headers.get("last-event-id") or request.query_params.get("after")
    if text is None or text == BEGINNING:
        return text
    try:
        return Cursor.read(text)
    except ValueError as error:
        raise bad_request(f"{text[:100]} {error}; or 0 for the beginning.") from error


class _Stream(Response):
    """The answer to a reader, as ASGI application."""

    def __init__(self, election: Election, wanted: Filter, after: Cursor | str | None, expires_at: float) -> None:
        self._election = election
        self._wanted = wanted
        self._after = after
        self._expires_at = expires_at
        self.status_code = 200
        self.background = None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        chunked = scope["http_version"] != "1.0"
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            await send({"type": "http.response.body", "body": b""})
            return
        holder: Holder | None = scope.get(HOLDER)
        if holder is not None:
            holder.require_stream()
        hub = self._election.hub
        history = hub.history
        after = self._after
        if after is None:
            after = hub.place
        elif isinstance(after, str):
            after = history.moments[0].cursor
        reader = hub.join(self._wanted, after, chunked=chunked)
        reader.expires_at = self._expires_at
        headers: Sequence[tuple[bytes, bytes]] = [*HEADERS, (b"date", formatdate(usegmt=True).encode()), *CORS]
        if holder is not None:
            reader.counted = holder.streams
            holder.streams.add(reader)
            headers = [*private(headers), *holder.headers()]
        scope[STREAMED] = True
        transport = take_over(scope, reader)
        ending = (b"transfer-encoding", b"chunked") if chunked else (b"connection", b"close")
        hub.welcome(reader, transport, answer_head(HTTPStatus.OK, (*headers, ending)))
