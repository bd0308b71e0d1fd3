"""The results desk's side of a server: posting entries, awaiting receipts, reading what stands."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, NamedTuple, cast

from pydantic import ValidationError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ServerLost
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as ServerSilent
from redis.retry import Retry

from schemas import streams
from schemas.events import ReceiptEvent, RegisterEvent
from schemas.register import Register
from streams.fold import START, place
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition, alive_key
from streams.lag import Lag, lag_of
from streams.servers import Servers, Undecided, addresses
from tallywire.client.following import BLOCK_S_MAX, Follower
from tallywire.trouble import Exit, Trouble

CONNECT_TIMEOUT_S: Final = 3.0
"""A server on the next desk answers in a millisecond; one across the country well within this."""

ANSWER_TIMEOUT_S: Final = 5 * BLOCK_S_MAX
"""A server silent for longer than this, when asked to wait for less, is stuck."""

POST_MAX: Final = 100
"""Entries sent in one round trip: makes the trip cheap and keeps what is in flight to about 100 kB."""

_PASSWORD: Final = re.compile(r"^([^/]*//[^/:@]*:).*@")
"""What stands before a password, and the password."""

PIPELINE: Final = (
    ("ingest", streams.DECLARATIONS.name),
    ("aggregate", streams.LEDGER.name),
    ("notify", streams.RESULTS.name),
)
"""Each service with the stream it reads, in the order of the flow."""


def shown(url: str) -> str:
    """Return a server's URL without the password in it, for messages; also one that is no URL."""
    return _PASSWORD.sub(r"\1***@", url)


def check_url(url: str) -> None:
    """Check that ``url`` is one that a client understands.

    Raises:
        Trouble: it is not.
    """
    try:
        for address in addresses(url):
            Redis.from_url(address).close()
    except ValueError as error:
        raise Trouble(f"{shown(url)} is not the URL of a Redis server: {error}.", Exit.USAGE) from error


def can_be_election(name: str) -> bool:
    """Whether an election could have this id; anyone may have written anything into the catalogue."""
    try:
        Partition(name)
    except ValueError:
        return False
    return True


def reach(url: str) -> "Servers[Redis]":
    """Return what finds the servers at ``url``; its clients repeat nothing by themselves."""
    return Servers(url, _connect)


def _connect(url: str) -> "Redis":
    # No hidden retries: a person waits for the answer, and an entry must not be sent twice unknown to us.
    return Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
    )


@contextmanager
def open_desk(url: str) -> Iterator["Desk"]:
    """Connect to the server at ``url``, or to the servers.

    Raises:
        Trouble: the URL cannot be one, or the server is away, gets lost or refuses; from inside the block, too.
    """
    check_url(url)
    servers = reach(url)
    try:
        servers.look()
        yield Desk(servers)
    except RedisError as error:
        raise Trouble(_server_trouble(url, error), Exit.NO_SERVER) from error
    finally:
        for client in servers.clients():
            client.close()


def _server_trouble(url: str, error: Exception) -> str:
    if isinstance(error, Undecided):
        return f"The servers at {shown(url)} cannot be used now. {error}"
    if isinstance(error, ServerSilent):
        return f"The server at {shown(url)} does not answer. Look after it, or name another with --redis URL."
    if isinstance(error, ResponseError):
        return f"The server at {shown(url)} refused: {error}"
    if isinstance(error, ServerLost) and "uthenticat" in str(error):
        return f"The server at {shown(url)} asks for a user and password: redis://USER:PASSWORD@HOST:PORT. ({error})"
    return (
        f"There is no server at {shown(url)}. Start one with `tallywire run`, or name another with --redis URL "
        f"or TALLYWIRE_REDIS_URL. ({error})"
    )


class Answer(NamedTuple):
    """What became of an entry that was posted."""

    number: int
    """Its place among those that were posted together."""
    event: bytes
    """The receipt, as published."""
    receipt: ReceiptEvent
    safe: bool
    """Whether a stand-by has entry and receipt too, where there is to be one."""


