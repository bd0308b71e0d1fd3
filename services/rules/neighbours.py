"""What one declaration is compared with: the figures of the contests around it. Pure.

Source of the rules: docs/rules.md, "Figures that are odd".
Around a contest are those of the same office and voting system that were declared, by-elections apart from others: in
one of its regions, or in the whole country. A region's lists have the votes of many constituencies, and are compared
with those of regions. What is known of them is kept in order, so that the middle one of thousands is found as fast as
that of ten. All figures are whole numbers, parts of a million where they are parts, rounded down: so that what is far
is the same wherever it is worked out.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.register import INDEPENDENT, SPEAKER, Contest, RegisterHead
from schemas.wire import NATIONAL
from services.rules.by_elections import is_by_election

MILLION: Final = 1_000_000

VOTES: Final = "votes"
"""Votes, for one seat where several are up."""
TURNOUT: Final = "turnout"
"""The same by electorate, in millionths."""
CHANGE: Final = "change"
"""Votes by last time's votes, in millionths."""
SHARE: Final = "share "
"""Before a party's id: how its share changed since last time, in millionths."""
SWING: Final = "swing "
"""Before the id of the party that gained most: by how much more than the one that lost most, in millionths. The swing
is half of that."""

_NO_PARTIES: Final = (INDEPENDENT, SPEAKER)
"""Whose votes last time were perhaps another person's."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of one contest that can be compared with those of others."""

    office: str
    """What is elected."""
    voting_system: str
    """How."""
    by_election: bool
    """Whether it is a by-election: those are compared with each other."""
    regions: tuple[str, ...]
    """Where the contest is, the national grouping left out."""
    figures: Mapping[str, int]
    """By name: ``VOTES``, ``TURNOUT``, ``CHANGE``, ``SHARE`` and ``SWING`` with a party; those that are known."""

    @property
    def like(self) -> "_Like":
        """What contests have in common that are compared."""
        return self.office, self.voting_system, self.by_election

    def changes(self) -> dict[str, int]:
        """Return how the share of each party changed."""
        return {name.removeprefix(SHARE): value for name, value in self.figures.items() if name.startswith(SHARE)}


@dataclass(frozen=True, slots=True)
class Around:
    """A figure of the contests around one."""

    number: int
    """How many contests there are."""
    middle: int
    spread: int
    """From the lower to the upper quartile."""
    region: str
    """The grouping that they are in."""


