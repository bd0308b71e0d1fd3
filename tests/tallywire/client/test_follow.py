"""Following several streams at once."""

from itertools import count, takewhile

import pytest
from redis import Redis

from streams.fold import START, place
from streams.keys import CATALOGUE
from tallywire.client import follow
from tallywire.client.connection import Connection
from tallywire.client.follow import Contact, Follower, Missing, Published
from tallywire.embedded.server import EmbeddedServer

ELECTION = "pcc.2030-05-02"


@pytest.fixture
def follower(connection: Connection) -> Follower:
    """Follow receipts, results and headlines from their start."""
    follower = Follower(connection.servers)
    for stream in ("receipts", "results", "headlines"):
        follower.add(ELECTION, stream, START)
    return follower


def publish(redis_client: Redis, stream: str, entry_id: str) -> None:
    """Add an entry that says where it is."""
    redis_client.xadd(f"{{{ELECTION}}}:{stream}", {"data": f"{stream} {entry_id}"}, id=entry_id)


def test_entries_of_all_streams_come_in_the_order_of_publication(redis_client: Redis, follower: Follower) -> None:
    """By the server's clock; at the same millisecond in the order of the flow, cause before effect."""
    for stream, entry_id in (
        ("headlines", "5-0"),
        ("results", "5-0"),
        ("receipts", "5-0"),
        ("receipts", "5-1"),
        ("receipts", "10-0"),
        ("headlines", "9-0"),
    ):
        publish(redis_client, stream, entry_id)
    assert [entry.event.decode() for entry in follower.read(0)] == [
        "receipts 5-0",
        "receipts 5-1",
        "results 5-0",
        "headlines 5-0",
        "headlines 9-0",
        "receipts 10-0",
    ]


def test_nothing_comes_twice_and_nothing_is_left_out(redis_client: Redis, follower: Follower) -> None:
    """Each read goes on where the last one ended."""
    publish(redis_client, "receipts", "1-0")
    first = follower.read(0)
    publish(redis_client, "receipts", "2-0")
    second = follower.read(0)
    assert [entry.id for entry in (*first, *second, *follower.read(0))] == ["1-0", "2-0"]


def test_more_than_one_read_holds_keeps_its_order(
    redis_client: Redis, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one stream has more than is taken at once, later entries of the others wait for it."""
    monkeypatch.setattr(follow, "READ_MAX", 3)
    clock = count(1)
    for _ in range(10):
        for stream in ("receipts", "results", "receipts"):
            publish(redis_client, stream, f"{next(clock)}-0")
    seen = []
    while entries := follower.read(0):
        seen += [entry.id for entry in entries]
    assert seen == [f"{moment}-0" for moment in range(1, 31)]


def test_waiting_for_nothing_ends(follower: Follower) -> None:
    """A wait is bounded by what was asked for."""
    assert follower.read(0.001) == []


def test_ids_compare_as_numbers() -> None:
    """As text, 9-0 would come after 10-0 and 1-9 after 1-10."""
    assert place(b"9-0") < place(b"10-0")
    assert place(b"1-9") < place(b"1-10")


def test_one_stream_of_every_election_is_followed_as_it_comes(
    connection: Connection, redis_client: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    """Promise: what comes after the call is handed over as values, also of an election that is loaded meanwhile."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    publish(redis_client, "headlines", "1-0")
    followed = follow.follow(connection, "headlines")
    publish(redis_client, "headlines", "2-0")
    assert next(followed) == Published(ELECTION, "headlines", "2-0", {b"data": b"headlines 2-0"})
    redis_client.xadd("{pcc.2031-05-01}:headlines", {"data": "news"}, id="1-0")
    redis_client.xadd(CATALOGUE, {"election": "pcc.2031-05-01"})
    assert next(followed) == Published("pcc.2031-05-01", "headlines", "1-0", {b"data": b"news"})
    assert next(followed) is Contact.WAITING
    publish(redis_client, "headlines", "3-0")
    assert next(followed) == Published(ELECTION, "headlines", "3-0", {b"data": b"headlines 3-0"})
    assert capfd.readouterr() == ("", "")


def test_a_server_that_is_lost_is_waited_for(
    server: EmbeddedServer, connection: Connection, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: that it is lost, and that it is back, are values in their place; nothing is missed or comes twice."""
    monkeypatch.setattr(follow, "RETRY_S", 0.01)
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    publish(redis_client, "headlines", "1-0")
    followed = follow.follow(connection, "headlines", ELECTION, from_start=True)
    before = next(followed)
    server.kill()
    lost = next(followed)
    server.start()
    publish(redis_client, "headlines", "2-0")
    seen = [before, lost, next(followed), next(followed)]
    assert [item.id if isinstance(item, Published) else item for item in seen] == [
        "1-0",
        Contact.LOST,
        Contact.BACK,
        "2-0",
    ]


def test_what_is_missing_from_a_stream_is_said(connection: Connection, redis_client: Redis) -> None:
    """Promise: a reader is told which numbers there are no more; a rebuild, which begins again with 1, is no gap."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    for number in (2, 3, 7, 1, 2):
        redis_client.xadd(f"{{{ELECTION}}}:headlines", {"data": f'{{"id":"x","sequence":{number}}}'})
    followed = follow.follow(connection, "headlines", ELECTION, from_start=True)
    seen = [next(followed) for _ in range(7)]
    assert [item for item in seen if isinstance(item, Missing)] == [
        Missing(ELECTION, "headlines", 1, 1),
        Missing(ELECTION, "headlines", 4, 6),
    ]


@pytest.mark.parametrize("from_start", [True, False])
def test_what_is_missing_at_the_end_is_told(connection: Connection, redis_client: Redis, *, from_start: bool) -> None:
    """Promise: nobody waits in silence for headlines of which the last ones, or all of them, were deleted."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    redis_client.hset(f"{{{ELECTION}}}:notify", "sequence:headlines", 3)
    redis_client.xadd(f"{{{ELECTION}}}:headlines", {"data": '{"id":"x","sequence":1}'})
    followed = follow.follow(connection, "headlines", ELECTION, from_start=from_start)
    seen = list(takewhile(lambda item: item is not Contact.WAITING, followed))
    assert seen[from_start:] == [Missing(ELECTION, "headlines", 2, 3)]
    redis_client.xadd(f"{{{ELECTION}}}:headlines", {"data": '{"id":"y","sequence":4}'})
    assert isinstance(next(followed), Published), "said once"
