"""All that waits for somebody at the results desk, as it is at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from pydantic import ValidationError
from redis.exceptions import NoPermissionError

from schemas import tables
from schemas.events import ResultEvent
from schemas.receipt import Reason
from schemas.register import Contest, RegisterHead
from schemas.wire import moment
from services.aggregate.rules.life import life_of
from services.ingest.rules.entry import differences, digests_of, read_entry
from services.ingest.rules.intake import REVISIONS, revision_key
from tallywire.client import progress
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.snapshot import HEAD, Table
from tallywire.client.turned_away import TurnedAway, turned_away
from tallywire.desk.refusals import Refused, refused
from tallywire.desk.stored import Stored, read_with_private
from tallywire.evidence.parked_entries import ParkedEntry, parked_entries

READ_KEPT: Final = 2_000
"""Contests, and results, that are kept as they were read: of 650, one differs from the last time that a desk looked."""

_BOTH: Final = 2
"""People whose figures are compared."""


@dataclass(frozen=True, slots=True)
class HeldDeclaration:
    """A declaration that waits for a second person."""

    hold: int
    """Where the hold is on the ledger: by this number it is decided."""
    ballot_id: str
    contest: str
    """The contest's name."""
    revision: int
    since: str
    """When it was read, by the server's clock."""
    waits_s: int
    """For how long it has waited."""
    under_review: bool
    """Whether the contest is under review until it is decided."""
    person: str | None
    """Who sent it; None where the user may not read what is held, or ingest has lost it."""
    role: str | None
    """What that person may do."""
    reasons: tuple[Reason, ...] | None
    """What is odd about it; None as above."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A contest whose declaration was expected by now."""

    ballot_id: str
    contest: str
    expected_at: str
    late_s: int
    declared: str | None
    """What was declared that is no result that counts: a flash, a recount, a withdrawal; None for nothing."""
    hold: int | None
    """The hold of a declaration of it that waits for a second person."""


@dataclass(frozen=True, slots=True)
class UnderReview:
    """A contest whose published result counts, and may be wrong: a correction that changes the winner is held."""

    ballot_id: str
    contest: str
    hold: int
    since: str


@dataclass(frozen=True, slots=True)
class TypedFigures:
    """Figures that people have typed, and that are not declared yet. No figure is said: both are to be blind."""

    ballot_id: str
    contest: str
    revision: int
    people: tuple[str, ...]
    since: str
    """When the last of them was read."""
    agree: bool | None
    """Whether those of two people are the same; None before there are two."""
    differences: tuple[str, ...]
    """Where they differ, as paths."""


@dataclass(frozen=True, slots=True)
class ElectionDesk:
    """What waits in one election."""

    election: str
    name: str | None
    """Its name; None before the register is read."""
    test: bool
    """Whether it is a rehearsal."""
    signed: bool
    """Whether it asks for signatures; where it does not, nobody knows who has sent what."""
    private: bool
    """Whether what is held could be read; else senders, reasons and typed figures are not known here."""
    held: tuple[HeldDeclaration, ...]
    """The oldest first."""
    refused: tuple[Refused, ...]
    """The latest first."""
    refused_earlier: int
    """Older refusals that were not looked at."""
    turned_away: tuple[TurnedAway, ...] | None
    """Whose signature did not hold over HTTP, the latest first; None where the user may not read it."""
    overdue: tuple[Overdue, ...]
    """The longest first."""
    under_review: tuple[UnderReview, ...]
    entries: tuple[TypedFigures, ...] | None
    """None where the user may not read them."""
    parked: tuple[ParkedEntry, ...]
    """What a service could not work on, through a fault of ours."""


@dataclass(frozen=True, slots=True)
class Misdirected:
    """Messages that were sent to an election that is not loaded."""

    election: str
    """The election that was meant; the whole key where it is not written as an election's is."""
    entries: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits on a server."""

    time: str
    """The server's clock."""
    elections: tuple[ElectionDesk, ...]
    misdirected: tuple[Misdirected, ...] | None
    """None where the user may not look for them."""


def desk(connection: Connection, election: str | None) -> Desk:
    """Return all that waits, in one election or in all.

    Raises:
        NotThereError: the election is not loaded, or none is.
        UnreadableError: what is stored cannot be read.
    """
    found = tuple(_election(connection, name) for name in connection.choose(election))
    now = server_time(connection, found[0].election)
    return Desk(now.isoformat(timespec="seconds").replace("+00:00", "Z"), found, _misdirected(connection))


def server_time(connection: Connection, election: str) -> datetime:
    """Return the clock of the server that has the election: others may be wrong."""
    seconds, microseconds = connection.at(election).time()
    return datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)


