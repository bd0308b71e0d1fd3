"""A count centre that believes only what a stand-by has too, and sends everything else again."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from redis.exceptions import RedisError

from streams.keys import CATALOGUE
from tallywire.client.connection import Connection, find_servers
from tallywire.client.post import post
from tests.pipeline.count_centre import SETTLE_S, CountCentre
from tests.pipeline.exact import Election
from tests.pipeline.night import Night
from tests.waiting import wait_until

BURST: Final = 20
"""Messages in flight at once: few, so that a server is lost between two bursts or in the middle of one."""

CONFIRM_S: Final = 0.5
"""How long a stand-by may take to have a burst before the burst is sent again."""

BREATH_S: Final = 0.02
"""Pause between two bursts: a night that is over before a server is lost proves nothing."""


class Sender(CountCentre):
    """Sends the messages of one night to several servers.

    Args:
        url: the servers.
        night: what is to be sent.
    """

    def __init__(self, url: str, night: Night) -> None:
        self.night = night
        self.servers = find_servers(url)
        self.connection = Connection(self.servers)
        super().__init__(None, night.election)

    def look(self) -> None:
        """Find the server that has the election now."""
        self.servers.look()
        self.client = self.servers.at(self.key(""))

    def open(self) -> None:
        """Send the register, and name the election to the services."""
        self.send([self.night.register])
        wait_until(self._announced, deadline_s=SETTLE_S, what="the election to be in the catalogue")

    def send(self, messages: Iterable[bytes]) -> None:
        """Send messages, again and again until a stand-by has each."""
        queue = list(messages)
        for start in range(0, len(queue), BURST):
            super().send(queue[start : start + BURST])
            time.sleep(BREATH_S)

    def try_to_send(self, messages: Sequence[bytes]) -> list[bytes]:
        """Send messages once, and return them all unless a stand-by has them."""
        with suppress(RedisError, OSError):
            self.look()
            ids = post(self.connection, self.election, messages).entry_ids
            if self.connection.on_standby(self.election, CONFIRM_S):
                self.acknowledged.update(zip(ids, messages, strict=True))
                return []
        self.repeated += len(messages)
        return list(messages)

    def ids(self, stream: str) -> list[bytes]:
        """Return the ids of a stream's entries."""
        self.look()
        return [entry_id for entry_id, _ in self.client.xrange(self.key(stream))]

    def length(self, stream: str) -> int:
        """Return how many entries a stream has; 0 while nobody can say."""
        with suppress(RedisError, OSError):
            self.look()
            return super().length(stream)
        return 0

    def settled(self, upto: str = "notify") -> bool:
        """Whether every service, as far as ``upto``, has read everything."""
        with suppress(RedisError, OSError):
            self.look()
            return super().settled(upto)
        return False

    def found(self) -> Election:
        """Return everything that the servers hold of the election."""
        self.look()
        return super().found()

    def close(self) -> None:
        """Close every connection."""
        for client in self.servers.clients():
            client.close()

    def _announced(self) -> bool:
        with suppress(RedisError, OSError):
            self.servers.look()
            self.connection.announce(self.election)
            return self.connection.on_standby(CATALOGUE, CONFIRM_S)
        return False
