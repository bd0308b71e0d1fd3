"""The results desk's side of a server: elections, receipts in time, and whether all is settled."""

import json
from collections.abc import Iterator
from typing import cast

import pytest
from redis import Redis
from typer.testing import CliRunner

from streams.keys import CATALOGUE
from tallywire.cli import app
from tallywire.client.connection import Desk, open_desk
from tallywire.client.submissions import Entry, choose_elections
from tallywire.embedded.server import EmbeddedServer
from tallywire.trouble import Exit, Trouble

MAY, JULY = "pcc.2030-05-02", "parl.2030-07-04"


@pytest.fixture
def desk(server: EmbeddedServer, redis_client: Redis) -> Iterator[Desk]:
    """Connect a desk to the module's server."""
    with open_desk(server.url) as opened:
        yield opened


@pytest.fixture
def two_elections(desk: Desk, redis_client: Redis) -> Desk:
    """Have two elections loaded, with one contest each."""
    for election, ballot_id in ((MAY, "pcc.testshire.2030-05-02"), (JULY, "parl.testford.2030-07-04")):
        desk.announce(election)
        redis_client.hset(f"{{{election}}}:ingest:contests", ballot_id, "{}")
    return desk


def entry(ballot_id: str | None, place: str = "") -> Entry:
    """Return a declaration of a contest, or garbage."""
    return Entry(place, b"nonsense" if ballot_id is None else json.dumps({"data": {"ballot_id": ballot_id}}).encode())


def test_an_election_named_twice_is_one(desk: Desk, redis_client: Redis) -> None:
    """The catalogue may repeat itself, and may hold garbage; readers see each election once."""
    for field, value in (
        ("election", MAY),
        ("election", "{bad}"),
        ("other", "x"),
        ("election", JULY),
        ("election", MAY),
    ):
        redis_client.xadd(CATALOGUE, {field: value})
    assert desk.elections() == [MAY, JULY]


def test_announcing_again_adds_nothing(desk: Desk, redis_client: Redis) -> None:
    """Loading an election again leaves the catalogue as it is."""
    desk.announce(MAY)
    desk.announce(MAY)
    assert redis_client.xlen(CATALOGUE) == 1


def test_a_declaration_goes_where_its_contest_is_listed(two_elections: Desk) -> None:
    """One file may hold declarations of several elections."""
    entries = [entry("parl.testford.2030-07-04"), entry("pcc.testshire.2030-05-02")]
    assert choose_elections(two_elections, entries, None) == [JULY, MAY]


def test_garbage_goes_with_the_rest_of_its_file(two_elections: Desk) -> None:
    """Where the other lines leave no doubt, a broken line is answered beside them."""
    entries = [entry(None), entry("parl.testford.2030-07-04")]
    assert choose_elections(two_elections, entries, None) == [JULY, JULY]


def test_where_only_one_election_is_loaded_everything_is_its(desk: Desk) -> None:
    """An unknown contest is then ingest's to refuse, with its reason."""
    desk.announce(MAY)
    assert choose_elections(desk, [entry(None), entry("local.nowhere.2030-05-02")], None) == [MAY, MAY]


def test_in_doubt_the_desk_is_asked(two_elections: Desk) -> None:
    """The loaded elections are listed, the line is named, and nothing is posted."""
    with pytest.raises(Trouble) as caught:
        choose_elections(two_elections, [entry("local.nowhere.2030-05-02", "line 1")], None)
    assert caught.value.exit_code is Exit.USAGE
    assert "line 1" in str(caught.value)
    assert "--election" in str(caught.value)
    assert f"{MAY}, {JULY}" in str(caught.value)


def test_an_election_that_is_not_loaded_is_not_posted_to(two_elections: Desk) -> None:
    """No service would ever answer there."""
    with pytest.raises(Trouble, match="is not loaded") as caught:
        choose_elections(two_elections, [entry(None)], "pcc.1999-05-06")
    assert caught.value.exit_code is Exit.USAGE


def test_without_an_election_the_desk_is_told_to_load_one(desk: Desk) -> None:
    """The command to type is in the message."""
    with pytest.raises(Trouble, match="tallywire election load"):
        choose_elections(desk, [entry(None)], None)


def test_no_receipt_in_time_is_told_apart_from_a_refusal(
    server: EmbeddedServer, desk: Desk, redis_client: Redis
) -> None:
    """Exit code 4: the entry is on the stream byte for byte, and the person is told that a repeat is harmless."""
    desk.announce(MAY)
    arguments = ["declare", "-", "--timeout", "0", "--redis", server.url]
    result = CliRunner().invoke(app, arguments, input=b'{"a" :1}')
    assert result.exit_code == 4
    assert "sending it again is harmless" in result.stderr
    posted = cast("list[tuple[bytes, dict[bytes, bytes]]]", redis_client.xrange(f"{{{MAY}}}:declarations"))
    assert [fields for _, fields in posted] == [{b"data": b'{"a" :1}'}]


def test_an_election_is_settled_when_every_service_has_read_its_whole_stream(desk: Desk, redis_client: Redis) -> None:
    """The first one that is behind is named; with nothing anywhere there is nothing to wait for."""
    assert desk.behind(MAY) is None
    behind = []
    for service, stream in (("ingest", "declarations"), ("aggregate", "ledger"), ("notify", "results")):
        last = redis_client.xadd(f"{{{MAY}}}:{stream}", {"data": "{}"})
        behind.append(desk.behind(MAY))
        redis_client.hset(f"{{{MAY}}}:{service}", "cursor", last)
    assert [*behind, desk.behind(MAY)] == ["ingest", "aggregate", "notify", None]
