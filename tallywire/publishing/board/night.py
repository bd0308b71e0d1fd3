"""The night: how many declared when, the moments at which control was clinched or lost, and links to them.

Two strips are drawn of one night. One goes as far as the moment of the page, and is a part of it. On a page of a past
moment stands the whole night instead, with what came afterwards pale; only what is behind its moment is a part.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tallywire.pages.numbers import ZONE, local, thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.control import turned
from tallywire.publishing.board.ground import Ground
from tallywire.publishing.board.memory import Declared, Turn, memory, minute_of, time_of, until
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.documents import View
from tallywire.publishing.history import polling_day

CLOSE: Final = 22
"""The hour at which polls close."""

BAR: Final = 10
"""Minutes of a bar."""

LATER: Final = 6
"""Stops behind the end, for declarations that come much later; the last one takes all that do not fit."""

HEIGHT: Final = 56

EARLY_H: Final = 2
OVERNIGHT_H: Final = 6
"""A count begins at night when the first declaration is from so many hours before polls close to so many after."""

NIGHT_H: Final = 14
"""Hours on the strip."""

COUNCILS_H: Final = 26
"""The same where councils are elected: some count overnight, others on the next day."""

NEAR: Final = 120
"""Marks closer than so many minutes have their words on either side."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a time stands on the strip. Times are minutes since 1970."""

    begin: int
    minutes: int
    """From there to the end."""
    late: tuple[int, ...]
    """When declarations came that are beyond the end, to ten minutes."""

    @property
    def width(self) -> int:
        """Of the strip."""
        return self.minutes + BAR * (LATER + 1)

    @property
    def end(self) -> int:
        """Where the hours end."""
        return self.begin + self.minutes

    @property
    def zone(self) -> str:
        """The zone of its times: ``BST``."""
        return f"{local(datetime.fromtimestamp(60 * self.begin, UTC)):%Z}"

    @property
    def slots(self) -> Sequence[tuple[int, int]]:
        """The late stops: where each is, and when, in seconds since 1970."""
        return [(self.at(time), 60 * time) for time in self.late[:LATER]]

    def at(self, time: int) -> int:
        """Return where a time is."""
        if time < self.end:
            return max(0, time - self.begin)
        number = max(0, bisect_right(self.late, time) - 1)
        return self.minutes + BAR * (1 + min(number, LATER - 1))

    def bars(self, times: Iterable[int | None]) -> Counter[int]:
        """Return how many times there are by where their bar begins."""
        return Counter(self.at(time - time % BAR) for time in times if time is not None)

    def hours(self) -> list[tuple[float, str]]:
        """Return where hours are written, in per cent of the width."""
        step = 2 if self.minutes <= 60 * NIGHT_H else 4
        # Where the word "later" stands, the last one has no room.
        end = self.minutes // 60 + (0 if self.late else 1)
        begin = datetime.fromtimestamp(60 * self.begin, UTC)
        times = ((hour, begin + timedelta(hours=hour)) for hour in range(0, end, step))
        return [(round(100 * hour * 60 / self.width, 2), f"{local(time):%H}") for hour, time in times]


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a link; with a place on the strip where its control turned."""

    time: datetime | None
    cursor: str
    said: str
    at: int = 0
    """Where it is on the strip."""
    short: str = ""
    """The words beside its line; empty for one without a line."""
    solid: bool = False
    left: bool = False
    """Whether the words stand on the left of the line."""
    far: bool = False
    """Whether it is beyond the end of the strip, so that its day has to be said."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The night as far as a moment."""

    axis: Axis
    counted: Mapping[int, int]
    """Declarations by where their bar begins."""
    turns: Sequence[Mark]
    """Moments at which control was clinched or lost."""
    links: Sequence[Mark]
    """Moments worth a link, with those."""
    declared: int

    @property
    def most(self) -> int:
        """Number of declarations in the highest bar."""
        return max(self.counted.values(), default=1)

    @property
    def bars(self) -> str:
        """The bars as an SVG path."""
        return self.drawn(self.counted)

    def drawn(self, counted: Mapping[int, int]) -> str:
        """Return bars on the scale of this strip as an SVG path."""
        bars = ((x, max(1.0, round(HEIGHT * number / self.most, 1))) for x, number in sorted(counted.items()))
        return "".join(f"M{x + 1} {HEIGHT - height:g}h{BAR - 2}v{height:g}h-{BAR - 2}z" for x, height in bars)


