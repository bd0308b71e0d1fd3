"""Taking connections over from uvicorn, whose private names that leans on."""

import asyncio
from typing import Any, Final

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tallywire.web.handover import Handable, take_over

SAID: Final = b"HTTP/1.1 200 OK\r\n\r\nours"


class _Ours(asyncio.Protocol):
    """What the connection belongs to."""

    def __init__(self) -> None:
        self.lost = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the reader has gone."""
        self.lost.set_result(exc)


@pytest.mark.parametrize("protocol", [H11Protocol, HttpToolsProtocol])
def test_a_connection_taken_over_is_no_longer_uvicorns(protocol: type[Any]) -> None:
    """Promise: the application may return; the connection stays open, uvicorn has forgotten it, and we hear its end."""

    async def tried() -> None:
        taken: list[tuple[_Ours, asyncio.Transport]] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:  # ASGI's signature
            ours = _Ours()
            taken.append((ours, take_over(scope, ours)))

        handable: ASGIApp = Handable(app)
        config = uvicorn.Config(handable, http=protocol, ws="none", lifespan="off", port=0, log_config=None)
        server = uvicorn.Server(config)
        config.load()
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(30):
            while not server.started:  # noqa: ASYNC110  # uvicorn tells nobody
                await asyncio.sleep(0)
            port = server.servers[0].sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            while not taken or server.server_state.tasks:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0)
            ours, transport = taken[0]
            assert not transport.is_closing()
            assert not server.server_state.connections
            transport.write(SAID)
            assert await reader.readexactly(len(SAID)) == SAID
            writer.close()
            await ours.lost
            server.should_exit = True
            await serving

    asyncio.run(tried())
