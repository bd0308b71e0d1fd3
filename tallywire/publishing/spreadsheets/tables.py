"""The tables of elections."""

from collections.abc import Callable, Iterable, Iterator

from schemas.register import Contest
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.filters import EVERYTHING, Filter
from tallywire.publishing.kept import Kept
from tallywire.publishing.spreadsheets.columns import (
    BODIES,
    CANDIDATES,
    CONTESTS,
    HEADLINES,
    REGIONS,
    SEATS,
    STAGES,
    Columns,
)
from tallywire.publishing.spreadsheets.contests import candidate_rows, contest_rows
from tallywire.publishing.spreadsheets.counts import seat_rows, stage_rows
from tallywire.publishing.spreadsheets.totals import body_rows, headline_row, region_rows
from tallywire.publishing.spreadsheets.writing import Row, lines_of, table


class Tables:
    """Tables of elections. Of contests and candidates lines are kept from one moment to the next."""

    def __init__(self) -> None:
        self._contests: Kept[list[str]] = Kept()
        self._candidates: Kept[list[str]] = Kept()
        self._stages: Kept[list[str]] = Kept()
        self._seats: Kept[list[str]] = Kept()

    def contests(self, view: View) -> bytes:
        """Return every contest with its result, those without one, too."""
        return table(view, CONTESTS, _by_contest(view, CONTESTS, contest_rows, self._contests))

    def candidates(self, view: View) -> bytes:
        """Return every candidate of every contest, with votes where they are known."""
        return table(view, CANDIDATES, _by_contest(view, CANDIDATES, candidate_rows, self._candidates))

    def stages(self, view: View) -> bytes:
        """Return every candidate at every stage of every count by single transferable vote."""
        return table(view, STAGES, _by_contest(view, STAGES, stage_rows, self._stages))

    def seats(self, view: View) -> bytes:
        """Return every list seat, in the order in which they were given, with who would have had the next."""
        return table(view, SEATS, _by_contest(view, SEATS, seat_rows, self._seats))

    def regions(self, view: View) -> bytes:
        """Return every region with a row for each party, or one row where there is nothing yet."""
        return table(view, REGIONS, lines_of(view, REGIONS, region_rows(view)))

    def bodies(self, view: View) -> bytes:
        """Return every council and parliament with a row for each party, or one row where there is nothing yet."""
        return table(view, BODIES, lines_of(view, BODIES, body_rows(view)))

    def headlines(self, view: View, wanted: Filter = EVERYTHING, last: int | None = None) -> bytes:
        """Return the headlines that a filter selects, oldest first; only the last ones where a number is given."""
        selected = view.selected_headlines(wanted, last)
        rows = (headline_row(each) for each in selected if each.type == "headline")
        return table(view, HEADLINES, lines_of(view, HEADLINES, rows))


def _by_contest(
    view: View,
    columns: Columns,
    rows: Callable[[View, str, Contest, Event | None], Iterable[Row]],
    kept: Kept[list[str]],
) -> Iterator[str]:
    """Yield the lines of each contest."""
    results = view.history.standing("result", view.moment.cursor)
    for ballot_id in view.contests():
        contest, event = view.history.registers.contest(ballot_id, view.ledger).contest, results.get(ballot_id)

        def made(ballot_id: str = ballot_id, contest: Contest = contest, event: Event | None = event) -> list[str]:
            return lines_of(view, columns, rows(view, ballot_id, contest, event))

        yield from kept.get(view.history.election, ballot_id, contest, event, made)
