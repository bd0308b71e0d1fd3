"""One trace for a declaration, from the post to the bytes that readers get; and what nobody can break with it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from typer.testing import CliRunner

from schemas.streams import LEDGER
from streams.contexts import is_context, without_context
from streams.keys import Partition
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.operations.traces import tracing
from tests.pipeline.collector import Collector, Span, collecting
from tests.pipeline.hooks import SOON, Hooks
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Receiver
from tests.pipeline.sender import Sender
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until

NIGHT: Final = night(19, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)
TRACE: Final = "0af7651916cd43dd8448eb211c80319c"
PARENT: Final = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a collector that collects."""
    with collecting() as found:
        yield found


def test_a_declaration_is_one_trace_from_the_post_to_the_readers(pipeline: Pipeline, collector: Collector) -> None:
    """Promise: the sender's trace has a span of every process, each under the one before; no byte differs for it."""
    centre = pipeline.open(NIGHT)
    pipeline.start_all(collector.fault)
    sender, publisher = Sender(pipeline, collector.fault), Publisher(pipeline, collector.fault)
    pipeline.start("webhooks", replace(collector.fault, constants=SOON))
    centre.settle()
    publisher.await_ready()
    answers = iter([500])
    with (
        Receiver(lambda post: next(answers, 204) if post.stream == "headlines" else 204) as receiver,
        socket.create_connection((publisher.host, publisher.port), 60) as reader,
    ):
        hooks = Hooks(pipeline)
        hooks.add(receiver)
        # It has had what there was: what comes now belongs to the trace.
        receiver.await_taken(1)
        hooks.await_all()
        reader.sendall(f"GET /v1/elections/{ELECTION}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert sender.post(ELECTION, NIGHT.declarations[0], traceparent=PARENT).status == 200
        shown = b""
        while b"tallywire.headline.v1" not in shown:
            shown += reader.recv(65536)
        wait_until(lambda: bool(receiver.sequences("headlines")), what="the headline to be taken")

    def by_name() -> dict[str, str]:
        return {span.name: span.service for span in collector.of(TRACE)}

    everywhere = {
        "post declaration": "tallywire-posting",
        "ingest": "tallywire-ingest",
        "aggregate": "tallywire-aggregate",
        "notify": "tallywire-notify",
        "publish": "tallywire-publishing",
        "deliver webhook": "tallywire-webhooks",
    }

    def attempts() -> list[Span]:
        return [span for span in collector.of(TRACE) if span.name == "deliver webhook"]

    wait_until(lambda: by_name() == everywhere, what="a span of every process")
    wait_until(lambda: "answered with 500" in str(attempts()), what="the attempt that failed")
    spans = {span.id: span for span in collector.of(TRACE)}
    parents = {(spans[span.parent].name if span.parent in spans else span.parent, span.name) for span in spans.values()}
    assert {
        ("b7ad6b7169203331", "post declaration"),
        ("post declaration", "ingest"),
        ("ingest", "aggregate"),
    } <= parents
    assert ("aggregate", "notify") in parents
    assert {parent for parent, name in parents if name == "deliver webhook"} == {"aggregate", "notify"}
    assert {span.attributes["tallywire.endpoint"] for span in attempts()} == {"one"}
    assert all("traceparent" not in post.headers for post in receiver.posts)
    (ingest,) = (span for span in spans.values() if span.name == "ingest")
    assert ingest.attributes["tallywire.election"] == ELECTION
    assert ingest.attributes["tallywire.ballot"].startswith("local.")
    _, entry = pipeline.client.xrevrange(KEYS.key(LEDGER.name), count=1)[0]
    assert set(entry) == {b"data", b"traceparent"}
    assert without_context(entry) == {b"data": entry[b"data"]}
    assert b"traceparent" not in entry[b"data"]
    assert TRACE.encode() not in shown
    verified = CliRunner().invoke(app, ["verify", "--election", ELECTION, "--redis", pipeline.server.url])
    assert verified.exit_code == Exit.DONE, verified.output


@pytest.mark.parametrize(
    "header", ["", "x" * 10_000, "00-" + "0" * 32 + "-b7ad6b7169203331-01", PARENT.upper(), PARENT + "-more", "ÿ"]
)
def test_what_is_no_context_is_no_trace(header: str) -> None:
    """Promise: a header that is none, or huge, begins a trace of our own; nothing of it is kept."""
    assert not is_context(header.encode("latin-1"))
    assert without_context({b"data": b"{}", b"traceparent": header.encode("latin-1")}) != {b"data": b"{}"}


def test_a_senders_bad_header_is_harmless(pipeline: Pipeline, collector: Collector) -> None:
    """Promise: whatever a sender names as its trace, its declaration is taken; so it is when it writes that itself."""
    centre = pipeline.open(NIGHT)
    pipeline.start("ingest", collector.fault)
    sender = Sender(pipeline, collector.fault)
    centre.settle(upto="ingest")
    for message, header in zip(
        NIGHT.declarations, ("x" * 8_000, "\x00\x01".replace("\x00", "?"), PARENT * 3), strict=False
    ):
        assert sender.post(ELECTION, message, traceparent=header).status == 200
    written = {"data": NIGHT.declarations[3], "traceparent": b"\xff" * 100_000}
    pipeline.client.xadd(KEYS.key("declarations"), written)
    centre.settle(upto="ingest")
    wait_until(lambda: len(collector.spans) >= 7, what="spans of our own")
    assert all(span.trace != TRACE for span in collector.spans)
    for _, fields in pipeline.client.xrange(KEYS.key(LEDGER.name)):
        assert without_context(fields).keys() == {b"data"}


def test_without_a_collector_a_service_works_and_ends(pipeline: Pipeline) -> None:
    """Promise: a collector that is away costs nobody anything but a line in the log."""
    fault = replace(Collector(port=1).fault, constants=(("tallywire.operations.traces:END_S", 0.1),))
    centre = pipeline.open(NIGHT)
    ingest = pipeline.start("ingest", fault)
    sender = Sender(pipeline, fault)
    centre.settle(upto="ingest")
    assert sender.post(ELECTION, NIGHT.declarations[0]).status == 200
    assert sender.service.end() == 0
    assert ingest.end() == 0
    assert all("event" in line for line in ingest.said())


def test_nothing_is_imported_while_traces_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: off by default, and then neither the SDK's traces nor the exporter are loaded."""
    monkeypatch.delenv("TALLYWIRE_TRACES", raising=False)
    with tracing("ingest") as traces:
        assert traces is None
    script = (
        "import sys, tallywire.posting.server, tallywire.publishing.server, services.ingest.service\n"
        "import tallywire.operations.traces\n"
        "traced = ('opentelemetry.sdk.trace', 'opentelemetry.exporter')\n"
        "print([name for name in sys.modules if name.startswith(traced)])"
    )
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
