"""What is printed of a demo: for people headline by headline, for programs event by event."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from schemas.events import ReceiptEvent, ResultEvent, ResultsEvent, TallyEvent
from schemas.reading import read_results_event
from schemas.register import Register
from schemas.streams import HEADLINES, RECEIPTS, RESULTS
from services.aggregate.rules.life import life_of
from tallywire.cli.headlines import read_headline
from tallywire.cli.screen import headline_lines, in_order, plain, receipt_lines, tally_tables, write_lines
from tallywire.client.follow import Published


def parked_sentence(parked: Mapping[str, int]) -> str:
    """Return what to say of parked entries."""
    counts = ", ".join(f"{count} by {service}" for service, count in parked.items())
    return f"Set aside because a rule failed on them: {counts}. That is a fault in Tallywire; please report it."


def board_sentence(address: str) -> str:
    """Return where the board is."""
    return f"The board: {address}"


class EventShow:
    """Writes every event as published, one a line."""

    def __init__(self, notes: Console) -> None:
        self._notes = notes

    def night(self, _register: Register) -> AbstractContextManager[None]:
        """Need nothing."""
        return nullcontext()

    def published(self, entry: Published) -> None:
        """Write the event."""
        write_lines([entry.event])

    def end(self, _tallies: Mapping[str, bytes], parked: Mapping[str, int]) -> None:
        """Say what was parked; the tallies have been written as they were published."""
        if parked:
            self._notes.print(parked_sentence(parked))

    def board(self, address: str) -> None:
        """Say where the board is."""
        self._notes.print(board_sentence(address))

    def stays(self, address: str) -> None:
        """Say nothing more."""


class PeopleShow:
    """Prints headlines as they are published, and a table for each region at the end."""

    def __init__(self, console: Console, notes: Console) -> None:
        self._console = console
        self._notes = notes
        self._counts: dict[str, bool] = {}
        """By the id of a result: whether its contest is among those declared."""
        self._counted: set[str] = set()
        self._refused: list[ReceiptEvent] = []
        self._headlines = 0
        self._progress: tuple[Progress, TaskID] | None = None

    def board(self, address: str) -> None:
        """Say where the board is, before anything happens."""
        self._console.print(board_sentence(address), soft_wrap=True)
        self._console.print("Open it in a browser; Ctrl-C ends the demo.\n")

    def stays(self, address: str) -> None:
        """Say that the board can still be looked at."""
        self._console.print(
            f"\nThe night is over. Play it again on the board, {address}; Ctrl-C ends the demo.", soft_wrap=True
        )

    def begin(self, register: Register) -> None:
        """Remember which election is played."""
        self._register = register

    @contextmanager
    def night(self, register: Register) -> Iterator[None]:
        """Show the election's name and, on a terminal, a bar."""
        self.begin(register)
        self._console.print(plain(register.name), style="bold underline")
        self._console.print()
        if not self._console.is_terminal:
            yield
            return
        columns = (TextColumn("{task.completed:.0f} of {task.total:.0f} declared"), BarColumn(bar_width=None))
        with Progress(*columns, console=self._console, transient=True) as progress:
            self._progress = progress, progress.add_task("", total=len(register.contests))
            yield

    def published(self, entry: Published) -> None:
        """Print a headline; remember what counts and what was refused."""
        if entry.stream == RECEIPTS.name:
            receipt = ReceiptEvent.model_validate_json(entry.event)
            if receipt.data.status == "refused":
                self._refused.append(receipt)
        elif entry.stream == RESULTS.name:
            self._result(read_results_event(entry.event))
        elif entry.stream == HEADLINES.name:
            self._headline(entry)

    def _result(self, event: ResultsEvent | None) -> None:
        if isinstance(event, ResultEvent):
            self._counts[event.id] = life_of(event.data).declared

    def _headline(self, entry: Published) -> None:
        event = read_headline(entry, self._notes)
        if event is None:
            return
        self._headlines += 1
        if event.data.ballot_id is not None:
            counts = self._counts.get(event.data.result_id, False)
            (self._counted.add if counts else self._counted.discard)(event.data.ballot_id)
        expected = str(len(self._register.contests))
        counted = f"{len(self._counted):>{len(expected)}} of {expected}"
        if self._progress is not None:
            progress, task = self._progress
            progress.update(task, completed=len(self._counted))
        lines = headline_lines(event.data, None if self._progress else counted)
        self._console.print(*lines, sep="\n")

    def end(self, tallies: Mapping[str, bytes], parked: Mapping[str, int]) -> None:
        """Print the tables and what was refused."""
        standing = {region: TallyEvent.model_validate_json(event).data for region, event in tallies.items()}
        for lines in tally_tables(in_order(standing, self._register), self._register.parties):
            self._console.print()
            self._console.print(*lines, sep="\n")
        if self._refused:
            self._console.print("\nRefused:", style="bold")
            for receipt in self._refused:
                self._console.print(*receipt_lines(receipt.data, receipt.subject, ""), sep="\n")
        if parked:
            self._notes.print(parked_sentence(parked))
        self._console.print(
            f"\n{len(self._counted)} of {len(self._register.contests)} contests declared, "
            f"{self._headlines} headlines, {len(self._refused)} declarations refused."
        )
