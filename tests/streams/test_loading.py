"""What a stage loads is of one moment and can be, or it says what cannot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from streams.commit import Committer, Mark, load_script, read_mark
from streams.errors import Damaged, OtherForm
from streams.fold import Batch, Emission, Table
from streams.keys import Partition
from streams.loading import AT_ONCE, load, mark_of
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import PARTITION, WIRING, Count, Json, Words

KEYS = Partition(PARTITION)
T = TypeVar("T")


def connected(url: str, body: Callable[[AsyncRedis], Awaitable[T]], of: type[AsyncRedis] = AsyncRedis) -> T:
    """Run ``body`` with a client of the server, which has the commit script."""

    async def run() -> T:
        client = of.from_url(url)
        try:
            await load_script(client)
            return await body(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


async def begun(client: AsyncRedis) -> Mark:
    """Fold one word, and return the mark."""
    await client.xadd(KEYS.key("words"), {"data": "one"}, id="1-0")
    one = Batch(records={("toy:words", "one"): Count(1)}, emissions=[Emission("said", Json(b'{"word":"one"}'))])
    mark = await Committer(client, KEYS, WIRING).commit(Mark(), "1-0", one)
    assert mark is not None
    return mark


async def loaded(client: AsyncRedis) -> Words | None:
    """Load what there is, as a worker that starts does."""
    return await load(client, KEYS, WIRING, await mark_of(client, KEYS, "toy"), asyncio.Event())


def agrees(words: Words, word: str, count: Count) -> None:
    """Take a record of the second table; fails on what never was at one moment."""
    if words.seen[word] != count.number:
        raise LookupError(word)


BOTH = replace(WIRING, tables=(*WIRING.tables, Table("toy:twice", Count.decode, agrees)))
"""Keeps the words in two tables, which agree at every moment."""


class Meddled(AsyncRedis):
    """A client that is slow between two tables: another worker commits meanwhile."""

    async def hscan_iter(self, name: str, *, count: int) -> AsyncIterator[Any]:  # type: ignore[override]  # as we call it
        """Read a table, the second one only after somebody else has written both."""
        if name == KEYS.key("toy:twice"):
            two = Batch(records={("toy:words", "one"): Count(2), ("toy:twice", "one"): Count(2)})
            mark = await read_mark(self, KEYS.key("toy"))
            assert await Committer(self, KEYS, WIRING).commit(mark, "2-0", two)
        async for pair in super().hscan_iter(name, count=count):
            yield pair


def test_what_another_worker_changes_meanwhile_is_not_taken(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a worker that starts while another one commits loads a state that was, or none."""
    assert not redis_client.keys()

    async def meanwhile(client: AsyncRedis) -> tuple[Words | None, Words | None]:
        one = Batch(records={("toy:words", "one"): Count(1), ("toy:twice", "one"): Count(1)})
        first = await Committer(client, KEYS, WIRING).commit(Mark(), "1-0", one)
        assert first is not None
        quiet = AsyncRedis.from_url(server.url)
        try:
            before = await load(quiet, KEYS, BOTH, first, asyncio.Event())
        finally:
            await quiet.aclose()
        return before, await load(client, KEYS, BOTH, first, asyncio.Event())

    before, during = connected(server.url, meanwhile, Meddled)
    assert before is not None
    assert before.seen == {"one": 1}
    assert during is None


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (("DEL", KEYS.key("toy")), "there are entries on said, and {synthetic-partition}:toy is gone"),
        (("HSET", KEYS.key("toy"), "cursor", "9-0"), "it has read up to 9-0, and words ends with 1-0"),
        (("HSET", KEYS.key("toy"), "sequence:said", "abc"), "{synthetic-partition}:toy cannot be read"),
        (("HSET", KEYS.key("toy"), "cursor", "abc"), "{synthetic-partition}:toy cannot be read"),
        (("HSET", KEYS.key("toy:words"), "one", "abc"), "one in {synthetic-partition}:toy:words cannot be read"),
    ],
    ids=[
        "the mark is lost",
        "the cursor is beyond the stream",
        "a number is garbled",
        "the cursor is garbled",
        "a record is garbled",
    ],
)
def test_what_cannot_be_is_not_built_on(
    server: EmbeddedServer, redis_client: Redis, damage: tuple[str, ...], said: str
) -> None:
    """Promise: a worker that finds its state damaged says nothing twice and skips nothing: it stops, and says why."""
    assert not redis_client.keys()

    async def damaged(client: AsyncRedis) -> Words | None:
        await begun(client)
        whole = await loaded(client)
        assert whole is not None
        assert whole.seen == {"one": 1}
        await client.execute_command(*damage)  # type: ignore[no-untyped-call]  # redis-py does not type it
        return await loaded(client)

    with pytest.raises(Damaged) as stopped:
        connected(server.url, damaged)
    assert said in str(stopped.value)
    assert "tallywire verify" in str(stopped.value)


def test_state_of_another_form_is_not_read(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a release does not misread what another one has kept; one that names no form kept the first."""
    assert not redis_client.keys()

    async def found(client: AsyncRedis) -> Words | None:
        mark = await begun(client)
        await client.hdel(KEYS.key("toy"), "form")
        assert await loaded(client) is not None
        return await load(client, KEYS, replace(WIRING, form=2), mark, asyncio.Event())

    with pytest.raises(OtherForm, match=r"of form 1, and this release keeps form 2.*tallywire rebuild"):
        connected(server.url, found)


def test_loading_ends_when_the_service_is_to_end(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a service with millions of records need not have loaded them all before it ends."""
    redis_client.hset(KEYS.key("toy:words"), mapping={str(number): 1 for number in range(2 * AT_ONCE + 1)})

    async def ended(client: AsyncRedis) -> object:
        stopping = asyncio.Event()

        def end(_words: Words, _word: str, _count: Count) -> None:
            asyncio.get_running_loop().call_soon(stopping.set)

        wiring = replace(WIRING, tables=(Table("toy:words", Count.decode, end),))
        return await load(client, KEYS, wiring, Mark(), stopping)

    assert connected(server.url, ended) is None
