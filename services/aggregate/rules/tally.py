"""How regions stand: each result makes a contribution, which is taken away again when the result is superseded."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.register import BaselineName, Contest
from schemas.result import Outcome, Progress, Result
from schemas.tally import PartyTally, Tally
from schemas.wire import moment
from services.aggregate.rules.life import BEFORE, Life, life_of

MEASURES: Final = ("won", "held", "gained", "lost", "votes", "won_on_lists", "list_votes")
"""What is counted for each party."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Due = tuple[timedelta, str, str]
"""When a contest is expected: since the epoch, for moments of several time zones are slow to compare; its ballot id, so
that equal moments have an order; and the same moment as the register writes it."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a contest's result adds to the tallies of its regions."""

    life: Life
    """Whether it counts, and whether the contest is expected."""
    figures: Mapping[tuple[str, str], int]
    """Counts by main party and measure; none is 0."""
    under_review: bool = False
    """Whether the result is under review."""
    filled: int | None = None
    """Seats filled so far by a count that goes on; None where all are."""

    def seats(self, of_contest: int) -> int:
        """Return the seats that count, of as many as the contest has."""
        if not self.life.counts:
            return 0
        return of_contest if self.filled is None else self.filled

    def equals(self, other: "Contribution") -> bool:
        """Whether both add the same: which kind of message it is shows in no tally."""
        return (self.life.counts, self.life.declared, self.life.expected, self.figures, self.under_review) == (
            other.life.counts,
            other.life.declared,
            other.life.expected,
            other.figures,
            other.under_review,
        )


UNDECLARED: Final = Contribution(BEFORE, {})
"""That of a contest about which nothing was declared yet."""


def contribution(result: Result) -> Contribution:
    """Return what a result adds to tallies.

    A seat whose baseline is unknown counts as won, and as nothing else. An answer of a referendum has votes, no seat.
    """
    life = life_of(result)
    figures: defaultdict[tuple[str, str], int] = defaultdict(int)
    if not life.counts:
        return Contribution(life, figures, result.under_review)
    # A second paper has other votes than the one for a constituency.
    on_list = result.contest.voting_system == "additional-member"
    votes = "list_votes" if on_list else "votes"
    for candidate in result.candidates:
        if candidate.votes:
            figures[result.parties[candidate.party].counts_as, votes] += candidate.votes
    for party in result.parties_elected if result.question is None else ():
        figures[party, "won"] += 1
        if on_list:
            figures[party, "won_on_lists"] += 1
    found: Outcome | None = getattr(result.outcomes, result.headline_baseline)
    if found is not None:
        for measure, seats in (("held", found.held), ("gained", found.gained), ("lost", found.lost)):
            for party, number in seats.items():
                figures[party, measure] += number
    filled = None if life.complete else len(result.elected)
    return Contribution(life, figures, result.under_review, filled)


def gives_list_seats(contest: Contest) -> bool:
    """Return whether it is a region of the additional member system."""
    return contest.voting_system == "additional-member"


def seats_of(contest: Contest) -> int:
    """Return how many seats a contest fills: none where it is a referendum."""
    return 0 if contest.voting_system == "referendum" else contest.seats


@dataclass(slots=True)
class RegionCount:
    """A region's tally in the making. What a tally says is kept as it changes: a region may have 10,000 contests."""

    slug: str
    name: str
    figures: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """Counts by main party and measure, over the contests that count."""
    declared: int = 0
    """Contests that count."""
    expected: int = 0
    """Contests that are to have a result."""
    postponed: int = 0
    """Contests that will have no result now."""
    under_review: int = 0
    """Contests whose result is under review."""
    seats_declared: int = 0
    seats_expected: int = 0
    lists_declared: int = 0
    """Those of the contests declared that give list seats beside constituencies."""
    lists_expected: int = 0
    """The same of the contests expected."""
    _constituencies: int = 0
    """Constituencies that those depend on."""
    _others: int = 0
    """Contests that give no such list seats: with no contest besides, they are these constituencies."""
    _due: dict[str, Due] = field(default_factory=dict)
    """When each contest is expected, by ballot id, where the register says so."""
    _awaited: list[Due] = field(default_factory=list)
    """The same of those that are still to come, sorted."""

    def expect(self, ballot_id: str, contest: Contest) -> None:
        """Take in a contest of the region."""
        self.expected += 1
        self.seats_expected += seats_of(contest)
        self.lists_expected += gives_list_seats(contest)
        self._others += not gives_list_seats(contest)
        self._constituencies += len(contest.constituencies)
        if contest.expected_at is not None:
            due = self._due[ballot_id] = (moment(contest.expected_at) - EPOCH, ballot_id, contest.expected_at)
            insort(self._awaited, due)

    def replace(
        self, ballot_id: str, seats: int, old: Contribution, new: Contribution, *, on_list: bool = False
    ) -> None:
        """Count what a contest's new result adds in place of what its old one did."""
        for key, count in old.figures.items():
            self.figures[key] -= count
        for key, count in new.figures.items():
            self.figures[key] += count
        was, now = old.life, new.life
        self.declared += now.declared - was.declared
        self.expected += now.expected - was.expected
        self.postponed += was.expected - now.expected
        self.lists_declared += on_list * (now.declared - was.declared)
        self.lists_expected += on_list * (now.expected - was.expected)
        self.under_review += new.under_review - old.under_review
        self.seats_declared += new.seats(seats) - old.seats(seats)
        self.seats_expected += seats * (now.expected - was.expected)
        if ballot_id in self._due:
            self._await(self._due[ballot_id], was=was.awaited, now=now.awaited)

    def progress(self, was: Contribution, now: Contribution, contest: Contest) -> Progress:
        """Return how far the region is once a contest has gone from one state to another."""
        declared, expected = now.life.declared - was.life.declared, now.life.expected - was.life.expected
        lists = {}
        if self._constituencies and self._constituencies == self._others:
            on_list = gives_list_seats(contest)
            lists = {
                "lists_declared": self.lists_declared + on_list * declared,
                "lists_expected": self.lists_expected + on_list * expected,
                "seats_declared": self.seats_declared + contest.seats * (now.life.counts - was.life.counts),
                "seats_expected": self.seats_expected + contest.seats * expected,
            }
        return Progress(
            region=self.slug,
            name=self.name,
            declared=self.declared + declared,
            expected=self.expected + expected,
            under_review=self.under_review + now.under_review - was.under_review,
            **lists,
        )

    def tally(self, baseline: BaselineName, changed: tuple[str, ...]) -> Tally:
        """Return the standing as it is published.

        Args:
            baseline: what held, gained and lost are measured against.
            changed: ballot ids of the contests whose result changed it since it was published last, sorted.
        """
        parties = sorted({party for (party, _), count in self.figures.items() if count})
        return Tally(
            region=self.slug,
            name=self.name,
            baseline=baseline,
            declared=self.declared,
            expected=self.expected,
            seats_declared=self.seats_declared,
            seats_expected=self.seats_expected,
            postponed=self.postponed,
            under_review=self.under_review,
            lists_declared=self.lists_declared,
            lists_expected=self.lists_expected,
            next_expected=self._awaited[0][-1] if self._awaited else None,
            changed=changed,
            parties={party: self._party(party) for party in parties},
        )

    def _party(self, party: str) -> PartyTally:
        count = {measure: self.figures[party, measure] for measure in MEASURES}
        return PartyTally(**count, net=count["gained"] - count["lost"])

    def _await(self, due: Due, *, was: bool, now: bool) -> None:
        if now and not was:
            insort(self._awaited, due)
        elif was and not now:
            del self._awaited[bisect_left(self._awaited, due)]