@dataclass(frozen=True, slots=True)
class _Moment:
    """An election at one moment."""

    now: datetime
    contests: Mapping[str, Contest]
    results: Mapping[str, ResultEvent]
    stored: Stored

    def name(self, ballot_id: str) -> str:
        contest = self.contests.get(ballot_id)
        return ballot_id if contest is None else contest.name

    def since_s(self, time: str) -> int:
        return int((self.now - moment(time)).total_seconds())

    def held(self) -> Iterator[HeldDeclaration]:
        roles = self.stored.roles()
        for place, hold in sorted(self.stored.holds.items()):
            if hold.end is not None:
                continue
            waiting = (self.stored.held or {}).get(place)
            yield HeldDeclaration(
                hold=place,
                ballot_id=hold.ballot_id,
                contest=self.name(hold.ballot_id),
                revision=hold.revision,
                since=hold.time,
                waits_s=self.since_s(hold.time),
                under_review=hold.under_review,
                person=None if waiting is None else waiting.person,
                role=None if waiting is None else roles.get(waiting.person),
                reasons=None if waiting is None else waiting.reasons,
            )

    def overdue(self) -> Iterator[Overdue]:
        holds = {hold.ballot_id: place for place, hold in self.stored.holds.items() if hold.end is None}
        for ballot_id, contest in self.contests.items():
            result = self.results.get(ballot_id)
            if contest.expected_at is None or (result is not None and not life_of(result.data).awaited):
                continue
            late_s = self.since_s(contest.expected_at)
            if late_s > 0:
                kind = None if result is None else result.data.kind
                yield Overdue(ballot_id, contest.name, contest.expected_at, late_s, kind, holds.get(ballot_id))

    def typed(self, taken: Table) -> Iterator[TypedFigures]:
        for (ballot_id, revision), entries in (self.stored.entries or {}).items():
            if revision_key(ballot_id, revision) in taken:
                continue
            figures = [digests_of(entry).figures for entry in entries]
            agree = None if len(entries) < _BOTH else len(set(figures)) < len(figures)
            yield TypedFigures(
                ballot_id=ballot_id,
                contest=self.name(ballot_id),
                revision=revision,
                people=tuple(entry.person for entry in entries),
                since=max(entry.time for entry in entries),
                agree=agree,
                differences=differences(read_entry(entries[0]), read_entry(entries[1])) if agree is False else (),
            )


@dataclass(frozen=True, slots=True)
class Looked:
    """What the desk sees of an election at one moment: what waits, and what it is about."""

    at: datetime
    """The server's clock."""
    waits: ElectionDesk
    head: RegisterHead | None
    """The register without its contests; None before it is read."""
    contests: Mapping[str, Contest]
    results: Mapping[str, ResultEvent]
    stored: Stored

    @property
    def declared(self) -> int:
        """How many contests have a result that counts, and no stage of a count is to come."""
        return sum(1 for result in self.results.values() if life_of(result.data).declared)

    @property
    def expected(self) -> int:
        """How many contests have a result that counts, or are to have one."""
        lives = (life_of(self.results[each].data) if each in self.results else None for each in self.contests)
        return sum(1 for life in lives if life is None or life.expected)


def _election(connection: Connection, election: str) -> ElectionDesk:
    return look_at(connection, election).waits


def look_at(connection: Connection, election: str) -> Looked:
    """Return what the desk sees of an election.

    Raises:
        UnreadableError: what is stored cannot be read.
    """
    named = (tables.REGISTER.name, tables.CONTESTS.name, tables.RESULTS.name, REVISIONS)
    reading, stored = read_with_private(connection, election, named)
    head, contests, results = _standing(election, reading.tables)
    at = _Moment(server_time(connection, election), contests, results, stored)
    held = tuple(at.held())
    turned_down, earlier = refused(connection, election)
    waits = ElectionDesk(
        election=election,
        name=None if head is None else head.name,
        test=head is not None and head.test,
        signed=head is not None and head.signatures == "required",
        private=stored.held is not None,
        held=held,
        refused=turned_down,
        refused_earlier=earlier,
        turned_away=turned_away(connection, election),
        overdue=tuple(sorted(at.overdue(), key=lambda each: -each.late_s)),
        under_review=tuple(
            UnderReview(each.ballot_id, each.contest, each.hold, each.since) for each in held if each.under_review
        ),
        entries=None if stored.entries is None else tuple(at.typed(reading.tables[REVISIONS])),
        parked=tuple(parked_entries(connection, [election])),
    )
    return Looked(at.now, waits, head, contests, results, stored)


def _standing(
    election: str, stored: Mapping[str, Table]
) -> tuple[RegisterHead | None, dict[str, Contest], dict[str, ResultEvent]]:
    """Return the register, its contests and their results, as public tables have them."""
    head = stored[tables.REGISTER.name].get(HEAD)
    try:
        return (
            None if head is None else _register(head),
            {ballot_id: _contest(value) for ballot_id, value in stored[tables.CONTESTS.name].items()},
            {ballot_id: _result(value) for ballot_id, value in stored[tables.RESULTS.name].items()},
        )
    except ValidationError as error:
        raise UnreadableError(f"The tables of {election} hold something else than they are to hold.") from error


_register = lru_cache(maxsize=16)(tables.REGISTER.read)
_contest = lru_cache(maxsize=READ_KEPT)(tables.CONTESTS.read)
_result = lru_cache(maxsize=READ_KEPT)(tables.RESULTS.read)


def _misdirected(connection: Connection) -> tuple[Misdirected, ...] | None:
    try:
        return tuple(Misdirected(stray.name, stray.entries()) for stray in progress.strays(connection))
    except NoPermissionError:
        return None
