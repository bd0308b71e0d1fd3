"""arq: a job for each step, which enqueues the next one.

Follows https://arq-docs.helpmanual.io/#simple-usage. As there: a job leaves its queue only after it has run
("pessimistic execution"); what a dead worker was at is run again once its lock is over, 310 seconds by default.

Order asks for one job at a time; the default is ten. Beyond the tutorial, in its favour: no results are kept, no lines
are logged for each job, and the queue is looked at every 10 ms; at the default of half a second a worker that has done
the 100 jobs of a look earlier waits.

0.25 is the last arq that takes the redis-py we have. 0.28, tried with redis-py 5.3 in an environment of its own, needs
a fifth (one at a time) to a third (ten at once) less processor time.
"""

import asyncio
import os
from typing import Any

from arq import create_pool
from arq.connections import RedisSettings

from benchmarks.tools import work
from benchmarks.workload import declaration

step = work.worker()
settings = RedisSettings.from_dsn(os.environ[work.URL])


async def ingest(ctx: dict[str, Any], message: str) -> None:
    """Check a declaration."""
    for event in await work.done_async(ctx["redis"], step, message):
        await ctx["redis"].enqueue_job("aggregate", event, _queue_name="aggregate")


async def aggregate(ctx: dict[str, Any], message: str) -> None:
    """Keep results and tallies."""
    for event in await work.done_async(ctx["redis"], step, message):
        await ctx["redis"].enqueue_job("notify", event, _queue_name="notify")


async def notify(ctx: dict[str, Any], message: str) -> None:
    """Say what is news."""
    await work.done_async(ctx["redis"], step, message)


LOGS = {"version": 1, "disable_existing_loggers": False}
"""Not two lines for each job, which is the default."""


AT_ONCE = {
    "functions": (ingest, aggregate, notify),
    "redis_settings": settings,
    "queue_name": os.environ.get(work.STEP, ""),
    "keep_result": 0,
    "poll_delay": 0.01,
}
"""What ``arq`` runs: ten jobs at once, its default."""

IN_ORDER = {**AT_ONCE, "max_jobs": 1}
"""The same, one job after another."""


def send(declarations: int) -> None:
    """Send so many declarations."""
    asyncio.run(_send(declarations))


async def _send(declarations: int) -> None:
    redis = await create_pool(settings)
    for number in range(declarations):
        await redis.enqueue_job("ingest", declaration(number).decode(), _queue_name="ingest")
    await redis.aclose()
