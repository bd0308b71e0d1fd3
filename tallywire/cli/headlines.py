"""What is printed of headlines, as they are published."""

from dataclasses import dataclass

from pydantic import ValidationError
from rich.console import Console

from schemas.events import HeadlineEvent
from schemas.rehearsals import mark
from schemas.streams import HEADLINES
from tallywire.cli.screen import headline_lines, write_lines
from tallywire.client.connection import Connection
from tallywire.client.follow import Contact, Missing, Published, follow
from tallywire.publishing.event import read_event
from tallywire.publishing.filters import EVERYTHING, Filter


def read_headline(published: Published, notes: Console) -> HeadlineEvent | None:
    """Return the headline; None, with a note, for an entry that is none as this version knows it."""
    try:
        return HeadlineEvent.model_validate_json(published.event)
    except ValidationError:
        notes.print(f"Passed over {published.id} on {published.election}: not a headline that this version can read.")
        return None


@dataclass(frozen=True, slots=True)
class HeadlinePrinter:
    """Prints headlines of one election, or of all."""

    connection: Connection
    console: Console
    """Where headlines go."""
    notes: Console
    """Where else something is said."""
    as_json: bool
    """Whether they are written as published."""
    wanted: Filter = EVERYTHING
    """Which headlines."""

    def run(self, election: str | None, *, from_start: bool) -> None:
        """Print for ever."""
        for item in follow(self.connection, HEADLINES.name, election, from_start=from_start):
            if item is Contact.LOST:
                self.notes.print("The server is away. Waiting for it; Ctrl-C ends this.")
            elif item is Contact.BACK:
                self.notes.print("The server is back.")
            elif item is Contact.WAITING:
                self.notes.print(f"{self._what_is_awaited(election)}; Ctrl-C ends this.")
            elif isinstance(item, Missing):
                what = f"{item.stream} {item.first:,} to {item.last:,} of {item.election}"
                self.notes.print(f"Missing: {what}. They were deleted or trimmed; `tallywire verify` says what to do.")
            else:
                self._print(item)

    def _what_is_awaited(self, election: str | None) -> str:
        loaded = self.connection.elections()
        if election is not None and election not in loaded:
            return f"The election {election} is not loaded yet. Waiting for it"
        if not loaded:
            return "No election is loaded yet. Waiting for one"
        return f"Waiting for headlines of {election or ', '.join(loaded)}"

    def _print(self, published: Published) -> None:
        headline = read_headline(published, self.notes)
        if headline is None or not self.wanted.selects(read_event(published.event)):
            return
        if self.as_json:
            write_lines([published.event])
        else:
            marked = mark(published.election, test=headline.test)
            self.console.print(*headline_lines(headline.data, marked), sep="\n")
