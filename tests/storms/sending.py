"""A sender that repeats what was not acknowledged, as a count centre does."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import Connection, find_servers
from tallywire.client.progress import PIPELINE, behind
from tests.oracle.elections import ELECTION
from tests.storms.scale import AWAY_S
from tests.waiting import wait_until

KEYS: Final = Partition(ELECTION)
BURST: Final = 200
"""Messages in flight at once."""

SETTLE_S: Final = 60.0
"""How long calm services may take to read everything, on a busy machine."""


def connect(url: str) -> Any:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
    """Return a client that repeats nothing by itself."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=10)


class Sender:
    """Sends messages, and remembers which were acknowledged."""

    def __init__(self, url: str) -> None:
        self.client = connect(url)
        self.servers = find_servers(url)
        self.acknowledged: dict[str, bytes] = {}
        """Every message whose arrival the server has confirmed, by the id of its entry."""
        self.repeated = 0
        """Messages sent again because nobody confirmed them."""

    def try_to_send(self, messages: Sequence[bytes]) -> list[bytes]:
        """Send messages once, and return those that were not acknowledged."""
        pipeline = self.client.pipeline(transaction=False)
        for message in messages:
            pipeline.xadd(KEYS.key("declarations"), {"data": message})
        try:
            answers = pipeline.execute(raise_on_error=False)
        except (RedisError, OSError):
            answers = [None] * len(messages)
        lost = []
        for message, answer in zip(messages, answers, strict=True):
            if isinstance(answer, bytes):
                self.acknowledged[answer.decode()] = message
            else:
                lost.append(message)
        self.repeated += len(lost)
        return lost

    def send(self, messages: Iterable[bytes]) -> None:
        """Send messages, again and again until each is acknowledged."""
        queue = list(messages)

        def send_on() -> bool:
            queue[:BURST] = lost = self.try_to_send(queue[:BURST])
            return not lost

        while queue:
            wait_until(send_on, deadline_s=AWAY_S + SETTLE_S, what="a burst to be acknowledged")

    def announce(self) -> None:
        """Name the election in the catalogue, where services find it."""
        self.client.xadd(CATALOGUE, {"election": ELECTION})

    def settled(self, upto: str = "notify") -> bool:
        """Whether every service, as far as ``upto``, has read everything."""
        names = [service for service, _ in PIPELINE]
        with suppress(RedisError, OSError):
            waiting = behind(Connection(self.servers), ELECTION)
            return waiting is None or names.index(waiting) > names.index(upto)
        return False

    def settle(self, upto: str = "notify") -> None:
        """Wait until every service, as far as ``upto``, has read everything."""
        wait_until(lambda: self.settled(upto), deadline_s=SETTLE_S, what=f"everything to be read, as far as {upto}")

    def cursors(self) -> dict[str, bytes]:
        """Return by service how far it has come; empty while the server is away."""
        with suppress(RedisError, OSError):
            pipeline = self.client.pipeline(transaction=False)
            for service, _ in PIPELINE:
                pipeline.hget(KEYS.key(service), "cursor")
            return {
                service: cursor or b"0-0" for (service, _), cursor in zip(PIPELINE, pipeline.execute(), strict=True)
            }
        return {}
