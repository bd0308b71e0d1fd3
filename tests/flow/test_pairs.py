"""Two of a service on one election: one of them writes, the other stands by, and what comes out is exact."""

import signal
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from tallywire.embedded.server import start_server
from tests.flow.pipeline import Service, pipeline_on
from tests.flow.storm import OUTPUT, check_storm, moments, storm, strike
from tests.waiting import wait_until


def test_two_of_each_service_are_exact(tmp_path: Path) -> None:
    """All six at once on one election, from its first declaration to its last."""
    night = storm("pcc.2036-05-01", seed=1)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = [*pipeline.start_all().values(), *pipeline.start_all().values()]
        pipeline.open(night.register)
        for start in range(0, len(night.sent), 50):
            pipeline.post(night.election, night.sent[start : start + 50])
        check_storm(pipeline, night)
        assert all(service.alive() for service in services)


def test_one_of_two_takes_over_when_the_other_is_killed(tmp_path: Path) -> None:
    """Of each pair one is killed; later it comes back and the other one is killed, so each time or the other it led."""
    night = storm("pcc.2036-06-01", seed=2)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        pairs = [pipeline.start_all(), pipeline.start_all()]
        killed: set[str] = set()

        def kill_one(name: str) -> None:
            if name in killed:
                pairs[0][name] = pipeline.start(name)
                pairs[1][name].kill()
            else:
                pairs[0][name].kill()
            killed.add(name)

        pipeline.open(night.register)
        pipeline.post(night.election, night.sent)
        strike(pipeline, night, moments(night, 2, [*OUTPUT] * 2), kill_one)
        check_storm(pipeline, night)


def test_a_frozen_service_that_wakes_up_changes_nothing(tmp_path: Path) -> None:
    """Stopped in mid-flow it is overtaken; woken up, its turn has passed. From then on one of the two stands by."""
    night = storm("pcc.2036-07-01", seed=3)
    half = len(night.sent) // 2
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        frozen, successors = pipeline.start_all(), {}

        def freeze(name: str) -> None:
            frozen[name].process.send_signal(signal.SIGSTOP)
            successors[name] = pipeline.start(name)

        pipeline.open(night.register)
        pipeline.post(night.election, night.sent[:half])
        strike(pipeline, night, moments(night, 3, OUTPUT, until=0.4), freeze)
        pipeline.settle(night.election)
        for service in frozen.values():
            service.process.send_signal(signal.SIGCONT)
        pipeline.post(night.election, night.sent[half:])
        check_storm(pipeline, night)
        for pair in zip(frozen.values(), (successors[name] for name in frozen), strict=True):
            wait_until(partial(any_stands_by, pair), what="one of the two to stand by")
            assert all(service.alive() for service in pair)


def any_stands_by(services: Iterable[Service]) -> bool:
    """Whether one of them has found the other at work."""
    return any(service.stands_by() for service in services)
