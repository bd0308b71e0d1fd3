"""How regions stand: each result adds its contribution, and takes it away again when it is superseded."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from schemas.register import BaselineName, Contest
from schemas.result import Outcome, Progress, Result
from schemas.tally import PartyTally, Tally
from schemas.wire import moment
from services.aggregate.rules.life import BEFORE, Life, life_of

MEASURES = ("won", "held", "gained", "lost", "votes")
"""What is counted for each party."""


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Due = tuple[timedelta, int, str]
"""When a contest is expected: since the epoch, for moments of several time zones are slow to compare; how many of the
region were read before it, so that equal moments have an order; and the same moment as the register writes it."""

PlaceT = TypeVar("PlaceT", str, Due)


class Counted:
    """What the message that stands does to the tallies of its contest's regions."""

    def __init__(self, life: Life, adds: Mapping[tuple[str, str], int]) -> None:
        self.life: Final = life
        self.adds: Final = adds
        """Counts by main party and measure."""


UNDECLARED: Final = Counted(BEFORE, {})
"""A contest about which nothing was declared yet."""


def counted(result: Result) -> Counted:
    """Return what one result does.

    A seat whose baseline is unknown counts as won, and as nothing else.
    """
    life = life_of(result)
    adds: defaultdict[tuple[str, str], int] = defaultdict(int)
    if not life.counts:
        return Counted(life, adds)
    for candidate in result.candidates:
        party = result.parties[candidate.party].counts_as
        adds[party, "votes"] += candidate.votes or 0
    for party in result.parties_elected:
        adds[party, "won"] += 1
    found: Outcome | None = getattr(result.outcomes, result.headline_baseline)
    if found is not None:
        for measure, seats in (("held", found.held), ("gained", found.gained), ("lost", found.lost)):
            for party, number in seats.items():
                adds[party, measure] += number
    return Counted(life, adds)


@dataclass(slots=True)
class RegionCount:
    """A region's tally in the making. What a tally says is kept as it changes: a region may have 10,000 contests."""

    slug: str
    name: str
    counts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    contests: list[str] = field(default_factory=list)
    """Ballot ids counted, sorted."""
    postponed: list[str] = field(default_factory=list)
    """Ballot ids that will have no result now, sorted."""
    expected: int = 0
    """Contests that are to have a result."""
    seats_declared: int = 0
    seats_expected: int = 0
    _due: dict[str, Due] = field(default_factory=dict)
    """When each contest is expected, by ballot id, where the register says so."""
    _awaited: list[Due] = field(default_factory=list)
    """The same of those that are still to come, sorted."""

    def expect(self, ballot_id: str, contest: Contest) -> None:
        """Take in a contest of the region."""
        self.expected += 1
        self.seats_expected += contest.seats
        if contest.expected_at is not None:
            after = moment(contest.expected_at) - EPOCH
            due = self._due[ballot_id] = (after, len(self._due), contest.expected_at)
            insort(self._awaited, due)

    def replace(self, ballot_id: str, seats: int, old: Counted, new: Counted) -> None:
        """Count a contest's new result in place of its old one."""
        for key, count in old.adds.items():
            self.counts[key] -= count
        for key, count in new.adds.items():
            self.counts[key] += count
        was, now = old.life, new.life
        _move(self.contests, ballot_id, was.counts, now.counts)
        _move(self.postponed, ballot_id, not was.expected, not now.expected)
        self.expected += now.expected - was.expected
        self.seats_declared += seats * (now.counts - was.counts)
        self.seats_expected += seats * (now.expected - was.expected)
        if ballot_id in self._due:
            _move(self._awaited, self._due[ballot_id], was.awaited, now.awaited)

    def progress(self, was: Life, now: Life) -> Progress:
        """Return how far the region is once a contest has gone from one state to another."""
        return Progress(
            region=self.slug,
            name=self.name,
            declared=len(self.contests) + now.counts - was.counts,
            expected=self.expected + now.expected - was.expected,
        )

    def tally(self, baseline: BaselineName) -> Tally:
        """Return the standing as it is published."""
        parties = sorted({party for (party, _), count in self.counts.items() if count})
        tally = Tally(
            region=self.slug,
            name=self.name,
            baseline=baseline,
            declared=len(self.contests),
            expected=self.expected,
            seats_declared=self.seats_declared,
            seats_expected=self.seats_expected,
            postponed=tuple(self.postponed),
            next_expected=self._awaited[0][-1] if self._awaited else None,
            contests=(),
            parties={party: self._party(party) for party in parties},
        )
        # Ids of the register, checked when it was read: checking ten thousand of them takes a millisecond.
        return tally.model_copy(update={"contests": tuple(self.contests)})

    def _party(self, party: str) -> PartyTally:
        count = {measure: self.counts[party, measure] for measure in MEASURES}
        return PartyTally(**count, net=count["gained"] - count["lost"])


def _move(places: list[PlaceT], place: PlaceT, was: bool, now: bool) -> None:  # noqa: FBT001  # before and after
    if now and not was:
        insort(places, place)
    elif was and not now:
        del places[bisect_left(places, place)]
