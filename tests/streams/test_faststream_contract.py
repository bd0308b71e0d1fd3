"""What we lean on in FastStream, private names among it: a new version must pass here before it is pinned."""

import asyncio
import inspect
from importlib.metadata import requires, version

from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.usecase import SubscriberUsecase
from faststream.redis.subscriber.usecases.basic import LogicSubscriber
from redis import Redis

from services.aggregate.service import router
from streams.faststream_adapter import Broker, Router
from streams.keys import CATALOGUE, Partition
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import PARTITION, toy_router
from tests.waiting import wait_until

KEYS = Partition(PARTITION)


def test_the_pinned_version_is_the_one_installed() -> None:
    """Promise: we run on the version whose private names were checked."""
    assert f"faststream[redis]=={version('faststream')}" in (requires("tallywire") or [])


def test_the_private_names_we_override_are_there() -> None:
    """Promise: FastStream still calls what we override, with the arguments we expect."""
    assert list(inspect.signature(LogicSubscriber._consume).parameters) == ["self", "args", "start_signal"]
    assert inspect.iscoroutinefunction(SubscriberUsecase.process_message)
    assert list(inspect.signature(Registrator.subscriber).parameters)[:2] == ["self", "subscriber"]


def run_broker(broker: Broker, client: Redis, stream: str, entries: int = 1) -> None:
    """Run the broker until the stream has so many entries."""

    async def live() -> None:
        await broker.start()
        try:
            key = KEYS.key(stream)
            await asyncio.to_thread(wait_until, lambda: client.xlen(key) >= entries, what=stream, deadline_s=10)
        finally:
            await broker.stop()

    asyncio.run(live())


def test_the_decorator_is_what_makes_a_service_read(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a declared fold reads its stream; a broker without one reads nothing."""
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    silent, reading = Broker(server.url, Router()), Broker(server.url, toy_router())
    assert not silent.subscribers

    async def live_in_vain() -> None:
        await silent.start()
        await silent.stop()

    asyncio.run(live_in_vain())
    assert not redis_client.exists(KEYS.key("said"))
    assert len(redis_client.client_list()) == 1  # nobody but this test is connected
    run_broker(reading, redis_client, "said")
    assert redis_client.xlen(KEYS.key("said")) == 1


def test_a_service_runs_on_one_broker_after_another(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what is declared at import serves every broker that is made of it, each in an event loop of its own."""
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    router = toy_router()
    for words in (1, 2):
        redis_client.xadd(KEYS.key("words"), {"data": "hello"})
        run_broker(Broker(server.url, router), redis_client, "said", words)
        assert redis_client.xlen(KEYS.key("said")) == words


def test_a_name_that_cannot_be_a_partition_is_passed_over(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: nonsense in the catalogue stops nobody."""
    for name in ("", "}{", "x" * 300, "a b"):
        redis_client.xadd(CATALOGUE, {"election": name})
    redis_client.xadd(CATALOGUE, {"other": "field"})
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    run_broker(Broker(server.url, toy_router()), redis_client, "said")
    assert redis_client.xlen(KEYS.key("said")) == 1


def test_the_services_declare_what_they_read_and_write() -> None:
    """Promise: the stream a service reads is written at its decorator and known to FastStream."""
    (subscriber,) = Broker("redis://127.0.0.1:1", router).subscribers
    assert subscriber.specification.channel_labels == ["ledger"]
