"""One commit: everything or nothing, once, and only by the writer whose turn it is."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ResponseError

from streams.chain import follows, origin
from streams.commit import Committer, Mark, load_script, read_mark
from streams.errors import Undeclared
from streams.fold import Batch, Emission
from streams.keys import Partition
from tallywire.embedded.server import EmbeddedServer
from tests.reading import events
from tests.streams.toy import PARTITION, WIRING, Count, Json

KEYS = Partition(PARTITION)
T = TypeVar("T")


def with_committer(server: EmbeddedServer, body: Callable[[Committer], Awaitable[T]]) -> T:
    """Run ``body`` with a committer that is connected to the server."""

    async def run() -> T:
        client = AsyncRedis.from_url(server.url)
        try:
            await load_script(client)
            return await body(Committer(client, KEYS, WIRING))
        finally:
            await client.aclose()

    return asyncio.run(run())


def batch(*words: str) -> Batch:
    """Return what follows from the words."""
    return Batch(
        records={("toy:words", word): Count(1) for word in words},
        emissions=[Emission("said", Json(json.dumps({"word": word}).encode())) for word in words],
    )


def said(client: Redis) -> list[dict[str, Any]]:
    """Return what was said so far."""
    return events(client, KEYS.key("said"))


def test_a_commit_moves_state_entries_and_cursor_together(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: state, outgoing entries and cursor take effect in one step, numbered from 1 without gaps."""
    after = with_committer(server, lambda committer: committer.commit(Mark(), "5-0", batch("one", "two")))
    assert after is not None
    assert (after.cursor, after.sequences) == ("5-0", {"said": 2})
    assert redis_client.hgetall(KEYS.key("toy:words")) == {b"one": b"1", b"two": b"1"}
    assert [(out["word"], out["sequence"], out.get("groupend")) for out in said(redis_client)] == [
        ("one", 1, None),
        ("two", 2, True),
    ]
    assert with_committer(server, lambda committer: read_mark(committer.client, KEYS.key("toy"))) == after


