"""Services that say what they do: started as an operator would, and asked over HTTP as Prometheus would."""

import sys
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from tests.flow.pipeline import ROOT, Pipeline, Service
from tests.waiting import wait_until

LOWERED: Final = Path(__file__).with_name("lowered.py")

ASKS_OFTEN: Final = "services.heartbeat:LAG_EVERY_S=0"
"""So that nobody waits for the lag."""


class Measured:
    """A service, and where it answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.await_saying("operations.served")
        self.url: str = next(line["url"] for line in service.said() if line["event"] == "operations.served")

    def value(self, name: str, **labels: str) -> float | None:
        """Return a number as it is served now, the sum of all that have these labels; None when there is none."""
        with urlopen(f"{self.url}/metrics", timeout=10) as answer:  # noqa: S310  # it is http, from our own log
            text = answer.read().decode()
        found = [
            sample.value
            for metric in text_string_to_metric_families(text)
            for sample in metric.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found) if found else None

    def await_value(self, expected: float, name: str, **labels: str) -> None:
        """Wait until a number is served, or a larger one."""
        wait_until(
            lambda: (self.value(name, **labels) or 0) >= expected, deadline_s=20, what=f"{name} {labels} >= {expected}"
        )


def lowered(pipeline: Pipeline, service: str, *changes: str) -> Measured:
    """Start a service with limits lowered: each change is ``module:NAME=value``."""
    environment = [part for part in pipeline.commands[service][1:] if part.partition("=")[0].isupper()]
    command = ["/usr/bin/env", *environment, f"PYTHONPATH={ROOT}", sys.executable, str(LOWERED), service]
    pipeline.commands["lowered"] = [*command, ASKS_OFTEN, *changes]
    return Measured(pipeline.start("lowered"))
