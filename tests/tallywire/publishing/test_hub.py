"""Readers of a history that goes on, over real sockets and no server: who is given what, and when."""

import asyncio
import random
import re
import socket
from collections.abc import Sequence
from typing import Final

import pytest

from tallywire.publishing import hub as hubs
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.filters import EVERYTHING, FEEDS, Filter
from tallywire.publishing.history import STREAMS, History
from tallywire.publishing.hub import CHUNK_BYTES, Hub, Reader
from tests.oracle.playing import aggregate, ingest, notify
from tests.pipeline.night import Night, night
from tests.waiting import wait_until

NIGHT: Final = night(33, contests=4, declarations=4)

EVENT: Final = re.compile(rb"id: (\S+)\nevent: (?:result|control|tally|headline)\ndata: (.*)\n")

WANTED: Final = (EVERYTHING, FEEDS["headlines"], FEEDS["tallies"], Filter(kinds=frozenset({"none.such"})))

Step = tuple[Sequence[bytes], Sequence[tuple[str, bytes]]]
"""What one step of ingest has put on the ledger, and what followed from it, with its stream."""


def steps(played: Night, *sizes: int) -> list[Step]:
    """Return a night that is taken in steps of so many declarations; the first has the register, too."""
    stages = ingest(played.election), aggregate(played.election), notify(played.election)
    left, found = [played.register, *played.declarations], list[Step]()
    for size in (1 + sizes[0], *sizes[1:]):
        taken, left = left[:size], left[size:]
        ledger = [content for stream, content in stages[0].take(taken) if stream == "ledger"]
        said = stages[1].take(ledger)
        said += stages[2].take([content for stream, content in said if stream == "results"])
        found.append((ledger, said))
    assert not left
    return found


def go_on(history: History, more: Sequence[Step]) -> History:
    """Read what some steps have brought, and return the history."""
    for ledger, said in more:
        for entry in ledger:
            history.read_ledger(entry)
        for stream, content in said:
            if stream in STREAMS:
                history.read_event(stream, content)
    history.advance(len(history.ledger), len(history.events["results"]))
    return history


async def connect(hub: Hub, reader: Reader) -> socket.socket:
    """Connect a reader, and return the socket at which it reads."""
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: reader, sock=theirs)
    hub.welcome(reader, transport, b"")
    return ours


def after(history: History, cursor: Cursor, wanted: Filter = EVERYTHING) -> list[bytes]:
    """Return the events after a cursor that a filter selects."""
    places = range(history.moment_of(cursor) + 1, len(history.moments))
    return [event.content for place in places for _, event in history.told(cursor, place) if wanted.selects(event)]


def test_who_comes_from_a_process_that_is_ahead_is_told_nothing_twice() -> None:
    """Promise: a reader whose cursor is not known here yet waits for it, and then gets what comes after it, once.

    Two moments come about at once here, and it has had the first of them.
    """
    taken = steps(NIGHT, 2, 1, 1)
    now = go_on(go_on(go_on(History(NIGHT.election), taken[:1]), taken[1:2]), taken[2:])
    cursor = now.moments[-2].cursor

    async def told() -> bytes:
        hub = Hub(go_on(History(NIGHT.election), taken[:1]))
        with await connect(hub, hub.join(EVERYTHING, cursor, chunked=False)) as ours:
            go_on(go_on(hub.history, taken[1:2]), taken[2:])
            hub.publish()
            hub.end()
            return await asyncio.to_thread(ours.makefile("rb").read)

    expected = after(now, cursor)
    assert expected
    assert [event for _, event in EVENT.findall(asyncio.run(told()))] == expected


def test_a_night_that_was_declared_at_once_is_given_in_parts() -> None:
    """Promise: for a reader who takes nothing little is kept, however much one step has brought; it misses nothing."""
    once = go_on(History(NIGHT.election), steps(night(34, contests=40, declarations=40), 40))
    beginning = once.moments[0].cursor
    expected = after(once, beginning)
    assert sum(map(len, expected)) > 3 * CHUNK_BYTES

    async def told() -> tuple[int, bytes]:
        hub = Hub(once)
        reader = hub.join(EVERYTHING, beginning, chunked=False)
        with await connect(hub, reader) as ours:
            # What is to be written next is written, if anything is.
            await asyncio.sleep(0)
            waiting = reader.transport.get_write_buffer_size()
            reading = asyncio.create_task(asyncio.to_thread(ours.makefile("rb").read))
            await asyncio.to_thread(wait_until, lambda: reader in reader.channel.live, what="the reader to catch up")
            hub.end()
            return waiting, await reading

    waiting, content = asyncio.run(told())
    assert 0 < waiting < 2 * CHUNK_BYTES
    assert [event for _, event in EVENT.findall(content)] == expected


@pytest.mark.parametrize("seed", range(6))
def test_each_reader_has_each_event_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whatever cursor a reader comes with, and when, and however slowly it reads, it has what comes after it.

    Steps of one declaration and of many, at different speeds; cursors inside moments, and beyond what is known here;
    parts of different sizes; each filter with readers of its own.
    """
    chance = random.Random(seed)
    monkeypatch.setattr(hubs, "CHUNK_BYTES", chance.choice([500, 5_000, CHUNK_BYTES]))
    sizes = chance.choice([(1,) * 12, (2, 20, 1, 1, 5), (1, 1, 30, 3)])
    played = night(seed, contests=8, declarations=sum(sizes))
    taken = steps(played, *sizes)
    whole = History(played.election)
    for step in taken:
        go_on(whole, [step])
    places = [place for moment in range(1, whole.last + 1) for place, _ in whole.told(whole.moments[0].cursor, moment)]
    places += [moment.cursor for moment in whole.moments]

    async def read(hub: Hub) -> None:
        wanted, cursor, size = chance.choice(WANTED), chance.choice(places), chance.choice([50, 5_000, 100_000])
        content = b""
        with await connect(hub, hub.join(wanted, cursor, chunked=False)) as ours:
            ours.setblocking(False)
            while part := await asyncio.get_running_loop().sock_recv(ours, size):
                content += part
        assert [event for _, event in EVENT.findall(content)] == after(whole, cursor, wanted), (wanted, cursor)

    async def play() -> None:
        known = chance.randrange(1, len(taken))
        hub = Hub(History(played.election))
        for step in taken[:known]:
            go_on(hub.history, [step])
        hub.publish()
        reading = []
        while known < len(taken):
            reading += [asyncio.create_task(read(hub)) for _ in range(3)]
            for _ in range(chance.randrange(10)):
                await asyncio.sleep(0)
            for step in taken[known : known + 2]:
                go_on(hub.history, [step])
            known += 2
            hub.publish()
        await asyncio.to_thread(wait_until, lambda: hub.readers == len(reading) and _all_live(hub), what="all readers")
        hub.end()
        await asyncio.gather(*reading)

    asyncio.run(play())


def _all_live(hub: Hub) -> bool:
    """Whether every reader has caught up."""
    return all(reader in channel.live for channel in tuple(hub._channels.values()) for reader in tuple(channel.readers))
