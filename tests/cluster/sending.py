"""A sender that believes only what a stand-by has too, and sends everything else again."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from redis.exceptions import RedisError

from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import Connection, find_servers
from tallywire.client.post import post
from tallywire.client.progress import behind
from tests.storms.night import Night
from tests.waiting import wait_until

BURST: Final = 20
"""Messages in flight at once: few, so that a server is lost between two bursts or in the middle of one."""

CONFIRM_S: Final = 0.5
"""How long a stand-by may take to have a burst before the burst is sent again."""

BREATH_S: Final = 0.02
"""Pause between two bursts: a night that is over before a server is lost proves nothing."""

SETTLE_S: Final = 60.0
"""How long a failover, and reading everything after it, may take on a busy machine."""


class Sender:
    """Sends the messages of one election.

    Args:
        url: the servers.
        night: what is to be sent.
    """

    def __init__(self, url: str, night: Night) -> None:
        self.night = night
        self.keys = Partition(night.election)
        self.servers = find_servers(url)
        self.connection = Connection(self.servers)
        self.confirmed: dict[str, bytes] = {}
        """Every message that a stand-by has, by the id of its entry."""
        self.repeated = 0
        """Messages sent again because nobody confirmed them."""

    def open(self) -> None:
        """Send the register, and name the election to the services."""
        self.send([self.night.register])
        wait_until(self._announced, what="the election to be in the catalogue")

    def send(self, messages: Iterable[bytes]) -> None:
        """Send messages, again and again until a stand-by has each."""
        queue = list(messages)
        for start in range(0, len(queue), BURST):
            confirmed = partial(self._confirmed, queue[start : start + BURST])
            wait_until(confirmed, deadline_s=SETTLE_S, what="a stand-by to have a burst")
            time.sleep(BREATH_S)

    def client(self) -> Any:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
        """Return a client of the server that has the election now."""
        self.servers.look()
        return self.servers.at(self.keys.key(""))

    def ids(self, stream: str) -> list[bytes]:
        """Return the ids of a stream's entries."""
        return [entry_id for entry_id, _ in self.client().xrange(self.keys.key(stream))]

    def length(self, stream: str) -> int:
        """Return how many entries a stream has; 0 while nobody can say."""
        with suppress(RedisError, OSError):
            return int(self.client().xlen(self.keys.key(stream)))
        return 0

    def settle(self) -> None:
        """Wait until every service has read everything."""
        wait_until(self._settled, deadline_s=SETTLE_S, what=f"everything of {self.night.election} to be read")

    def close(self) -> None:
        """Close every connection."""
        for client in self.servers.clients():
            client.close()

    def _confirmed(self, burst: Sequence[bytes]) -> bool:
        with suppress(RedisError, OSError):
            self.servers.look()
            ids = post(self.connection, self.night.election, burst).entry_ids
            if self.connection.on_standby(self.night.election, CONFIRM_S):
                self.confirmed.update(zip(ids, burst, strict=True))
                return True
        self.repeated += len(burst)
        return False

    def _announced(self) -> bool:
        with suppress(RedisError, OSError):
            self.servers.look()
            self.connection.announce(self.night.election)
            return self.connection.on_standby(CATALOGUE, CONFIRM_S)
        return False

    def _settled(self) -> bool:
        with suppress(RedisError, OSError):
            self.servers.look()
            return behind(self.connection, self.night.election) is None
        return False