def measure(
    register: RegisterHead, ballot_id: str, contest: Contest, votes: Mapping[str, int] | None
) -> Measures | None:
    """Return what can be compared of a contest's votes; None where some candidate's votes are not known.

    Args:
        register: says which party each candidate counts for.
        ballot_id: the contest's id.
        contest: the contest.
        votes: votes by candidate, under the supplementary vote first preferences.
    """
    if not votes or votes.keys() != contest.candidates.keys():
        return None
    valid = sum(votes.values())
    if not valid:
        return None
    places = min(contest.votes_per_paper, len(contest.candidates))
    figures: dict[str, int] = {VOTES: valid // places}
    if contest.electorate:
        figures[TURNOUT] = MILLION * valid // (places * contest.electorate)
    last = sum(contest.previous_votes.values()) if contest.previous_votes and contest.votes_per_paper == 1 else 0
    if last:
        figures[CHANGE] = MILLION * valid // last
        if contest.voting_system != "single-transferable-vote":  # which has no swing
            figures |= _shares(register, contest, votes, valid, last)
    regions = tuple(slug for slug in dict.fromkeys(contest.regions) if slug != NATIONAL)
    return Measures(contest.office, contest.voting_system, is_by_election(ballot_id), regions, figures)


def _shares(
    register: RegisterHead, contest: Contest, votes: Mapping[str, int], valid: int, last: int
) -> Iterator[tuple[str, int]]:
    """Yield how the share of each party changed that has one candidate now and stood last time; and the swing."""
    before = register.by_main_party(contest.previous_votes or {})
    main = {candidate: register.main_party(contest.candidates[candidate].party) for candidate in votes}
    standing = Counter(main.values())
    changes = {
        party: MILLION * votes[candidate] // valid - MILLION * before[party] // last
        for candidate, party in main.items()
        if party in before and standing[party] == 1 and party not in _NO_PARTIES
    }
    yield from ((SHARE + party, change) for party, change in changes.items())
    if len(changes) > 1:
        most = max(changes, key=lambda party: (changes[party], party))
        yield SWING + most, changes[most] - min(changes.values())


_Like = tuple[str, str, bool]
"""An office, its voting system, and whether by-elections for it."""

_Place = tuple[_Like, str, str]
"""Contests that are compared, a region and the name of a figure."""


@dataclass(slots=True)
class Neighbours:
    """The figures of all contests that were declared, in order."""

    _measures: dict[str, Measures] = field(default_factory=dict)
    """By ballot id."""
    _ordered: dict[_Place, list[int]] = field(default_factory=dict)

    def put(self, ballot_id: str, measures: Measures | None) -> None:
        """Take what is known of a contest now, in place of what was; None where nothing stands that can be compared."""
        earlier = self._measures.pop(ballot_id, None)
        if earlier is not None:
            for place, value in _places(earlier):
                ordered = self._ordered[place]
                del ordered[bisect_left(ordered, value)]
                if not ordered:
                    del self._ordered[place]
        if measures is not None:
            self._measures[ballot_id] = measures
            for place, value in _places(measures):
                insort(self._ordered.setdefault(place, []), value)

    def local(self, ballot_id: str, measures: Measures, name: str, number_min: int) -> Around | None:
        """Return a figure of the contests in a region of this one's: the smallest with enough of them, if any."""
        found = [self._around(ballot_id, measures, region, name) for region in measures.regions]
        enough = [around for around in found if around is not None and around.number >= number_min]
        return min(enough, key=lambda around: (around.number, around.region), default=None)

    def national(self, ballot_id: str, measures: Measures, name: str, number_min: int) -> Around | None:
        """Return a figure of all contests for the office; None where they are too few."""
        found = self._around(ballot_id, measures, NATIONAL, name)
        return found if found is not None and found.number >= number_min else None

    def extremes(self, ballot_id: str, measures: Measures, name: str) -> tuple[int, int, int]:
        """Return how many contests for the office have a figure, the smallest of theirs and the largest; 0 of none."""
        values = self._others(ballot_id, measures, NATIONAL, name)
        number = len(values)
        return (number, values[0], values[number - 1]) if number else (0, 0, 0)

    def _around(self, ballot_id: str, measures: Measures, region: str, name: str) -> Around | None:
        values = self._others(ballot_id, measures, region, name)
        number = len(values)
        if not number:
            return None
        return Around(number, values[number // 2], values[3 * number // 4] - values[number // 4], region)

    def _others(self, ballot_id: str, measures: Measures, region: str, name: str) -> "_Others":
        """Return a figure of the contests like one, without its own, in order."""
        place = (measures.like, region, name)
        ordered, own = self._ordered.get(place, []), self._measures.get(ballot_id)
        value = None
        if own is not None and own.like == measures.like and region in (*own.regions, NATIONAL):
            value = own.figures.get(name)
        return _Others(ordered, len(ordered) if value is None else bisect_left(ordered, value))


@dataclass(frozen=True, slots=True)
class _Others:
    """Numbers in order, all but one of them."""

    ordered: list[int]
    skipped: int

    def __len__(self) -> int:
        return len(self.ordered) - (self.skipped < len(self.ordered))

    def __getitem__(self, place: int) -> int:
        return self.ordered[place + (place >= self.skipped)]


def _places(measures: Measures) -> Iterator[tuple[_Place, int]]:
    like = measures.like
    for region in (*measures.regions, NATIONAL):
        for name, value in measures.figures.items():
            yield (like, region, name), value
