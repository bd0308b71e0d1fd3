"""Serving the posting service over HTTP until it is told to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import h11
from redis.exceptions import RedisError
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from streams.client import connect
from streams.keys import CATALOGUE
from streams.servers import Servers
from streams.status import ServiceStatus
from tallywire.client.connection import elections_in
from tallywire.client.errors import NOTHING_LOADED
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.traces import tracing
from tallywire.posting.app import application
from tallywire.posting.posting import Posting
from tallywire.posting.settings import NO_SETTINGS, Settings
from tallywire.web.connections import Watched, allow_files
from tallywire.web.framing import Framed
from tallywire.web.problems import MEDIA_TYPE, Problem
from tallywire.web.serving import Served
from tallywire.web.serving import serve as serve_application

SERVICE: Final = "posting"

DESK: Final = "desk"
"""Its name where it serves the desk: whoever asks after one is not told of the other."""

CONNECTIONS_MAX: Final = 2_000
"""Connections at once. Of more, the one that has kept us waiting longest is closed: a declaration is sent within a
second. Each may hold a body of 256 KiB that has not come to its end."""

FILES: Final = CONNECTIONS_MAX + 2_000
"""Files that the process may have open: those connections, others to the server, and some to spare."""

END_S: Final = 4
"""How long requests in hand may take when the service stops: less than the time in which a service must stop, 5 s."""


class Connection(Watched, H11Protocol):
    """A connection of a sender."""

    service = SERVICE
    connections_max = CONNECTIONS_MAX
    opened: ClassVar[dict[Watched, None]] = {}

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's signature, and its words
        """Answer what is no request of HTTP as everything else is answered."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            # An answer is under way: another one in the middle of it would be read as a part of it.
            self.transport.abort()
            return
        detail = "That is no request of HTTP/1.1 as RFC 9112 has it, or its head is too long. Nothing was taken."
        body = Problem(title="Malformed request", status=400, detail=detail).model_dump_json(exclude_defaults=True)
        headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body))), ("Connection", "close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body.encode()),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


@dataclass(slots=True)
class Status(ServiceStatus):
    """How the posting service is."""

    def why_no_server(self) -> str | None:
        """Ask the server whether it answers and takes writes, and whether an election is loaded."""
        if away := ServiceStatus.why_no_server(self):
            return away
        try:
            entries: Any = self.servers.at(CATALOGUE).xrange(CATALOGUE)
        except (RedisError, OSError) as error:
            return f"The catalogue cannot be read: {error}"
        return None if elections_in(entries) else NOTHING_LOADED


def served(app: ASGIApp, posting: Posting, url: str, service: str = SERVICE) -> Served:
    """Return how the posting service is served, on the servers at a URL, and under which name."""
    posting.status = Status(url, (), others=posting.why_ending)
    return Served(
        service,
        Framed(app),
        Connection,
        END_S,
        posting.stop,
        posting.status,
        (service,),
        limits={"connections": CONNECTIONS_MAX},
    )


def serve(
    url: str,
    endpoint: Endpoint,
    proxies: Sequence[str] = (),
    settings: Settings = NO_SETTINGS,
    *,
    metrics: Endpoint | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first.

    Args:
        url: the servers behind.
        endpoint: where to serve.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        settings: what the operator says.
        metrics: where health and metrics are served; None for nowhere.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    allow_files(FILES)
    service = DESK if settings.desk else SERVICE

    def make() -> Served:
        app = application(Servers(url, connect), settings, traces)
        return served(app, app.state.posting, url, service)

    with tracing(service) as traces:
        serve_application(make, listener, endpoint, proxies, metrics=metrics)
