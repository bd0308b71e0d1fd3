"""Dramatiq: an actor for each step, which sends to the next one.

Follows https://dramatiq.io/guide.html. As there: the Redis broker with its defaults, a message is acknowledged after
the actor has run, no results are kept. What a dead worker held goes back to its queue when the worker's last sign of
life is 60 seconds old and a command happens to trigger maintenance (one in a thousand does).

Order asks for one process with one thread for each step; the default is eight threads.
"""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis import Redis

from benchmarks.tools import work
from benchmarks.workload import declaration

step = work.worker()
server = Redis.from_url(os.environ[work.URL])
dramatiq.set_broker(RedisBroker(url=os.environ[work.URL]))


@dramatiq.actor(queue_name="ingest")
def ingest(message: str) -> None:
    """Check a declaration."""
    for event in work.done(server, step, message):
        aggregate.send(event)


@dramatiq.actor(queue_name="aggregate")
def aggregate(message: str) -> None:
    """Keep results and tallies."""
    for event in work.done(server, step, message):
        notify.send(event)


@dramatiq.actor(queue_name="notify")
def notify(message: str) -> None:
    """Say what is news."""
    work.done(server, step, message)


def send(declarations: int) -> None:
    """Send so many declarations."""
    for number in range(declarations):
        ingest.send(declaration(number).decode())
