"""What a service has done can be read over HTTP while it runs, and is true."""

import json
from typing import Final

from streams.entries import BATCH_MAX
from streams.keys import Partition
from tests.pipeline.faults import SERVICES
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.served import serve
from tests.waiting import wait_until

NIGHT: Final = night(6, contests=30, declarations=60)
ELECTION: Final = NIGHT.election
GOOD: Final = NIGHT.declarations


def test_what_was_folded_and_written_is_counted(pipeline: Pipeline) -> None:
    """Promise: entries, batches and events are counted when they take effect, by stage, election and stream."""
    services = {name: serve(pipeline, name) for name in SERVICES}
    centre = pipeline.open(NIGHT)
    centre.send(GOOD)
    centre.send([b"garbage", b"{}"])
    centre.settle()
    ingest = services["ingest"]
    sent = len(GOOD) + 3
    here = {"stage": "ingest", "election": ELECTION}
    # The last batch is counted a moment after it has taken effect.
    ingest.await_value(sent, "tallywire_events_written_total", stream="receipts", **here)
    assert ingest.value("tallywire_entries_read_total", **here) == sent
    assert ingest.value("tallywire_batch_entries_sum", **here) == sent
    batches = ingest.value("tallywire_batches_committed_total", **here)
    assert ingest.value("tallywire_batch_entries_count", **here) == batches
    assert ingest.value("tallywire_commit_seconds_count", **here) == batches
    assert ingest.value("tallywire_rule_seconds_count", **here) == batches
    assert ingest.value("tallywire_leading", **here) == 1
    for stage, stream in (
        ("ingest", "ledger"),
        ("ingest", "refusals"),
        ("aggregate", "results"),
        ("aggregate", "tallies"),
        ("notify", "headlines"),
    ):
        length = centre.length(stream)
        services[stage].await_value(length, "tallywire_events_written_total", stream=stream, election=ELECTION)
        assert services[stage].value("tallywire_events_written_total", stream=stream, election=ELECTION) == length


def test_refusals_are_counted_by_what_was_at_fault(pipeline: Pipeline) -> None:
    """Promise: a count centre that sends one thing wrong all night is seen."""
    ingest = serve(pipeline, "ingest")
    pipeline.open(NIGHT).send([b"garbage", b"more", json.dumps({**json.loads(GOOD[0]), "time": 3}).encode()])
    ingest.await_value(2, "tallywire_refusals_total", reason="json.invalid", election=ELECTION)
    ingest.await_value(1, "tallywire_refusals_total", reason="time.not_text", election=ELECTION)
    ingest.await_value(3, "tallywire_receipts_total", status="refused", election=ELECTION)


def test_an_entry_that_was_set_aside_is_counted(pipeline: Pipeline) -> None:
    """Promise: a fault of ours is seen without anybody looking for it."""
    aggregate = serve(pipeline, "aggregate")
    pipeline.start("ingest")
    pipeline.open(NIGHT)
    aggregate.await_value(1, "tallywire_entries_read_total", election=ELECTION)
    pipeline.client.xadd(Partition(ELECTION).key("ledger"), {"data": "not ours"})
    aggregate.await_value(1, "tallywire_entries_parked_total", stage="aggregate", election=ELECTION)


def test_who_leads_and_who_was_kept_out_is_told(pipeline: Pipeline) -> None:
    """Promise: one of two workers leads; one that was frozen and overtaken is counted when it wakes up."""
    first = serve(pipeline, "ingest")
    centre = pipeline.open(NIGHT)
    first.await_value(1, "tallywire_events_written_total", stream="ledger")
    second = serve(pipeline, "ingest")
    first.service.freeze()
    centre.send(GOOD[:5])
    second.await_value(5, "tallywire_events_written_total", stream="receipts")
    assert second.value("tallywire_leading") == 1
    first.service.thaw()
    first.await_value(1, "tallywire_batches_fenced_total", election=ELECTION)
    wait_until(lambda: first.value("tallywire_leading") == 0, what="the first to stand by")


def test_how_far_behind_a_service_is_can_be_read_while_it_is_stuck(pipeline: Pipeline) -> None:
    """Promise: entries waiting, how long the first has waited, attempts in vain; and nothing once all is folded."""
    ingest = serve(pipeline, "ingest", {"streams.lag:LAG_ENTRIES_MAX": 3})
    centre = pipeline.open(NIGHT)
    ingest.await_value(1, "tallywire_events_written_total", stream="ledger")
    # Nothing can be committed while there is something else in the place of a stream.
    parts = Partition(ELECTION)
    pipeline.client.rename(parts.key("receipts"), parts.key("elsewhere"))
    pipeline.client.set(parts.key("receipts"), "in the way")
    centre.send(GOOD[:5])
    ingest.await_value(5, "tallywire_lag_entries", stage="ingest", election=ELECTION)
    ingest.await_value(0.1, "tallywire_lag_seconds", stage="ingest", election=ELECTION)
    ingest.await_value(1, "tallywire_server_away_total", stage="ingest", election=ELECTION)
    ingest.await_value(1, "tallywire_limit_reached_total", limit="lag.entries", election=ELECTION)
    assert ingest.value("tallywire_lag_entries", stage="ingest", election=ELECTION) == 5
    pipeline.client.rename(parts.key("elsewhere"), parts.key("receipts"))
    wait_until(lambda: ingest.value("tallywire_lag_entries") == 0, what="nothing to wait any more")
    assert ingest.value("tallywire_lag_seconds") == 0


def test_a_server_that_is_killed_is_counted(pipeline: Pipeline) -> None:
    """Promise: metrics are served while the server is away, and say so."""
    ingest = serve(pipeline, "ingest")
    pipeline.open(NIGHT)
    ingest.await_value(1, "tallywire_leading")
    pipeline.server.kill()
    try:
        ingest.await_value(2, "tallywire_server_away_total", election=ELECTION)
        assert ingest.value("tallywire_leading") == 0
    finally:
        pipeline.server.start()
    assert (ingest.value("process_resident_memory_bytes") or 0) > 0


def test_no_batch_is_larger_than_the_limit(pipeline: Pipeline) -> None:
    """Promise: of many entries that wait, so many are folded at once and no more."""
    pipeline.open(NIGHT).send([b"garbage"] * 3 * BATCH_MAX)
    ingest = serve(pipeline, "ingest")
    ingest.await_value(3 * BATCH_MAX + 1, "tallywire_batch_entries_sum", election=ELECTION)
    batches = ingest.value("tallywire_batch_entries_count", election=ELECTION)
    assert ingest.value("tallywire_batch_entries_bucket", election=ELECTION, le=f"{BATCH_MAX:.1f}") == batches
