"""Serving the posting service over HTTP until it is told to stop."""

import asyncio
import resource
import socket
from collections.abc import Sequence
from types import FrameType
from typing import ClassVar, Final

import h11
import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from services.heartbeat import heartbeat
from streams.client import connect
from streams.servers import Servers
from streams.status import ServiceStatus
from tallywire.operations.endpoint import Endpoint
from tallywire.posting.app import application
from tallywire.posting.framing import Framed
from tallywire.posting.posting import Posting
from tallywire.posting.problems import MEDIA_TYPE, Problem

SERVICE: Final = "posting"

CONNECTIONS_MAX: Final = 2_000
"""Connections at once. Of more, the one that has kept us waiting longest is closed: a declaration is sent within a
second. Each may hold a body of 256 KiB that has not come to its end."""

_FILES: Final = CONNECTIONS_MAX + 2_000
"""Files that the process may have open: those connections, others to the server, and some to spare."""

END_S: Final = 4
"""How long requests in hand may take when the service stops: less than the time in which a service must stop, 5 s."""

IDLE_S: Final = 20
"""How long a connection may be idle between two requests."""

HEAD_S: Final = 20.0
"""How long the head of a request may take to arrive, from when the connection is there or the last answer was given."""

log = structlog.get_logger()


class Watched(H11Protocol):
    """A connection that ends when no request comes over it: whoever opens one and says nothing does not keep it."""

    opened: ClassVar[dict["Watched", None]] = {}
    """Connections of this process, the oldest first."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to watch it, and make room for it."""
        super().connection_made(transport)
        self.opened[self] = None
        if len(self.opened) > CONNECTIONS_MAX:
            # Where all of them wait for us instead, the process has more than enough to do: the new one goes.
            slowest = next((one for one in self.opened if one.waits_for_sender()), self)
            # At once: until it is lost, others come.
            del self.opened[slowest]
            slowest.transport.abort()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch it no longer."""
        self._watching.cancel()
        self.opened.pop(self, None)
        super().connection_lost(exc)

    def waits_for_sender(self) -> bool:
        """Whether the next word is the sender's: no request has come, or its body is not there yet."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body

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

    def _watch(self) -> None:
        self._watching = self.loop.call_later(HEAD_S, self._look, self.cycle)

    def _look(self, before: object) -> None:
        # uvicorn bounds a connection that is silent after an answer, but not a head that never ends.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is before and (cycle is None or cycle.response_complete):
            self.transport.abort()
        else:
            self._watch()


def _allow_files() -> None:
    """Let the process have as many files open as it needs, as far as the system lets it."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


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


def serve(url: str, endpoint: Endpoint, proxies: Sequence[str] = ()) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first.

    Args:
        url: the servers behind.
        endpoint: where to serve.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    at = endpoint._replace(port=listener.getsockname()[1])
    _allow_files()

    async def run() -> None:
        app = application(Servers(url, connect))
        config = uvicorn.Config(
            Framed(app),
            loop="asyncio",
            http=Watched,
            ws="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            # Said also where nobody is named: by itself it believes this machine, or what FORWARDED_ALLOW_IPS says.
            forwarded_allow_ips=list(proxies),
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
