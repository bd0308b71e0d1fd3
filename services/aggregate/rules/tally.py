"""How regions stand: each result adds its contribution, and takes it away again when it is superseded."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.register import BaselineName, Contest
from schemas.result import Outcome, Progress, Result
from schemas.tally import PartyTally, Tally
from schemas.wire import moment
from services.aggregate.rules.life import BEFORE, LIFE, Life

MEASURES = ("won", "held", "gained", "lost", "votes")
"""What is counted for each party."""


Contribution = Mapping[tuple[str, str], int]
"""What a result adds to a tally: a count by main party and measure."""


def contribution(result: Result) -> Contribution:
    """Return what one result adds to a tally.

    A seat whose baseline is unknown counts as won, and as nothing else.
    """
    adds: defaultdict[tuple[str, str], int] = defaultdict(int)
    if not result.counts:
        return adds
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
    return adds


def life_of(result: Result | None) -> Life:
    """Return what the message that stands does; nothing was declared when there is no result."""
    return BEFORE if result is None else LIFE[result.kind]


@dataclass(slots=True)
class RegionCount:
    """A region's tally in the making."""

    slug: str
    name: str
    members: dict[str, Contest] = field(default_factory=dict)
    """Every contest of the region, by ballot id."""
    contests: list[str] = field(default_factory=list)
    """Ballot ids counted, sorted."""
    postponed: list[str] = field(default_factory=list)
    """Ballot ids that will have no result now, sorted."""
    counts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def replace(self, ballot_id: str, old: Contribution, new: Contribution, was: Life, now: Life) -> None:
        """Count a contest's new result in place of its old one."""
        for key, count in old.items():
            self.counts[key] -= count
        for key, count in new.items():
            self.counts[key] += count
        _move(self.contests, ballot_id, was.counts, now.counts)
        _move(self.postponed, ballot_id, not was.expected, not now.expected)

    def progress(self, was: Life, now: Life) -> Progress:
        """Return how far the region is once a contest has gone from one state to another."""
        return Progress(
            region=self.slug,
            name=self.name,
            declared=len(self.contests) + now.counts - was.counts,
            expected=len(self.members) - len(self.postponed) + now.expected - was.expected,
        )

    def tally(self, baseline: BaselineName) -> Tally:
        """Return the standing as it is published."""
        parties = sorted({party for (party, _), count in self.counts.items() if count})
        decided = {*self.contests, *self.postponed}
        awaited = [member.expected_at for ballot_id, member in self.members.items() if ballot_id not in decided]
        return Tally(
            region=self.slug,
            name=self.name,
            baseline=baseline,
            declared=len(self.contests),
            expected=len(self.members) - len(self.postponed),
            seats_declared=sum(self.members[ballot_id].seats for ballot_id in self.contests),
            seats_expected=sum(member.seats for member in self.members.values())
            - sum(self.members[ballot_id].seats for ballot_id in self.postponed),
            postponed=tuple(self.postponed),
            next_expected=min((at for at in awaited if at is not None), key=moment, default=None),
            contests=tuple(self.contests),
            parties={party: self._party(party) for party in parties},
        )

    def _party(self, party: str) -> PartyTally:
        count = {measure: self.counts[party, measure] for measure in MEASURES}
        return PartyTally(**count, net=count["gained"] - count["lost"])


def _move(ballots: list[str], ballot_id: str, was: bool, now: bool) -> None:  # noqa: FBT001  # before and after
    if now and not was:
        insort(ballots, ballot_id)
    elif was and not now:
        del ballots[bisect_left(ballots, ballot_id)]