class Desk:
    """An open connection to the servers. Redis errors pass through; ``open_desk`` puts them into words."""

    def __init__(self, servers: "Servers[Redis]") -> None:
        self.servers = servers

    def at(self, election: str) -> Any:  # noqa: ANN401  # redis-py types every answer as "or awaitable": cast where used
        """Return a client of the server that has the election."""
        return self.servers.at(Partition(election).key(""))

    @property
    def _catalogue(self) -> Any:  # noqa: ANN401  # as `at`
        return self.servers.at(CATALOGUE)

    def elections(self) -> list[str]:
        """Return the ids of the loaded elections, in the order they were loaded."""
        named = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._catalogue.xrange(CATALOGUE))
        ids = (fields.get(b"election", b"").decode(errors="replace") for _, fields in named)
        return [election for election in dict.fromkeys(ids) if can_be_election(election)]

    def announce(self, election: str) -> None:
        """Name the election in the catalogue, where the services find it; harmless when it is there.

        Raises:
            Trouble: the catalogue names as many as services work on.
        """
        named = self.elections()
        if election not in named and len(named) >= PARTITIONS_MAX:
            raise Trouble(
                f"The catalogue names {len(named)} elections, as many as services work on. Use another server for "
                f"{election}.",
                Exit.REFUSED,
            )
        if election not in named:
            self._catalogue.xadd(CATALOGUE, {"election": election})

    def on_standby(self, tag: str, wait_s: float) -> bool:
        """Whether a stand-by has everything that the server has told us so far; true where there is to be none.

        Args:
            tag: the election, or ``CATALOGUE``: whose server is meant.
            wait_s: seconds to wait for it.
        """
        if not self.servers.view().standbys:
            return True
        key = f"{{{tag}}}:confirming"
        wait_ms = max(1, int(1_000 * min(wait_s, BLOCK_S_MAX)))
        pipeline = self.servers.at(key).pipeline(transaction=False)
        # The server waits for the last write of this connection: one that comes after all we have read.
        pipeline.set(key, 1, px=1_000)
        pipeline.wait(1, wait_ms)
        written, standbys = pipeline.execute(raise_on_error=False)
        return written is True and isinstance(standbys, int) and standbys > 0

    def alive(self, service: str, host: str = "*") -> bool:
        """Whether a service, on that host or on any, has said lately that it lives."""
        pattern = alive_key(service, host)
        return any(True for client in self.servers.everywhere() for _ in client.scan_iter(pattern, count=1_000))

    def last_id(self, election: str, stream: str) -> str:
        """Return the id of the stream's last entry; ``0-0`` when it is empty."""
        last = cast("list[tuple[bytes, object]]", self.at(election).xrevrange(Partition(election).key(stream), count=1))
        return last[0][0].decode() if last else START

    def post(self, election: str, entries: Sequence[bytes]) -> list[str]:
        """Add each entry to the election's declarations stream and return the entry ids."""
        key = Partition(election).key(streams.DECLARATIONS.name)
        ids: list[str] = []
        for start in range(0, len(entries), POST_MAX):
            pipeline = self.at(election).pipeline(transaction=False)
            for content in entries[start : start + POST_MAX]:
                pipeline.xadd(key, {"data": content})
            ids.extend(entry_id.decode() for entry_id in pipeline.execute())
        return ids

    def await_receipts(
        self,
        election: str,
        entry_ids: Sequence[str],
        after: str,
        timeout_s: float,
        answered: Callable[[Answer], None],
    ) -> int:
        """Tell ``answered`` of the receipt of each posted entry as it comes.

        Args:
            election: the election's id.
            entry_ids: the entries, as ``post`` returned them.
            after: id of the last receipt there was before they were posted.
            timeout_s: seconds to wait for all of them.
            answered: called for each.

        Returns:
            How many entries got no receipt within the time.
        """
        follower = Follower(self.servers)
        follower.add(election, streams.RECEIPTS.name, after)
        awaited = {entry_id: number for number, entry_id in enumerate(entry_ids)}
        deadline = monotonic() + timeout_s
        while awaited and (left_s := deadline - monotonic()) > 0:
            read = [(entry.event, receipt) for entry in follower.read(left_s) if (receipt := _receipt(entry.event))]
            ours = [(event, receipt) for event, receipt in read if receipt.data.entry_id in awaited]
            safe = not ours or self.on_standby(election, deadline - monotonic())
            for event, receipt in ours:
                answered(Answer(awaited.pop(receipt.data.entry_id), event, receipt, safe))
        return len(awaited)

    def lists(self, election: str, ballot_id: str) -> bool:
        """Whether the election's register lists the contest."""
        return bool(self.at(election).hexists(Partition(election).key("ingest:contests"), ballot_id))

    def register(self, election: str) -> Register | None:
        """Return the register as it was loaded; None while the ledger is empty; a ``ValidationError`` for garbage."""
        first = cast(
            "list[tuple[bytes, dict[bytes, bytes]]]",
            self.at(election).xrange(Partition(election).key(streams.LEDGER.name), count=1),
        )
        return RegisterEvent.model_validate_json(first[0][1].get(b"data", b"")).data if first else None

    def standing(self, election: str, table: str) -> dict[str, bytes]:
        """Return what stands: ``results`` by ballot id, or ``tallies`` by region, each an event as published."""
        stored = cast("dict[bytes, bytes]", self.at(election).hgetall(Partition(election).key(f"standing:{table}")))
        return {name.decode(errors="replace"): event for name, event in stored.items()}

    def standing_result(self, election: str, ballot_id: str) -> bytes | None:
        """Return the contest's latest result event; None while it has none."""
        return cast("bytes | None", self.at(election).hget(Partition(election).key("standing:results"), ballot_id))

    def parked(self, election: str) -> dict[str, int]:
        """Return by service how many entries it has set aside because its own rule failed on them."""
        counts = {name: int(self.at(election).xlen(Partition(election).key(f"parked-{name}"))) for name, _ in PIPELINE}
        return {name: count for name, count in counts.items() if count}

    def lag(self, election: str, service: str) -> Lag:
        """Return how far a service is behind with an election."""
        partition, client = Partition(election), self.at(election)
        key = partition.key(dict(PIPELINE)[service])
        cursor, folded = client.hmget(partition.key(service), "cursor", "folded")
        waiting = client.xrange(key, min=b"(" + (cursor or START.encode()), count=1)
        return lag_of(folded, client.xlen(key), waiting, client.time())

    def behind(self, election: str) -> str | None:
        """Return the first service that has not read its whole stream yet; None when the election is settled.

        Cursors and streams are seen at one moment, so None means that nothing is under way anywhere.
        """
        partition = Partition(election)
        pipeline = self.at(election).pipeline(transaction=True)
        for service, stream in PIPELINE:
            pipeline.hget(partition.key(service), "cursor")
            pipeline.xrevrange(partition.key(stream), count=1)
        answers = pipeline.execute()
        for (service, _), cursor, last in zip(PIPELINE, answers[0::2], answers[1::2], strict=True):
            if last and place(cursor or START.encode()) < place(last[0][0]):
                return service
        return None


def _receipt(event: bytes) -> ReceiptEvent | None:
    """Return the receipt, or None for an entry that is no receipt as this version knows it."""
    try:
        return ReceiptEvent.model_validate_json(event)
    except ValidationError:
        return None
