"""The heartbeat of a service tells the truth about it, also while a rule holds the event loop."""

import json
import os
import socket
from collections.abc import Iterator

import pytest
from redis import Redis
from structlog.testing import capture_logs

from services import heartbeat as beating
from services.heartbeat import BEAT_LASTS_S, heartbeat
from streams.faststream_adapter import Broker
from streams.keys import alive_key
from streams.partitions import NOT_READ
from streams.status import ServiceStatus
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import toy_router
from tests.waiting import wait_until

KEY = alive_key("toy", socket.gethostname(), os.getpid())


class Looked(ServiceStatus):
    """Counts how often it was looked at."""

    looks = 0

    def why_not_live(self) -> str | None:
        """Return what it is asked for."""
        self.looks += 1
        return super().why_not_live()


@pytest.fixture
def status(server: EmbeddedServer, redis_client: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looked]:
    """Keep the heartbeat of a service whose event loop does not run."""
    monkeypatch.setattr(beating, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(beating, "BEAT_EVERY_S", 0.01)
    status = Looked(server.url, [])
    with heartbeat(("toy",), status):
        wait_until(lambda: redis_client.exists(KEY), what="the first heartbeat")
        yield status


def test_a_heartbeat_needs_no_event_loop(status: Looked, redis_client: Redis) -> None:
    """Promise: while a rule holds the loop, the key is written again and again, and expires when it is not."""
    redis_client.delete(KEY)
    wait_until(lambda: redis_client.exists(KEY), what="the next heartbeat")
    assert 0 < redis_client.ttl(KEY) <= BEAT_LASTS_S


def test_a_service_that_hangs_has_no_heartbeat(status: Looked, redis_client: Redis) -> None:
    """Promise: whoever looks at the key learns what whoever asks the process learns."""
    status.turned_at -= 3600
    hanging = status.looks
    # Two looks are one round of the thread; the first round may have begun before.
    wait_until(lambda: status.looks > hanging + 4, what="the thread to look again")
    redis_client.delete(KEY)
    deleted = status.looks
    wait_until(lambda: status.looks > deleted + 4, what="the thread to look again")
    assert not redis_client.exists(KEY)


def test_a_heartbeat_says_why_the_service_is_not_ready(status: Looked, redis_client: Redis) -> None:
    """Promise: the key has the reasons that the process gives, soon after they have changed."""
    assert json.loads(redis_client.get(KEY) or b"") == []
    status.partitions = Broker(status.url, toy_router()).status.partitions
    wait_until(lambda: json.loads(redis_client.get(KEY) or b"") == [f"{NOT_READ}."], what="the reason")


def test_a_service_without_stages_says_why_it_is_not_let_in(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a wrong password is said by posting, publishing and webhooks, too; once, and not the password."""
    redis_client.acl_setuser("worker", enabled=True, passwords=["+s3cret"], commands=["+@all"], keys=["*"])
    try:
        status = Looked(server.url.replace("://", "://worker:wr0ng@"), [])
        with capture_logs() as logs, heartbeat(("toy",), status):
            wait_until(lambda: logs, what="the reason")
            looks = status.looks
            wait_until(lambda: status.looks > looks + 4, what="more attempts")
        (said,) = logs
        assert said["event"] == "server.lets_nobody_in"
        assert said["reason"] == "It knows no such user, or the password is wrong."
        assert "wr0ng" not in str(logs)
    finally:
        redis_client.acl_deluser("worker")
