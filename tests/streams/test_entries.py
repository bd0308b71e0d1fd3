"""Entries are read as the server has them, in batches and parts of bounded size."""

import asyncio
from contextlib import aclosing
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from streams.entries import BATCH_MAX, FIELDS_MAX, PART_BYTES_MAX, READ_BYTES_MAX, Reading, batches, parts, read_entries
from streams.fold import START, Entry
from tallywire.embedded.server import EmbeddedServer


def test_a_field_that_is_given_twice_has_both_values(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: we do not choose between the two, since we cannot know which one is meant."""
    client: Any = redis_client  # its own `xadd` cannot give a field twice, and this call is untyped
    client.execute_command("XADD", "words", "*", "data", "one", "data", "two")

    async def read() -> list[Entry]:
        async with AsyncRedis.from_url(server.url) as reader:
            return await read_entries(reader, "words", START)

    assert [entry.fields for entry in asyncio.run(read())] == [{b"data": b"one\n\0\ntwo"}]


def test_of_fields_without_end_the_first_are_read(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: an entry of more fields than any event has costs the reader no more than the first of them."""
    redis_client.xadd("words", {str(number): "word" for number in range(FIELDS_MAX + 1)})

    async def read() -> list[Entry]:
        async with AsyncRedis.from_url(server.url) as reader:
            return await read_entries(reader, "words", START)

    (entry,) = asyncio.run(read())
    assert list(entry.fields) == [b"%d" % number for number in range(FIELDS_MAX)]


def test_a_stream_is_read_in_batches_of_bounded_size_until_told_to_stop(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: however much waits, no more is in hand at once; nothing is left out, and nothing read twice."""
    sent = [f"{number}-0" for number in range(1, BATCH_MAX + 2)]
    for entry_id in sent:
        redis_client.xadd("words", {"data": "word"}, id=entry_id)

    async def read() -> list[list[str]]:
        stopping = asyncio.Event()
        found: list[list[str]] = []
        async with (
            AsyncRedis.from_url(server.url) as reader,
            aclosing(batches(reader, "words", START, stopping, Reading())) as of,
        ):
            async for batch in of:
                found.append([entry.id for entry in batch])
                if len(found) == 2:
                    stopping.set()
        return found

    assert asyncio.run(asyncio.wait_for(read(), 10)) == [sent[:BATCH_MAX], sent[BATCH_MAX:]]


def test_fewer_entries_are_read_where_they_are_large_and_after_an_error() -> None:
    """Promise: 250 entries of 40 MB are not read at once twice; what a server refuses to send is read singly."""
    how = Reading()
    how.after([Entry("1-0", {b"data": bytes(READ_BYTES_MAX // 2)})])
    assert how.count == 1
    for _ in range(9):
        how.after([Entry("1-0", {b"data": b"x"})])
    assert how.count == BATCH_MAX
    for _ in range(4):
        how.after_error()
    assert how.count == 1
    how.after([])
    assert how.count == 1


def test_large_entries_are_committed_in_parts() -> None:
    """Promise: a hundred large entries do not make one commit that outlasts the client's timeout."""
    small, large = {b"data": b"x"}, {b"data": b"x" * (PART_BYTES_MAX - 20)}
    entries = [Entry(str(place), fields) for place, fields in enumerate([small, large, small, large, small])]
    assert [[entry.id for entry in part] for part in parts(entries)] == [["0", "1", "2"], ["3", "4"]]
    assert list(parts([])) == []
