"""What is printed of headlines, as they are published."""

from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError
from redis.exceptions import ConnectionError as ServerLost
from redis.exceptions import TimeoutError as ServerSilent
from rich.console import Console

from schemas.events import HeadlineEvent, ResultEvent
from schemas.headline import Headline
from schemas.register import Party, Register
from schemas.streams import HEADLINES
from streams.servers import ELSEWHERE
from tallywire.cli.screen import headline_lines, write_lines
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.follow import Contact, Published, follow
from tallywire.client.snapshot import read_register, read_result

QUIETEST: Final = 5
"""The lowest priority a headline can have."""


def read_headline(published: Published, notes: Console) -> HeadlineEvent | None:
    """Return the headline; None, with a note, for an entry that is none as this version knows it."""
    try:
        return HeadlineEvent.model_validate_json(published.event)
    except ValidationError:
        notes.print(f"Passed over {published.id} on {published.election}: not a headline that this version can read.")
        return None


def winner(result: ResultEvent, register: Register) -> Party | None:
    """Return the main party of the first elected; None when nobody is, or the register does not know the party."""
    elected = next((candidate for candidate in result.data.candidates if candidate.elected), None)
    return register.parties.get(result.data.parties[elected.party].counts_as) if elected else None


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
    priority: int = QUIETEST
    """Only headlines this loud or louder."""
    _registers: dict[str, Register] = field(default_factory=dict, init=False)

    def run(self, election: str | None, *, from_start: bool) -> None:
        """Print for ever."""
        for item in follow(self.connection, HEADLINES.name, election, from_start=from_start):
            if item is Contact.LOST:
                self.notes.print("The server is away. Waiting for it; Ctrl-C ends this.")
            elif item is Contact.BACK:
                self.notes.print("The server is back.")
            else:
                self._print(item)

    def _print(self, published: Published) -> None:
        headline = read_headline(published, self.notes)
        if headline is None or headline.data.priority > self.priority:
            return
        if self.as_json:
            write_lines([published.event])
        else:
            party = self._party(published.election, headline.data)
            self.console.print(*headline_lines(headline.data, party), sep="\n")

    def _party(self, election: str, headline: Headline) -> Party | None:
        """Return the party that a headline is about; None where it is about none, or that cannot be told now."""
        if headline.ballot_id is None:
            return None
        try:
            register = self._registers.get(election) or read_register(self.connection, election)
            stored = read_result(self.connection, election, headline.ballot_id)
            result = ResultEvent.model_validate_json(stored) if stored else None
        except (UnreadableError, ValidationError, ServerLost, ServerSilent, *ELSEWHERE):
            # Changed by somebody, which is for `verify` to find, or away: the headline is told, without its colour.
            return None
        if register is None:
            return None
        self._registers[election] = register
        # A result that has been replaced has nothing to do with the headline.
        return winner(result, register) if result is not None and result.id == headline.result_id else None
