"""A service that answers over HTTP, asked as a probe or Prometheus would ask."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families

from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import Service
from tests.waiting import wait_until

NOTHING_CHANGED: Final[Mapping[str, float]] = {}


class Answer(NamedTuple):
    """What was answered to a request."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """The body as JSON."""
        return json.loads(self.body)


class Served:
    """A service, and where it answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.await_saying("operations.served")
        self.url: str = next(line["url"] for line in service.said() if line["event"] == "operations.served")

    def get(self, path: str, method: str = "GET") -> Answer:
        """Ask for a page."""
        request = Request(self.url + path, method=method)  # noqa: S310  # it is http, from our own log
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
                return Answer(answer.status, answer.read())
        except HTTPError as answer:
            with answer:
                return Answer(answer.code, answer.read())

    def await_ready(self) -> None:
        """Wait until the service says that it is ready."""
        wait_until(lambda: self.get("/health/ready").status == 200, what="the service to be ready")

    def value(self, name: str, **labels: str) -> float | None:
        """Return a metric as it is served now, the sum of all that have these labels; None when there is none."""
        found = [
            sample.value
            for metric in text_string_to_metric_families(self.get("/metrics").body.decode())
            for sample in metric.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found) if found else None

    def await_value(self, expected: float, name: str, **labels: str) -> None:
        """Wait until a metric has a value, or a larger one."""
        wait_until(lambda: (self.value(name, **labels) or 0) >= expected, what=f"{name} {labels} >= {expected}")


def serve(
    pipeline: Pipeline, name: str, constants: Mapping[str, float] = NOTHING_CHANGED, *, held_until: str = ""
) -> Served:
    """Start a service that answers over HTTP.

    Args:
        pipeline: where.
        name: the service.
        constants: those with another value than the code's, as ``module:NAME``.
        held_until: a path; until there is a file, its rule holds what it has read.
    """
    # So that nobody waits for the lag to be measured.
    changed = {"services.heartbeat:LAG_EVERY_S": 0, **constants}
    fault = Fault(constants=tuple(changed.items()), held_until=held_until)
    return Served(pipeline.start(name, fault, metrics=True))
