"""The connection to the servers: the catalogue, and which election is meant."""

import pytest
from redis import Redis

from streams.keys import CATALOGUE
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import (
    NothingLoadedError,
    NotLoadedError,
    RefusedError,
    ServerAwayError,
    UnclearElectionError,
)

MAY, JULY = "pcc.2030-05-02", "parl.2030-07-04"


def test_an_election_named_twice_is_one(connection: Connection, redis_client: Redis) -> None:
    """Promise: the catalogue may repeat itself, and may hold garbage; readers see each election once."""
    for field, value in (
        ("election", MAY),
        ("election", "{bad}"),
        ("other", "x"),
        ("election", JULY),
        ("election", MAY),
    ):
        redis_client.xadd(CATALOGUE, {field: value})
    assert connection.elections() == [MAY, JULY]


def test_announcing_again_adds_nothing(connection: Connection, redis_client: Redis) -> None:
    """Promise: loading an election again leaves the catalogue as it is."""
    connection.announce(MAY)
    connection.announce(MAY)
    assert redis_client.xlen(CATALOGUE) == 1


def test_no_election_is_announced_beyond_the_limit(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whoever loads an election that no service would work on is told, and the catalogue stays as it is."""
    monkeypatch.setattr("tallywire.client.connection.PARTITIONS_MAX", 1)
    connection.announce(MAY)
    with pytest.raises(RefusedError, match="names 1 elections, as many as services work on"):
        connection.announce(JULY)
    assert connection.elections() == [MAY]


def test_the_election_that_is_meant_is_named_or_the_only_one(connection: Connection) -> None:
    """Promise: nobody has to name an election where there is one, and nothing is guessed where there are several."""
    with pytest.raises(NothingLoadedError):
        connection.choose(None)
    connection.announce(MAY)
    assert connection.choose_one(None) == MAY
    connection.announce(JULY)
    assert connection.choose(None) == [MAY, JULY]
    assert connection.choose_one(JULY) == JULY
    with pytest.raises(UnclearElectionError, match=f"{MAY}, {JULY}"):
        connection.choose_one(None)
    with pytest.raises(NotLoadedError, match=f"pcc.1999-05-06 is not loaded. Loaded: {MAY}, {JULY}"):
        connection.choose("pcc.1999-05-06")


def test_a_server_that_is_away_is_an_error_of_its_own() -> None:
    """Promise: whoever uses the client as a library learns by type that nobody is there, and of which server."""
    with (
        pytest.raises(ServerAwayError, match=r"no server at redis://me:\*\*\*@127.0.0.1:1") as told,
        open_connection("redis://me:synthetic-secret@127.0.0.1:1"),
    ):
        pass
    assert "secret" not in str(told.value)
