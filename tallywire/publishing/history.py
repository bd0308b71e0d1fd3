"""All that happened in an election, in the order in which subscribers are told.

A *moment* is the end of a group of ledger entries that was taken in one step, once everything is published that
follows from it. Between two moments nothing is shown: a snapshot is of a moment, and a feed goes from one to the next.
Where groups end the ledger says, and each event says what it follows from; so the moments are the same for every
process that reads the streams, whenever it reads them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from jiter import from_json

from schemas.events import ClosingEvent
from schemas.reading import read_ledger_event
from schemas.register import RegisterHead
from schemas.wire import NATIONAL
from streams.chain import origin
from streams.ledger_tail import split
from tallywire.packs.drawing import Drawing
from tallywire.publishing.cursor import Cursor, history_of
from tallywire.publishing.event import STREAM_OF, Event, read_event
from tallywire.publishing.registers import Registers

STREAMS: Final = ("results", "tallies", "headlines")
"""The streams whose events subscribers get."""

PLAYED_AFTER: Final = timedelta(days=7)
"""An election that was loaded so long after polling day is a night that is played again: its time is that of the
declarations in it."""

MOVED: Final = ("tallywire.register.v1", "tallywire.amendment.v1")
"""Ledger entries that change the register."""


CLOSING: Final = "tallywire.closing.v1"
"""The type of the ledger entries that close the election, or open it again."""


class Broken(ValueError):  # noqa: N818  # says what the streams are
    """What the streams hold cannot be: a gap in their numbers, a chain that breaks, or no event where one should be."""


NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""Before everything."""


def polling_day(election: str) -> datetime:
    """Return the beginning of an election's polling day, with which its id ends, in UTC."""
    return datetime.fromisoformat(election.rpartition(".")[2]).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry of the ledger."""

    content: bytes
    """As it is on the ledger."""
    type: str
    """The event's type."""
    subject: str
    chain: str
    """The ledger's chain at it."""
    accepted_at: str
    """When it was accepted."""
    groupend: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """The end of a group, with everything published that follows from it."""

    cursor: Cursor
    """The place of a subscriber who has had everything up to it."""
    time: datetime
    """When it was, in UTC. In a night that is played again: the latest time of a declaration until then."""
    accepted: datetime
    """When its last entry was accepted, in UTC."""


