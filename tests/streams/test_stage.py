"""A stage's life: it folds everything once, in order, whoever else folds, and whatever happens to the server."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from structlog.testing import capture_logs

from streams.client import connect
from streams.errors import Damaged, Emptied, Outdated, TooMuchPoison
from streams.fold import Batch, Effects, Entry, Rule, fold
from streams.keys import Partition
from streams.poison import POISON_WINDOW
from streams.servers import Servers
from streams.stage import Enough, Stage
from tallywire.embedded.server import EmbeddedServer, start_server
from tests.reading import events
from tests.streams.toy import HALT, PARTITION, POISON, WIRING, Words, say
from tests.waiting import wait_until

KEYS = Partition(PARTITION)
WORDS = [f"word-{number % 7}" for number in range(500)]


@asynccontextmanager
async def toy_stage(url: str, stopping: asyncio.Event, gate: Callable[[], None]) -> AsyncIterator["Stage[Words]"]:
    """Yield a toy stage; ``gate`` is called with a batch in hand, before it is folded."""
    servers = Servers(url, connect)

    async def apply(_partition: Partition, state: Words, entries: Sequence[Entry], _enough: Enough) -> Batch:
        await asyncio.to_thread(gate)
        return fold(WIRING, say, state, entries)

    try:
        yield Stage(servers, KEYS, WIRING, apply, stopping)
    finally:
        for client in servers.clients():
            await client.aclose()


async def live(url: str, stopping: asyncio.Event, gate: Callable[[], None] = lambda: None) -> None:
    """Be one worker of the toy stage."""
    async with toy_stage(url, stopping, gate) as stage:
        await stage.run()


@contextmanager
def thread_of(run: Callable[[], Coroutine[Any, Any, None]], stopping: asyncio.Event) -> Iterator[None]:
    """Run something in a thread of its own until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()


