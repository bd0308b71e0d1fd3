"""SIGTERM under load."""

import random

import pytest

from tests.storms.exact import assert_exact
from tests.storms.line import Line
from tests.storms.mortal import SERVICES, Fate
from tests.storms.night import night
from tests.storms.workers import Worker
from tests.waiting import wait_until

STOPS = 7
"""Of each service: twenty-one in all."""

PROMISED_S = 5.0
"""How long a service may take to end."""

DRAG_S = 0.1
"""A batch takes this much longer, so that each stop finds one in hand, and many waiting on the fastest machine."""

BATCHES_MAX = 2
"""A service is stopped in its first batch or soon after."""


@pytest.mark.timeout(300)
def test_services_stopped_under_load_commit_what_they_have_in_hand(line: Line) -> None:
    """Promise: a stop under load is clean, each time.

    SIGTERM with batches waiting: the service ends within five seconds, with exit code 0, and each batch that it has
    read is committed.
    """
    chance = random.Random(5)
    sent = night(5, contests=100, declarations=4_000)
    line.open(sent)
    line.sender.send(sent.declarations)
    for service in SERVICES:
        for _ in range(STOPS):
            worker = line.workers.start(service, Fate(drag_s=DRAG_S))
            _stop_at_work(line, worker, chance.randint(1, BATCHES_MAX))
            assert not line.sender.settled(upto=service), "it was not under load"
        line.finish(service)
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])


def _stop_at_work(line: Line, worker: Worker, batches: int) -> None:
    """Stop a worker once it has read so many batches."""
    wait_until(lambda: line.workers.steps_of(worker).count("read") >= batches, what="the service to be at work")
    worker.terminate()
    assert line.workers.end_of(worker, PROMISED_S) == 0
    steps = line.workers.steps_of(worker)
    assert steps[-1] == "committed"
    assert steps.count("read") == steps.count("decided") == steps.count("committed")
