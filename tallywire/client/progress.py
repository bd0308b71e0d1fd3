"""How far the services are: whether they live, what waits for them, and what they have set aside."""

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

from redis.exceptions import ResponseError

from schemas import streams
from streams.commit import READ, SEQUENCE, number_read
from streams.fold import START, place
from streams.keys import Partition, alive_key
from streams.lag import Lag, measure
from streams.ledger_tail import sequence_of
from tallywire.client.connection import Connection, ask_at_once

PIPELINE: Final = (
    ("ingest", streams.DECLARATIONS.name),
    ("aggregate", streams.LEDGER.name),
    ("notify", streams.RESULTS.name),
)
"""Each service with the stream it reads, in the order of the flow."""

SET_ASIDE: Final = ".ended"
"""The end of the key of a stream that was set aside, because nothing could be added to it any more."""

_OF_AN_ELECTION: Final = f"}}:{streams.DECLARATIONS.name}"


def alive(connection: Connection, service: str, host: str = "*") -> bool:
    """Whether a service, on that host or on any, has a heartbeat."""
    pattern = alive_key(service, host)
    return any(True for client in connection.servers.everywhere() for _ in client.scan_iter(pattern, count=1_000))


def said_in(heartbeat: bytes | None) -> tuple[str, ...] | None:
    """Return why a process is not ready, by its heartbeat; None where there is none, or something else in its place."""
    try:
        said = json.loads(heartbeat or b"")
    except ValueError:
        return None
    # The release before this one writes 1.
    return tuple(map(str, said)) if isinstance(said, list) else ()


def lag(connection: Connection, election: str, service: str) -> Lag:
    """Return how far a service is behind with an election."""
    return measure(connection.at(election), Partition(election), service, dict(PIPELINE)[service])


def behind(connection: Connection, election: str) -> str | None:
    """Return the first service that has not read its whole stream yet; None when the election is settled.

    Cursors and streams are read at one moment, so None means that nothing is under way anywhere.
    """
    partition = Partition(election)

    def ask(pipeline: Any) -> None:  # noqa: ANN401  # of redis-py
        for service, stream in PIPELINE:
            pipeline.hget(partition.key(service), "cursor")
            pipeline.xrevrange(partition.key(stream), count=1)

    answers = ask_at_once(connection.at(election), ask)
    for (service, _), cursor, last in zip(PIPELINE, answers[0::2], answers[1::2], strict=True):
        if last and place(cursor or START.encode()) < place(last[0][0]):
            return service
    return None


def missing(connection: Connection, election: str, service: str) -> str | None:
    """Return what the service before it has written and this one can never read; None when nothing is missing.

    Entries are numbered without gaps. They are missing when they were trimmed or deleted before they were read.
    """
    before = {reader: (writer, stream) for (writer, _), (reader, stream) in pairwise(PIPELINE)}
    if service not in before:
        return None
    writer, stream = before[service]
    client: Any = connection.at(election)  # redis-py types an answer as its own union for each command
    partition = Partition(election)
    cursor, read = client.hmget(partition.key(service), "cursor", READ)
    last = number_read(cursor, read)
    if last is None:
        return None
    # Asked in this order: what is written in between is on the stream by then.
    written = client.hget(partition.key(writer), f"{SEQUENCE}{stream}") or b"0"
    waiting = client.xrange(partition.key(stream), min=b"(" + (cursor or START.encode()), count=1)
    number = sequence_of(waiting[0][1].get(b"data", b"")) if waiting else None
    if number is not None and number > last + 1:
        return f"{election}: {stream} goes on with {number:,}, and {service} has read up to {last:,}"
    if not waiting and written.isdigit() and int(written) > last:
        return f"{election}: {stream} had entries up to {int(written):,}, and {service} has read up to {last:,}"
    return None


def gone(connection: Connection, election: str, service: str) -> list[str]:
    """Return where entries that a service has written are on their stream no more, whoever had read them.

    Nothing is ever taken from its permanent streams but by a rebuild, which begins to count again.
    """
    client: Any = connection.at(election)  # redis-py types an answer as its own union for each command
    partition = Partition(election)
    found: list[str] = []
    for stream in streams.permanent(service):
        # Asked in this order: what is written in between is on the stream by then.
        written = int(client.hget(partition.key(service), f"{SEQUENCE}{stream}") or 0)
        try:
            there = int(client.xlen(partition.key(stream)))
        except ResponseError:
            continue  # Something else has its key: the service cannot write to it, and says so.
        if written > there:
            found.append(f"{election}: {written:,} entries were written to {stream}, and {there:,} are there")
    return found


class Stray(NamedTuple):
    """A stream of declarations that no service reads."""

    name: str
    """The election that was meant; the whole key where it is not written as an election's is."""
    entries: Callable[[], int]
    """Asks how many entries it has."""


def strays(connection: Connection) -> list[Stray]:
    """Return the streams on which declarations lie for no election: a day is misspelt, most likely, or the key."""
    known = set(connection.elections())
    found: dict[str, Stray] = {}
    for client in connection.servers.everywhere():
        for key in client.scan_iter("*eclaration*", count=1_000, _type="STREAM"):
            name = _election_of(key.decode(errors="replace"))
            if name not in known:
                found[name] = Stray(name, partial(_length, client, key))
    return [found[name] for name in sorted(found) if not name.endswith(SET_ASIDE)]


def _election_of(key: str) -> str:
    """Return the election to which the key of its declarations belongs; the key where it is not written like that."""
    return key[1 : -len(_OF_AN_ELECTION)] if key.startswith("{") and key.endswith(_OF_AN_ELECTION) else key


def _length(client: Any, key: bytes) -> int:  # noqa: ANN401  # of redis-py
    return int(client.xlen(key))


def parked(connection: Connection, election: str) -> dict[str, int]:
    """Return by service how many entries it has set aside because its own rule failed on them."""
    client, partition = connection.at(election), Partition(election)
    counts = {service: int(client.xlen(partition.key(streams.PARKED[service].name))) for service, _ in PIPELINE}
    return {service: count for service, count in counts.items() if count}