@contextmanager
def worker(url: str, gate: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Run one worker in a thread of its own until the block ends."""
    stopping = asyncio.Event()
    with thread_of(partial(live, url, stopping, gate), stopping):
        yield


def post(client: Redis, words: Sequence[str]) -> None:
    """Put the words on the stream."""
    with client.pipeline(transaction=False) as pipeline:
        for word in words:
            pipeline.xadd(KEYS.key("words"), {"data": word})
        pipeline.execute()


def said(client: Redis) -> list[tuple[int, str, int]]:
    """Return what was said so far: number, word, how often it had been seen."""
    return [(event["sequence"], event["word"], event["count"]) for event in events(client, KEYS.key("said"))]


def expected(words: Sequence[str]) -> list[tuple[int, str, int]]:
    """Return what must be said, by counting anew."""
    return [(place + 1, word, words[: place + 1].count(word)) for place, word in enumerate(words)]


def wait_for(client: Redis, number: int) -> None:
    """Wait until that many words were said."""
    wait_until(lambda: client.xlen(KEYS.key("said")) >= number, what=f"{number} words")


def readers(client: Redis) -> set[str]:
    """Return the connections over which workers wait for words."""
    return {found["id"] for found in client.client_list() if found["cmd"].startswith("xread")}


def lose_connection(client: Redis) -> None:
    """Break the connection of whoever waits for words; it is back soon, over another one."""
    waiting = wait_until(lambda: readers(client), what="the stage to wait for words")
    client.client_kill_filter(_type="normal", skipme=True)
    wait_until(lambda: not waiting & readers(client), what="the stage to lose its connection")


def test_entries_from_before_the_start_and_after_it_are_folded_once_in_order(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: a stage reads from the beginning, not from when it was started."""
    post(redis_client, WORDS[:250])
    with worker(server.url):
        wait_for(redis_client, 250)
        post(redis_client, WORDS[250:])
        wait_for(redis_client, 500)
    assert said(redis_client) == expected(WORDS)
    assert redis_client.hget(KEYS.key("toy"), "folded") == b"500"


def test_a_worker_that_starts_again_goes_on_where_the_last_one_stopped(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: state and cursor are kept together, so that a restart repeats and forgets nothing."""
    for end in (100, 200, 500):
        post(redis_client, WORDS[end - (300 if end == 500 else 100) : end])
        with worker(server.url):
            wait_for(redis_client, end)
    assert said(redis_client) == expected(WORDS)


def test_two_workers_on_one_partition_are_exact(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: any number of workers may run; the fence lets one of them write at a time."""
    with worker(server.url), worker(server.url):
        for start in range(0, 500, 20):
            post(redis_client, WORDS[start : start + 20])
        wait_for(redis_client, 500)
    assert said(redis_client) == expected(WORDS)


def test_a_frozen_worker_that_wakes_up_changes_nothing(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a worker that was frozen with a batch in hand is overtaken, and its late commit is refused."""
    in_hand, thaw = threading.Event(), threading.Event()

    def freeze() -> None:
        in_hand.set()
        thaw.wait()

    post(redis_client, WORDS[:50])
    with worker(server.url, freeze):
        try:
            assert in_hand.wait(10)
            with worker(server.url):
                wait_for(redis_client, 50)
                thaw.set()
                post(redis_client, WORDS[50:])
                wait_for(redis_client, 500)
        finally:
            thaw.set()
    assert said(redis_client) == expected(WORDS)


def test_a_stand_by_takes_over_when_the_leader_is_gone(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a worker that was kept out waits for its turn, and takes it."""
    with ExitStack() as standing_by:
        with worker(server.url):
            # Whatever it reads, the other one was first.
            standing_by.enter_context(worker(server.url, lambda: wait_for(redis_client, 50)))
            wait_until(lambda: len(readers(redis_client)) == 2, what="both to read")
            post(redis_client, WORDS[:50])
            wait_for(redis_client, 50)
        post(redis_client, WORDS[50:])
        wait_for(redis_client, 500)
    assert said(redis_client) == expected(WORDS)


def test_a_stand_by_keeps_both_its_connections(
    server: EmbeddedServer, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: on a server that closes quiet connections, a quiet hour is no reason for another worker to lead."""

    def reads() -> int:
        return int(redis_client.info("commandstats")["cmdstat_xread"]["calls"])

    monkeypatch.setattr("streams.entries.BLOCK_MS", 500)
    redis_client.config_set("timeout", 2)
    try:
        with capture_logs() as logs, worker(server.url), worker(server.url, lambda: wait_for(redis_client, 50)):
            wait_until(lambda: len(readers(redis_client)) == 2, what="both to read")
            post(redis_client, WORDS[:50])
            wait_until(lambda: any(line["event"] == "stage.standing_by" for line in logs), what="a stand-by")
            # Each of the two reads twice a second while it is quiet.
            quiet = reads()
            wait_until(lambda: reads() >= quiet + 16, what="four quiet seconds")
            for word in WORDS[50:100]:
                post(redis_client, [word])
            wait_for(redis_client, 100)
    finally:
        redis_client.config_set("timeout", 0)
    assert [line["event"] for line in logs] == ["stage.leading", "stage.leading", "stage.standing_by"]
    assert said(redis_client) == expected(WORDS[:100])


def test_a_commit_does_not_wait_for_the_next_read(
    server: EmbeddedServer, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: a word is said while the stage waits for the next one, however long that takes."""
    monkeypatch.setattr("streams.entries.BLOCK_MS", 60_000)
    with worker(server.url):
        for number, word in enumerate(WORDS[:5]):
            post(redis_client, [word])
            wait_for(redis_client, number + 1)
    assert said(redis_client) == expected(WORDS[:5])


def test_an_entry_that_the_rule_fails_on_is_parked_and_delays_nobody(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: poison is set aside in the same commit; the words around it are said as if it were not there."""
    post(redis_client, ["before", POISON.decode(), "after"])
    with worker(server.url):
        wait_for(redis_client, 2)
    assert said(redis_client) == expected(["before", "after"])
    assert redis_client.xlen(KEYS.key("set-aside")) == 1


def test_a_lost_connection_does_not_hold_on_to_the_state(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what was loaded before is given back at once; it may be gigabytes, and is no garbage to look for."""
    states: set[weakref.ref[Words]] = set()
    stopping = asyncio.Event()

    async def run() -> None:
        async with toy_stage(server.url, stopping, lambda: None) as stage:
            apply = stage.apply

            async def seen(partition: Partition, state: Words, entries: Sequence[Entry], enough: Enough) -> Batch:
                states.add(weakref.ref(state))
                return await apply(partition, state, entries, enough)

            stage.apply = seen
            await stage.run()

    gc.disable()
    try:
        with thread_of(run, stopping):
            for rounds in range(1, 5):
                post(redis_client, ["word"])
                wait_for(redis_client, rounds)
                lose_connection(redis_client)
        kept = [state for state in states if state() is not None]
    finally:
        gc.enable()
    assert len(states) == 4
    assert kept == []


def test_a_stop_is_obeyed_inside_a_batch_and_what_was_begun_is_kept(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: a batch that takes long is committed turn by turn; who stops in the middle loses and repeats nothing."""
    post(redis_client, WORDS[:50])
    stopping = asyncio.Event()

    async def run() -> None:
        async with toy_stage(server.url, stopping, lambda: None) as stage:

            async def seven(_partition: Partition, state: Words, entries: Sequence[Entry], _enough: Enough) -> Batch:
                stopping.set()
                folded: list[Entry] = []
                return fold(WIRING, noting(folded), state, entries, lambda: len(folded) == 7)

            stage.apply = seven
            await stage.run()

    asyncio.run(run())
    assert said(redis_client) == expected(WORDS[:7])
    with worker(server.url):
        wait_for(redis_client, 50)
    assert said(redis_client) == expected(WORDS[:50])


def test_one_partition_s_backlog_does_not_keep_another_waiting(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: stages of one service take turns, however much waits for one of them."""
    other = Partition("other-partition")
    post(redis_client, WORDS[:200])
    redis_client.xadd(other.key("words"), {"data": "word"})
    stopping, turns = asyncio.Event(), list[str]()

    async def one_by_one(partition: Partition, state: Words, entries: Sequence[Entry], _enough: Enough) -> Batch:
        turns.append(partition.name)
        return fold(WIRING, say, state, entries, lambda: True)

    async def run() -> None:
        servers = Servers(server.url, connect)
        stages = [Stage(servers, keys, WIRING, one_by_one, stopping) for keys in (KEYS, other)]
        try:
            await asyncio.gather(*(stage.run() for stage in stages))
        finally:
            for client in servers.clients():
                await client.aclose()

    with thread_of(run, stopping):
        wait_for(redis_client, 200)
    assert turns.index(other.name) < 100
    assert said(redis_client) == expected(WORDS[:200])


def test_entries_that_the_server_does_not_send_together_are_read_one_by_one(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: somebody who makes entries as large as may be does not stop the stream for the others."""
    limits = redis_client.config_get("client-output-buffer-limit")["client-output-buffer-limit"]
    redis_client.config_set("client-output-buffer-limit", "normal 1000000 0 0")
    try:
        post(redis_client, ["x" * 400_000] * 20 + ["honest"])
        with worker(server.url):
            wait_for(redis_client, 21)
    finally:
        redis_client.config_set("client-output-buffer-limit", str(limits))


def numbered(client: Redis, *numbers: int) -> None:
    """Put words on the stream as another stage would: each with its number."""
    for number in numbers:
        client.xadd(KEYS.key("words"), {"data": f'{{"word":"x","sequence":{number}}}'})
        client.hset(KEYS.key("other"), "sequence:words", number)


@contextmanager
def numbered_worker(url: str) -> Iterator[list[str]]:
    """Run a worker of a stage whose stream another stage numbers; yield why it has stopped, once it has."""
    wiring, stopping, stopped = replace(WIRING, numbered_by="other"), asyncio.Event(), list[str]()

    async def apply(_partition: Partition, state: Words, entries: Sequence[Entry], enough: Enough) -> Batch:
        return fold(wiring, say, state, entries, enough)

    async def run() -> None:
        servers = Servers(url, connect)
        try:
            await Stage(servers, KEYS, wiring, apply, stopping).run()
        except Damaged as damaged:
            stopped.append(str(damaged))
        finally:
            for client in servers.clients():
                await client.aclose()

    with thread_of(run, stopping):
        yield stopped


def test_a_stage_stops_where_a_number_is_missing(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what was trimmed before it was read is not passed over; a stranger's entry has no number."""
    numbered(redis_client, 1, 2)
    post(redis_client, ["no number"])
    numbered(redis_client, 3, 5)
    with numbered_worker(server.url) as stopped:
        wait_until(lambda: stopped, what="the stage to stop")
    assert "words goes on with 5, and it has read up to 3" in stopped[0]
    assert len(said(redis_client)) == 0


def test_a_stage_stops_where_the_end_of_its_stream_is_missing(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what was trimmed is noticed also when nothing comes after it, at the start and while it waits."""
    numbered(redis_client, 1, 2)
    with numbered_worker(server.url):
        wait_for(redis_client, 2)
    numbered(redis_client, 3)
    redis_client.xtrim(KEYS.key("words"), 0)
    with numbered_worker(server.url) as stopped:
        wait_until(lambda: stopped, what="the stage to stop")
    assert "words had entries up to 3, it has read up to 2, and the others are gone" in stopped[0]
    redis_client.hset(KEYS.key("other"), "sequence:words", 2)
    with numbered_worker(server.url) as stopped:
        wait_until(lambda: readers(redis_client), what="the stage to wait for words")
        redis_client.hset(KEYS.key("other"), "sequence:words", 3)
        wait_until(lambda: stopped, what="the stage to stop")
    assert "up to 3, it has read up to 2" in stopped[0]


def test_a_stage_goes_on_where_everything_begins_anew(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a mark that somebody else has left is another worker's: the first entries after it are no gap."""
    numbered(redis_client, 1, 2)
    with numbered_worker(server.url) as stopped:
        wait_for(redis_client, 2)
        wait_until(lambda: readers(redis_client), what="the stage to wait for words")
        step = redis_client.pipeline(transaction=True)
        step.delete(*(KEYS.key(part) for part in ("words", *WIRING.writes, *(table.name for table in WIRING.tables))))
        step.delete(KEYS.key(WIRING.stage))
        marked = (("cursor", "0-0"), ("token", "another"), ("form", str(WIRING.form)), ("read", "0 0-0"))
        for name, value in marked:
            step.hset(KEYS.key(WIRING.stage), name, value)
        numbered(step, 1)
        step.execute()
        wait_for(redis_client, 1)
        assert not stopped


def noting(folded: list[Entry]) -> Rule[Words]:
    """Return the toy's rule, which notes what it folds."""

    def rule(words: Words, entry: Entry) -> Iterable[Effects]:
        folded.append(entry)
        return say(words, entry)

    return rule


def test_an_entry_without_fields_or_with_other_fields_is_parked_too(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: whatever lies on the stream, the line moves on."""
    redis_client.xadd(KEYS.key("words"), {"other": b"\xff\x00"})
    post(redis_client, ["after"])
    with worker(server.url):
        wait_for(redis_client, 1)
    assert redis_client.xlen(KEYS.key("set-aside")) == 1


def test_a_rule_that_fails_on_most_words_stops_the_stage(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: half of them are set aside; with more the fault is ours, and the stage ends before it parks them."""
    half, bad = POISON_WINDOW // 2, POISON.decode()
    post(redis_client, [*WORDS[:half], *[bad] * half])
    with worker(server.url):
        wait_for(redis_client, half)
    post(redis_client, [*WORDS[: half - 1], *[bad] * (half + 1)])
    with pytest.raises(TooMuchPoison, match=f"fails on {half + 1} of the last {POISON_WINDOW} good entries"):
        asyncio.run(asyncio.wait_for(live(server.url, asyncio.Event()), 10))
    assert (redis_client.xlen(KEYS.key("said")), redis_client.xlen(KEYS.key("set-aside"))) == (half, half)


def test_most_of_a_few_words_stop_the_stage_wherever_they_lie(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: good words after the bad ones, in the same batch, do not hide them."""
    bad = POISON_WINDOW // 2 + 1
    post(redis_client, [*[POISON.decode()] * bad, *WORDS[:POISON_WINDOW]])
    with pytest.raises(TooMuchPoison, match=f"fails on {bad} of the last {bad} good entries"):
        asyncio.run(asyncio.wait_for(live(server.url, asyncio.Event()), 10))
    assert not redis_client.exists(KEYS.key("said"), KEYS.key("set-aside"))


def test_a_rule_can_stop_its_stage(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: at what must not be passed over the stage stops; what it had committed stands, and nothing is parked."""
    post(redis_client, WORDS[:3])
    with worker(server.url):
        wait_for(redis_client, 3)
    post(redis_client, [*WORDS[3:5], HALT.decode(), *WORDS[5:9]])
    with pytest.raises(Outdated, match=r"The words of .* has the word halt, which this release \(0\) does not know"):
        asyncio.run(asyncio.wait_for(live(server.url, asyncio.Event()), 10))
    assert (redis_client.xlen(KEYS.key("said")), redis_client.xlen(KEYS.key("set-aside"))) == (3, 0)


def test_a_bad_word_that_is_folded_again_and_again_is_one_failure(
    server: EmbeddedServer, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: a server that takes nothing for a while does not make one bad entry a bad release."""
    monkeypatch.setattr("streams.stage.RETRY_S", (0.01,))
    redis_client.acl_setuser(
        "synthetic", enabled=True, reset=True, passwords=["+word"], keys=["*"], categories=["+@all"], commands=["-xadd"]
    )
    post(redis_client, [POISON.decode()])
    folds: list[None] = []
    with worker(server.url.replace("//", "//synthetic:word@"), lambda: folds.append(None)):
        wait_until(lambda: len(folds) > POISON_WINDOW, what="many folds of one word")
        redis_client.acl_setuser("synthetic", enabled=True, commands=["+xadd"])
        wait_until(lambda: redis_client.xlen(KEYS.key("set-aside")), what="the word being set aside")
    assert redis_client.xlen(KEYS.key("set-aside")) == 1


def test_a_server_that_has_forgotten_everything_stops_the_stage(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a worker that remembers what the server does not begins nothing anew."""

    async def forget() -> None:
        living = asyncio.create_task(live(server.url, asyncio.Event()))
        await asyncio.to_thread(wait_for, redis_client, 1)
        redis_client.flushall()
        await asyncio.wait_for(living, 10)

    post(redis_client, WORDS[:1])
    with pytest.raises(Emptied):
        asyncio.run(forget())


def test_a_server_killed_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    """Promise: after kill -9 of the server the stage goes on by itself, exactly."""
    server = start_server(tmp_path, ephemeral=True)
    with Redis.from_url(server.url) as client:
        post(client, WORDS[:250])
        with worker(server.url):
            wait_for(client, 100)
            server.kill()
            server.start()
            post(client, WORDS[250:])
            wait_for(client, 500)
        assert said(client) == expected(WORDS)
    server.stop()
