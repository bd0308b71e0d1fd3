"""Celery: a task for each step, which calls the next one with ``delay``.

Follows https://docs.celeryq.dev/en/stable/getting-started/first-steps-with-celery.html, with a queue and a worker for
each step as in https://docs.celeryq.dev/en/stable/userguide/routing.html. As there: no result backend, and the task is
acknowledged just before it runs (``acks_late`` is the documented switch: after it has run), while what the worker has
fetched ahead, four messages, waits for the visibility timeout of an hour when the worker dies.

Order, and state in memory, ask for one task at a time in one process: a pool of one (``--concurrency 1``; the solo pool
was tried, and is no faster). The default, a process for each core, would divide the state among them.
"""

import os

from celery import Celery
from redis import Redis

from benchmarks.tools import work
from benchmarks.workload import declaration

step = work.worker()
server = Redis.from_url(os.environ[work.URL])
# Celery has its own words for a unix socket.
url = os.environ[work.URL].replace("unix://", "redis+socket://").replace("db=", "virtual_host=")
app = Celery("tallywire", broker=url)
app.conf.task_routes = {f"{__name__}.{name}": {"queue": name} for name in work.STEPS}


@app.task
def ingest(message: str) -> None:
    """Check a declaration."""
    for event in work.done(server, step, message):
        aggregate.delay(event)


@app.task
def aggregate(message: str) -> None:
    """Keep results and tallies."""
    for event in work.done(server, step, message):
        notify.delay(event)


@app.task
def notify(message: str) -> None:
    """Say what is news."""
    work.done(server, step, message)


def send(declarations: int) -> None:
    """Send so many declarations."""
    for number in range(declarations):
        ingest.delay(declaration(number).decode())
