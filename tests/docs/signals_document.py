"""Writes docs/signals.md: every metric and every log event, each with a sentence.

python -m tests.docs.signals_document
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tallywire.backups.metrics import REGISTRY as BACKUPS
from tallywire.operations.counts import REGISTRY
from tallywire.operations.metrics import Metrics
from tallywire.operations.service_metrics import ServiceMetrics
from tallywire.publishing.metrics import GAUGES as FEED_GAUGES
from tallywire.publishing.metrics import FeedMetrics
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings
from tallywire.webhooks.metrics import GAUGES as WEBHOOK_GAUGES
from tallywire.webhooks.metrics import WebhookMetrics

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "signals.md"
PACKAGES: Final = ("streams", "services", "tallywire")

EVENTS: Final = {
    "api_keys.not_read": "The file of API keys has a fault; the keys of before go on.",
    "api_keys.read": "The file of API keys was read.",
    "backup.failed": "There is no new backup, of an election or of any; the next round tries again.",
    "backup.made": "A backup was made: of which election, and what it is called.",
    "backup.not_continued": "The ledger does not continue that of the backup before: it was cut, replaced or lost.",
    "catalogue.entry_ignored": "An entry of the catalogue names no election that can be.",
    "catalogue.full": "The catalogue names more elections than are served; this one is not worked on.",
    "catalogue.unreadable": "The list of elections cannot be read; the service waits until it can.",
    "declaration.held": "A declaration is held until a second person has decided.",
    "declaration.refused": "An entry was refused, with the codes of its reasons.",
    "election.failed": "A fault of ours while an election was read for readers; it is read again from its beginning.",
    "election.deleted": "A rehearsal or sandbox was deleted, and is shown no more.",
    "election.state": "What is shown of an election is live, rebuilding, away or broken from now on.",
    "entry.parked": "A rule of ours failed on an entry, which was set aside; the others go on.",
    "entry.passed_over": "An event of a type that only a later release knows; nothing follows from it here.",
    "http.served": "Where the service answers over HTTP, and how many connections and readers it takes at once.",
    "map.unreadable": "The map that a pack has brought cannot be read; it is not shown.",
    "open_files.too_few": "The system lets the process have fewer files open than its limits ask for: fewer readers.",
    "operations.served": "Where health and metrics are served.",
    "picture.failed": "A still picture could not be drawn.",
    "post.answered": "A sender was answered, with the status of its receipt; a problem of its request is not logged.",
    "rate.reached": "A sender has reached a limit of posts in a minute; logged once a minute.",
    "receipts.lost": "The server was lost while senders waited for receipts; they are told to send again.",
    "request.failed": "A fault of ours while a request was answered.",
    "server.emptied": "The server has lost an election that it had.",
    "server.lets_nobody_in": "The server does not let the service in: user, password or TLS is not as it asks.",
    "server.may_lose_data": "The server may lose what it has acknowledged, and nobody has said that this is meant.",
    "server.not_started": "`tallywire run` could not start its server; it tries again.",
    "server.restarted": "`tallywire run` has started its server again.",
    "server.trouble": "The server was away, full or refused while something was posted.",
    "service.failed": "A service stops for good, exit code 5; the reason says what to do.",
    "service.not_started": "`tallywire run` could not start a service; it tries again.",
    "service.restarted": "`tallywire run` has started a service again that ended by itself.",
    "service.started": "The service is at work, or waits for its server.",
    "service.stopped": "The service has ended in order.",
    "stage.failed": "One election is worked on no more, the others are; the reason says what to do.",
    "stage.ids_ahead": "A sender has chosen ids ahead of the server's clock; they decide nothing but the order.",
    "stage.interrupted": "An attempt failed: the server is away, full or refuses; it is tried again.",
    "stage.leading": "This worker reads, judges and writes for an election from now on.",
    "stage.standing_by": "Another worker leads; this one takes over when that one stops.",
    "traces.not_sent": "OpenTelemetry could not send traces; nothing waits for that.",
    "webhook.broken": "A fault of ours while events were delivered to an endpoint; it goes on in a second.",
    "webhook.failed": "An endpoint has not taken an event; it is tried again.",
    "webhook.gone": "An endpoint is there no more: it was removed, or lost with the server. Nothing is sent there.",
    "webhook.interrupted": "The server was lost while events were delivered to an endpoint.",
    "webhook.parked": "An event is not tried again at an endpoint until somebody asks for it.",
    "webhook.stopped": "A receiver has answered that it wants no more; nothing is sent until it is resumed.",
    "webhooks.leading": "This worker sends webhooks from now on.",
    "webhooks.unreadable": "The endpoints on the server cannot be read.",
}
"""What each log event says."""

EXPORTED: Final = {
    "node_filesystem_avail_bytes": (("mountpoint", "fstype"), "Bytes that are free on a disk."),
    "node_time_seconds": ((), "What the host's clock says, in seconds since 1970."),
    "node_timex_sync_status": ((), "1 while something keeps the host's clock right."),
    "probe_ssl_earliest_cert_expiry": ((), "When a certificate ends, in seconds since 1970; nothing once it has."),
    "probe_success": ((), "1 while an address answers, is ready, and has a certificate that is good."),
}
"""Metrics of node_exporter and blackbox_exporter that alerts ask for: labels, and what they are."""

LABELS: Final = {
    "tallywire_build": ("service", "version", "python"),
    "tallywire_log_events": ("event", "level"),
    "tallywire_leading": ("stage", "election"),
    **{f"tallywire_{name}": ("election",) for name in FEED_GAUGES},
    **{f"tallywire_{name}": ("endpoint",) for name in WEBHOOK_GAUGES},
}
"""Labels of those that do not name them."""

_HEAD: Final = """\
# Signals

