"""How the seats of a contest by list were given, figure by figure: each to the list with the highest figure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.register import INDEPENDENT
from schemas.result import Allocation, CandidateResult, ListSeat, Result
from tallywire.pages.numbers import thousands
from tallywire.publishing.board.sentences import listed, number_in_words, plural
from tallywire.publishing.board.steps import Line, Row, Step, Steps, bar_of

USED_UP: Final = "no names left"
BELOW: Final = "below the threshold"
SEATED: Final = "has the seat"
"""Why a list, or an individual, is not in the running."""

NAMED: Final = 4
"""Constituencies that are named as missing; of more, the number is said."""


def allocation_of(result: Result) -> Steps | None:
    """Return the allocation of a result; None where it is not known seat by seat."""
    allocation = result.allocation
    if allocation is None or not allocation.seats or any(one.votes is None for one in result.candidates):
        return None
    return _Given(result, allocation).steps()


def named_constituencies(names: Sequence[str]) -> str:
    """Return constituencies, of many the first and how many more: ``Moray, Angus and 3 more constituencies``."""
    if len(names) <= NAMED + 1:
        return listed(names)
    more = len(names) - NAMED
    return listed([*names[:NAMED], f"{number_in_words(more)} more constituencies"])


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a list has at a seat."""

    divisor: int
    figure: float
    out: str = ""


class _Given:
    """An allocation as it is shown."""

    def __init__(self, result: Result, allocation: Allocation) -> None:
        self._result, self._allocation = result, allocation
        self._lists = sorted(result.candidates, key=lambda one: (-(one.seats or 0), -(one.votes or 0)))
        self._most = max(each.figure for each in allocation.seats)
        self._seats: Counter[str] = Counter()

    def steps(self) -> Steps:
        """Return all of it."""
        given, seats = self._allocation, self._result.contest.seats
        steps = []
        for number, seat in enumerate(given.seats, 1):
            steps.append(self._step(number, seat))
            self._seats[seat.list] += 1
        after = given.next
        last = None if after is None else self._step(len(given.seats) + 1, after, given=False)
        caption = (
            f"{thousands(seats)} {plural(seats, 'seat', 'seats')}, one after another, each to the highest figure: "
        )
        caption += "a list’s votes divided by one more than the seats it has"
        caption += ", those in its constituencies included." if given.carried_in else "."
        if given.threshold is not None:
            caption += f" A list needs {thousands(given.threshold)} votes to have one."
        table = [self._row(one, steps, last) for one in self._lists]
        return Steps(
            id="seat",
            heading="The allocation, figure by figure",
            caption=caption,
            unit="seat",
            column="Figure",
            moves="Votes ÷",
            steps=steps if last is None else [*steps, last],
            table=table,
            foot=(),
        )

    def _figure(self, one: CandidateResult, highest: float) -> _Figure:
        """Return what a list has at the next seat.

        Args:
            one: the list.
            highest: the figure that takes the seat: one above it is of a list that has nobody left.
        """
        votes, has = one.votes or 0, self._seats[one.candidate]
        alone = self._result.parties[one.party].counts_as == INDEPENDENT
        divisor = 1 if alone else 1 + self._allocation.carried_in.get(one.candidate, 0) + has
        figure = votes / divisor
        threshold = self._allocation.threshold
        if threshold is not None and votes < threshold:
            return _Figure(divisor, figure, BELOW)
        if alone and has:
            return _Figure(divisor, figure, SEATED)
        # Figures are published to two decimals.
        return _Figure(divisor, figure, USED_UP if figure > highest + 0.01 else "")

    def _step(self, number: int, seat: ListSeat, *, given: bool = True) -> Step:
        figures = {one.candidate: self._figure(one, seat.figure) for one in self._lists}
        lines = [self._line(one, figures[one.candidate], seat, given=given) for one in self._lists]
        lines.sort(key=lambda line: (line.out, -figures[line.id].figure))
        name = next(one.name for one in self._lists if one.candidate == seat.list)
        said = f"{name} {'has' if given else 'would have had'} the highest figure, {_said(seat.figure)}"
        said += ", by lot among equal figures" if seat.by_lot else ""
        said += (
            f": {seat.person} {'is elected' if given else 'was next'}." if seat.person and seat.person != name else "."
        )
        step = f"Seat {thousands(number)}" if given else "Next"
        return Step(number, step, name if given else f"{name}, had there been one seat more", said, lines)

    def _line(self, one: CandidateResult, has: _Figure, seat: ListSeat, *, given: bool) -> Line:
        party = self._result.parties[one.party]
        takes = one.candidate == seat.list
        return Line(
            id=one.candidate,
            name=one.name,
            party=party.counts_as,
            label=party.abbreviation,
            figure="" if has.out else _said(has.figure),
            moved="" if has.out else thousands(has.divisor),
            mark=("seat by lot" if seat.by_lot else "seat") if takes and given else "next" if takes else "",
            state=has.out or self._has(one.candidate),
            bar=0 if has.out else bar_of(has.figure, self._most),
        )

    def _has(self, candidate: str) -> str:
        """Return what a list has so far: ``2 constituencies, 1 list seat``."""
        return said_seats(self._allocation.carried_in.get(candidate, 0), self._seats[candidate])

    def _row(self, one: CandidateResult, steps: Sequence[Step], last: Step | None) -> Row:
        party = self._result.parties[one.party]
        carried = self._allocation.carried_in.get(one.candidate, 0)
        shown = [*steps, *([] if last is None else [last])]
        cells = [next((line for line in step.lines if line.id == one.candidate), None) for step in shown]
        state = f"{thousands(one.votes)} votes"
        if has := said_seats(carried, one.seats or 0):
            state += f"; {has}"
        return Row(one.name, party.counts_as, party.abbreviation, state, bool(one.seats), cells)


def said_seats(constituencies: int, lists: int) -> str:
    """Return seats by where they are from: ``2 constituencies, 1 list seat``; empty for none."""
    found = []
    if constituencies:
        found.append(f"{thousands(constituencies)} {plural(constituencies, 'constituency', 'constituencies')}")
    if lists:
        found.append(f"{thousands(lists)} list {plural(lists, 'seat', 'seats')}")
    return ", ".join(found)


def _said(figure: float) -> str:
    return f"{figure:,.2f}"


def people(result: Result) -> Iterator[tuple[str, str]]:
    """Yield who has a seat, in order, each with the list; the list alone where its names are not known."""
    names = {one.candidate: one.name for one in result.candidates}
    if result.allocation is not None:
        for seat in result.allocation.seats:
            yield seat.person or names[seat.list], names[seat.list]
