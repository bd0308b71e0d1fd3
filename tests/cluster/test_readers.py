"""Readers of a primary with a stand-by: one publishing service follows both, another reads the stand-by alone."""

from contextlib import closing
from pathlib import Path
from typing import Final

from tallywire.embedded.server_info import connect
from tests.cluster.pair import Pair
from tests.cluster.sending import Sender
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.services import Nursery, Services
from tests.pipeline.subscriber import Copy, Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(34, contests=6, declarations=24)
EVENTS: Final = f"/v1/elections/{NIGHT.election}/events"


def test_a_failover_under_readers(pair: Pair, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: when a stand-by takes over, whoever reads goes on at the same cursor, at any process."""
    half = len(NIGHT.declarations) // 2
    with Services(nursery, tmp_path, pair.url) as services, closing(Sender(pair.url, NIGHT)) as sender:
        services.start_all()
        sender.open()
        either = Publisher(services)
        beside = Publisher(services, Fault(replica=True), pair.second.url)
        sender.send(NIGHT.declarations[:half])
        wait_until(sender.settled, what="half of the night")
        before = either.await_cursor(NIGHT.election, ledger=half // 2)
        assert beside.await_cursor(NIGHT.election, ledger=half // 2) == before
        copies = []
        with Feed(either, f"{EVENTS}?after=0") as one, Feed(beside, f"{EVENTS}?after=0") as other:
            for feed in (one, other):
                copies.append(Copy())
                copies[-1].follow(feed, before)
            with closing(connect(pair.second.url)) as client:
                length = sender.length("headlines")
                wait_until(lambda: client.xlen(sender.key("headlines")) == length, what="the stand-by to have it all")
            pair.first.kill()
            pair.promote(pair.second)
            # There is no second server any more that could have it, too.
            with closing(connect(pair.second.url)) as client:
                centre = CountCentre(client, NIGHT.election)
                centre.send(NIGHT.declarations[half:])
                centre.settle()
                entries = centre.length("ledger")
            end = beside.await_cursor(NIGHT.election, ledger=entries)
            assert end != before
            for copy, feed in zip(copies, (one, other), strict=True):
                copy.follow(feed, end)
        for copy, publisher in zip(copies, (either, beside), strict=True):
            copy.require_equal(publisher, NIGHT.election)
