"""The metrics of ingest, aggregate and notify, for Prometheus. What each means is the table in docs/signals.md."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any, Final

from faststream import BaseMiddleware, StreamMessage
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from redis import Redis

from schemas.events import ReceiptEvent, RefusalEvent
from schemas.streams import LEDGER, PARKED, RECEIPTS, REFUSALS
from services.ingest.rules.intake import Intake
from services.ingest.rules.limits import LEDGER_ENTRIES_MAX
from services.ingest.rules.reasons.table import names_a_limit
from streams.entries import BATCH_MAX
from streams.faststream_adapter import PARTITION_HEADER, STAGE_HEADER
from streams.fold import Batch
from streams.hooks import Phase, StageHooks
from streams.keys import PARTITIONS_MAX, Partition
from streams.lag import LAG_ENTRIES_MAX, Lag
from tallywire.operations.service_metrics import ServiceMetrics

ENTRIES: Final = (*(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if size < BATCH_MAX), BATCH_MAX)
"""Buckets of the size of a batch."""

SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Buckets of durations: from a commit in memory to one on a slow disk."""

RULE_SECONDS: Final = (*SECONDS, 10.0, 20.0)
"""Buckets of the time that a rule takes for a batch: up to that of the largest register on a busy machine."""


class Metrics(ServiceMetrics):
    """The metrics of one service.

    Args:
        service: its name.
    """

    def __init__(self, service: str) -> None:
        # When a counter was created is of no use beside when the process was, and doubles what is served.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no annotations
        registry = CollectorRegistry()
        super().__init__(service, registry)
        where = ("stage", "election")

        def counter(name: str, text: str, *more: str) -> Counter:
            return Counter(f"tallywire_{name}", text, (*where, *more), registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"tallywire_{name}", text, where, registry=registry)

        def histogram(name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"tallywire_{name}", text, where, registry=registry, buckets=buckets)

        self.read = counter("entries_read", "Entries read; those that were not committed are read again.")
        self.batches = counter("batches_committed", "Batches committed.")
        self.size = histogram("batch_entries", "Entries of a committed batch.", ENTRIES)
        self.commit = histogram("commit_seconds", "How long the server took for a commit, its disk included.", SECONDS)
        self.rule = histogram(
            "rule_seconds", "How long the rule took for a batch; those that were not committed are in it.", RULE_SECONDS
        )
        self.written = counter("events_written", "Events written.", "stream")
        self.fenced = counter(
            "batches_fenced", "Batches that another worker had committed first; a few when a worker takes over."
        )
        self.parked = counter(
            "entries_parked", "Entries set aside because our own rule failed on them: a fault of ours."
        )
        self.receipts = counter("receipts", "Receipts written, by what became of the entry.", "status")
        self.refusals = counter("refusals", "Entries refused, once for each reason, by its code.", "reason")
        self.limits = counter(
            "limit_reached", "Times that a limit was reached; without an election, the service's.", "limit"
        )
        self.away = counter("server_away", "Attempts that failed because the server was away, full or refused.")
        self.leading = gauge(
            "leading", "1 until another worker was first with a batch, then 0 until this one takes over."
        )
        self.lag_entries = gauge(
            "lag_entries", "Entries waiting, asked every 5 s; the same from every worker of a service."
        )
        self.lag_seconds = gauge(
            "lag_seconds",
            "How long the oldest entry has waited, by the server's clock; where that is ahead, since the last commit.",
        )
        self.ids_ahead = gauge(
            "ids_ahead_seconds",
            "How far the last id is ahead of the server's clock: more than a moment when a sender has chosen one.",
        )
        self.handled_at = gauge(
            "newest_handled_timestamp_seconds", "When the newest entry that was folded came, in seconds since 1970."
        )
        self.parked_now = gauge("parked_entries", "Entries that lie parked now.")
        self.holds = gauge("holds_open", "Declarations that are held until a second person has decided.")
        self.hold_since = gauge(
            "hold_oldest_timestamp_seconds", "Since when the oldest open hold waits, in seconds since 1970; 0 for none."
        )
        self.ledger = gauge("ledger_entries", "Entries of the ledger.")
        for name, most, text in (
            ("ledger_entries_max", LEDGER_ENTRIES_MAX, "Entries that a ledger may have."),
            ("lag_entries_max", LAG_ENTRIES_MAX, "Entries that may wait before it is a limit reached."),
            ("elections_max", PARTITIONS_MAX, "Elections that a service works on."),
        ):
            Gauge(f"tallywire_{name}", text, registry=registry).set(most)
        self.middlewares = (partial(RuleTimer, rule=self.rule),)

    def stage(self, stage: str, partition: str, /) -> StageHooks:
        """Return what counts for a stage of an election."""
        return StageMetrics(self, stage, partition)

    def lag(self, stage: str, partition: str, lag: Lag) -> None:
        """Set how far behind a stage is."""
        self.lag_entries.labels(stage, partition).set(lag.entries)
        self.lag_seconds.labels(stage, partition).set(lag.seconds)
        self.ids_ahead.labels(stage, partition).set(lag.ahead_s)
        self.handled_at.labels(stage, partition).set(lag.handled_at)
        if lag.too_far:
            self.limits.labels(stage, partition, "lag.entries").inc()

    def look_at(self, client: Redis, stage: str, partition: Partition) -> None:
        """Ask how many entries are parked, and how long the ledger is."""
        asked: Any = client  # redis-py types an answer as its own union for each command
        self.parked_now.labels(stage, partition.name).set(asked.xlen(partition.key(PARKED[stage].name)))
        if stage == "ingest":
            self.ledger.labels(stage, partition.name).set(asked.xlen(partition.key(LEDGER.name)))

    def limit_reached(self, limit: str) -> None:
        """Count a limit of the service."""
        self.limits.labels("", "", limit).inc()


