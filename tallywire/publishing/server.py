"""Serving the publishing service over HTTP."""

import socket
from collections.abc import Sequence
from email.utils import formatdate
from typing import ClassVar, Final

import uvloop
from redis.asyncio import Redis
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from streams.client import connect
from streams.servers import OneServer, Readable, Servers
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.traces import tracing
from tallywire.publishing.app import application
from tallywire.publishing.door import CORS, HEAD_BYTES_MAX, URL_BYTES_MAX, head_too_long
from tallywire.publishing.metrics import FeedMetrics
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings
from tallywire.web.connections import Watched, allow_files
from tallywire.web.framing import Framed
from tallywire.web.handover import Handable, answer_head
from tallywire.web.problems import NotTaken, bad_request
from tallywire.web.serving import Served
from tallywire.web.serving import serve as serve_application

SERVICE: Final = "publishing"

END_S: Final = 3
"""How long requests in hand may take when the service stops."""

SEND_BUFFER_BYTES: Final = 32 * 1024
"""What the kernel may keep for a reader who takes nothing. Left to itself, it keeps 4 MB before we notice."""

CONNECTIONS_MAX: Final = 2_000
"""Connections at once besides those of feeds. Of more, the one that has kept us waiting longest is closed."""

SPARE_FILES: Final = CONNECTIONS_MAX + 2_000
"""Files that the process may have open besides readers: those connections, and two to the server for each election."""


REFUSED_S: Final = 2
"""How long somebody may go on sending who was refused, so that the answer arrives."""


class Connection(Watched, HttpToolsProtocol):
    """A connection of a reader, until it is a feed's; it ends when no request comes over it, or a head without end."""

    service = SERVICE
    connections_max = CONNECTIONS_MAX
    opened: ClassVar[dict[Watched, None]] = {}

    _head_bytes = 0
    """Of the head that is coming, from its beginning on."""
    _in_head = True

    _refused = False

    def data_received(self, data: bytes) -> None:
        """Read what came; a head is kept until it is complete, so it must not go on for ever."""
        if self._refused:
            return
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > HEAD_BYTES_MAX + URL_BYTES_MAX and not self._refused:
            self._refuse(head_too_long())

    def on_message_begin(self) -> None:
        """Called by the parser when a request begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser at the end of a head."""
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's signature, and its words
        """Answer what is no request of HTTP as everything else is answered."""
        self._refuse(bad_request("That is no request of HTTP/1.1 as RFC 9112 has it."))

    def _refuse(self, why: NotTaken) -> None:
        """Answer, and close the connection."""
        if self.cycle is not None and not self.cycle.response_complete:
            # An answer is under way: another one in the middle of it would be read as a part of it.
            self.transport.abort()
            return
        answer = why.response()
        headers = [*answer.raw_headers, (b"date", formatdate(usegmt=True).encode()), *CORS]
        kept = (each for each in headers if each[0] != b"connection")
        self.transport.write(answer_head(answer.status_code, (*kept, (b"connection", b"close"))) + bytes(answer.body))
        # Closed with something unread, the connection would be reset, and the answer lost on its way.
        self._refused = True
        self.transport.write_eof()
        self.loop.call_later(REFUSED_S, self.transport.abort)


def serve(  # noqa: PLR0913  # each is an option of the command
    url: str,
    endpoint: Endpoint,
    settings: Settings,
    proxies: Sequence[str] = (),
    *,
    replica: bool = False,
    metrics: Endpoint | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; streams end with a hint when to come again.

    Args:
        url: the servers behind.
        endpoint: where to serve.
        settings: what the operator says of the service.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        replica: the server is a stand-by, which is read as it is; no heartbeat can be written there.
        metrics: where health and metrics are served; None for nowhere.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    bound_send_buffers(listener)
    allow_files(settings.readers_max + SPARE_FILES)

    def make() -> Served:
        servers: Readable[Redis] = OneServer(url, connect) if replica else Servers(url, connect)
        app = application(servers, settings)
        publishing: Publishing = app.state.publishing
        publishing.elections.traces = traces
        return Served(
            SERVICE,
            Handable(Framed(app)),
            Connection,
            END_S,
            publishing.stop,
            publishing.status(url),
            () if replica else (SERVICE,),
            limits={"connections": CONNECTIONS_MAX, "readers": settings.readers_max},
            collectors=(FeedMetrics(publishing),),
        )

    with tracing(SERVICE) as traces:
        serve_application(make, listener, endpoint, proxies, new_loop=uvloop.new_event_loop, metrics=metrics)


def bound_send_buffers(listener: socket.socket) -> None:
    """Let the kernel keep little for those who connect there and take nothing."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
