"""What the pages of the board know of an election besides one moment: when what came about, and HTML to use again.

It is taken in moment by moment, and forgotten with the history that it is about.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from jiter import from_json

from tallywire.publishing.event import Event
from tallywire.publishing.history import MOVED, History, polling_day
from tallywire.publishing.kept import Latest

Value = TypeVar("Value")

KEPT_MAX: Final = 20_000
"""Pieces of HTML that are kept of an election: those of every contest, and of the moments that many look at."""


@lru_cache(2_048)
def data_of(content: bytes) -> dict[str, Any]:
    """Return the data of an event, as published. It is not to be changed."""
    return cast("dict[str, Any]", from_json(content)["data"])


@dataclass(frozen=True, slots=True)
class Said:
    """A headline."""

    sequence: int
    kind: str
    priority: int
    text: str
    detail: str
    ballot_id: str
    body: str
    region: str
    regions: tuple[str, ...]
    cause: int
    """The ledger entry that it follows from: what one declaration brought about is one story."""
    revision: int
    """Of the declaration; 0 for news about something else."""
    supersedes: int
    """Sequence of the headline whose place it takes; 0 for none."""
    place: int
    """The moment in which it came."""
    time: datetime | None
    """When that was; None in a night that is played again without any times."""

    @property
    def takes_back(self) -> bool:
        """Whether what it replaces was wrong: not merely old."""
        return self.kind in {"withdrawal", "annulled"} or (self.kind == "correction" and not self.amendment)

    @property
    def amendment(self) -> bool:
        """Whether it tells of a change to the register, or of another that changes no vote."""
        return self.kind == "correction" and self.priority == 5  # noqa: PLR2004  # docs/headlines.md


@dataclass(frozen=True, slots=True)
class Declared:
    """A contest has a result that counts, for the first time."""

    ballot_id: str
    place: int
    time: datetime | None
    minute: int | None
    """The time in minutes since 1970."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is certain about the control of a body is not what it was."""

    body: str
    sequence: int
    """Of the event."""
    place: int
    time: datetime | None
    cause: str
    """The contest that brought it about."""
    now: str | None
    """Who is certain to have control."""
    holder_lost: bool
    final: bool
    undeclared: int
    clinched: bool
    """Whether that is new."""
    lost: bool
    """Whether it is new that who had control cannot keep it."""
    opened: bool
    """Whether what was certain is open again."""


class Memory:
    """What is known of an election."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        """Every headline."""
        self.declared: list[Declared] = []
        """Every contest that was declared, in that order."""
        self.turns: list[Turn] = []
        """What happened to the control of bodies."""
        self._registers: list[int] = []
        self._ledger = 0
        self._place = 0
        self._numbers: dict[str, int] = {}
        self._counted: set[str] = set()
        self._control: dict[str, tuple[str | None, bool, bool]] = {}
        self._kept: Latest[Any] = Latest(KEPT_MAX)

    def register(self, ledger: int) -> int:
        """Return the ledger entry from which the register is as it was after another entry."""
        place = bisect_right(self._registers, ledger)
        return self._registers[place - 1] if place else 0

    def kept(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what was made for a key, making it where it is not kept."""
        return cast("Value", self._kept.get(key, make))

    def take_in(self, history: History) -> None:
        """Take in what has happened since."""
        for number in range(self._ledger, history.now.cursor.ledger):
            if history.ledger[number].type in MOVED:
                self._registers.append(number + 1)
        self._ledger = history.now.cursor.ledger
        for place in range(self._place + 1, history.last + 1):
            time = time_of(history, place)
            before, now = history.moments[place - 1].cursor, history.moments[place].cursor
            for event in history.events["results"][before.results : now.results]:
                if event.type == "control":
                    self._turn(event, place, time)
                elif event.type == "result" and counts(event) and event.subject not in self._counted:
                    self._counted.add(event.subject)
                    self.declared.append(
                        Declared(event.subject, place, time, None if time is None else minute_of(time))
                    )
            for event in history.events["headlines"][before.headlines : now.headlines]:
                self._say(event, place, time)
        self._place = history.last

    def _say(self, event: Event, place: int, time: datetime | None) -> None:
        data = data_of(event.content)
        self._numbers[event.id] = event.sequence
        self.said.append(
            Said(
                sequence=event.sequence,
                kind=event.kind,
                priority=event.priority,
                text=data["text"],
                detail=data["detail"],
                ballot_id=event.ballot_id,
                body=event.body,
                region=data.get("region") or "",
                regions=event.regions,
                cause=int(event.result_id.rpartition(":")[2]),
                revision=data["revision"] or 0,
                supersedes=self._numbers.get(data.get("supersedes") or "", 0),
                place=place,
                time=time,
            )
        )

    def _turn(self, event: Event, place: int, time: datetime | None) -> None:
        data = data_of(event.content)
        before = self._control.get(event.subject, (None, False, False))
        now = data["now"], data["holder_lost"], data["final"]
        self._control[event.subject] = now
        if now == before:
            return
        self.turns.append(
            Turn(
                body=event.subject,
                sequence=event.sequence,
                place=place,
                time=time,
                cause=data["cause"] or "",
                now=data["now"],
                holder_lost=data["holder_lost"],
                final=data["final"],
                undeclared=data["undeclared"],
                clinched=data["now"] is not None and data["now"] != before[0],
                lost=data["holder_lost"] and not before[1],
                opened=data["now"] is None and before[0] is not None,
            )
        )


_OF: Final[WeakKeyDictionary[History, Memory]] = WeakKeyDictionary()


def memory(history: History) -> Memory:
    """Return what is known of an election, up to its last moment."""
    known = _OF.setdefault(history, Memory())
    known.take_in(history)
    return known


def time_of(history: History, place: int) -> datetime | None:
    """Return when a moment was; None where nobody has said when anything in it was declared."""
    time = history.moments[place].time
    return None if history.played and time <= polling_day(history.election) else time


def minute_of(time: datetime) -> int:
    """Return a time in minutes since 1970."""
    return int(time.timestamp()) // 60


def counts(result: Event) -> bool:
    """Whether a contest is declared by a result: it counts, and is not a count by stages that goes on."""
    return bool(_summary(result.summary)["counts"]) and result.kind != "stage"


def under_review(result: Event) -> bool:
    """Whether a correction of a result waits for a second person."""
    return bool(_summary(result.summary)["under_review"])


@lru_cache(4_096)
def _summary(summary: bytes) -> dict[str, Any]:
    return cast("dict[str, Any]", from_json(summary))


def until(items: list[Value], place: int) -> Iterator[Value]:
    """Yield what came not later than a moment."""
    return iter(items[: bisect_right(items, place, key=lambda each: each.place)])  # type: ignore[attr-defined]  # each has one
