"""What a service serves over HTTP: whether it is live and ready, its metrics, and the AsyncAPI document.

It runs in a thread with an event loop of its own, so that it answers while a rule holds the service's event loop, and
while the server is away.
"""

import asyncio
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import ClassVar, Final

import structlog
import uvicorn
from faststream.asgi import AsgiFastStream, AsgiResponse, get
from prometheus_client import make_asgi_app
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.heartbeat import heartbeat
from streams.status import ServiceStatus
from tallywire.operations.counts import REGISTRY
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.service_metrics import ServiceMetrics

OK: Final = 200
UNAVAILABLE: Final = 503
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405

METHODS: Final = ("GET", "HEAD")
"""Every page can be read, and nothing can be done."""

CLOSE_S: Final = 1
"""How long open connections may take to end when the service stops."""

CONNECTION_S: Final = 30.0
"""How long a connection may last. A probe's takes milliseconds; Prometheus opens another one."""

CONNECTIONS_MAX: Final = 100
"""Connections open at once; one more ends the oldest. A process may open a thousand files, and needs two connections
for each election."""

log = structlog.get_logger()


def application(status: ServiceStatus, metrics: ServiceMetrics) -> ASGIApp:
    """Return the ASGI application that answers for a service: what it does not know is 404, other methods 405."""
    metrics.watch(status)
    document = files("schemas").joinpath("asyncapi.json").read_bytes()

    @get(include_in_schema=False)
    async def live() -> AsgiResponse:
        """Say whether the process should be left running: its event loop has run within the last 30 s."""
        reason = status.why_not_live()
        return as_json({"live": reason is None, "reasons": [reason] if reason else []}, ok=reason is None)

    @get(include_in_schema=False)
    async def ready() -> AsgiResponse:
        """Say whether the service reaches its server, and leads or stands by on every election that it knows."""
        # Asked first, in a thread: a server that does not answer must not hold up the other pages.
        away = await asyncio.to_thread(status.why_no_server)
        reasons = [*([away] if away else []), *status.why_not_ready()]
        return as_json({"ready": not reasons, "reasons": reasons, "elections": status.phases()}, ok=not reasons)

    @get(include_in_schema=False)
    async def asyncapi() -> AsgiResponse:
        """Return the contract: the document in ``schemas/``, not one that FastStream makes up from the subscribers."""
        return AsgiResponse(document, OK, {"Content-Type": "application/json"})

    pages: dict[str, ASGIApp] = {
        "/health/live": live,
        "/health/ready": ready,
        "/metrics": make_asgi_app(metrics.registry),
        "/asyncapi.json": asyncapi,
    }
    return with_pages(pages)


def with_pages(pages: Mapping[str, ASGIApp]) -> ASGIApp:
    """Return the ASGI application of some pages by path: what it does not know is 404, other methods are 405."""
    known = AsgiFastStream(asgi_routes=tuple(pages.items()), logger=None)
    not_found = _text(NOT_FOUND, f"There is no such page. There are: {', '.join(pages)}")
    not_allowed = _text(NOT_ALLOWED, f"Pages are read with {' or '.join(METHODS)}.", {"Allow": ", ".join(METHODS)})

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Before the pages: FastStream's own answers say nothing, and that of /metrics takes any method.
        if scope["path"] not in pages:
            await not_found(scope, receive, send)
        elif scope["method"] not in METHODS:
            await not_allowed(scope, receive, send)
        else:
            await known(scope, receive, send)

    return answer


class Bounded(H11Protocol):
    """A connection that ends: whoever opens one and sends nothing, or reads nothing, does not keep it for ever."""

    opened: ClassVar[dict["Bounded", asyncio.TimerHandle]] = {}
    """Those that are open, the oldest first, and when each is to end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Let it live so long, and make room for it."""
        super().connection_made(transport)
        self.opened[self] = self.loop.call_later(CONNECTION_S, transport.abort)
        if len(self.opened) > CONNECTIONS_MAX:
            # At once: until it is lost, others come.
            oldest = next(iter(self.opened))
            self.opened.pop(oldest).cancel()
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if ending := self.opened.pop(self, None):
            ending.cancel()
        super().connection_lost(exc)


@contextmanager
def served(endpoint: Endpoint, app: ASGIApp) -> Iterator[None]:
    """Serve an application at an endpoint until the block ends.

    Raises:
        NoServerError: nothing can be served there.
    """
    listener = endpoint.listen()
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=Bounded,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSE_S,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="operations", daemon=True)
    thread.start()
    log.info("operations.served", url=f"http://{endpoint._replace(port=listener.getsockname()[1])}")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def measured(
    service: str,
    status: ServiceStatus,
    endpoint: Endpoint | None,
    collectors: Iterable[Collector],
    heartbeats: Sequence[str],
) -> Iterator[None]:
    """Keep the heartbeats of a service that speaks HTTP or sends it, and serve its metrics, until the block ends.

    Args:
        service: its name.
        status: how it is.
        endpoint: where health and metrics are served; None for nowhere.
        collectors: what is measured of it when somebody asks.
        heartbeats: the services that it is; none where the server is a stand-by, which takes no writes.

    Raises:
        NoServerError: nothing can be served there.
    """
    if endpoint is None:
        with heartbeat(heartbeats, status):
            yield
        return
    metrics = ServiceMetrics(service, REGISTRY)
    for collector in collectors:
        REGISTRY.register(collector)
    with served(endpoint, application(status, metrics)), heartbeat(heartbeats, status, metrics):
        yield


def as_json(body: Mapping[str, object], *, ok: bool) -> AsgiResponse:
    """Return an answer of health: 200, or 503 where it is not well."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return AsgiResponse(json.dumps(body).encode(), OK if ok else UNAVAILABLE, headers)


def _text(code: int, sentence: str, more: dict[str, str] | None = None) -> AsgiResponse:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", **(more or {})}
    return AsgiResponse(f"{sentence}\n".encode(), code, headers)