Every metric and every log event. Made from the code by `python -m tests.docs.signals_document`; a test compares.

## Metrics

Each process serves its own at `/metrics` of the port that `--metrics` or `TALLYWIRE_METRICS` names, never at the port
for the public: [health](operating.md#health). Counters are of the process, and begin with it; those of the pipeline
count what was committed. Labels are bounded: `election` is an id of the catalogue (at most `tallywire_elections_max`),
`reason` a code of [reasons](reasons.md) or, of readers, `left`, `behind`, `resnapshot`, `expired`, `key_gone` or
`stopped`; `limit` is one of [limits](limits.md), `route` a path as it is declared, `endpoint` the operator's name of a
webhook endpoint, `server` host and port. Memory, processor time and open files are there as `process_...`.
"""

_EXPORTED: Final = """
Of hosts and of the addresses that people use, our processes say nothing. Alerts ask node_exporter (`node_`) and
blackbox_exporter (`probe_`) for it: [why](decisions/0028-exporters.md).

| metric | labels | what it is |
|---|---|---|
"""

_LOG: Final = """
## Log events

Services write lines of JSON to standard error, one for each event: `event` is its name, `level` and `timestamp` what
they say. Where there is one, `election` is the election's id, `ballot` the contest's, `event_id` the id of the event as
its sender has made it, `entry` the id on the stream, `stage` the service. What was accepted is on the ledger, and has
no line of the pipeline. No line has a secret: no password, key, token or cookie, and no parameter of an address. How
often each was logged is `tallywire_log_events_total`.

| event | what it says | logged by |
|---|---|---|
"""


def metrics() -> dict[str, tuple[Metric, tuple[str, ...], str]]:
    """Return every metric, by its name: itself, its labels, and which services have it."""
    stages = Metrics("ingest")
    every = {metric.name for metric in ServiceMetrics("x", cast("Any", type(stages.registry))()).registry.collect()}
    publishing = Publishing(cast("Any", None), Settings())
    found: dict[str, tuple[Metric, tuple[str, ...], str]] = {}
    sources: tuple[tuple[str, Collector], ...] = (
        ("ingest, aggregate, notify", stages.registry),
        ("posting, publishing, webhooks", REGISTRY),
        ("publishing", FeedMetrics(publishing)),
        ("webhooks", WebhookMetrics(dict, bool)),
        ("backup", BACKUPS),
    )
    labels = {
        collector._name: tuple(collector._labelnames)
        for registry in (stages.registry, REGISTRY)
        for collector in cast("Any", registry)._collector_to_names
        if hasattr(collector, "_labelnames")
    }
    for who, source in sources:
        for metric in source.collect():
            if not metric.name.startswith("tallywire_"):
                continue
            given = LABELS.get(metric.name) or labels.get(metric.name) or ()
            before = found.get(metric.name)
            where = "all" if metric.name in every else f"{before[2]}, {who}" if before else who
            found[metric.name] = (metric, tuple(given), where)
    return found


def logged() -> dict[str, set[str]]:
    """Return the log events in the code, by name the files that log them.

    Raises:
        TypeError: one has no name that can be read in the code.
    """
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for name in _names(ast.parse(path.read_text("utf-8")), path):
                found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


WHOSE: Final = {
    "http_": "posting, publishing",
    "posts": "posting",
    "receipt_seconds": "posting",
    "readers": "publishing",
    "pages": "publishing",
    "webhook_": "webhooks",
    "hold": "ingest",
    "ledger_entries": "ingest",
    "receipts": "ingest",
    "refusals": "ingest",
    "limit_reached": "all",
}
"""Which services count a metric, by the beginning of its name, where not every process that has it does."""


def whose(name: str, where: str) -> str:
    """Return which services say something with a metric."""
    found = (who for begin, who in WHOSE.items() if name.removeprefix("tallywire_").startswith(begin))
    return next(found, where)


LEVELS: Final = frozenset({"debug", "info", "warning", "error", "critical", "exception", "msg", "log"})


def _names(tree: ast.Module, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[first, *_]) if (
                level in LEVELS
            ):
                if not isinstance(first, ast.Constant):
                    message = f"{path}:{node.lineno}: a log event is named in place, with a constant"
                    raise TypeError(message)
                yield str(first.value)
            case _:
                pass


def document() -> str:
    """Return the document."""
    lines = [_HEAD, "| metric | type | labels | what it is | services |", "|---|---|---|---|---|"]
    for name, (metric, labels, where) in sorted(metrics().items()):
        served = {"counter": f"{name}_total", "info": f"{name}_info"}.get(metric.type, name)
        shown = ", ".join(f"`{label}`" for label in labels)
        lines.append(f"| `{served}` | {metric.type} | {shown} | {metric.documentation} | {whose(name, where)} |")
    events = [
        f"| `{name}` | {EVENTS.get(name, '')} | {', '.join(f'`{file}`' for file in sorted(files))} |"
        for name, files in sorted(logged().items())
    ]
    exported = [
        f"| `{name}` | {', '.join(f'`{label}`' for label in labels)} | {what} |"
        for name, (labels, what) in EXPORTED.items()
    ]
    return "\n".join(lines) + "\n" + _EXPORTED + "\n".join(exported) + "\n" + _LOG + "\n".join(events) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