class RuleTimer(BaseMiddleware[Any, Any]):
    """Measures how long the rule takes for a batch: a FastStream middleware, which runs around the fold."""

    def __init__(self, message: Any, /, *, context: Any, rule: Histogram) -> None:  # noqa: ANN401  # FastStream's types
        super().__init__(message, context=context)
        self.rule = rule

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: "StreamMessage[Any]") -> Any:  # noqa: ANN401  # FastStream's signature
        """Fold the batch, and observe how long that took."""
        began = perf_counter()
        folded = await call_next(msg)
        self.rule.labels(msg.headers[STAGE_HEADER], msg.headers[PARTITION_HEADER]).observe(perf_counter() - began)
        return folded


class StageMetrics(StageHooks):
    """Counts for one stage of one election. Its counters are looked up once, not for each batch."""

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
        self._intake: Intake | None = None

    def entered(self, phase: Phase) -> None:
        """Set whether this process leads, and count the attempts that ended in an error."""
        self._leading.set(phase == "leading")
        self._intake = None
        if phase == "interrupted":
            self._away.inc()

    def loaded(self, state: object) -> None:
        """Remember the state of ingest while it leads, which knows what is held."""
        if isinstance(state, Intake):
            self._intake = state
            self._tell_holds(state)

    def read(self, entries: int) -> None:
        """Count entries read."""
        self._read.inc(entries)

    def committed(self, batch: Batch, before: Mapping[str, int], after: Mapping[str, int], seconds: float) -> None:
        """Count a batch and what it wrote: from the sequences, without looking at each event."""
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
                elif stream == RECEIPTS.name:
                    self._count_receipts(batch)
        if self._intake is not None:
            self._tell_holds(self._intake)

    def fenced(self) -> None:
        """Count a batch that the fence refused."""
        self._fenced.inc()

    def _count(self, stream: str) -> Counter:
        if stream not in self._written:
            self._written[stream] = self._metrics.written.labels(*self._where, stream)
        return self._written[stream]

    def _count_receipts(self, batch: Batch) -> None:
        for out in batch.emissions:
            if isinstance(out.event, ReceiptEvent):
                self._metrics.receipts.labels(*self._where, out.event.data.status).inc()

    def _count_refusals(self, batch: Batch) -> None:
        for out in batch.emissions:
            if not isinstance(out.event, RefusalEvent):
                continue
            codes = {reason.code for reason in out.event.data.reasons}
            for code in codes:
                self._metrics.refusals.labels(*self._where, code).inc()
            limits = {code for code in codes if names_a_limit(code)}
            if out.event.data.cut:
                limits.add("refusal.cut")
            for limit in limits:
                self._metrics.limits.labels(*self._where, limit).inc()

    def _tell_holds(self, intake: Intake) -> None:
        times = [intake.holds[place].time for held in intake.open_holds.values() for place in held.values()]
        self._metrics.holds.labels(*self._where).set(len(times))
        since = datetime.fromisoformat(min(times)).timestamp() if times else 0
        self._metrics.hold_since.labels(*self._where).set(since)
