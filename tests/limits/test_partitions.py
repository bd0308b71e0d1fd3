"""A service works on as many elections as it says."""

import asyncio

from redis import Redis
from structlog.testing import capture_logs

from streams.client import CONNECTIONS_MAX
from streams.faststream_adapter import Broker
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import toy_router
from tests.waiting import wait_until

NUMBER = 120
"""More than the hundred connections that the client allows by itself."""


def test_a_hundred_partitions_do_not_wait_for_each_others_connections(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: every partition has its connections: one that waits for entries, one that commits."""
    partitions = [Partition(f"synthetic-{number}") for number in range(NUMBER)]
    for partition in partitions:
        redis_client.xadd(CATALOGUE, {"election": partition.name})
    broker = Broker(server.url, toy_router())

    def say_everywhere(word: str, times: int) -> None:
        for partition in partitions:
            redis_client.xadd(partition.key("words"), {"data": word})
        for partition in partitions:
            key = partition.key("said")
            wait_until(lambda key=key: redis_client.xlen(key) == times, what=key, deadline_s=30)  # type: ignore[misc]  # mypy cannot tell a lambda's default

    async def live() -> None:
        await broker.start()
        try:
            for times in (1, 2, 3):
                await asyncio.to_thread(say_everywhere, f"word-{times}", times)
        finally:
            await broker.stop()

    with capture_logs() as logs:
        asyncio.run(live())
    assert [line for line in logs if line["event"] == "stage.interrupted"] == []
    assert CONNECTIONS_MAX >= 2 * PARTITIONS_MAX
