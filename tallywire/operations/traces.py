"""Traces: one for a declaration, from the post to the bytes that readers get, sent to a collector by OpenTelemetry.

Off unless ``TALLYWIRE_TRACES`` is 1, and then nothing of OpenTelemetry is imported here. Where traces go is said by
OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_ENDPOINT`` and the others). How their context travels is
docs/decisions/0026-traces-beside-the-bytes.md.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import structlog

from services.shell import ids_in
from streams.contexts import CONTEXT, is_context
from streams.fold import Batch
from streams.hooks import NO_HOOKS, Phase, ServiceHooks, StageHooks
from tallywire.client.errors import UsageError

SWITCH: Final = "TALLYWIRE_TRACES"
"""Environment variable that switches traces on."""

END_S: Final = 2.0
"""How long the last traces may take to be sent when the service stops; it must stop within 5 s."""

SAID_EVERY_S: Final = 60.0
"""How often it is logged that traces could not be sent."""

log = structlog.get_logger()


class Traces:
    """Traces of one service.

    Args:
        service: its name.

    Raises:
        UsageError: OpenTelemetry is not installed.
    """

    def __init__(self, service: str) -> None:
        try:
            from opentelemetry import trace  # noqa: PLC0415  # nothing is imported while traces are off
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        except ImportError as missing:
            raise UsageError(f"{SWITCH} needs more: pip install 'tallywire[traces]' ({missing}).") from missing
        said = logging.getLogger("opentelemetry")
        said.handlers, said.propagate = [_Said()], False
        resource = Resource.create({"service.name": f"tallywire-{service}"})
        self._trace = trace
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("tallywire")

    def begin(self, name: str, parent: bytes | None, attributes: Mapping[str, Any], began_ns: int | None = None) -> Any:  # noqa: ANN401  # OpenTelemetry's Span
        """Begin a span under the one whose context is given; one of its own where that is none, or not well-formed."""
        trace = self._trace
        context = None
        if parent is not None and is_context(parent):
            _, trace_id, span_id, flags = parent.decode().split("-")
            outer = trace.SpanContext(int(trace_id, 16), int(span_id, 16), True, trace.TraceFlags(int(flags, 16) & 1))  # noqa: FBT003  # is_remote
            context = trace.set_span_in_context(trace.NonRecordingSpan(outer))
        return self._tracer.start_span(name, context, attributes=dict(attributes), start_time=began_ns)

    def close(self) -> None:
        """Send what is left. A collector that does not answer does not hold up the end of the service."""
        thread = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        thread.start()
        thread.join(END_S)


def context_of(span: Any) -> str | None:  # noqa: ANN401  # OpenTelemetry's Span
    """Return the context of a span, to be written beside what follows from it; None where it is not recorded."""
    found = span.get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}" if span.is_recording() else None


@contextmanager
def tracing(service: str) -> Iterator[Traces | None]:
    """Trace a service until the block ends; None where traces are off.

    Raises:
        UsageError: they are on, and OpenTelemetry is not installed.
    """
    if os.environ.get(SWITCH, "").strip().lower() in ("", "0", "off", "no", "false"):
        yield None
        return
    traces = Traces(service)
    try:
        yield traces
    finally:
        traces.close()


class TracedService(ServiceHooks):
    """Traces the stages of a service, and passes everything on.

    Args:
        inner: other hooks.
        traces: where spans go.
    """

    def __init__(self, inner: ServiceHooks, traces: Traces) -> None:
        self.middlewares = inner.middlewares
        self._inner = inner
        self._traces = traces
        if inner is not NO_HOOKS:
            self.lag, self.look_at, self.look = inner.lag, inner.look_at, inner.look  # type: ignore[method-assign]  # passed on as they are
        self.limit_reached = inner.limit_reached  # type: ignore[method-assign]  # as above

    def stage(self, stage: str, partition: str, /) -> StageHooks:
        """Return the hooks of a stage."""
        return TracedStage(self._inner.stage(stage, partition), self._traces, stage, partition)


class TracedStage(StageHooks):
    """A span for each entry that has the context of a trace: from when its batch was read to its commit."""

    def __init__(self, inner: StageHooks, traces: Traces, stage: str, election: str) -> None:
        self._inner = inner
        self._traces = traces
        self._stage = stage
        self._election = election
        self._began_ns = 0
        self._open: list[Any] = []
        self.fenced = inner.fenced  # type: ignore[method-assign]  # passed on as it is
        self.loaded = inner.loaded  # type: ignore[method-assign]  # as above

    def entered(self, phase: Phase, /) -> None:
        """Pass it on."""
        self._inner.entered(phase)

    def read(self, entries: int, /) -> None:
        """Note when the entries were read."""
        self._began_ns = time.time_ns()
        self._inner.read(entries)

    def folded(self, batch: Batch, /) -> None:
        """Begin the spans, and write their contexts beside what follows."""
        self._open = []
        for traced in batch.traced:
            said = {"tallywire.election": self._election, "tallywire.entry": traced.entry.id}
            said |= {f"tallywire.{name}": value for name, value in ids_in(traced.entry).items()}
            span = self._traces.begin(self._stage, traced.entry.fields[CONTEXT], said, self._began_ns)
            self._open.append(span)
            if (context := context_of(span)) is not None:
                batch.contexts.update(dict.fromkeys(range(traced.first, traced.last), context))
        self._inner.folded(batch)

    def committed(self, batch: Batch, before: Mapping[str, int], after: Mapping[str, int], seconds: float, /) -> None:
        """End the spans. Those of a batch that was not committed are never sent: it is folded again."""
        for span in self._open:
            span.end()
        self._open = []
        self._inner.committed(batch, before, after, seconds)


class _Said(logging.Handler):
    """Puts what OpenTelemetry says into the log, once a minute: it says so for each span that is dropped."""

    said_at = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING and time.monotonic() - self.said_at >= SAID_EVERY_S:
            self.said_at = time.monotonic()
            log.warning("traces.not_sent", reason=record.getMessage()[:500])
