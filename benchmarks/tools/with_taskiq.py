"""taskiq: a task for each step, which kicks the next one.

Follows https://taskiq-python.github.io/guide/getting-started.html with the Redis broker that acknowledges,
``RedisStreamBroker``, as in https://github.com/taskiq-python/taskiq-redis. As there: no result backend, acknowledged
after the task has run. What a dead worker held is looked for when it is ten minutes old, but only after messages that
have come newly (``idle_timeout`` is the documented switch).

Order asks for one task at a time; the default is 100. In its favour: no lines are logged for each task. The groups are
made before the first message: a new one would begin behind what was sent before.
"""

import asyncio
import os

from redis.asyncio import Redis
from taskiq_redis import RedisStreamBroker

from benchmarks.tools import work
from benchmarks.workload import declaration

step = work.worker()
server = Redis.from_url(os.environ[work.URL])
brokers = {name: RedisStreamBroker(os.environ[work.URL], queue_name=name) for name in work.STEPS}
broker = brokers[os.environ.get(work.STEP, "ingest")]


@brokers["ingest"].task
async def ingest(message: str) -> None:
    """Check a declaration."""
    for event in await work.done_async(server, step, message):
        await aggregate.kiq(event)


@brokers["aggregate"].task
async def aggregate(message: str) -> None:
    """Keep results and tallies."""
    for event in await work.done_async(server, step, message):
        await notify.kiq(event)


@brokers["notify"].task
async def notify(message: str) -> None:
    """Say what is news."""
    await work.done_async(server, step, message)


def send(declarations: int) -> None:
    """Make the groups, and send so many declarations."""
    asyncio.run(_send(declarations))


async def _send(declarations: int) -> None:
    for each in brokers.values():
        await each.startup()
    for number in range(declarations):
        await ingest.kiq(declaration(number).decode())
    for each in brokers.values():
        await each.shutdown()
    await server.aclose()