class History:
    """An election as far as it was read.

    Args:
        election: its id.
    """

    def __init__(self, election: str) -> None:
        self.election = election
        self.ledger: list[LedgerEntry] = []
        """The ledger, as far as it was read."""
        self.events: dict[str, list[Event]] = {stream: [] for stream in STREAMS}
        """Events by stream, as far as they were read."""
        self.registers = Registers()
        self.moments: list[Moment] = [Moment(self._cursor(0, 0, 0, 0), NEVER, NEVER)]
        """Every moment. The first is before everything."""
        self.subjects: dict[str, dict[str, list[int]]] = {name: {} for name in ("result", "control", "tally")}
        """By type and subject the sequences of its events."""
        self._closings: list[tuple[int, str | None]] = [(0, None)]
        self._ended = 0
        self._results: dict[str, int] = {}
        self._body_regions: dict[str, tuple[str, ...]] = {}
        self.drawing: tuple[str, Drawing] | None = None
        """How its map is drawn, and that drawing's digest, where its pack has brought one."""
        self.played = False
        """Whether it is a night that is played again."""
        self._begun = NEVER

    @property
    def now(self) -> Moment:
        """The last moment."""
        return self.moments[-1]

    @property
    def last(self) -> int:
        """The place of the last moment."""
        return len(self.moments) - 1

    @property
    def head(self) -> RegisterHead | None:
        """The register without its contests, as it is at the last moment; None before it was loaded."""
        return self.registers.head(self.now.cursor.ledger)

    def closed_since(self, ledger: int) -> str | None:
        """Return since when the election is closed, once so many ledger entries were taken; None while it is open."""
        return self._closings[bisect_right(self._closings, ledger, key=lambda each: each[0]) - 1][1]

    @property
    def map_digest(self) -> str:
        """What tells its map from another one; empty where its pack has brought none."""
        return "" if self.drawing is None else self.drawing[0]

    @property
    def settled(self) -> bool:
        """Whether everything that was read of the ledger is part of a moment."""
        return self.now.cursor.ledger == len(self.ledger)

    def read_ledger(self, content: bytes) -> None:
        """Take in the next entry of the ledger.

        Raises:
            Broken: it is not the next one.
        """
        event, attributes = split(content)
        number = len(self.ledger) + 1
        if attributes.get("sequence") != number or "chain" not in attributes:
            raise Broken(f"The ledger goes on with number {attributes.get('sequence')} where {number} should be.")
        try:
            head = from_json(event)
            event_type, subject = str(head["type"]), str(head["subject"])
        except (ValueError, TypeError, KeyError) as error:
            raise Broken(f"Entry {number} of the ledger is no event: {error}.") from error
        self.ledger.append(
            LedgerEntry(
                content=content,
                type=event_type,
                subject=subject,
                chain=str(attributes["chain"]),
                accepted_at=str(attributes.get("acceptedtime", "")),
                groupend="groupend" in attributes,
            )
        )

    def read_event(self, stream: str, content: bytes) -> None:
        """Take in the next event of a stream.

        Raises:
            Broken: it is not the next one.
        """
        events = self.events[stream]
        try:
            event = read_event(content)
        except ValueError as error:
            raise Broken(f"Number {len(events) + 1} of {stream} {error}.") from error
        if event.sequence != len(events) + 1:
            raise Broken(f"{stream} goes on with number {event.sequence} where {len(events) + 1} should be.")
        if event.type == "control":
            event = replace(event, regions=self._body_regions.get(event.body, ()))
        events.append(event)
        if stream == "results":
            self._results[event.id] = event.sequence

    def require(self, **numbered: int) -> None:
        """See that the streams have been read as far as their entries were numbered: none is missing at their end.

        Args:
            numbered: by stream the number that is known to have been given.

        Raises:
            Broken: entries are missing.
        """
        read = {"ledger": len(self.ledger)} | {stream: len(events) for stream, events in self.events.items()}
        missing = [
            f"{stream} had entries up to {given:,}, and only {read[stream]:,} are there"
            for stream, given in numbered.items()
            if given > read[stream]
        ]
        if missing:
            raise Broken(f"{'; '.join(missing)}.")

    def advance(self, folded: int, notified: int) -> list[Moment]:
        """Return the moments that have come about.

        Args:
            folded: entries of the ledger that aggregate has folded in.
            notified: last event of results that notify has read.
        """
        known = len(self.moments)
        for place in range(self._ended, min(folded, len(self.ledger))):
            entry = self.ledger[place]
            if not entry.groupend:
                continue
            results = self._up_to("results", place + 1)
            if results > notified:
                break
            self._take_in(place + 1)
            self._settle(place + 1, results)
        return self.moments[known:]

    def _take_in(self, ledger: int) -> None:
        """Follow the register over a group of ledger entries."""
        for number in range(self._ended, ledger):
            if self.ledger[number].type == CLOSING:
                self._close(number)
            if self.ledger[number].type in MOVED:
                try:
                    self.registers.add(read_ledger_event(self.ledger[number].content))
                except (LookupError, ValueError) as error:
                    raise Broken(f"Entry {number + 1} of the ledger cannot be read: {error}.") from error
                self._know_bodies(ledger)
        self._ended = ledger

    def _close(self, number: int) -> None:
        """Follow an entry that closes the election, or opens it again."""
        try:
            event = read_ledger_event(self.ledger[number].content)
        except ValueError as error:
            raise Broken(f"Entry {number + 1} of the ledger cannot be read: {error}.") from error
        if isinstance(event, ClosingEvent):
            self._closings.append((number + 1, event.acceptedtime if event.data.closed else None))

    def _know_bodies(self, ledger: int) -> None:
        regions: dict[str, dict[str, None]] = {}
        for versions in self.registers.contests.values():
            contest = versions.at(ledger).contest
            if contest.body is not None:
                regions.setdefault(contest.body, {}).update(dict.fromkeys((*contest.regions, NATIONAL)))
        self._body_regions = {body: tuple(named) for body, named in regions.items()}

    def _settle(self, ledger: int, results: int) -> None:
        """Add the moment at the end of a group."""
        before = self.now.cursor
        tallies = self._up_to("tallies", ledger)
        headlines = before.headlines
        said = self.events["headlines"]
        while headlines < len(said) and self._results.get(said[headlines].result_id, 0) <= results:
            headlines += 1
        for event in self.events["results"][before.results : results]:
            self.subjects.setdefault(event.type, {}).setdefault(event.subject, []).append(event.sequence)
        for event in self.events["tallies"][before.tallies : tallies]:
            self.subjects["tally"].setdefault(event.subject, []).append(event.sequence)
        accepted = datetime.fromisoformat(self.ledger[ledger - 1].accepted_at).astimezone(UTC)
        if len(self.moments) == 1:
            day = polling_day(self.election)
            self.played = accepted > day + PLAYED_AFTER
            if self.played:
                self._begun = day
        time = self._declared(before.results, results) if self.played else accepted
        cursor = self._cursor(ledger, results, tallies, headlines)
        self.moments.append(Moment(cursor, max(time, self.now.time), accepted))

    def _up_to(self, stream: str, ledger: int) -> int:
        """Return how many events of a stream follow from the ledger up to an entry."""
        begin = getattr(self.now.cursor, stream)
        events = self.events[stream]
        while begin < len(events) and events[begin].cause <= ledger:
            begin += 1
        return int(begin)

    def _declared(self, first: int, last: int) -> datetime:
        """Return the latest time at which results were declared, of a part of them."""
        stated = (event.declared_at for event in self.events["results"][first:last])
        return max(
            (datetime.fromisoformat(one).astimezone(UTC) for one in stated if one is not None), default=self._begun
        )

    def _cursor(self, ledger: int, results: int, tallies: int, headlines: int) -> Cursor:
        chain = self.ledger[ledger - 1].chain if ledger else origin(self.election)
        places = (results, tallies, headlines)
        last = (
            self.events[stream][place - 1].content if place else b""
            for stream, place in zip(STREAMS, places, strict=True)
        )
        return Cursor(ledger, *places, history_of(chain, last))

    def holds(self, cursor: Cursor) -> bool | None:
        """Whether a cursor is of this history; None when it is beyond what has been read."""
        read = (cursor.ledger <= self.now.cursor.ledger, *self._within(cursor))
        if not all(read):
            return None
        return self._cursor(cursor.ledger, cursor.results, cursor.tallies, cursor.headlines) == cursor

    def _within(self, cursor: Cursor) -> Iterator[bool]:
        return (getattr(cursor, stream) <= getattr(self.now.cursor, stream) for stream in STREAMS)

    def moment_of(self, cursor: Cursor) -> int:
        """Return the place of the last moment not after a cursor, which may be inside a group."""
        place = bisect_right(self.moments, cursor.ledger, key=lambda each: each.cursor.ledger) - 1
        while place and not all(
            getattr(self.moments[place].cursor, stream) <= getattr(cursor, stream) for stream in STREAMS
        ):
            place -= 1
        return place

    def moment_at(self, when: datetime) -> int:
        """Return the place of the last moment that is not later than a time."""
        return bisect_right(self.moments, when, key=lambda each: each.time) - 1

    def told(self, after: Cursor, place: int) -> Iterator[tuple[Cursor, Event]]:
        """Yield the events of a moment that come after a cursor, each with the cursor once it has been read.

        In this order: results and control, headlines, tallies. The cursor of the last one is that of the moment; before
        it the ledger stays at the moment before, for whoever stops there has not had all of this one.
        """
        before, now = self.moments[place - 1].cursor, self.moments[place].cursor
        at = {stream: max(getattr(before, stream), getattr(after, stream)) for stream in STREAMS}
        left = sum(max(0, getattr(now, stream) - at[stream]) for stream in STREAMS)
        for stream in ("results", "headlines", "tallies"):
            for event in self.events[stream][at[stream] : getattr(now, stream)]:
                at[stream] = event.sequence
                left -= 1
                cursor = now if not left else self._cursor(before.ledger, *(at[name] for name in STREAMS))
                yield cursor, event

    def last_of(self, event_type: str, subject: str, cursor: Cursor) -> Event | None:
        """Return the last event of a type about a subject up to a cursor; None where there is none."""
        sequences = self.subjects[event_type].get(subject, ())
        stream = STREAM_OF[event_type]
        place = bisect_right(sequences, getattr(cursor, stream))
        return self.events[stream][sequences[place - 1] - 1] if place else None

    def all_of(self, event_type: str, subject: str, cursor: Cursor) -> Sequence[Event]:
        """Return every event of a type about a subject up to a cursor, oldest first."""
        sequences = self.subjects[event_type].get(subject, ())
        stream = STREAM_OF[event_type]
        return [self.events[stream][n - 1] for n in sequences[: bisect_right(sequences, getattr(cursor, stream))]]

    def standing(self, event_type: str, cursor: Cursor) -> Mapping[str, Event]:
        """Return the last event of a type about each subject up to a cursor."""
        found = {subject: self.last_of(event_type, subject, cursor) for subject in self.subjects[event_type]}
        return {subject: event for subject, event in found.items() if event is not None}
