"""One primary with a stand-by, which takes over when the primary is killed in the middle of the load."""

import os
import signal
import threading
from contextlib import closing
from pathlib import Path

import pytest
from redis.exceptions import ResponseError

from streams.servers import Undecided
from tallywire.client.post import post
from tallywire.embedded.server_info import connect
from tests.cluster.losing import forgotten, lose
from tests.cluster.pair import Pair
from tests.cluster.sending import Sender
from tests.pipeline.faults import FAILED, SERVICES
from tests.pipeline.night import night
from tests.pipeline.services import Nursery, Services
from tests.waiting import wait_until

CONTESTS = 30
DECLARATIONS = 1_000

LOST = 50
"""Of them are on the primary, and not on its stand-by, when it is killed."""


def test_an_election_is_exact_though_its_primary_is_lost(pair: Pair, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: the stand-by goes on from what it has; what it does not have takes effect once when sent again.

    The primary comes back without being told that it is none any more. Those who saw it replaced go on with the other,
    those who come anew refuse to choose, and when it follows, all is as if nothing had happened.
    """
    sender = Sender(pair.url, night(1, CONTESTS, DECLARATIONS))
    late = sender.night.sent[-LOST:]
    with Services(nursery, tmp_path, pair.url) as services:
        services.start_all()
        sender.open()
        sending = threading.Thread(target=sender.send, args=[sender.night.sent[:-LOST]])
        sending.start()
        wait_until(lambda: sender.length("headlines") > CONTESTS, what="the night to be in full swing")
        known = lose(pair.first, pair.second, sender, late)
        pair.promote(pair.second)
        wait_until(lambda: sender.length("headlines"), what="the sender to find the stand-by")
        pair.first.start()
        written = sender.length("headlines")
        post(sender.connection, sender.night.election, late)
        wait_until(lambda: sender.length("headlines") > written, what="the services to go on with the stand-by")
        with pytest.raises(Undecided, match="2 servers say"):
            Sender(pair.url, sender.night).servers.look()
        pair.follow(pair.first, pair.second)
        sending.join()
        sender.send(late)
        sender.settle()
        assert all(forgotten(known, sender).values()), "nothing was lost with the primary"
        sender.check_exact(sender.night)
        assert services.end() == [0] * len(SERVICES)
    sender.close()


def test_workers_leave_a_primary_that_does_not_know_that_it_was_replaced(
    pair: Pair, nursery: Nursery, tmp_path: Path
) -> None:
    """Promise: nobody waits for ever at a server to which nobody sends any more, though it answers as ever."""
    sender = Sender(pair.url, night(2, CONTESTS, CONTESTS))
    with Services(nursery, tmp_path, pair.url) as services:
        services.start_all()
        services.start_all()
        sender.open()
        sender.settle()
        pair.await_copied()
        os.kill(pair.first.pid, signal.SIGSTOP)
        pair.promote(pair.second)
        os.kill(pair.first.pid, signal.SIGCONT)
        wait_until(lambda: not sender.servers.fresh, what="the last look of the sender to be old")
        sender.servers.look()
        post(sender.connection, sender.night.election, sender.night.sent)
        sender.settle()
        assert sender.length("ledger") == 1 + len(sender.night.declarations)
        assert len(services.alive()) == 2 * len(SERVICES)
    sender.close()


def test_a_stand_by_that_has_nothing_is_not_gone_on_with(pair: Pair, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: services that find nothing of what they had committed stop and say so, also after a failover."""
    sender = Sender(pair.url, night(3, CONTESTS, CONTESTS))
    with Services(nursery, tmp_path, pair.url) as services:
        running = services.start_all()
        sender.open()
        sender.send(sender.night.sent)
        sender.settle()
        with closing(connect(pair.second.url)) as client:
            client.replicaof("NO", "ONE")
            client.flushall()
        pair.first.kill()
        assert [service.await_end() for service in running] == [FAILED] * len(SERVICES)
        assert f"has lost {sender.night.election}" in services.log()
    sender.close()


def test_a_primary_that_must_not_be_alone_takes_nothing_alone(pair: Pair, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: with ``min-replicas-to-write 1`` a primary without its stand-by accepts nothing; services wait."""
    sender = Sender(pair.url, night(4, CONTESTS, CONTESTS))
    with closing(connect(pair.first.url)) as client:
        client.config_set("min-replicas-to-write", 1)
    with Services(nursery, tmp_path, pair.url) as services:
        services.start_all()
        sender.open()
        sender.settle()
        pair.second.kill()
        with pytest.raises(ResponseError, match="NOREPLICAS"):
            post(sender.connection, sender.night.election, sender.night.sent)
        pair.second.start()
        pair.follow(pair.second, pair.first)
        sender.send(sender.night.sent)
        sender.settle()
        sender.check_exact(sender.night)
    sender.close()
