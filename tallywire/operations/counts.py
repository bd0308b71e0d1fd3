"""What posting, publishing and webhooks count while they work, for Prometheus: one registry for a process.

Counting costs a microsecond, whether anybody asks or not; the services of the pipeline count in ``metrics``.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

# When a counter was created is of no use beside when the process was, and doubles what is served.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no annotations

REGISTRY: Final = CollectorRegistry()
"""The metrics of this process."""

WAITING_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Buckets of how long a sender waits for a receipt: from a quiet machine to the longest that may be asked for."""

ANSWER_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
"""Buckets of how long an answer takes."""

REQUESTS: Final = Counter(
    "tallywire_http_requests",
    "Requests answered. Streams of events count when they begin.",
    ("service", "route", "method", "status"),
    registry=REGISTRY,
)
ANSWERED: Final = Histogram(
    "tallywire_http_request_seconds",
    "How long an answer took, from the head of the request on.",
    ("service", "route"),
    registry=REGISTRY,
    buckets=ANSWER_S,
)
RECEIPTS: Final = Histogram(
    "tallywire_receipt_seconds",
    "How long a sender waited for its receipt, from the append to the stream on.",
    ("election",),
    registry=REGISTRY,
    buckets=WAITING_S,
)
POSTS: Final = Counter(
    "tallywire_posts",
    "Answers to senders, by what they were told of their message.",
    ("election", "status"),
    registry=REGISTRY,
)
LIMITS: Final = Counter(
    "tallywire_limit_reached",
    "Times that a limit was reached; without an election, the service's.",
    ("stage", "election", "limit"),
    registry=REGISTRY,
)
READERS_ENDED: Final = Counter(
    "tallywire_readers_ended",
    "Streams that have ended, by the reason.",
    ("election", "reason"),
    registry=REGISTRY,
)
PAGES: Final = Counter(
    "tallywire_pages_asked",
    "Pages that readers asked for, by whether they were kept or had to be made.",
    ("found",),
    registry=REGISTRY,
)
DELIVERED: Final = Counter(
    "tallywire_webhook_delivered", "Events that an endpoint has taken.", ("endpoint",), registry=REGISTRY
)
FAILED: Final = Counter(
    "tallywire_webhook_failed", "Attempts that an endpoint has not taken.", ("endpoint",), registry=REGISTRY
)
ATTEMPTS: Final = Histogram(
    "tallywire_webhook_attempt_seconds",
    "How long an attempt to deliver took.",
    ("endpoint",),
    registry=REGISTRY,
    buckets=ANSWER_S,
)
