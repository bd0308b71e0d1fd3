"""Posting and publishing in one process at one address, as ``tallywire run`` has them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from starlette.applications import Starlette
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from streams.client import connect
from streams.servers import Servers
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.traces import tracing
from tallywire.posting import app as posting_app
from tallywire.posting import server as posting_server
from tallywire.posting.settings import NO_SETTINGS
from tallywire.posting.settings import Settings as PostingSettings
from tallywire.publishing import app as publishing_app
from tallywire.publishing import server as publishing_server
from tallywire.publishing.metrics import FeedMetrics
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings
from tallywire.web.connections import allow_files
from tallywire.web.handover import Handable
from tallywire.web.serving import Served
from tallywire.web.serving import serve as serve_application


class Both:
    """What readers ask for goes to publishing, everything else to posting.

    Args:
        posting: takes declarations.
        publishing: shows what is published.
    """

    def __init__(self, posting: Starlette, publishing: Starlette) -> None:
        self._posting = posting
        self._publishing = publishing
        self._lifespan = Starlette(lifespan=self._both_lives)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif not self._is_postings(scope):
            await self._publishing(scope, receive, send)
        else:
            await self._posting(scope, receive, send)

    def _is_postings(self, scope: Scope) -> bool:
        matches = (route.matches(scope)[0] for route in self._posting.routes)
        return any(match is not Match.NONE for match in matches)

    @asynccontextmanager
    async def _both_lives(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in (self._posting, self._publishing):
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield


def serve(  # noqa: PLR0913  # each is an option of the command
    url: str,
    endpoint: Endpoint,
    settings: Settings,
    proxies: Sequence[str] = (),
    posting_settings: PostingSettings = NO_SETTINGS,
    *,
    metrics: Endpoint | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        url: the servers behind.
        endpoint: where to serve.
        settings: what the operator says of publishing.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        posting_settings: what the operator says of posting.
        metrics: where health and metrics are served; None for nowhere.

    Raises:
        UsageError: nothing can be served there.
    """
    listener = endpoint.listen("--http")
    publishing_server.bound_send_buffers(listener)
    allow_files(posting_server.FILES + settings.readers_max)

    def make() -> Served:
        posting = posting_app.application(Servers(url, connect), replace(posting_settings, board=True), traces)
        publishing = publishing_app.application(Servers(url, connect), settings)
        served = posting_server.served(Handable(Both(posting, publishing)), posting.state.posting, url)
        shown: Publishing = publishing.state.publishing
        collectors = (FeedMetrics(shown),)
        shown.elections.traces = traces
        served.status.others = lambda: (*posting.state.posting.why_ending(), *shown.elections.why_not_live())

        def stop() -> None:
            served.stop()
            shown.stop()

        desk = (posting_server.DESK,) if posting_settings.desk else ()
        return replace(
            served,
            stop=stop,
            heartbeats=(posting_server.SERVICE, publishing_server.SERVICE, *desk),
            collectors=collectors,
            limits={**served.limits, "readers": settings.readers_max},
        )

    with tracing(posting_server.SERVICE) as traces:
        serve_application(make, listener, endpoint, proxies, metrics=metrics)
