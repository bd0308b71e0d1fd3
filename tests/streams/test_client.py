"""How a stage speaks to a server."""

import asyncio
import os
import signal
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio.connection import Connection
from redis.exceptions import RedisError

from streams import client as connecting
from streams.client import Packing, connect
from tallywire.embedded.server import EmbeddedServer

ARGUMENTS = st.lists(st.one_of(st.binary(max_size=20_000), st.text(max_size=50), st.integers()), max_size=30)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "rediss://127.0.0.1:1/0", "unix:///nowhere.sock"])
def test_every_sort_of_connection_packs_in_c_and_sends_nothing_again(url: str) -> None:
    """Promise: however a server is reached, hiredis packs, and a commit in doubt is not sent again by the client."""
    pool: Any = connect(url).connection_pool
    connection = pool.make_connection()
    assert type(connection).pack_command is Packing.pack_command
    assert connection.retry.get_retries() == 0


@given(ARGUMENTS)
def test_what_is_sent_is_what_redis_py_would_send(arguments: list[str | bytes | int]) -> None:
    """Promise: only the packing is another one, not the command."""
    command = ("FUNCTION LOAD", *arguments)
    assert b"".join(Packing().pack_command(*command)) == b"".join(Connection().pack_command(*command))


@pytest.mark.parametrize("acquainted", [True, False], ids=["connected before", "not yet connected"])
def test_a_server_that_keeps_silent_is_not_waited_for(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, *, acquainted: bool
) -> None:
    """Promise: a frozen server is an error like any other, in time for a service that is told to end."""
    monkeypatch.setattr(connecting, "ANSWER_S", 0.2)

    async def ask() -> None:
        client = connect(server.url)
        async with aclosing(client), aclosing(client.client()) as own:
            if acquainted:
                assert await own.echo("before") == b"before"
            os.kill(server.pid, signal.SIGSTOP)
            try:
                with pytest.raises(RedisError, match=r"^The server has not answered within 0\.2 s$"):
                    await own.echo("lost")
            finally:
                os.kill(server.pid, signal.SIGCONT)
            # Not the answer to what was given up.
            assert await own.echo("after") == b"after"

    asyncio.run(asyncio.wait_for(ask(), 10))
