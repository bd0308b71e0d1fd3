"""Webhooks on a pipeline: endpoints, and the worker that sends to them."""

from itertools import pairwise
from typing import Any, Final

from tallywire.client.connection import open_connection
from tallywire.webhooks import administration
from tallywire.webhooks.administration import Listed
from tallywire.webhooks.endpoints import LEAD, Endpoint, Replay
from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Receiver
from tests.pipeline.services import Service
from tests.waiting import wait_until

SOON: Final = (
    ("tallywire.webhooks.worker:LOOK_S", 0.02),
    ("tallywire.webhooks.worker:LEASE_S", 5.0),
    ("tallywire.webhooks.schedule:FIRST_S", 0.01),
    ("tallywire.webhooks.schedule:LONGEST_S", 0.04),
    ("tallywire.webhooks.schedule:NIGHT_S", 60.0),
    ("tallywire.webhooks.delivering:LONGEST_S", 0.04),
    ("tallywire.webhooks.sending:BODY_S", 0.05),
)
"""Constants of a worker that a test need not wait for."""


class Hooks:
    """The webhooks of a server, as its operator has them."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def start(self, **constants: float) -> Service:
        """Start a worker; constants are named ``module__NAME``, of modules of webhooks."""
        others = ((f"tallywire.webhooks.{name.replace('__', ':')}", value) for name, value in constants.items())
        return self._pipeline.start("webhooks", Fault(constants=(*SOON, *others)))

    def add(self, receiver: Receiver | str, name: str = "one", **options: Any) -> Endpoint:  # noqa: ANN401  # as `add` has them
        """Add an endpoint that gets everything from the start, unless told otherwise."""
        url = receiver if isinstance(receiver, str) else receiver.url
        with open_connection(self._pipeline.server.url) as connection:
            return administration.add(connection, name, url, **{"from_start": True, "allow_private": True, **options})

    def do(self, what: Any, *arguments: Any) -> Any:  # noqa: ANN401  # one of the functions of administration
        """Do something as the operator."""
        with open_connection(self._pipeline.server.url) as connection:
            return what(connection, *arguments)

    def kill(self, worker: Service) -> None:
        """Kill a worker, and let nobody wait for the end of its lease."""
        worker.kill()
        worker.await_end()
        self._pipeline.client.delete(LEAD)

    def replay(self, name: str = "one", **asked: Any) -> None:  # noqa: ANN401  # as Replay has them
        """Ask for something to be sent again."""
        self.do(administration.replay, name, Replay(**asked))

    def listed(self, name: str = "one") -> Listed:
        """Return how an endpoint is."""
        found: list[Listed] = self.do(administration.listed)
        return next(one for one in found if one.endpoint.name == name)

    def await_all(self, name: str = "one") -> None:
        """Wait until an endpoint has had everything that was published."""

        def done() -> bool:
            listed = self.listed(name)
            return bool(listed.behind) and not any(listed.behind.values()) and not list(listed.progress.failed())

        wait_until(done, what=f"{name} to have had everything")


def published(pipeline: Pipeline, election: str, stream: str) -> list[bytes]:
    """Return what is on a stream."""
    found = pipeline.client.xrange(pipeline.centre(election).key(stream))
    return [fields[b"data"] for _, fields in found]


def require_everything(pipeline: Pipeline, election: str, receiver: Receiver) -> None:
    """See that a receiver has had every event, in order, but for tallies that a later one names as skipped."""
    for stream in ("results", "headlines"):
        numbers = receiver.sequences(stream)
        assert sorted(set(numbers)) == list(range(1, len(published(pipeline, election, stream)) + 1)), stream
    tallies = [post.event for post in receiver.taken if post.stream == "tallies"]
    named = [int(number) for tally in tallies for number in tally.get("skipped", "").split(",") if number]
    had = {tally["sequence"] for tally in tallies}
    assert had | set(named) == set(range(1, len(published(pipeline, election, "tallies")) + 1))


def in_order(numbers: list[int]) -> bool:
    """Whether numbers rise, but for those that come twice in a row."""
    return all(one <= other for one, other in pairwise(numbers))
