"""What a service has done, as numbers that Prometheus and its like can read over HTTP."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)

from schemas.events import RefusalEvent
from schemas.streams import PARKED, REFUSALS
from services.ingest.rules.reasons.table import family, names_a_limit
from streams.fold import Batch
from streams.lag import Lag
from streams.observing import Watch, Watching
from streams.stage import BATCH_MAX
from tallywire.operations.endpoint import Endpoint

ENTRIES: Final = (*(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if size < BATCH_MAX), BATCH_MAX)
"""Sizes of a batch that are told apart."""

SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Lengths of a commit that are told apart: from a memory's to a slow disk's."""

log = structlog.get_logger()


class Metrics(Watching):
    """The numbers of one service. What they mean is the table in docs/operating.md."""

    def __init__(self) -> None:
        """Begin with no election."""
        self.registry = registry = CollectorRegistry()
        where = ("stage", "election")

        def counter(name: str, text: str, *more: str) -> Counter:
            return Counter(f"tallywire_{name}", text, (*where, *more), registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"tallywire_{name}", text, where, registry=registry)

        def histogram(name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"tallywire_{name}", text, where, registry=registry, buckets=buckets)

        self.read = counter("entries_read", "Entries read; those that were not committed are read again.")
        self.batches = counter("batches_committed", "Batches that took effect.")
        self.size = histogram("batch_entries", "Entries of a batch that took effect.", ENTRIES)
        self.commit = histogram("commit_seconds", "How long the server took for a commit.", SECONDS)
        self.written = counter("events_written", "Events written.", "stream")
        self.fenced = counter("batches_fenced", "Batches that another writer had committed first.")
        self.parked = counter("entries_parked", "Entries set aside because our own rule failed on them.")
        self.refusals = counter("refusals", "Entries refused, once for each part of them that was at fault.", "part")
        self.limits = counter("limit_reached", "Times that a limit was reached.", "limit")
        self.away = counter("server_away", "Attempts that ended because the server was not there.")
        self.leading = gauge(
            "leading", "1 until another worker was first with a batch, then 0 until this one takes over."
        )
        self.lag_entries = gauge("lag_entries", "Entries waiting to be folded in.")
        self.lag_seconds = gauge("lag_seconds", "How long the oldest of them has waited, by the server's clock.")
        # Memory, processor time and open files, under the names that they have everywhere.
        ProcessCollector(registry=registry)
        self._opened: list[tuple[str, str, str]] = []

    def open(self, stage: str, reads: str, partition: str, /) -> Watch:
        """Count what a stage does with an election."""
        self._opened.append((stage, reads, partition))
        return Meter(self, stage, partition)

    def opened(self) -> Iterable[tuple[str, str, str]]:
        """Return what is counted."""
        return tuple(self._opened)

    def behind(self, stage: str, partition: str, lag: Lag) -> None:
        """Note how far a stage is behind."""
        self.lag_entries.labels(stage, partition).set(lag.entries)
        self.lag_seconds.labels(stage, partition).set(lag.seconds)
        if lag.too_far:
            self.limits.labels(stage, partition, "lag.entries").inc()

    def reached(self, limit: str) -> None:
        """Count a limit of the service."""
        self.limits.labels("", "", limit).inc()


class Meter(Watch):
    """Counts for one stage of one election; its numbers are looked up once, not for each batch."""

    def __init__(self, metrics: Metrics, stage: str, election: str) -> None:
        where = (stage, election)
        self._where = where
        self._metrics = metrics
        self._read = metrics.read.labels(*where)
        self._batches = metrics.batches.labels(*where)
        self._size = metrics.size.labels(*where)
        self._commit = metrics.commit.labels(*where)
        self._fenced = metrics.fenced.labels(*where)
        self._parked = metrics.parked.labels(*where)
        self._away = metrics.away.labels(*where)
        self._leading = metrics.leading.labels(*where)
        self._parking = PARKED[stage].name
        self._written: dict[str, Counter] = {}

    def leads(self) -> None:
        """Note that this process writes."""
        self._leading.set(1)

    def stands_by(self) -> None:
        """Note that another one does."""
        self._leading.set(0)

    def read(self, entries: int) -> None:
        """Count entries read."""
        self._read.inc(entries)

    def committed(self, batch: Batch, before: Mapping[str, int], after: Mapping[str, int], seconds: float) -> None:
        """Count a batch and what it wrote: by the numbers of the events, so that it need not look at each."""
        self._batches.inc()
        self._size.observe(batch.folded)
        self._commit.observe(seconds)
        for stream, last in after.items():
            if written := last - before.get(stream, 0):
                self._count(stream).inc(written)
                if stream == self._parking:
                    self._parked.inc(written)
                elif stream == REFUSALS.name:
                    self._count_refusals(batch)

    def fenced(self) -> None:
        """Count a batch that was kept out."""
        self._fenced.inc()

    def away(self) -> None:
        """Count a server that was not there."""
        self._away.inc()
        self._leading.set(0)

    def _count(self, stream: str) -> Counter:
        if stream not in self._written:
            self._written[stream] = self._metrics.written.labels(*self._where, stream)
        return self._written[stream]

    def _count_refusals(self, batch: Batch) -> None:
        for out in batch.emissions:
            if not isinstance(out.event, RefusalEvent):
                continue
            codes = {reason.code for reason in out.event.data.reasons}
            for part in {family(code) for code in codes}:
                self._metrics.refusals.labels(*self._where, part).inc()
            limits = {code for code in codes if names_a_limit(code)}
            if out.event.data.cut:
                limits.add("refusal.cut")
            for limit in limits:
                self._metrics.limits.labels(*self._where, limit).inc()


@contextmanager
def served(endpoint: Endpoint) -> Iterator[Metrics]:
    """Serve the numbers of a service at an endpoint, until the block ends.

    Raises:
        UsageError: nothing can be served there.
    """
    # When a counter was made is of no use beside when the process was, and doubles what is read.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # it says nothing of what it returns
    metrics = Metrics()
    try:
        server, thread = start_http_server(endpoint.port, endpoint.host, metrics.registry)
    except OSError as error:
        raise endpoint.unusable(error) from error
    log.info("metrics.served", url=f"http://{endpoint._replace(port=server.server_port)}/metrics")
    try:
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
