"""Following streams live: several at once, in the order in which their entries were published."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from time import sleep
from typing import Any, Final, cast

from redis import Redis
from redis.exceptions import ConnectionError as ServerLost
from redis.exceptions import NoPermissionError
from redis.exceptions import TimeoutError as ServerSilent

from schemas.streams import STREAMS
from streams.commit import SEQUENCE
from streams.fold import START, place
from streams.keys import CATALOGUE, Partition
from streams.ledger_tail import sequence_of
from streams.servers import ELSEWHERE, Servers
from tallywire.client.connection import BLOCK_S_MAX, Connection, ask_at_once

AWAY: Final = (ServerLost, ServerSilent, *ELSEWHERE)
"""Errors of a server that is away, and may come back."""

RETRY_S: Final = 1.0
"""Between two attempts to reach a server that went away."""

LOOK_S: Final = 0.05
"""Between two looks where the streams lie on several servers: nobody can wait for all of them at once."""

READ_MAX: Final = 500
"""Entries taken from one stream at once: 0.7 MB of headlines, 3 MB of results."""


@dataclass(frozen=True, slots=True)
class Published:
    """An entry that one of the services published."""

    election: str
    """The election's id; empty on the catalogue of elections."""
    stream: str
    """Last part of the stream's key."""
    id: str
    """The entry's id."""
    fields: dict[bytes, bytes]
    """The entry's fields."""

    @property
    def event(self) -> bytes:
        """The event, as published."""
        return self.fields.get(b"data", b"")


def read_stream(connection: Connection, election: str, stream: str) -> Iterator[Published]:
    """Yield what is on a stream of an election now, oldest first."""
    client, key = connection.at(election), Partition(election).key(stream)
    begin = "-"
    while entries := client.xrange(key, begin, count=READ_MAX):
        for entry_id, fields in entries:
            yield Published(election, stream, entry_id.decode(), fields)
        begin = f"({entries[-1][0].decode()}"


@dataclass(frozen=True, slots=True)
class Missing:
    """Events that were published are not on the stream: they were trimmed, deleted, or lost with a server."""

    election: str
    """The election's id."""
    stream: str
    """Last part of the stream's key."""
    first: int
    """Number of the first one that is missing."""
    last: int
    """Number of the last one."""


class Contact(Enum):
    """What a reader is told besides entries."""

    LOST = auto()
    """The server cannot be reached."""
    BACK = auto()
    """It can be reached again."""
    WAITING = auto()
    """All that is there has been read; said once."""


def follow(
    connection: Connection, stream: str, election: str | None = None, *, from_start: bool = False
) -> Iterator[Published | Contact | Missing]:
    """Follow one stream of an election, or of all of them, for ever; one loaded meanwhile is followed from its start.

    While the server is away it is waited for: nothing is missed and nothing comes twice.

    Args:
        connection: where the elections are.
        stream: the stream's name, ``headlines``.
        election: its id, also of one that is not loaded yet; None for all.
        from_start: begin with the first entry there is, not with the next one.

    Returns:
        Each entry as it is published; word of when the server is lost and when it is back, of what is missing, and of
        when, at first, there is nothing more to read.
    """
    follower = Follower(connection.servers)
    known = [election] if election is not None else connection.elections()
    for each in known:
        follower.add(each, stream, START if from_start else connection.last_id(each, stream))
    if election is None:
        follower.add_key(CATALOGUE, "", "", START)
    numbers: dict[str, int | None] = dict.fromkeys(known, 0 if from_start else None)
    return _with_gaps(_follow(connection, follower, stream, set(known)), numbers, partial(_end, connection, stream))


def _with_gaps(
    items: Iterator[Published | Contact],
    numbers: dict[str, int | None],
    end: Callable[[str], Missing | None],
) -> Iterator[Published | Contact | Missing]:
    """Yield the items, and before one whose number is not the next one what is missing.

    Args:
        items: what is followed.
        numbers: last number of each election that was followed from the beginning on; None where that was the end.
        end: returns what is missing at the end of an election's stream, where no item will show it.
    """
    for item in items:
        for election in tuple(numbers) if item is Contact.WAITING else ():
            if missing := end(election):
                yield missing
                numbers[election] = missing.last
        if isinstance(item, Published):
            number, last = sequence_of(item.event), numbers.get(item.election, 0)
            if number is not None:
                if last is not None and number > last + 1:
                    yield Missing(item.election, item.stream, last + 1, number - 1)
                # After a rebuild it begins again with 1.
                numbers[item.election] = number
        yield item


