"""Serving the publishing service over HTTP."""

import socket
from collections.abc import Sequence
from typing import ClassVar, Final

import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from streams.client import connect
from streams.servers import Servers
from tallywire.operations.endpoint import Endpoint
from tallywire.publishing.app import Settings, application
from tallywire.web.connections import Watched, allow_files
from tallywire.web.handover import Handable
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


class Connection(Watched, HttpToolsProtocol):
    """A connection of a reader, until it is a feed's."""

    connections_max = CONNECTIONS_MAX
    opened: ClassVar[dict[Watched, None]] = {}


def serve(url: str, endpoint: Endpoint, settings: Settings, proxies: Sequence[str] = ()) -> None:
    """Serve until SIGTERM or SIGINT; streams end with a hint when to come again.

    Args:
        url: the servers behind.
        endpoint: where to serve.
        settings: what the operator says of the service.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    bound_send_buffers(listener)
    allow_files(settings.readers_max + SPARE_FILES)

    def make() -> Served:
        app = application(Servers(url, connect), settings)
        return Served(SERVICE, Handable(app), Connection, END_S, app.state.publishing.stop)

    serve_application(make, url, listener, endpoint, proxies, new_loop=uvloop.new_event_loop)


def bound_send_buffers(listener: socket.socket) -> None:
    """Let the kernel keep little for those who connect there and take nothing."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
