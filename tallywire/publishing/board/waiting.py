"""What is still to come on the board: overdue, expected next, and under review."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from schemas.register import Contest
from tallywire.pages.rendering import render
from tallywire.publishing.board.ground import Ground, is_region
from tallywire.publishing.board.memory import counts, data_of, memory, under_review
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.board.standing import Standing
from tallywire.publishing.documents import NOT_AWAITED, View
from tallywire.publishing.event import Event

Row = TypeVar("Row")

NEXT: Final = 8
"""Contests named as expected next."""

NAMED: Final = 30
"""So many contests still to be declared are all named."""

OVERDUE: Final = 20
"""Contests named as overdue; of more, the number is said."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A contest that is still to be declared."""

    ballot_id: str
    contest: Contest
    result: Event | None

    @property
    def expected(self) -> datetime | None:
        """When it is expected."""
        return None if self.contest.expected_at is None else datetime.fromisoformat(self.contest.expected_at)

    @property
    def state(self) -> str:
        """What has been said of it meanwhile."""
        return "" if self.result is None else STATES.get(self.result.kind, "")


STATES: Final = {
    "flash": "winner known, votes to come",
    "progress": "being counted",
    "stage": "being counted, stage by stage",
    "recount": "recount",
    "withdrawn": "withdrawn, to be declared again",
}
"""What can be said of a contest that is awaited, by the kind of its result."""


def still_awaited(view: View, land: Ground) -> list[Awaited]:
    """Return the contests that are still to be declared, in the register's order."""
    last, cursor = view.history.last_of, view.moment.cursor

    def make() -> list[Awaited]:
        found = ((one, contest, last("result", one, cursor)) for one, contest in land.contests.items())
        return [Awaited(ballot_id, contest, result) for ballot_id, contest, result in found if _awaited(result)]

    return memory(view.history).kept(("awaited", land.kind, land.slug, cursor.results, cursor.ledger), make)


def _awaited(result: Event | None) -> bool:
    return result is None or not (counts(result) or result.kind in NOT_AWAITED)


def _by_kind(land: Ground, rows: Sequence[Row], ballot_of: Callable[[Row], str]) -> list[tuple[str, Sequence[Row]]]:
    """Return rows by kind, each with a heading: constituencies, regions; an empty one where all are alike."""
    if len(land.kinds) == 1:
        return [("", rows)]
    return [(heading, [row for row in rows if ballot_of(row) in ballots]) for heading, ballots in land.kinds]


def overdue_part(view: View, land: Ground, waiting: Sequence[Awaited], as_of: datetime) -> str:
    """Return what is later than expected, the longest first."""
    late = [(as_of - each.expected, each) for each in waiting if each.expected is not None and each.expected < as_of]
    late.sort(key=lambda item: -item[0])
    rows = [(each, int(by / timedelta(minutes=1))) for by, each in late]
    return render(
        PACKAGE,
        "parts/overdue.html",
        kinds=_by_kind(land, rows[:OVERDUE], lambda row: row[0].ballot_id),
        shown=min(len(rows), OVERDUE),
        number=len(rows),
        election=view.history.election,
        expected=land.expected,
    )


def next_part(view: View, land: Ground, stands: Standing, waiting: Sequence[Awaited], as_of: datetime) -> str:
    """Return what is still to be declared, with what is expected next."""
    coming = sorted(
        ((each.expected, each) for each in waiting if each.expected is not None and each.expected >= as_of),
        key=lambda item: item[0],
    )
    few = len(waiting) <= NAMED
    named = [each for _, each in coming][: NAMED if few else NEXT]
    if few:
        chosen = set(map(id, named))
        named += [each for each in waiting if id(each) not in chosen and (each.expected is None or each.state)]
    return render(
        PACKAGE,
        "parts/next.html",
        kinds=_by_kind(land, named, lambda each: each.ballot_id),
        number=len(waiting),
        progress=stands.progress,
        expected=land.expected,
        few=few,
        election=view.history.election,
    )


def review_part(view: View, land: Ground, stands: Standing) -> str:
    """Return the contests whose result is under review."""
    rows: list[tuple[str, Contest, Event]] = []
    if stands.under_review:
        for ballot_id, contest in land.contests.items():
            result = view.history.last_of("result", ballot_id, view.moment.cursor)
            if result is not None and under_review(result):
                rows.append((ballot_id, contest, result))
    said = {
        each.ballot_id: each
        for each in memory(view.history).said
        if each.kind == "under_review" and each.place <= view.place
    }
    return render(
        PACKAGE,
        "parts/under-review.html",
        rows=[
            (ballot_id, contest, data_of(result.content), said.get(ballot_id)) for ballot_id, contest, result in rows
        ],
        regions=[ballot_id for ballot_id, contest, _ in rows if is_region(contest)],
        election=view.history.election,
    )
