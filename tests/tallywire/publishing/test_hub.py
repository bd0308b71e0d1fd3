"""Readers of a history that goes on, over real sockets and no server: who is given what, and when."""

import asyncio
import re
import socket
from typing import Final

from tallywire.publishing.cursor import Cursor
from tallywire.publishing.filters import EVERYTHING
from tallywire.publishing.history import STREAMS, History
from tallywire.publishing.hub import CHUNK_BYTES, Hub, Reader
from tests.oracle.playing import aggregate, ingest, notify
from tests.pipeline.night import Night, night
from tests.tallywire.publishing.histories import played

NIGHT: Final = night(33, contests=4, declarations=4)

ID: Final = re.compile(rb"id: (\S+)\nevent: (?:result|control|tally|headline)\n")


def history(declarations: int) -> History:
    """Return the history once so many declarations are in."""
    return played(NIGHT.election, NIGHT.register, NIGHT.declarations[:declarations])


def declared_at_once(election: Night) -> History:
    """Return the history of an election whose declarations were all taken in one step."""
    found = History(election.election)
    written = [ingest(election.election).take([election.register, *election.declarations])]
    ledger = [content for stream, content in written[0] if stream == "ledger"]
    written.append(aggregate(election.election).take(ledger))
    results = [content for stream, content in written[1] if stream == "results"]
    written.append(notify(election.election).take(results))
    for entry in ledger:
        found.read_ledger(entry)
    for stream, content in (*written[1], *written[2]):
        if stream in STREAMS:
            found.read_event(stream, content)
    found.advance(len(ledger), len(results))
    return found


async def connect(hub: Hub, reader: Reader) -> socket.socket:
    """Connect a reader, and return the socket at which it reads."""
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: reader, sock=theirs)
    hub.welcome(reader, transport, b"")
    return ours


def read_to(ours: socket.socket, end: bytes) -> bytes:
    """Return what comes, up to the block with a cursor."""
    content = b""
    while not content.endswith(b"\n\n") or end not in content[-CHUNK_BYTES:]:
        content += ours.recv(65_536)
    return content


def cursors(history: History, after: Cursor, place: int) -> list[bytes]:
    """Return the cursor of each event of a moment after a cursor."""
    return [str(cursor).encode() for cursor, _ in history.told(after, place)]


def test_who_comes_from_a_process_that_is_ahead_is_told_nothing_twice() -> None:
    """Promise: a reader whose cursor is not known here yet waits for it, and then gets what comes after it, once.

    Two moments come about at once here, and it has had the first of them.
    """
    now = history(4)
    after = now.moments[-2].cursor

    async def told() -> bytes:
        hub = Hub(history(2))
        with await connect(hub, hub.join(EVERYTHING, after, chunked=False)) as ours:
            hub.history = now
            hub.publish()
            hub.end()
            return await asyncio.to_thread(ours.makefile("rb").read)

    expected = cursors(now, after, now.last)
    assert expected
    assert ID.findall(asyncio.run(told())) == expected


def test_a_night_that_was_declared_at_once_is_given_in_parts() -> None:
    """Promise: for a reader who takes nothing little is kept, however much one step has brought; it misses nothing."""
    once = declared_at_once(night(34, contests=40, declarations=40))
    beginning = once.moments[0].cursor
    whole = sum(len(event.content) for events in once.events.values() for event in events)
    assert whole > 3 * CHUNK_BYTES

    async def told() -> tuple[int, bytes]:
        hub = Hub(once)
        reader = hub.join(EVERYTHING, beginning, chunked=False)
        with await connect(hub, reader) as ours:
            # What is to be written next is written, if anything is.
            await asyncio.sleep(0)
            waiting = reader.transport.get_write_buffer_size()
            content = await asyncio.to_thread(read_to, ours, str(once.now.cursor).encode())
            hub.end()
            return waiting, content

    waiting, content = asyncio.run(told())
    assert 0 < waiting < 2 * CHUNK_BYTES
    assert ID.findall(content) == cursors(once, beginning, once.last)
