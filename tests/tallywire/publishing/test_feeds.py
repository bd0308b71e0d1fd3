"""Feeds of a real publishing service: each event once, in order, from any cursor."""

import json
import socket
from contextlib import closing, suppress
from itertools import takewhile
from typing import Final

import pytest

from streams.keys import Partition
from tallywire.client.connection import open_connection
from tallywire.evidence.rebuild import delete_derived
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Block, Copy, Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(31, contests=12, declarations=30)
ELECTION: Final = NIGHT.election
LAST: Final = NIGHT.declarations[-1]
EVENTS: Final = f"/v1/elections/{ELECTION}/events"


@pytest.fixture
def played(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows a whole night."""
    pipeline.play(NIGHT, NIGHT.declarations[:-1])
    return Publisher.ready(pipeline)


def test_a_copy_made_of_events_equals_the_pages(played: Publisher) -> None:
    """Promise: who follows the feed from its beginning knows what the pages show at the cursor reached."""
    end = played.await_cursor(ELECTION)
    copy = Copy()
    with Feed(played, f"{EVENTS}?after=0") as feed:
        copy.follow(feed, end)
    assert copy.events["headlines"], "a night without news proves nothing"
    copy.require_equal(played, ELECTION)


def test_a_reader_who_is_cut_off_after_each_block_misses_nothing(played: Publisher) -> None:
    """Promise: from any Last-Event-ID the feed goes on with the next event, also inside a group."""
    end = played.await_cursor(ELECTION)
    copy, connections = Copy(), 0
    while copy.cursor != end:
        with Feed(played, EVENTS, copy.cursor) as feed:
            blocks = feed.blocks()
            next(blocks)  # The place that it was left at.
            copy.take(next(blocks))
        connections += 1
    assert connections > len(NIGHT.declarations)
    copy.require_equal(played, ELECTION)


def test_two_processes_tell_the_same_at_the_same_cursors(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: a reader may go on at another process; ids and bytes are the same there."""
    other = Publisher(pipeline)
    other.await_ready()
    end = played.await_cursor(ELECTION)
    told = []
    for publisher in (played, other):
        with Feed(publisher, f"{EVENTS}?after=0") as feed:
            told.append(list(takewhile(lambda block: block.id != end, feed.blocks())))
    assert told[0] == told[1]


def test_what_happens_is_told_to_whoever_is_there(pipeline: Pipeline) -> None:
    """Promise: a reader without a cursor is told what happens from now on, and nothing from before."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    publisher = Publisher(pipeline)
    before = publisher.await_cursor(ELECTION, ledger=1)
    names = []
    with Feed(publisher, EVENTS) as feed:
        blocks = feed.blocks()
        assert next(blocks).id == before
        centre.send([NIGHT.declarations[0]])
        for block in blocks:
            names.append(block.name)
            if block.id.startswith("l2."):
                break
    assert "result" in names
    assert "tally" in names


def test_a_rebuild_under_readers_leaves_them_where_they_are(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: a connected reader hears of a rebuild; when it has derived the same bytes, the feed just goes on."""
    end = played.await_cursor(ELECTION)
    names = []
    with Feed(played, EVENTS) as feed:
        blocks = feed.blocks()
        assert next(blocks).id == end
        for service in pipeline.services.alive("aggregate") + pipeline.services.alive("notify"):
            service.end()
        with open_connection(pipeline.server.url) as connection:
            delete_derived(connection, ELECTION)
        assert next(blocks).name == "rebuilding"
        pipeline.start("aggregate")
        pipeline.start("notify")
        pipeline.centre(ELECTION).send([LAST])
        for block in blocks:
            names.append(block.name)
            if block.name == "result":
                break
    assert "resnapshot" not in names


def test_who_never_ends_a_request_is_let_go(pipeline: Pipeline) -> None:
    """Promise: a connection over which no head comes to its end is closed, and readers of feeds go on."""
    pipeline.start_all()
    pipeline.open(NIGHT)
    publisher = Publisher(pipeline, Fault(constants=(("tallywire.web.connections:HEAD_S", 0.5),)))
    publisher.await_cursor(ELECTION, ledger=1)
    with Feed(publisher, EVENTS) as feed:
        blocks = feed.blocks()
        assert next(blocks).id
        with closing(socket.create_connection((publisher.host, publisher.port), 60)) as slow:
            slow.sendall(b"GET /v1/elections HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            assert _rest(slow) == b""
        pipeline.centre(ELECTION).send([NIGHT.declarations[0]])
        assert next(block.name for block in blocks if block.data) == "result"


def _rest(connection: socket.socket) -> bytes:
    """Return what still comes over a connection until it ends, in order or not."""
    with suppress(ConnectionResetError):
        return b"".join(iter(lambda: connection.recv(65_536), b""))
    return b""


def test_a_reader_of_another_history_is_told_to_take_a_snapshot(played: Publisher) -> None:
    """Promise: a cursor that is not of this history is never gone on from in silence."""
    end = played.await_cursor(ELECTION)
    other = end[:-8] + "00000000"
    with Feed(played, EVENTS, other) as feed:
        blocks = list(feed.blocks())
    assert [block.name for block in blocks if block.data] == ["resnapshot"]
    assert blocks[-1].json["cursor"] == end


def test_a_server_that_has_lost_its_last_entries_has_another_history(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: who has read what a failover lost is told to take a new snapshot; who had read less just goes on."""
    keys = [key for key in pipeline.client.keys("*") if ELECTION.encode() in key]
    kept = {key: pipeline.client.dump(key) for key in keys}
    before = played.await_cursor(ELECTION)
    centre = pipeline.centre(ELECTION)
    centre.send([LAST])
    centre.settle()
    lost = played.await_cursor(ELECTION, ledger=len(NIGHT.declarations) + 1)
    assert lost != before
    with Feed(played, EVENTS) as feed:
        blocks = feed.blocks()
        assert next(blocks).id == lost
        for service in pipeline.services.alive():
            if service.name != "publishing":
                service.end()
        # All at once, as a stand-by that had not had the end takes over.
        taken_over = pipeline.client.pipeline(transaction=True)
        for key in pipeline.client.keys("*"):
            if ELECTION.encode() in key:
                taken_over.delete(key)
        for key, content in kept.items():
            taken_over.restore(key, 0, content)
        taken_over.execute()
        pipeline.start_all()
        names = [block.name for block in blocks if block.data]
    assert names[-1] == "resnapshot"
    with Feed(played, EVENTS, before) as feed:
        assert next(feed.blocks()).id == before
    assert played.await_cursor(ELECTION) == before


def test_events_that_are_gone_at_the_end_of_their_streams_are_told(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: what was trimmed or deleted is never shown as not declared: it is said, and what was known is shown."""
    known = played.await_cursor(ELECTION)
    for service in pipeline.services.alive():
        if service.name != "publishing":
            service.end()
    streams = ("ledger", "results", "tallies", "headlines")
    for stream in streams:
        ((last, _),) = pipeline.client.xrevrange(Partition(ELECTION).key(stream), count=1)
        pipeline.client.xdel(Partition(ELECTION).key(stream), last)

    def why_broken() -> str:
        (listed,) = played.get("/v1/elections").json["elections"]
        return str(listed["reason"]) if listed["state"] == "broken" else ""

    reason = wait_until(why_broken, what="the gap to be told")
    assert [stream for stream in streams if f"{stream} had entries up to" in reason] == list(streams)
    assert played.page(ELECTION, "snapshot")["cursor"] == known
    assert played.get("/health/ready").status != 200


def test_what_is_overdue_is_told_without_a_place(pipeline: Pipeline) -> None:
    """Promise: readers of all that happens hear what is later than expected, and the page of it says the same."""
    register = json.loads(NIGHT.register)
    declared = json.loads(NIGHT.declarations[0])["subject"]
    late = next(ballot_id for ballot_id in NIGHT.contests if ballot_id != declared)
    for ballot_id in (late, declared):
        register["data"]["contests"][ballot_id]["expected_at"] = "2024-05-02T22:00:00Z"
    pipeline.start_all()
    centre = pipeline.centre(ELECTION)
    centre.send([json.dumps(register).encode()])
    centre.announce()
    centre.settle()
    publisher = Publisher(pipeline, Fault(constants=(("tallywire.publishing.following:OVERDUE_S", 0.2),)))
    publisher.await_cursor(ELECTION, ledger=1)
    with Feed(publisher, EVENTS) as feed:
        blocks = feed.blocks()
        next(blocks)
        centre.send([NIGHT.declarations[0]])
        told = [block for block in takewhile(lambda block: late_in(block) != [late], blocks) if block.name == "overdue"]
    assert all(not block.id for block in told)
    page = publisher.page(ELECTION, "overdue")
    assert [each["ballot_id"] for each in page["overdue"]] == [late]
    assert page["overdue"][0]["late_s"] > 0


def late_in(block: Block) -> list[str]:
    """Return the contests that a block says are overdue."""
    return [each["ballot_id"] for each in block.json["overdue"]] if block.name == "overdue" else []