def test_a_record_that_is_published_is_kept_as_it_was_published(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what stands is the event itself, its number included, and not another copy of it."""
    event = Json(b'{"word":"one"}')
    published = Batch(records={("toy:words", "one"): event}, emissions=[Emission("said", event)])
    assert with_committer(server, lambda committer: committer.commit(Mark(), "5-0", published)) is not None
    kept = redis_client.hget(KEYS.key("toy:words"), "one")
    assert kept is not None
    assert [json.loads(kept)] == said(redis_client)
    assert said(redis_client)[0]["sequence"] == 1


def test_a_commit_of_many_records_keeps_them_all(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: however many entries are folded at once, nothing of it is left out."""
    words = {f"word-{number}".encode(): b"1" for number in range(450)}
    many = batch(*(word.decode() for word in words))
    assert with_committer(server, lambda committer: committer.commit(Mark(), "5-0", many)) is not None
    assert redis_client.hgetall(KEYS.key("toy:words")) == words
    assert len(said(redis_client)) == len(words)


def test_all_keys_of_a_partition_carry_its_hash_tag() -> None:
    """Promise: they lie in one slot of a Redis Cluster, so that one commit may touch them all."""
    assert (KEYS.key("toy"), KEYS.key("said")) == ("{synthetic-partition}:toy", "{synthetic-partition}:said")


def test_a_writer_that_comes_second_changes_nothing(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: of two writers that read the same entries only the first takes effect."""

    async def both(committer: Committer) -> list[Mark | None]:
        return [
            await committer.commit(Mark(), "5-0", batch("first")),
            await committer.commit(Mark(), "5-0", batch("second")),
        ]

    first, second = with_committer(server, both)
    assert first is not None
    assert second is None
    assert [out["word"] for out in said(redis_client)] == ["first"]
    assert with_committer(server, lambda committer: read_mark(committer.client, KEYS.key("toy"))) == first


def test_a_writer_from_before_a_roll_back_is_kept_out(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: the same cursor is not enough; the token of the last commit must be known too."""

    async def roll_back(committer: Committer) -> Mark | None:
        old = await committer.commit(Mark(), "5-0", batch("lost"))
        await committer.client.flushall()
        await committer.commit(Mark(), "5-0", batch("kept"))
        assert old is not None
        return await committer.commit(old, "6-0", batch("stale"))

    assert with_committer(server, roll_back) is None
    assert [out["word"] for out in said(redis_client)] == ["kept"]


@pytest.mark.parametrize("denied", ["-hset", "-xadd"])
def test_a_user_who_may_not_write_everything_writes_nothing(
    server: EmbeddedServer, redis_client: Redis, denied: str
) -> None:
    """Promise: what the server lets a service do is asked before anything is written, so nothing is half done."""
    redis_client.acl_setuser(
        "synthetic", enabled=True, reset=True, passwords=["+word"], keys=["*"], categories=["+@all"], commands=[denied]
    )

    async def as_that_user(committer: Committer) -> None:
        client = AsyncRedis.from_url(server.url, username="synthetic", password="word")  # noqa: S106  # not a secret
        try:
            with pytest.raises(ResponseError):
                await replace(committer, client=client).commit(Mark(), "5-0", batch("half"))
        finally:
            await client.aclose()

    with_committer(server, as_that_user)
    assert redis_client.keys() == []


@pytest.mark.parametrize("last", ["18446744073709551615-18446744073709551615", "18446744073709551615-7"])
def test_a_stream_whose_ids_are_used_up_stops_the_commit_before_it_writes(
    server: EmbeddedServer, redis_client: Redis, last: str
) -> None:
    """Promise: where somebody chose the last possible id, nothing is half done, time after time."""
    redis_client.xadd(KEYS.key("said"), {"data": "not ours"}, id=last)
    with pytest.raises(ResponseError, match="used up its ids"):
        with_committer(server, lambda committer: committer.commit(Mark(), "5-0", batch("one", "two")))
    assert redis_client.keys() == [KEYS.key("said").encode()]
    assert redis_client.xlen(KEYS.key("said")) == 1


def test_the_written_stream_is_chained_across_commits(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: each entry of a chained stream continues the one before it, from commit to commit."""

    async def two(committer: Committer) -> None:
        mark = await committer.commit(Mark(), "5-0", batch("one", "two"))
        assert mark is not None
        await committer.commit(await read_mark(committer.client, KEYS.key("toy")), "6-0", batch("three"))

    with_committer(server, two)
    chain: str | None = origin(PARTITION)
    for _, fields in cast("list[tuple[bytes, dict[bytes, bytes]]]", redis_client.xrange(KEYS.key("said"))):
        assert chain is not None
        chain = follows(chain, fields[b"data"])
    assert redis_client.hget(KEYS.key("toy"), "chain") == str(chain).encode()


def test_a_count_that_is_no_number_stops_nothing_half_way(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: whatever a hand has written into the stage's own hash, a commit is whole or is not."""
    redis_client.hset(KEYS.key("toy"), "folded", "synthetic nonsense")
    assert with_committer(server, lambda committer: committer.commit(Mark(), "5-0", batch("one"))) is not None
    assert redis_client.hmget(KEYS.key("toy"), "cursor", "folded") == [b"5-0", b"0"]
    assert len(said(redis_client)) == 1


def test_a_key_of_another_kind_stops_the_commit_before_it_writes(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: scripts do not roll back, so everything is checked first: nothing is half done."""
    redis_client.set(KEYS.key("said"), "not a stream")
    with pytest.raises(ResponseError, match="is a string, not a stream"):
        with_committer(server, lambda committer: committer.commit(Mark(), "5-0", batch("one")))
    assert not redis_client.exists(KEYS.key("toy:words"), KEYS.key("toy"))


def test_a_server_without_the_script_is_given_it(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a server that was replaced needs nobody to prepare it."""

    async def commit_after_replacement(committer: Committer) -> Mark | None:
        await committer.client.script_flush()
        return await committer.commit(Mark(), "5-0", batch("one"))

    assert with_committer(server, commit_after_replacement) is not None
    assert len(said(redis_client)) == 1


def test_a_stage_cannot_write_a_stream_it_does_not_declare(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what a stage declares to write is all that it can write."""
    stray = Batch(emissions=[Emission("elsewhere", Json(b"{}"))])
    with pytest.raises(Undeclared, match="rule of toy writes the stream elsewhere, which its wiring does not declare"):
        with_committer(server, lambda committer: committer.commit(Mark(), "5-0", stray))
    assert not redis_client.keys("*elsewhere*")
