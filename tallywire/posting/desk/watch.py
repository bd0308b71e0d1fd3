"""What all desks of an election see: read once for all of them, when something has moved, in a thread."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

from pydantic import ValidationError
from redis.exceptions import NoPermissionError, RedisError

from schemas.events import (
    LEDGER_EVENT,
    AmendmentEvent,
    ClosingEvent,
    ConfirmationEvent,
    DeclarationEvent,
    HeadlineEvent,
    HoldEvent,
    KeyEvent,
)
from schemas.streams import HEADLINES, LEDGER, PARKED, RECEIPTS, RESULTS
from services.heartbeat import BEAT_LASTS_S
from services.ingest.rules.limits import DECLARATION_BYTES_MAX
from services.ingest.rules.signed_state import ENTRIES
from streams.keys import Partition, alive_key
from tallywire.client import progress
from tallywire.client.connection import Connection, find_servers
from tallywire.client.errors import TallywireError
from tallywire.client.snapshot import read_at_once
from tallywire.client.turned_away import TURNED_AWAY
from tallywire.desk.history import History, history
from tallywire.desk.overview import Looked, look_at
from tallywire.desk.readiness import PLAYED, Centre, readiness
from tallywire.operations.health import STRAYS_SHOWN_MAX, names_of_strays
from tallywire.posting.posting import trouble
from tallywire.web.problems import unavailable

LOOK_S: Final = 1.0
"""How often it is asked at most whether anything has moved, however many desks ask."""

AGAIN_S: Final = 15.0
"""How often everything is read again though nothing has moved: what is overdue follows from the clock."""

SERVICES_S: Final = 2.0
"""How often services are looked at, at most."""

READERS_MAX: Final = 2
"""Readings at once, in threads: whoever posts is served meanwhile."""

HISTORIES_KEPT: Final = 200
"""Histories of contests that are kept."""

TAIL: Final = 15
"""Entries of a stream that are looked through for what has just happened."""

SERVICES: Final = ("ingest", "aggregate", "notify", "posting", "publishing", "desk", "webhooks")

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that has just happened, in words."""

    time: str
    what: str
    contest: str | None = None
    """The contest's id, where it is about one."""
    person: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A service, as its heartbeats and its lag say."""

    name: str
    processes: int
    """Those that live."""
    state: str
    """In a word or a sentence."""
    well: bool
    age_s: float | None
    """Since the latest heartbeat; None where there is none."""
    behind: int
    """Entries that wait for it."""
    lag_s: float
    """How long the oldest of them has waited."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What all desks of an election see."""

    looked: Looked
    happened: tuple[Happened, ...]
    """The latest first."""


