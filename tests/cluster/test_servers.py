"""Which server is written: found without being told, and not guessed where it cannot be known."""

import os
import signal
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as ServerLost

from streams.servers import Servers, Undecided, addresses
from tallywire.embedded.server import EmbeddedServer
from tests.cluster.pair import Pair
from tests.waiting import wait_until


def port_at(servers: Servers[Any], key: str = "{local.2030-05-02}:ledger") -> int:
    """Return the port of the server that is found for a key."""
    servers.look()
    client = servers.at(key)
    try:
        return int(client.connection_pool.connection_kwargs["port"])
    finally:
        client.close()


def port_of(server: EmbeddedServer) -> int:
    """Return the port of a server."""
    return int(server.url.rpartition(":")[2].removesuffix("/0"))


def look(url: str) -> int:
    """Return the port that somebody new finds."""
    return port_at(Servers(url, Redis.from_url))


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("redis://one:6379", ["redis://one:6379"]),
        ("redis://one:6379,other:6380/2?a=b", ["redis://one:6379/2?a=b", "redis://other:6380/2?a=b"]),
        ("rediss://me:a,b@one,other", ["rediss://me:a,b@one", "rediss://me:a,b@other"]),
        ("unix:///run/server.sock", ["unix:///run/server.sock"]),
    ],
)
def test_a_url_names_one_server_or_several(url: str, each: list[str]) -> None:
    """Promise: several servers are written with commas, with one user, password and database for all."""
    assert addresses(url) == each


def test_the_primary_is_found_wherever_it_stands_in_the_url(pair: Pair) -> None:
    """Promise: nobody has to know which of the servers is the primary at the moment."""
    assert look(pair.url) == port_of(pair.first)
    pair.promote(pair.second)
    pair.follow(pair.first, pair.second)
    assert look(pair.url) == port_of(pair.second)


def test_a_stand_by_that_was_promoted_is_believed_before_the_primary_it_followed(pair: Pair) -> None:
    """Promise: a primary that was frozen, and does not know that it has been replaced, gets no more writers."""
    os.kill(pair.first.pid, signal.SIGSTOP)
    pair.promote(pair.second)
    os.kill(pair.first.pid, signal.SIGCONT)
    assert [pair.replication(server)["role"] for server in (pair.first, pair.second)] == ["master"] * 2
    assert look(pair.url) == port_of(pair.second)


def test_who_saw_a_primary_replaced_does_not_go_back_to_it(pair: Pair) -> None:
    """Promise: a primary that was replaced and is started again halts nobody who is at work."""
    worker = Servers(pair.url, Redis.from_url)
    assert port_at(worker) == port_of(pair.first)
    pair.first.kill()
    pair.promote(pair.second)
    pair.first.start()
    for _ in range(2):
        wait_until(lambda: not worker.fresh, what="its last look to be old")
        assert port_at(worker) == port_of(pair.second)


def test_servers_that_know_nothing_of_each_other_are_not_chosen_from(pair: Pair) -> None:
    """Promise: where it cannot be told which of two holds the election, nobody writes, and it is said what to do."""
    pair.promote(pair.second)
    pair.first.kill()
    pair.first.start()
    with pytest.raises(Undecided, match="REPLICAOF"):
        look(pair.url)


def test_without_a_primary_nobody_writes(pair: Pair) -> None:
    """Promise: a stand-by that nobody has promoted is not written, and it is said what to do."""
    pair.first.kill()
    with pytest.raises(Undecided, match="REPLICAOF NO ONE"):
        look(pair.url)
    pair.second.kill()
    with pytest.raises(ServerLost):
        look(pair.url)
