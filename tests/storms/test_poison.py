"""Poison: an entry that our own rule fails on. It is set aside and delays nobody; when most are, the fault is ours."""

import random

import pytest

from tests.pipeline.faults import FAILED, SERVICES, Fault
from tests.pipeline.night import marker, night, with_results
from tests.pipeline.pipeline import Pipeline
from tests.storms.scale import AMONG, BAD
from tests.waiting import wait_until

LAST = 500
"""Among the last so many declarations none is bad: tallies are published with the good ones that follow."""


@pytest.mark.timeout(300)
def test_bad_entries_among_thousands_delay_nobody(pipeline: Pipeline) -> None:
    """Promise: poison is set aside, and everything else is exact.

    The rules of all three services fail on some entries; those are parked, each once and with its reason. The rest is
    what the rules give in memory, to the byte, and what the recount finds.
    """
    sent = night(6, contests=100, declarations=AMONG)
    bad = random.Random(6).sample(list(with_results(sent.declarations[:-LAST])), BAD)
    poison = {name: tuple(map(marker, bad[place::3])) for place, name in enumerate(SERVICES)}
    centre = pipeline.open(sent)
    for name in SERVICES:
        pipeline.start(name, Fault(poison=poison[name]))
    centre.send(sent.declarations)
    centre.settle()
    assert pipeline.services.end() == [0, 0, 0]
    assert [centre.length(f"parked-{name}") for name in SERVICES] == [len(poison[name]) for name in SERVICES]
    centre.check_exact(sent, poison)


@pytest.mark.parametrize("name", SERVICES)
def test_when_most_entries_fail_the_line_stops_and_says_so(pipeline: Pipeline, name: str) -> None:
    """Promise: a release that fails on everything parks nothing.

    The service ends with an exit code and a sentence. With the rule mended it goes on, and everything is exact.
    """
    sent = night(7, contests=30, declarations=120)
    centre = pipeline.open(sent)
    centre.send(sent.declarations)
    for before in SERVICES[: SERVICES.index(name)]:
        pipeline.finish(centre, before)
    broken = pipeline.start(name, Fault(poison=('"data"',)))
    assert broken.await_end() == FAILED
    wait_until(lambda: f"The rule of {name} fails on" in broken.log(), what="the service to say so")
    pipeline.start_all()
    centre.settle()
    assert pipeline.services.end() == [0, 0, 0]
    centre.check_exact(sent)
