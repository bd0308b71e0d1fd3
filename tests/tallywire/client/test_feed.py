"""Following a feed over HTTP, of real services that are stopped and rebuilt meanwhile."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from typing import Final

import pytest

from tallywire.client.connection import open_connection
from tallywire.client.errors import UsageError
from tallywire.client.feed import BEGINNING, Notice, Service, Told, blocks, follow_feed
from tallywire.evidence.rebuild import delete_derived
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until

NIGHT: Final = night(34, contests=6, declarations=12)
ELECTION: Final = NIGHT.election
LAST: Final = NIGHT.declarations[-1]


@pytest.fixture
def played(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows all of a night but its last declaration."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(NIGHT.declarations[:-1])
    centre.settle()
    return Publisher.ready(pipeline)


def told(items: Iterator[Told | Notice], until: str) -> list[Told]:
    """Return what is told until a cursor."""
    found = []
    for item in items:
        if isinstance(item, Told):
            found.append(item)
            if item.cursor == until:
                return found
    raise AssertionError("it ended")


def test_every_event_comes_once_from_any_cursor(played: Publisher) -> None:
    """Promise: all events come from the beginning, and from a cursor exactly those after it."""
    end, service = played.await_cursor(ELECTION), Service.at(played.url)
    every = told(follow_feed(service, after=BEGINNING), end)
    assert {event.name for event in every} >= {"result", "tally", "headline"}
    assert len({event.event for event in every}) == len(every)
    middle = every[len(every) // 2]
    assert told(follow_feed(service, ELECTION, after=middle.cursor), end) == every[len(every) // 2 + 1 :]


def test_a_filter_is_the_services(played: Publisher) -> None:
    """Promise: only what was asked for comes, and what cannot be asked for is an error in the service's words."""
    service = Service.at(played.url)
    with pytest.raises(UsageError, match="Did you mean party"):
        next(follow_feed(service, ELECTION, [("partys", "PP53")]))
    items = follow_feed(service, ELECTION, [("type", "headline")], BEGINNING)
    headlines = played.page(ELECTION, "headlines")["headlines"]
    events = (json.loads(item.event) for item in items if isinstance(item, Told))
    found = [event for _, event in zip(headlines, events, strict=False)]
    assert found == headlines
    with pytest.raises(UsageError, match="which looks like http://HOST:8481"):
        Service.at("redis://here:6379")


def test_a_service_that_is_away_is_waited_for(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: word comes when the service is lost, and nothing more is needed than that it is there again."""
    heard = list[Told | Notice]()
    items = follow_feed(Service.at(played.url), ELECTION)
    threading.Thread(target=heard.extend, args=(items,), daemon=True).start()
    wait_until(lambda: heard == [Notice(ELECTION, "following")], what="the feed to be followed")
    played.service.kill()
    lost = wait_until(lambda: heard[1:], what="word that the service is lost")[0]
    assert isinstance(lost, Notice)
    assert (lost.election, lost.what) == ("", "lost")
    pipeline.centre(ELECTION).send([LAST])
    # At the same address: whoever follows knows no other.
    Publisher(pipeline, Fault(port=played.port))
    missed = wait_until(lambda: heard[3:], what="what was missed")
    assert heard[2] == Notice("", "back")
    assert isinstance(missed[0], Told)
    assert missed[0].name == "result"


def test_following_is_said_once_the_place_is_known() -> None:
    """Promise: whoever is told that a feed is followed misses nothing from then on, also when it is cut off at once."""
    connections: list[str | None] = []

    class CutOff(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name
            connections.append(self.headers["Last-Event-ID"])
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if len(connections) > 1:
                self.wfile.write(b"retry: 1\n\nid: l1.r0.t0.h0-00000000\n\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), CutOff) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        items = follow_feed(Service.at(f"http://127.0.0.1:{server.server_port}"), ELECTION)
        assert next(items) == Notice(ELECTION, "following")
        assert len(connections) > 1, "the first one was cut off before it said where it was"
        wait_until(lambda: len(connections) > 2, what="it to come again")
        server.shutdown()
    assert connections[:3] == [None, None, "l1.r0.t0.h0-00000000"]


def test_a_rebuild_is_told_and_so_is_its_end(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: while a feed is derived anew that is said once, and once more when it goes on."""
    items = follow_feed(Service.at(played.url), ELECTION)
    assert next(items) == Notice(ELECTION, "following")
    for service in pipeline.services.alive("aggregate") + pipeline.services.alive("notify"):
        service.end()
    with open_connection(pipeline.server.url) as connection:
        delete_derived(connection, ELECTION)
    rebuilding = next(items)
    assert isinstance(rebuilding, Notice)
    assert rebuilding.what == "rebuilding"
    pipeline.start("aggregate")
    pipeline.start("notify")
    pipeline.centre(ELECTION).send([LAST])
    before = list(takewhile(lambda item: not isinstance(item, Told), items))
    assert before == [Notice(ELECTION, "back")]


def test_another_history_is_told(played: Publisher) -> None:
    """Promise: a cursor of another history is answered with where the present one is, from where it goes on."""
    end = played.await_cursor(ELECTION)
    items = follow_feed(Service.at(played.url), ELECTION, after=end[:-8] + "00000000")
    assert next(items) == Notice(ELECTION, "following")
    notice = next(items)
    assert isinstance(notice, Notice)
    assert (notice.what, notice.cursor) == ("resnapshot", end)


def test_what_is_no_publishing_service_is_said(played: Publisher) -> None:
    """Promise: where nothing is published is not taken for a feed without news."""
    with pytest.raises(UsageError, match="There is nothing at"):
        next(follow_feed(Service.at(f"{played.url}/elsewhere")))


def test_blocks_end_with_an_empty_line_only() -> None:
    """Promise: characters that only Python takes for ends of lines end none, and chunks may end anywhere."""
    first = "retry: 10\n\nid: 1\r\nevent: x\r\ndata: a\u2028b\u0085c\x0b\r\n\r\n"
    content = f"{first}: alive\n\ndata: 1\ndata: 2\n\nid: 9\n".encode()
    expected = [{"retry": "10"}, {"id": "1", "event": "x", "data": "a\u2028b\u0085c\x0b"}, {"data": "1\n2"}]
    assert list(blocks([content])) == expected
    assert list(blocks(content[place : place + 1] for place in range(len(content)))) == expected
