"""What is measured of the webhooks' worker when somebody asks: how far each endpoint is."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tallywire.webhooks.delivering import Delivery

GAUGES: Final = {
    "webhook_oldest_undelivered_seconds": "How long the oldest event that an endpoint has not taken has waited.",
    "webhook_failing_seconds": "How long an endpoint has taken nothing; 0 while it does.",
    "webhook_aside": "Events that are set aside and tried by themselves.",
    "webhook_parked": "Events that are not tried again until somebody asks for it.",
    "webhook_stopped": "1 where the receiver has said that it wants no more.",
    "webhook_paused": "1 where the operator has paused it.",
}
"""Metrics with the label ``endpoint``; told by the worker that leads."""


class WebhookMetrics(Collector):
    """Measures it, without waiting for anything.

    Args:
        deliveries: returns the deliveries that run, by the endpoint's name.
        leading: whether this worker leads.
    """

    def __init__(self, deliveries: Callable[[], Mapping[str, Delivery]], leading: Callable[[], bool]) -> None:
        self._deliveries = deliveries
        self._leading = leading

    def collect(self) -> Iterator[Metric]:
        """Return the metrics."""
        families = {
            name: GaugeMetricFamily(f"tallywire_{name}", text, labels=("endpoint",)) for name, text in GAUGES.items()
        }
        now = time.time()
        for name, delivery in self._deliveries().items():
            for metric, value in delivery.measured(now).items():
                families[metric].add_metric((name,), value)
        yield from families.values()
        leading = GaugeMetricFamily("tallywire_leading", "1 while this worker leads.", labels=("stage", "election"))
        leading.add_metric(("webhooks", ""), self._leading())
        yield leading
