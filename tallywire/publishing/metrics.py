"""What is measured of the publishing service when somebody asks: its elections, its readers, the pages it keeps."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tallywire.publishing.following import Election, State
from tallywire.publishing.history import NEVER
from tallywire.publishing.publishing import Publishing

GAUGES: Final = {
    "feed_live": "1 while everything of the election that was accepted a moment ago is shown.",
    "feed_entries_behind": "Entries of the ledger that were read and are not shown yet.",
    "feed_behind_seconds": "How long the oldest entry that is not shown yet has been on the ledger, by this machine's "
    "clock; 0 for none.",
    "feed_newest_timestamp_seconds": "When the newest entry that is shown was accepted, in seconds since 1970.",
    "readers": "Readers whose stream of events is open.",
}
"""Metrics with the label ``election``."""


class FeedMetrics(Collector):
    """Measures it, without waiting for anything.

    Args:
        publishing: the service.
    """

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    def collect(self) -> Iterator[Metric]:
        """Return the metrics."""
        families = {
            name: GaugeMetricFamily(f"tallywire_{name}", text, labels=("election",)) for name, text in GAUGES.items()
        }
        # A copy: the event loop goes on in another thread.
        for name, election in tuple(self._publishing.elections.known.items()):
            for metric, value in _of(election).items():
                families[metric].add_metric((name,), value)
        yield from families.values()
        most = self._publishing.settings.readers_max
        yield GaugeMetricFamily("tallywire_readers_max", "Streams that may be open at once.", most)
        pages = self._publishing.pages
        yield GaugeMetricFamily("tallywire_pages_kept", "Pages that are kept.", pages.count)
        yield GaugeMetricFamily("tallywire_pages_kept_bytes", "Bytes of them, as they are counted.", pages.size)


def _of(election: Election) -> dict[str, float]:
    history = election.history
    now, ledger = history.now, history.ledger
    shown, read = now.cursor.ledger, len(ledger)
    behind_s = time.time() - datetime.fromisoformat(ledger[shown].accepted_at).timestamp() if shown < read else 0.0
    return {
        "feed_live": float(election.state is State.LIVE),
        "feed_entries_behind": read - shown,
        "feed_behind_seconds": max(0.0, behind_s),
        "feed_newest_timestamp_seconds": now.accepted.timestamp() if now.accepted > NEVER else 0.0,
        "readers": election.hub.readers,
    }
