"""Poison: an entry that our own rule fails on. It is set aside and delays nobody; when most are, the fault is ours."""

import random
from dataclasses import replace

import pytest

from tests.storms.exact import assert_exact
from tests.storms.line import CALM, Line
from tests.storms.mortal import FAILED, SERVICES
from tests.storms.night import marker, night, with_results
from tests.storms.sending import KEYS
from tests.waiting import wait_until

BAD = 100
LAST = 500
"""Among the last so many declarations none is bad: tallies are published with the good ones that follow."""


@pytest.mark.timeout(300)
def test_a_hundred_bad_entries_among_ten_thousand_delay_nobody(line: Line) -> None:
    """Promise: poison is set aside, and everything else is exact.

    The rules of all three services fail on some entries; those are parked, each once and with its reason. The rest is
    what the rules give in memory, to the byte, and what the recount finds.
    """
    sent = night(6, contests=300, declarations=10_000)
    bad = random.Random(6).sample(list(with_results(sent.declarations[:-LAST])), BAD)
    poison = {service: tuple(map(marker, bad[place::3])) for place, service in enumerate(SERVICES)}
    line.open(sent)
    for service in SERVICES:
        line.start([service], replace(CALM, poison=poison[service]))
    line.sender.send(sent.declarations)
    line.sender.settle()
    assert line.stop() == [0, 0, 0]
    parked = [line.sender.client.xlen(KEYS.key(f"parked-{service}")) for service in SERVICES]
    assert parked == [34, 33, 33]
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations], poison)


@pytest.mark.parametrize("service", SERVICES)
def test_when_most_entries_fail_the_line_stops_and_says_so(line: Line, service: str) -> None:
    """Promise: a release that fails on everything parks nothing.

    The service ends with an exit code and a sentence. With the rule mended it goes on, and everything is exact.
    """
    sent = night(7, contests=30, declarations=300)
    line.open(sent)
    line.sender.send(sent.declarations)
    for before in SERVICES[: SERVICES.index(service)]:
        line.finish(before)
    broken = line.workers.start(service, replace(CALM, poison=('"data"',)))
    assert line.workers.end_of(broken) == FAILED
    wait_until(lambda: f"The rule of {service} fails on" in line.workers.log(), what="the service to say so")
    line.start()
    line.sender.settle()
    assert line.stop() == [0, 0, 0]
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])
