"""A real cluster of three masters with a replica each; one master is killed in the middle of the load."""

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from redis.crc import key_slot
from typer.testing import CliRunner

from streams.fold import START
from streams.keys import Partition
from tallywire.cli import app
from tallywire.client.connection import open_connection
from tallywire.client.follow import Follower, Published
from tallywire.packs.pack import find_pack
from tests.cluster.cluster import MASTERS, Cluster
from tests.cluster.losing import forgotten, is_primary, lose
from tests.cluster.sending import Sender
from tests.pipeline.faults import SERVICES
from tests.pipeline.night import night
from tests.pipeline.services import Nursery, Services
from tests.waiting import wait_until

CONTESTS = 30
DECLARATIONS = 600
"""Of each election."""

PACK = "pcc.2024-05-02"

LOST = 50
"""Of them are on the master, and not on its replica, when it is killed."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run a cluster for the tests of this module."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def days_on_each_master() -> list[str]:
    """Return days of which the elections lie on the first, the second and the third master."""
    found: dict[int, str] = {}
    for number in count(10):
        day = f"2030-05-{number}"
        place = key_slot(Partition(f"local.{day}").key("").encode()) * MASTERS // 16384
        found.setdefault(place, day)
        if len(found) == MASTERS:
            return [found[place] for place in range(MASTERS)]
    raise AssertionError


def test_elections_on_a_cluster_are_exact_though_a_master_is_lost(
    cluster: Cluster, nursery: Nursery, tmp_path: Path
) -> None:
    """Promise: what a stand-by has is never lost with a master, and what was lost takes effect once when sent again.

    Three elections on three masters, two workers of each service; one master is killed when it has taken, and the
    services have tallied and said, what its replica does not know. All three are exact in the end.
    """
    nights = [night(seed, CONTESTS, DECLARATIONS, f"local.{day}") for seed, day in enumerate(days_on_each_master())]
    senders = [Sender(cluster.url, each) for each in nights]
    with Services(nursery, tmp_path, cluster.url) as services:
        services.start_all()
        services.start_all()
        for sender in senders:
            sender.open()
        sending = [threading.Thread(target=sender.send, args=[sender.night.sent[:-LOST]]) for sender in senders]
        for thread in sending:
            thread.start()
        wait_until(lambda: senders[0].length("headlines") > CONTESTS, what="the night to be in full swing")
        known = lose(cluster.nodes[0], cluster.nodes[MASTERS], senders[0], senders[0].night.sent[-LOST:])
        wait_until(is_primary(cluster.nodes[MASTERS]), what="the replica to be promoted")
        # Until the new master has a replica, nothing is confirmed; what was the master comes back as that.
        cluster.start()
        for thread in sending:
            thread.join()
        for sender in senders:
            sender.send(sender.night.sent[-LOST:])
            sender.settle()
        assert all(forgotten(known, senders[0]).values()), "nothing was lost with the master"
        for sender in senders:
            sender.check_exact(sender.night)
            sender.close()
        assert services.end() == [0] * 2 * len(SERVICES)


def test_streams_on_several_masters_are_followed_together(cluster: Cluster) -> None:
    """Promise: whoever watches all elections sees each, on whichever master it is, in the order of publication."""
    elections = [f"local.{day}" for day in days_on_each_master()]
    with open_connection(cluster.url) as connection:
        follower = Follower(connection.servers)
        for election in elections:
            follower.add(election, "watched", START)
        assert follower.read(0) == []
        for number in range(1, 4):
            for election in elections:
                connection.at(election).xadd(Partition(election).key("watched"), {"data": election}, id=f"{number}-0")
        seen: list[Published] = []

        def read_on() -> bool:
            seen.extend(follower.read(0.1))
            return len(seen) == 3 * MASTERS

        wait_until(read_on, what="all to be read")
    assert [published.election for published in seen] == elections * 3


def test_one_server_of_a_cluster_is_all_that_a_command_is_told(
    cluster: Cluster, nursery: Nursery, tmp_path: Path
) -> None:
    """Promise: a URL is all that a user sets; whichever server it names, even a replica, leads to all of it."""
    replica = cluster.nodes[-1].url

    def run(*command: str, sent: bytes = b"") -> str:
        done = CliRunner().invoke(app, [*command, "--redis", replica], input=sent)
        assert done.exit_code == 0, done.output
        return done.stdout

    declared = (find_pack(PACK) / "declarations.jsonl").read_bytes().splitlines()[0]
    with Services(nursery, tmp_path, replica) as services:
        services.start_all()
        assert run("election", "load", PACK).startswith("accepted")
        assert run("declare", "-", "--election", PACK, sent=declared).startswith("accepted")
        assert run("declare", "-", "--election", PACK, sent=declared).startswith("duplicate")
        run("verify", "--election", PACK)
