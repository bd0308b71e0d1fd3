"""Pages of a real publishing service: how an election stands, now and at any moment."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import pytest

from tallywire.embedded.server import start_server
from tests.pipeline.night import night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Feed, Publisher

NIGHT: Final = night(32, contests=8, declarations=16)
ELECTION: Final = NIGHT.election
BASE: Final = f"/v1/elections/{ELECTION}"


@pytest.fixture(scope="module")
def publisher(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """Serve a whole night, each declaration in a group of its own."""
    folder = tmp_path_factory.mktemp("night")
    with start_server(folder, ephemeral=True) as server, pipeline_on(server, nursery, folder) as pipeline:
        pipeline.play(NIGHT)
        yield Publisher.ready(pipeline)


@pytest.fixture(scope="module")
def snapshot(publisher: Publisher) -> dict[str, Any]:
    """Return the snapshot at the end of the night."""
    found: dict[str, Any] = publisher.page(ELECTION, "snapshot")
    return found


def test_all_pages_are_of_one_moment(publisher: Publisher, snapshot: dict[str, Any]) -> None:
    """Promise: every page says at which cursor it is true, and what a snapshot says in short its page says in full."""
    contests = publisher.page(ELECTION, "contests")
    assert contests["cursor"] == snapshot["cursor"]
    assert list(contests["contests"]) == list(snapshot["contests"]) == list(NIGHT.contests)
    for ballot_id, row in snapshot["contests"].items():
        alone = publisher.page(ELECTION, f"contests/{ballot_id}")
        assert alone["contest"] == contests["contests"][ballot_id]["contest"]
        result = contests["contests"][ballot_id]["result"]
        assert alone["result"] == result
        assert [row["result"] and row["result"][name] for name in ("revision", "majority")] == [
            result and result["data"][name] for name in ("revision", "majority")
        ]
    for part, event in (("regions", "tally"), ("bodies", "control")):
        for slug, one in publisher.page(ELECTION, part)[part].items():
            alone = publisher.page(ELECTION, f"{part}/{slug}")
            assert alone[event] == one[event] == snapshot[part][slug][event]
            assert not alone["history"] or alone["history"][-1] == one[event]
    assert publisher.page(ELECTION, "headlines?last=20")["headlines"] == snapshot["headlines"]


def test_what_was_true_at_a_cursor_can_be_had_for_ever(publisher: Publisher, snapshot: dict[str, Any]) -> None:
    """Promise: each cursor of the past answers with what stood then, and that never changes."""
    ballot_id = next(b for b, row in snapshot["contests"].items() if row["result"] and row["result"]["revision"] > 1)
    history = publisher.page(ELECTION, f"contests/{ballot_id}")["history"]
    assert len(history) > 1
    first = history[0]
    ledger = int(first["id"].rpartition(":")[2])
    cursor = next(cursor for cursor in _cursors(publisher) if cursor.startswith(f"l{ledger}."))
    answer = publisher.get(f"{BASE}/contests/{ballot_id}?at={cursor}")
    assert answer.json["result"] == first
    assert answer.json["history"] == [first]
    assert "immutable" in answer.headers["cache-control"]
    assert publisher.get(f"{BASE}/contests/{ballot_id}?at={cursor}").body == answer.body


def _cursors(publisher: Publisher) -> Iterator[str]:
    """Yield the cursors of the feed's blocks."""
    end = publisher.await_cursor(ELECTION)
    with Feed(publisher, f"{BASE}/events?after=0") as feed:
        for block in feed.blocks():
            yield block.id
            if block.id == end:
                return


def test_a_time_leads_to_the_last_cursor_that_is_not_later(publisher: Publisher, snapshot: dict[str, Any]) -> None:
    """Promise: `?at=TIME` redirects to a cursor, which may be kept; the redirect itself may not."""
    now = datetime.fromisoformat(snapshot["time"])
    for moment, cursor in ((now, snapshot["cursor"]), (now - timedelta(days=400), "l0.r0.t0.h0-")):
        answer = publisher.get(f"{BASE}/snapshot?at={quote(moment.isoformat())}")
        assert (answer.status, answer.headers["cache-control"]) == (307, "no-store")
        location = answer.headers["location"]
        assert location.startswith(f"{BASE}/snapshot?at={cursor}")
        assert publisher.get(location).status == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/elections/parl.2099-01-01/snapshot", 404, "There is no election parl.2099-01-01"),
        (f"{BASE}/contests/nothing.2024-05-02", 404, "has no nothing.2024-05-02"),
        (f"{BASE}/regions/nowhere-else", 404, "has no nowhere-else"),
        (f"{BASE}/snapshot?at=yesterday", 400, "a time with its offset"),
        (f"{BASE}/snapshot?at=2024-05-02T10:00:00", 400, "a time with its offset"),
        (f"{BASE}/snapshot?at=l1.r0.t0.h0-00000000", 410, "another history"),
        (f"{BASE}/snapshot?at=l9999.r0.t0.h0-00000000", 404, "Nothing is known yet"),
        (f"{BASE}/headlines?type=results", 400, "There is no type results"),
        (f"{BASE}/headlines?last=many", 400, "a whole number"),
        (f"{BASE}/events/everything", 404, "There is no such feed"),
        (f"{BASE}/events?after=here", 400, "is no cursor"),
        (f"{BASE}/events/regions/nowhere-else", 404, "has no nowhere-else"),
        ("/nothing", 404, "There is nothing at /nothing"),
    ],
)
def test_what_cannot_be_answered_is_said(publisher: Publisher, path: str, status: int, said: str) -> None:
    """Promise: an error says what is wrong and what would do, as problem details."""
    answer = publisher.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json["detail"]


def test_a_page_is_sent_in_the_encoding_that_is_asked_for(publisher: Publisher) -> None:
    """Promise: each encoding has an entity tag of its own, and who names it gets no body again."""
    tags = set()
    for accepted, encoding in (("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, *;q=0.1", "gzip")):
        answer = publisher.get(f"{BASE}/snapshot", Accept_Encoding=accepted)
        assert answer.headers.get("content-encoding") == encoding
        tags.add(answer.headers["etag"])
        again = publisher.get(f"{BASE}/snapshot", Accept_Encoding=accepted, If_None_Match=answer.headers["etag"])
        assert (again.status, again.body) == (304, b"")
    assert len(tags) == 3
    plain = publisher.get(f"{BASE}/snapshot", Accept_Encoding="identity")
    assert json.loads(plain.body)["election"] == ELECTION
