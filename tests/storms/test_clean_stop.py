"""SIGTERM under load."""

import random
from functools import partial

import pytest

from tests.pipeline.faults import SERVICES, Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import Service
from tests.storms.scale import STOPS
from tests.waiting import wait_until

PROMISED_S = 5.0
"""How long a service may take to end."""

SLOW_S = 0.1
"""A batch takes this much longer, so that each stop finds one in hand, and many waiting on the fastest machine."""

BATCHES_MAX = 2
"""A service is stopped in its first batch or soon after."""


@pytest.mark.timeout(300)
def test_services_stopped_under_load_commit_what_they_have_in_hand(pipeline: Pipeline) -> None:
    """Promise: a stop under load is clean, each time.

    SIGTERM with batches waiting: the service ends within five seconds, with exit code 0, and what it has folded is
    committed.
    """
    chance = random.Random(5)
    sent = night(5, contests=100, declarations=600 * STOPS)
    centre = pipeline.open(sent)
    centre.send(sent.declarations)
    for name in SERVICES:
        for _ in range(STOPS):
            service = pipeline.start(name, Fault(slow_s=SLOW_S))
            batches = chance.randint(1, BATCHES_MAX)
            wait_until(partial(_has_read, service, batches), what="the service to be at work")
            assert service.end(PROMISED_S) == 0
            steps = service.steps()
            assert steps[-1] == "committed"
            assert steps.count("read") <= steps.count("decided") == steps.count("committed")
            assert not centre.settled(upto=name), "it was not under load"
        pipeline.finish(centre, name)
    centre.check_exact(sent)


def _has_read(service: Service, batches: int) -> bool:
    return service.steps().count("read") >= batches
