"""Readers of a history that goes on, over real sockets and no server: who is given what, and when."""

import asyncio
import re
import socket
from typing import Final

from tallywire.publishing.filters import EVERYTHING
from tallywire.publishing.history import History
from tallywire.publishing.hub import Hub
from tests.pipeline.night import night
from tests.tallywire.publishing.histories import played

NIGHT: Final = night(33, contests=4, declarations=4)

ID: Final = re.compile(rb"id: (\S+)\nevent: (?:result|control|tally|headline)\n")


def history(declarations: int) -> History:
    """Return the history once so many declarations are in."""
    return played(NIGHT.election, NIGHT.register, NIGHT.declarations[:declarations])


def test_who_comes_from_a_process_that_is_ahead_is_told_nothing_twice() -> None:
    """Promise: a reader whose cursor is not known here yet waits for it, and then gets what comes after it, once.

    Two moments come about at once here, and it has had the first of them.
    """
    now = history(4)
    after = now.moments[-2].cursor

    async def told() -> bytes:
        hub = Hub(history(2))
        reader = hub.join(EVERYTHING, after, chunked=False)
        ours, theirs = socket.socketpair()
        with ours:
            transport, _ = await asyncio.get_running_loop().create_connection(lambda: reader, sock=theirs)
            hub.welcome(reader, transport, b"")
            hub.history = now
            hub.publish()
            hub.end()
            return await asyncio.to_thread(ours.makefile("rb").read)

    expected = [str(cursor).encode() for cursor, _ in now.told(after, now.last)]
    assert expected
    assert ID.findall(asyncio.run(told())) == expected