@dataclass(slots=True)
class _Kept:
    """What was read of an election, and when."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    seen: Seen | None = None
    moved: object = None
    looked_at: float = float("-inf")
    read_at: float = float("-inf")
    services: tuple[ServiceSeen, ...] = ()
    services_at: float = float("-inf")
    centres: tuple[Centre, ...] = ()
    centres_of: Seen | None = None
    histories: dict[str, tuple[object, History]] = field(default_factory=dict)


class Watch:
    """Reads elections for desks.

    Args:
        url: the servers behind.
    """

    def __init__(self, url: str) -> None:
        self._connection = Connection(find_servers(url))
        self._kept: dict[str, _Kept] = {}
        self._reading = asyncio.Semaphore(READERS_MAX)

    async def look(self, election: str) -> Seen:
        """Return what is seen of a loaded election, at most a second old.

        Raises:
            NotTaken: the server is away, or holds what this release cannot read.
        """
        kept = self._kept.setdefault(election, _Kept())
        async with kept.lock:
            now = time.monotonic()
            if kept.seen is None or now - kept.looked_at >= LOOK_S:
                moved = await self._in_thread(lambda: self._moved(election))
                if kept.seen is None or moved != kept.moved or now - kept.read_at >= AGAIN_S:
                    kept.seen = await self._in_thread(lambda: self._read(election))
                    kept.moved, kept.read_at = moved, now
                kept.looked_at = now
            return kept.seen

    async def services(self, election: str) -> tuple[ServiceSeen, ...]:
        """Return how the services are, at most two seconds ago.

        Raises:
            NotTaken: as ``look``.
        """
        kept = self._kept.setdefault(election, _Kept())
        async with kept.lock:
            if time.monotonic() - kept.services_at >= SERVICES_S:
                kept.services = await self._in_thread(lambda: tuple(self._services(election)))
                kept.services_at = time.monotonic()
            return kept.services

    async def readiness(self, election: str, seen: Seen) -> tuple[Centre, ...]:
        """Return how far each hall of a rehearsal is, as of what is seen.

        Raises:
            NotTaken: as ``look``.
        """
        kept = self._kept.setdefault(election, _Kept())
        async with kept.lock:
            if kept.centres_of is not seen:
                kept.centres = await self._in_thread(lambda: readiness(self._connection, election, PLAYED))
                kept.centres_of = seen
            return kept.centres

    async def history(self, election: str, ballot_id: str, state: object) -> History:
        """Return the history of a contest.

        Args:
            election: a loaded election.
            ballot_id: one of its contests.
            state: what is seen of it now: while that is the same, the history is.

        Raises:
            NotTaken: as ``look``.
        """
        kept = self._kept.setdefault(election, _Kept())
        known = kept.histories.get(ballot_id)
        if known is not None and known[0] == state:
            return known[1]
        found = await self._in_thread(lambda: history(self._connection, election, ballot_id))
        if len(kept.histories) >= HISTORIES_KEPT:
            kept.histories.clear()
        kept.histories[ballot_id] = state, found
        return found

    async def read(self, what: Callable[[Connection], Found]) -> Found:
        """Read something else, in a thread.

        Raises:
            NotTaken: as ``look``.
        """
        return await self._in_thread(lambda: what(self._connection))

    def close(self) -> None:
        """Close every connection."""
        for client in self._connection.servers.clients():
            client.close()

    async def _in_thread(self, work: Callable[[], Found]) -> Found:
        async with self._reading:
            try:
                return await asyncio.to_thread(work)
            except RedisError as error:
                raise trouble(error) from error
            except TallywireError as error:
                raise unavailable(str(error)) from error

    def _moved(self, election: str) -> object:
        """Return what is another value once anything has moved: a few answers of the server, whatever it holds."""
        self._connection.servers.look()
        streams = [LEDGER, RECEIPTS, RESULTS, HEADLINES, *PARKED.values()]
        names = (*(stream.name for stream in streams), TURNED_AWAY)
        reading = read_at_once(self._connection, election, streams=names, counted=(ENTRIES,))
        return reading.ends, reading.sizes

    def _read(self, election: str) -> Seen:
        return Seen(look_at(self._connection, election), self._happened(election))

    def _happened(self, election: str) -> tuple[Happened, ...]:
        partition, client = Partition(election), self._connection.at(election)
        found: list[Happened] = []
        for stream in (LEDGER, HEADLINES):
            entries = cast(
                "list[tuple[bytes, dict[bytes, bytes]]]", client.xrevrange(partition.key(stream.name), count=TAIL)
            )
            for _, fields in entries:
                try:
                    found += _told(stream.name, fields.get(b"data", b""))
                except ValidationError:
                    # A later release wrote it.
                    continue
        return tuple(sorted(found, key=attrgetter("time"), reverse=True)[:TAIL])

    def _services(self, election: str) -> Iterable[ServiceSeen]:
        beats: dict[str, list[tuple[float, list[str]]]] = {}
        for client in self._connection.servers.everywhere():
            for key in client.scan_iter(alive_key("*"), count=1_000):
                pipeline: Any = client.pipeline(transaction=False)
                pipeline.get(key)
                pipeline.pttl(key)
                said, left_ms = pipeline.execute(raise_on_error=False)
                if isinstance(said, NoPermissionError):
                    raise said
                # Of another kind, or without an end, it is somebody else's.
                reasons = progress.said_in(said) if isinstance(said, bytes) and left_ms > 0 else None
                if reasons is not None:
                    name = key.decode(errors="replace").split(":")[2]
                    beats.setdefault(name, []).append((BEAT_LASTS_S - left_ms / 1_000, list(reasons)))
        stages = dict(progress.PIPELINE)
        for name in SERVICES:
            if name not in beats and name not in stages:
                continue
            lag = progress.lag(self._connection, election, name) if name in stages else None
            behind, lag_s = (0, 0.0) if lag is None else (lag.entries, lag.seconds)
            seen = _service(name, beats.get(name, []), behind, lag_s)
            if name == "ingest" and (strays := progress.strays(self._connection)):
                shown = names_of_strays(strays) + (" and others" if len(strays) > STRAYS_SHOWN_MAX else "")
                why = f"declarations lie for what is not loaded, {shown}: is a day misspelt, or the key?"
                seen = replace(seen, state=f"{seen.state}; {why}", well=False)
            yield seen


def _service(name: str, beats: list[tuple[float, list[str]]], behind: int, lag_s: float) -> ServiceSeen:
    reasons = [reason for _, told in beats for reason in told]
    if not beats:
        state, well = "does not run", False
    elif reasons:
        state, well = f"not ready: {reasons[0]}", False
    elif lag_s > _LATE_S:
        state, well = "late", False
    else:
        state, well = "well", True
    age_s = min((age for age, _ in beats), default=None)
    return ServiceSeen(name, len(beats), state, well, age_s, behind, lag_s)


_LATE_S: Final = 5.0
"""From when on a stage is called late: a commit takes milliseconds, and a service that was killed is back within two
seconds."""


def _told(stream: str, content: bytes) -> Iterable[Happened]:
    if stream == HEADLINES.name:
        headline = HeadlineEvent.model_validate_json(content)
        yield Happened(headline.time or "", f"Published: {headline.data.text}", headline.data.ballot_id)
        return
    if len(content) > DECLARATION_BYTES_MAX:
        # The register: it has megabytes, and is no news.
        return
    event = LEDGER_EVENT.validate_json(content)
    at = event.acceptedtime or event.time or ""
    match event:
        case DeclarationEvent(data=declared):
            words = {"withdrawn": "Withdrawn", "recount": "Marked as recount"}.get(declared.kind)
            what = words or f"Accepted: {declared.kind}, revision {declared.revision}"
            yield Happened(at, what, declared.ballot_id, event.person, declared.reason)
        case ConfirmationEvent(data=decided):
            yield Happened(at, DECISIONS[decided.decision], decided.ballot_id, event.person, decided.reason)
        case HoldEvent(data=hold):
            yield Happened(at, f"Held: revision {hold.revision}", hold.ballot_id)
        case AmendmentEvent(data=amendment):
            yield Happened(at, "Register amended", amendment.ballot_id, event.person, amendment.reason)
        case KeyEvent(data=key) if key.action == "retire":
            yield Happened(at, "Key retired", None, event.person, key.reason)
        case ClosingEvent(data=closing):
            yield Happened(at, "Closed" if closing.closed else "Opened again", None, event.person, closing.reason)
        case _:
            return


DECISIONS: Final = {"confirm": "Confirmed", "reject": "Rejected", "return": "Returned", "superseded": "Superseded"}
"""How a hold ends, in a word."""
