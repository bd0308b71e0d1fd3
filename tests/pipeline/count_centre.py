"""A count centre: sends an election's messages until they are acknowledged, and sees what became of them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from streams.keys import CATALOGUE, Partition
from tests.pipeline.exact import READS, Election, Poison, check_exact
from tests.pipeline.night import Night
from tests.waiting import wait_until

BURST: Final = 200
"""Messages in flight at once."""

SETTLE_S: Final = 120.0
"""How long services may take to read everything, or a server to come back, on a busy machine."""

Answers = list[Any]


def connect(url: str) -> Any:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
    """Return a client that repeats nothing by itself."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=10)


class CountCentre:
    """Sends the messages of one election, and remembers which were acknowledged.

    Args:
        client: a client of the server.
        election: the election.
    """

    def __init__(self, client: Any, election: str) -> None:  # noqa: ANN401  # as `connect`
        self.client = client
        self.election = election
        self.key: Callable[[str], str] = Partition(election).key
        """Returns the key of one of the election's streams or tables."""
        self.acknowledged: dict[str, bytes] = {}
        """Every message whose arrival the server has confirmed, by the id of its entry."""
        self.repeated = 0
        """Messages sent again because nobody confirmed them."""

    def announce(self) -> None:
        """Name the election in the catalogue, where services find it."""
        self.client.xadd(CATALOGUE, {"election": self.election})

    def try_to_send(self, messages: Sequence[bytes]) -> list[bytes]:
        """Send messages once, and return those that were not acknowledged."""
        pipeline = self.client.pipeline(transaction=False)
        for message in messages:
            pipeline.xadd(self.key("declarations"), {"data": message})
        answers: Answers = [None] * len(messages)
        with suppress(RedisError, OSError):
            answers = pipeline.execute(raise_on_error=False)
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
            wait_until(send_on, deadline_s=SETTLE_S, what="a burst to be acknowledged")

    def post(self, *entries: Sequence[bytes]) -> list[str]:
        """Post names and values one after another, as ``redis-cli XADD`` would, and return the ids of the entries."""
        # redis-py's `xadd` cannot give a name twice.
        ids = [self.client.execute_command("XADD", self.key("declarations"), "*", *entry) for entry in entries]
        return [entry_id.decode() for entry_id in ids]

    def cursors(self) -> dict[str, bytes]:
        """Return the cursor of each service; empty while the server is away."""
        with suppress(RedisError, OSError):
            pipeline = self.client.pipeline(transaction=False)
            for service in READS:
                pipeline.hget(self.key(service), "cursor")
            return {service: cursor or b"0-0" for service, cursor in zip(READS, pipeline.execute(), strict=True)}
        return {}

    def settled(self, upto: str = "notify") -> bool:
        """Whether every service, as far as ``upto``, has read everything."""
        services = list(READS)[: list(READS).index(upto) + 1]
        with suppress(RedisError, OSError):
            # The cursors first: what was written meanwhile is then not read yet, never the other way round.
            pipeline = self.client.pipeline(transaction=False)
            for service in services:
                pipeline.hget(self.key(service), "cursor")
            for service in services:
                pipeline.xrevrange(self.key(READS[service]), count=1)
            found: Answers = pipeline.execute()
            cursors, ends = found[: len(services)], found[len(services) :]
            return all(not end or cursor == end[0][0] for cursor, end in zip(cursors, ends, strict=True))
        return False

    def settle(self, upto: str = "notify") -> None:
        """Wait until every service, as far as ``upto``, has read everything."""
        wait_until(lambda: self.settled(upto), deadline_s=SETTLE_S, what=f"everything to be read, as far as {upto}")

    def length(self, stream: str) -> int:
        """Return how many entries a stream has."""
        return int(self.client.xlen(self.key(stream)))

    def found(self) -> Election:
        """Return everything that the server holds of the election."""
        return Election(self.client, self.election)

    def receipts(self) -> list[dict[str, Any]]:
        """Return the data of every receipt, in order."""
        return [event["data"] for event in self.found().events("receipts")]

    def check_exact(self, expected: Night | Collection[bytes] | None, poison: Poison | None = None) -> Election:
        """Check that everything took effect once, and return what the server holds.

        Args:
            expected: what is to be accepted: a night, or the messages; None where refusals are part of the test.
            poison: see ``check_exact``.
        """
        messages = [expected.register, *expected.declarations] if isinstance(expected, Night) else expected
        found = self.found()
        check_exact(found, expected=messages, acknowledged=self.acknowledged, poison=poison)
        return found
