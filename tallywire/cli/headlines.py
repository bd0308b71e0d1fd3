"""Headlines, as they are published."""

from time import sleep
from typing import Final

from pydantic import ValidationError
from redis.exceptions import ConnectionError as ServerLost
from redis.exceptions import TimeoutError as ServerSilent
from rich.console import Console

from schemas.events import HeadlineEvent, ResultEvent
from schemas.headline import Headline
from schemas.register import Party, Register
from schemas.streams import HEADLINES
from streams.fold import START
from streams.keys import CATALOGUE
from streams.servers import ELSEWHERE
from tallywire.cli.screen import headline_lines, write_lines
from tallywire.client.connection import Desk
from tallywire.client.follow import BLOCK_S_MAX, Follower, Published

RETRY_S: Final = 1.0
"""Between two attempts to reach a server that went away."""


def winner(result: ResultEvent, register: Register) -> Party | None:
    """Return the main party of the first elected; None when nobody is, or the register does not know the party."""
    elected = next((candidate for candidate in result.data.candidates if candidate.elected), None)
    return register.parties.get(result.data.parties[elected.party].counts_as) if elected else None


def read_headline(published: Published, notes: Console) -> HeadlineEvent | None:
    """Return the headline; None, with a note, for an entry that is none as this version knows it."""
    try:
        return HeadlineEvent.model_validate_json(published.event)
    except ValidationError:
        notes.print(f"Passed over {published.id} on {published.election}: not a headline that this version can read.")
        return None


QUIETEST: Final = 5
"""The lowest priority a headline can have."""


class Watch:
    """Follows the headlines of one election, or of all."""

    def __init__(self, desk: Desk, election: str | None, *, from_start: bool, priority: int = QUIETEST) -> None:
        self._desk = desk
        self._priority = priority
        self._follower = Follower(desk.servers)
        self._registers: dict[str, Register | None] = {}
        loaded = desk.elections()
        self.waiting_for = election if election not in loaded else None
        for known in [election] if election else loaded:
            self._follow(known, START if from_start else desk.last_id(known, HEADLINES.name))
        if election is None:
            self._follower.add_key(CATALOGUE, "", "", START)

    def run(self, console: Console, notes: Console, *, as_json: bool) -> None:
        """Print headlines for ever; a server that goes away is waited for, and nothing is missed or said twice."""
        away = False
        while True:
            try:
                published = self._follower.read(BLOCK_S_MAX)
                if away:
                    away = False
                    notes.print("The server is back.")
                for entry in published:
                    self._show(entry, console, notes, as_json=as_json)
            except (ServerLost, ServerSilent, *ELSEWHERE):
                if not away:
                    away = True
                    notes.print("The server is away. Waiting for it; Ctrl-C ends this.")
                sleep(RETRY_S)

    def _follow(self, election: str, after: str) -> None:
        if election not in self._registers:
            self._registers[election] = None
            self._follower.add(election, HEADLINES.name, after)

    def _show(self, entry: Published, console: Console, notes: Console, *, as_json: bool) -> None:
        if not entry.election:
            # Loaded while we watch: whatever it says is news.
            for election in self._desk.elections():
                self._follow(election, START)
            return
        headline = read_headline(entry, notes)
        if headline is None or headline.data.priority > self._priority:
            return
        if as_json:
            write_lines([entry.event])
        else:
            console.print(*headline_lines(headline.data, self._party(entry.election, headline.data)), sep="\n")

    def _party(self, election: str, headline: Headline) -> Party | None:
        """Return the party that a headline is about; None where it is about none, or its result has been replaced."""
        if headline.ballot_id is None:
            return None
        try:
            register = self._registers[election] or self._desk.register(election)
            self._registers[election] = register
            stored = self._desk.standing_result(election, headline.ballot_id)
            result = ResultEvent.model_validate_json(stored) if stored else None
        except ValidationError:
            # Somebody changed what is kept. That is for `verify` to find; the headline is told, without its colour.
            return None
        if register is None or result is None or result.id != headline.result_id:
            return None
        return winner(result, register)
