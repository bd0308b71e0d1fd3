"""Serving the posting service over HTTP until it is told to stop."""

import asyncio
import socket
from types import FrameType
from typing import Final

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from services.heartbeat import heartbeat
from streams.client import connect
from streams.servers import Servers
from streams.status import ServiceStatus
from tallywire.operations.endpoint import Endpoint
from tallywire.posting.app import application
from tallywire.posting.posting import Posting

SERVICE: Final = "posting"

REQUESTS_MAX: Final = 1_000
"""Connections at once: of more, each would wait longer than it takes to come again. They are answered with 503."""

END_S: Final = 4
"""How long requests in hand may take when the service stops: less than the time in which a service must stop, 5 s."""

IDLE_S: Final = 20
"""How long a connection may be idle between two requests."""

HEAD_S: Final = 20.0
"""How long the head of a request may take to arrive, from when the connection is there or the last answer was given."""

log = structlog.get_logger()


class Watched(H11Protocol):
    """A connection that ends when no request comes over it: whoever opens one and says nothing does not keep it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to watch it."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch it no longer."""
        self._watching.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        self._watching = self.loop.call_later(HEAD_S, self._look, self.cycle)

    def _look(self, before: object) -> None:
        # uvicorn bounds a connection that is silent after an answer, but not a head that never ends.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is before and (cycle is None or cycle.response_complete):
            self.transport.abort()
        else:
            self._watch()


class _Server(uvicorn.Server):
    """Says when it serves; told to end, it tells whoever waits for a receipt, so that they are answered."""

    def __init__(self, config: uvicorn.Config, posting: Posting, endpoint: Endpoint) -> None:
        super().__init__(config)
        self._posting = posting
        self._endpoint = endpoint

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("posting.served", url=f"http://{self._endpoint}")
        log.info("service.started", service=SERVICE)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # uvicorn's signature
        # Not the one above: it would send the signal once more at the end, and the process would die of it.
        self.should_exit = True
        self._posting.stop()


def serve(url: str, endpoint: Endpoint) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first.

    Args:
        url: the servers behind.
        endpoint: where to serve.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    at = endpoint._replace(port=listener.getsockname()[1])

    async def run() -> None:
        app = application(Servers(url, connect))
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=Watched,
            ws="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            limit_concurrency=REQUESTS_MAX,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=END_S,
        )
        status = ServiceStatus(url, ())
        turning = asyncio.create_task(status.keep_turning())
        try:
            with heartbeat(SERVICE, status):
                await _Server(config, app.state.posting, at).serve([listener])
        finally:
            turning.cancel()
            status.close()

    asyncio.run(run())
    log.info("service.stopped", service=SERVICE)