def _end(connection: Connection, stream: str, election: str) -> Missing | None:
    """Return what is missing at the end of a stream: its writer has numbered more than there is."""
    (writer,) = (each.writer for each in STREAMS if each.name == stream)
    partition = Partition(election)

    def ask(pipeline: Any) -> None:  # noqa: ANN401  # of redis-py
        pipeline.hget(partition.key(writer), f"{SEQUENCE}{stream}")
        pipeline.xrevrange(partition.key(stream), count=1)

    # Whoever may read headlines may still be kept from what the services know.
    with suppress(NoPermissionError, *AWAY):
        written, last = ask_at_once(connection.at(election), ask)
        number = (sequence_of(last[0][1].get(b"data", b"")) if last else 0) or 0
        if int(written or 0) > number:
            return Missing(election, stream, number + 1, int(written))
    return None


def _follow(
    connection: Connection, follower: "Follower", stream: str, known: set[str]
) -> Iterator[Published | Contact]:
    away = loaded = waiting = False
    while True:
        try:
            if loaded:
                # Whatever an election says that was loaded meanwhile is news.
                for election in connection.elections():
                    if election not in known:
                        known.add(election)
                        follower.add(election, stream, START)
            published = follower.read(BLOCK_S_MAX if waiting else 0)
        except AWAY:
            if not away:
                away = True
                yield Contact.LOST
            sleep(RETRY_S)
            continue
        loaded = any(not entry.election for entry in published)
        if away:
            away = False
            yield Contact.BACK
        yield from (entry for entry in published if entry.election)
        if not published and not waiting:
            waiting = True
            yield Contact.WAITING


class Follower:
    """Reads streams on from where each was left."""

    def __init__(self, servers: "Servers[Redis]") -> None:
        self._servers = servers
        self._after: dict[str, str] = {}
        self._names: dict[bytes, tuple[int, str, str]] = {}

    def add(self, election: str, stream: str, after: str) -> None:
        """Follow one more stream from the entry after ``after``. Streams added first come first at equal times."""
        self.add_key(Partition(election).key(stream), election, stream, after)

    def add_key(self, key: str, election: str, stream: str, after: str) -> None:
        """Follow the stream with this key."""
        self._after[key] = after
        self._names[key.encode()] = (len(self._names), election, stream)

    def read(self, wait_s: float) -> list[Published]:
        """Return what was published since the last call, oldest first; wait for it at most ``wait_s`` seconds.

        May return earlier with nothing.
        """
        # Streams may have moved, also while the server that had them goes on as if nothing had happened.
        self._servers.look()
        published = self._take()
        if published or wait_s <= 0:
            return published
        (client, after), *others = self._by_server()
        if others:
            sleep(min(wait_s, LOOK_S))
            return self._take()
        # Only a wake-up call: a blocked read answers for the stream that woke it and may know nothing of the others.
        block_ms = max(1, int(min(wait_s, BLOCK_S_MAX) * 1000))
        client.xread(after, count=1, block=block_ms)
        return self._take()

    def _take(self) -> list[Published]:
        """Read all streams as they are at one moment and merge them by time."""
        answer = [
            stream for client, after in self._by_server() for stream in _by_stream(client.xread(after, count=READ_MAX))
        ]
        # Where one stream has more than we took, what the others published after that has to wait for it.
        cut = min((place(entries[-1][0]) for _, entries in answer if len(entries) == READ_MAX), default=None)
        merged: list[tuple[tuple[int, int, int], Published]] = []
        for key, entries in answer:
            rank, election, stream = self._names[key]
            for entry_id, fields in entries:
                milliseconds, counter = place(entry_id)
                if cut is None or (milliseconds, counter) <= cut:
                    self._after[key.decode()] = entry_id.decode()
                    published = Published(election, stream, entry_id.decode(), fields)
                    merged.append(((milliseconds, rank, counter), published))
        merged.sort(key=lambda item: item[0])
        return [published for _, published in merged]

    def _by_server(self) -> list[tuple[Any, dict[str, str]]]:
        """Return each server's client, typed loosely as its answers are, with where to read on from its streams."""
        found: dict[int, tuple[Any, dict[str, str]]] = {}
        for key, after in self._after.items():
            client = self._servers.at(key)
            found.setdefault(id(client), (client, {}))[1][key] = after
        return list(found.values())


def _by_stream(answer: object) -> Iterator[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """Yield key and entries of each stream in the server's answer, whichever protocol version it speaks."""
    if isinstance(answer, dict):
        for key, batches in answer.items():
            yield key, [entry for batch in batches for entry in batch]
    else:
        yield from cast("list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]", answer or [])
