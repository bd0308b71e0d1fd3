"""Several elections over several processes of each service."""

import threading
from collections import Counter
from typing import Final

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.night import Night, night
from tests.pipeline.pipeline import Pipeline

ELECTIONS: Final = 6

Nights = dict[CountCentre, Night]


def test_workers_share_the_elections_and_none_takes_effect_twice(pipeline: Pipeline) -> None:
    """Promise: more processes take over elections by themselves, and each election is as exact as with one.

    Of each service two processes run, and both commit: who leads an election is who was first with a batch, so each has
    half of them to itself at the start. When one process is killed, the other goes on with what was its.
    """
    sent = [night(place, 12, 120, f"local.2030-05-{10 + place}") for place in range(ELECTIONS)]
    nights: Nights = {}
    teams = [pipeline.start_all() for _ in range(2)]
    for others, theirs in zip(reversed(teams), (sent[::2], sent[1::2]), strict=True):
        for service in others:
            service.freeze()
        opened = {pipeline.open(each): each for each in theirs}
        for centre in opened:
            centre.settle()
        nights |= opened
        for service in others:
            service.thaw()
    half = len(sent[0].sent) // 2
    _send(nights, slice(half))
    steps = pipeline.services.steps()
    committed = Counter((name, pid) for pid, name, step in steps if step == "committed")
    assert committed.keys() == {(service.name, service.pid) for team in teams for service in team}, committed
    for service in teams[0]:
        service.kill()
    _send(nights, slice(half, None))
    for centre, each in nights.items():
        centre.check_exact(each)


def _send(nights: Nights, part: slice) -> None:
    """Let everybody send a part of the night at the same time, and wait until it has been read."""
    sending = [threading.Thread(target=centre.send, args=[each.sent[part]]) for centre, each in nights.items()]
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    for centre in nights:
        centre.settle()
