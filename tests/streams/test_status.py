"""Whether a service is live and ready is known at every moment, whatever holds its event loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis

from streams.faststream_adapter import Broker, Router
from streams.fold import Effects, Entry
from streams.hooks import Phase, ServiceHooks, StageHooks
from streams.keys import CATALOGUE, Partition
from streams.status import ServiceStatus
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import PARTITION, WIRING, Words, running, say, toy_router
from tests.waiting import wait_until

KEYS = Partition(PARTITION)


@pytest.fixture
def held(server: EmbeddedServer, redis_client: Redis) -> Iterator[ServiceStatus]:
    """Return the status of a service whose rule holds the event loop until the test ends."""
    reached, release = threading.Event(), threading.Event()

    def hold(words: Words, entry: Entry) -> Iterator[Effects]:
        reached.set()
        release.wait()
        yield from say(words, entry)

    router = Router()
    router.fold(WIRING)(hold)
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    broker = Broker(server.url, router)
    with running(broker):
        try:
            assert reached.wait(10)
            yield broker.status
        finally:
            release.set()


@contextmanager
def turning(status: ServiceStatus) -> Iterator[None]:
    """Note in a thread that a loop runs, as a service does in its own."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(status.keep_turning())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_service_is_ready_when_it_has_read_the_catalogue_and_leads(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: before that, the reason is said; with nothing in the catalogue there is nothing to wait for."""
    broker = Broker(server.url, toy_router())
    assert broker.status.why_not_ready() == ["The catalogue has not been read yet."]
    with running(broker):
        wait_until(lambda: not broker.status.why_not_ready(), what="the service to be ready")
        redis_client.xadd(CATALOGUE, {"election": PARTITION})
        wait_until(lambda: broker.status.phases() == {PARTITION: "leading"}, what="the stage to lead")
        assert broker.status.why_not_ready() == []
        assert broker.status.why_no_server() is None


def test_a_standby_is_ready(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a second worker, which the fence has kept out, is as ready as the one that leads."""
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    brokers = [Broker(server.url, toy_router()) for _ in range(2)]

    def phases() -> set[str]:
        redis_client.xadd(KEYS.key("words"), {"data": "hello"})
        return {phase for broker in brokers for phase in broker.status.phases().values()}

    with running(brokers[0]), running(brokers[1]):
        wait_until(lambda: phases() == {"leading", "standing by"}, what="one of the two to stand by")
        assert [broker.status.why_not_ready() for broker in brokers] == [[], []]


def test_a_stage_that_cannot_commit_is_not_ready_until_it_can(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: between two attempts in vain it is not called ready, though it leads again each time."""
    when_leading: list[list[str]] = []

    class Asking(StageHooks):
        def entered(self, phase: Phase, /) -> None:
            if phase == "leading":
                when_leading.append(broker.status.why_not_ready())

    class Hooks(ServiceHooks):
        def stage(self, _stage: str, _partition: str, /) -> StageHooks:
            return Asking()

    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    broker = Broker(server.url, toy_router(), Hooks())
    with running(broker):
        wait_until(lambda: redis_client.xlen(KEYS.key("said")) == 1, what="the first word to be said")
        redis_client.rename(KEYS.key("said"), KEYS.key("elsewhere"))
        redis_client.set(KEYS.key("said"), "in the way")
        redis_client.xadd(KEYS.key("words"), {"data": "hello"})
        wait_until(lambda: len(when_leading) >= 3, what="two attempts in vain")
        for reasons in when_leading[1:]:
            assert [reason.partition(":")[0] for reason in reasons] == [PARTITION]
            assert "is a string, not a stream" in reasons[0]
        redis_client.rename(KEYS.key("elsewhere"), KEYS.key("said"))
        wait_until(lambda: not broker.status.why_not_ready(), what="the word to be said")
        assert redis_client.xlen(KEYS.key("said")) == 2


def test_a_rule_that_holds_the_loop_for_a_while_is_no_fault(held: ServiceStatus) -> None:
    """Promise: a service that works through a large register is live and ready meanwhile."""
    assert held.why_not_live() is None
    assert held.why_not_ready() == []
    assert held.phases() == {PARTITION: "leading"}


def test_a_rule_that_holds_the_loop_for_too_long_is_named(held: ServiceStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a service that hangs is not live, hence not ready, and it is said in which election."""
    monkeypatch.setattr("streams.status.STUCK_AFTER_S", 0.0)
    reason = held.why_not_live()
    assert reason is not None
    assert reason.startswith("The event loop has not run for ")
    assert reason.endswith(f"It is folding entries of {PARTITION}.")
    assert held.why_not_ready()[0].startswith("The event loop has not run for ")


def test_a_loop_that_runs_again_is_live_again(server: EmbeddedServer) -> None:
    """Promise: what counts is when the loop last ran, not whether it once hung."""
    status = Broker(server.url, toy_router()).status
    status.turned_at -= 3600
    assert status.why_not_live() is not None
    with turning(status):
        wait_until(lambda: status.why_not_live() is None, what="the loop to run")


def test_a_server_that_does_not_answer_is_told_from_one_that_does(server: EmbeddedServer) -> None:
    """Promise: whether the server is there is asked, not remembered."""
    gone = Broker(f"{server.url}.gone", toy_router()).status
    assert "cannot be reached" in str(gone.why_no_server())
    assert Broker(server.url, toy_router()).status.why_no_server() is None
