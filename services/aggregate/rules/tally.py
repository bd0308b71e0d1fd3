"""How regions stand: each result adds its contribution, and takes it away again when it is superseded."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from schemas.register import BaselineName
from schemas.result import Outcome, Result
from schemas.tally import PartyTally, Tally

MEASURES = ("won", "held", "gained", "lost", "votes")
"""What is counted for each party."""


def contribution(result: Result, baseline: BaselineName) -> Counter[tuple[str, str]]:
    """Return what one result adds to a tally: (main party, measure) -> count.

    A seat whose baseline is unknown counts as won, and as nothing else.
    """
    adds: Counter[tuple[str, str]] = Counter()
    for candidate in result.candidates:
        party = result.parties[candidate.party].counts_as
        adds[party, "votes"] += candidate.votes
        adds[party, "won"] += candidate.elected
    found: Outcome | None = getattr(result.outcomes, baseline)
    if found is not None and found.change == "hold":
        adds[found.party, "held"] += 1
    if found is not None and found.change == "gain" and found.previous_party is not None:
        adds[found.party, "gained"] += 1
        adds[found.previous_party, "lost"] += 1
    return adds


@dataclass(slots=True)
class RegionCount:
    """A region's tally in the making."""

    slug: str
    name: str
    expected: int
    contests: list[str] = field(default_factory=list)
    counts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def replace(self, old: Result | None, new: Result, baseline: BaselineName) -> None:
        """Count ``new`` in place of ``old``."""
        if old is not None:
            for key, count in contribution(old, baseline).items():
                self.counts[key] -= count
        for key, count in contribution(new, baseline).items():
            self.counts[key] += count
        at = bisect_left(self.contests, new.ballot_id)
        if at == len(self.contests) or self.contests[at] != new.ballot_id:
            insort(self.contests, new.ballot_id)

    def tally(self, baseline: BaselineName) -> Tally:
        """Return the standing as it is published."""
        parties = sorted({party for (party, _), count in self.counts.items() if count})
        return Tally(
            region=self.slug,
            name=self.name,
            baseline=baseline,
            declared=len(self.contests),
            expected=self.expected,
            contests=tuple(self.contests),
            parties={party: self._party(party) for party in parties},
        )

    def _party(self, party: str) -> PartyTally:
        count = {measure: self.counts[party, measure] for measure in MEASURES}
        return PartyTally(**count, net=count["gained"] - count["lost"])
