"""The publishing service in a thread of the test, over elections that are played in memory: for tests of pages."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import uvicorn

from tallywire.publishing.app import asgi
from tallywire.publishing.following import Election, State
from tallywire.publishing.history import History
from tallywire.publishing.hub import Hub
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.server import Connection
from tallywire.publishing.settings import Settings
from tallywire.web.handover import Handable
from tests.waiting import wait_until

SETTINGS: Final = Settings(licence="Synthetic licence")


class Board:
    """Publishing that serves histories.

    Args:
        histories: what there is.
        settings: what the operator says.
    """

    def __init__(self, *histories: History, settings: Settings = SETTINGS) -> None:
        self.publishing = Publishing(cast("Any", None), settings)
        self.publishing.elections.listed = True
        for history in histories:
            known = Election(Hub(history), State.LIVE, "", read=True)
            self.publishing.elections.known[history.election] = known
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                Handable(asgi(self.publishing)),
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve([self._listener])

    @contextmanager
    def serving(self) -> Iterator["Board"]:
        """Serve for the time of a block."""
        thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        thread.start()
        try:
            wait_until(lambda: self._server.started, what="the board to be served")
            yield self
        finally:
            self.do(self.publishing.stop)
            self._server.should_exit = True
            thread.join()

    def do(self, what: Callable[[], object]) -> None:
        """Do something where requests are answered, and wait until it is done."""
        done = threading.Event()

        def step() -> None:
            what()
            done.set()

        assert self._loop is not None
        self._loop.call_soon_threadsafe(step)
        assert done.wait(60)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Answer nothing and say nothing for the time of a block; connections stay."""
        begun, ended = threading.Event(), threading.Event()

        def hang() -> None:
            begun.set()
            ended.wait()

        assert self._loop is not None
        self._loop.call_soon_threadsafe(hang)
        assert begun.wait(60)
        try:
            yield
        finally:
            ended.set()

    def moved(self, election: str) -> None:
        """Tell readers that something has been added to an election's history; to be called by ``do``."""
        self.publishing.elections.known[election].hub.publish()