def night_parts(view: View, slug: str, land: Ground, body: str = "") -> tuple[dict[str, str], dict[str, object]]:
    """Return the parts of the night, and what the template needs besides them.

    Args:
        view: the election at the moment.
        slug: the region.
        land: its contests.
        body: whose control is marked, if any.
    """
    untimed, ever_untimed = _untimed(view, view.place), _untimed(view, view.history.last)
    night = strip(view, slug, land, body, view.place)
    whole = strip(view, slug, land, body, view.history.last)
    declared = _declared(view, land, view.place)
    done = whole.drawn(whole.axis.bars(each.minute for each in declared))
    time = time_of(view.history, view.place)
    links = list(whole.links)
    if all(each.cursor != str(view.moment.cursor) for each in links):
        links.append(Mark(time, str(view.moment.cursor), f"{thousands(len(declared))} declared", far=_far(whole, time)))
        links.sort(key=lambda mark: _ledger(mark.cursor))
    parts = {
        "night-at": render(
            PACKAGE,
            "parts/night-at.html",
            time=time,
            declared=len(declared),
            view=view,
            x=0 if time is None else night.axis.at(minute_of(time)),
        ),
        "night-known": render(PACKAGE, "parts/night-known.html", night=night, untimed=untimed, bars=night.bars),
        "night-done": render(PACKAGE, "parts/night-done.html", night=whole, bars=done, untimed=ever_untimed),
        "night-links": render(PACKAGE, "parts/night-links.html", night=night, view=view, untimed=untimed),
        "night-moments": render(PACKAGE, "parts/night-moments.html", links=links, view=view),
        "night-note": render(PACKAGE, "parts/night-note.html", untimed=untimed, body=body, zone=night.axis.zone),
    }
    return parts, {"night": whole, "untimed": ever_untimed}


def _untimed(view: View, place: int) -> bool:
    """Whether nobody had said at a moment when anything was declared, or a stage counted."""
    declared = list(until(memory(view.history).declared, place))
    if not declared:
        return time_of(view.history, place) is None
    return all(each.time is None for each in declared)


def strip(view: View, slug: str, land: Ground, body: str, place: int) -> Strip:
    """Return the night up to a moment."""
    known = memory(view.history)
    key = ("strip", slug, body, known.register(view.ledger), place)
    return known.kept(key, lambda: _strip(view, land, body, place))


def _declared(view: View, land: Ground, place: int) -> list[Declared]:
    return [each for each in until(memory(view.history).declared, place) if each.ballot_id in land.contests]


def _strip(view: View, land: Ground, body: str, place: int) -> Strip:
    declared = _declared(view, land, place)
    axis = _axis(view, land, [each.minute for each in declared if each.minute is not None])
    turns = [each for each in until(memory(view.history).turns, place) if each.body == body]
    turned = _turn_marks(view, land, [each for each in turns if each.clinched or each.lost], axis)
    counted = axis.bars(each.minute for each in declared)
    ends: list[Mark] = []
    if declared:
        ends.append(Mark(declared[0].time, _cursor(view, declared[0].place), "First declaration"))
    if len(declared) > 1:
        said = "Last declaration" if len(declared) == len(land.contests) else "Latest declaration"
        last = declared[-1]
        far = last.minute is not None and last.minute >= axis.end
        ends.append(Mark(last.time, _cursor(view, last.place), said, far=far))
    links = sorted([*ends[:1], *turned, *ends[1:]], key=lambda mark: _ledger(mark.cursor))
    return Strip(axis, counted, turned, links, len(declared))


def _far(night: Strip, time: datetime | None) -> bool:
    return time is not None and minute_of(time) >= night.axis.end


def _ledger(cursor: str) -> int:
    return Cursor.read(cursor).ledger


def _axis(view: View, land: Ground, times: Sequence[int]) -> Axis:
    """Return the axis: from when polls close, or, where the count is by day, from the hour of the first declaration."""
    date = polling_day(view.history.election).date()
    close = minute_of(datetime(date.year, date.month, date.day, CLOSE, tzinfo=ZONE))
    first = min(times, default=None)
    if first is None:
        expected = (each.expected_at for each in land.contests.values() if each.expected_at is not None)
        first = min((minute_of(datetime.fromisoformat(each)) for each in expected), default=close)
    night = close - 60 * EARLY_H <= first <= close + 60 * OVERNIGHT_H
    begin = close if night else first - first % 60
    minutes = 60 * (COUNCILS_H if any(each.kind == "council" for each in land.head.bodies.values()) else NIGHT_H)
    return Axis(begin, minutes, tuple(sorted({time - time % BAR for time in times if time >= begin + minutes})))


def _turn_marks(view: View, land: Ground, turns: Sequence[Turn], axis: Axis) -> list[Mark]:
    at = [None if turn.time is None else axis.at(minute_of(turn.time)) for turn in turns]
    found: list[Mark] = []
    for number, turn in enumerate(turns):
        said = turned(land, turn)
        here, after = at[number], at[number + 1] if number + 1 < len(at) else None
        close = here is not None and after is not None and after - here < NEAR
        left = close or (here is not None and here > axis.minutes * 2 // 3)
        found.append(
            Mark(turn.time, _cursor(view, turn.place), said, here or 0, _short(said), solid=turn.clinched, left=left)
        )
    return found


def _short(said: str) -> str:
    """Return the words beside a line: ``Labour certain``."""
    if said.startswith("No party"):
        return "nobody can win"
    return re.sub(r" reach [\d,]+$", " win", said).removesuffix(" of a majority").removesuffix(" of control")


def _cursor(view: View, place: int) -> str:
    return str(view.history.moments[place].cursor)
