"""The single transferable vote counted from ballots: by the rules of Scotland, and by those of Northern Ireland.

Scotland: the Scottish Local Government Elections Order, rules 45 to 52. Northern Ireland: the Local Elections (Northern
Ireland) Order 1985, rules 47 to 52. The two have nothing in common here but the quota.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from math import floor

Ballots = Mapping[tuple[str, ...], int]
"""How many papers have the same preferences, first to last."""

Votes = dict[str, Fraction]

Draw = Callable[[Sequence[str]], str]
"""Return whom the lot chooses of some whose votes were equal at every stage."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What was done at a stage after the first, and how everything stood then."""

    action: str
    of: list[str]
    totals: Votes
    """Votes of everybody; of the excluded 0."""
    elected: list[str]
    lot: list[str]


@dataclass(slots=True)
class Count:
    """A count in the making, and then the whole of it."""

    ballots: Ballots
    seats: int
    first: Votes
    quota: int
    stages: list[Stage] = field(default_factory=list)
    elected_first: list[str] = field(default_factory=list)
    """Who was elected on first preferences."""
    elected: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    last_by_lot: bool = False
    """Whether a lot chose the last excluded, whose votes stayed where they were: no stage tells of it."""
    ended_early: bool = False
    """Whether it ended with a surplus that comes first."""

    @property
    def history(self) -> list[Votes]:
        """Everybody's votes at the end of each stage, the first included."""
        return [self.first, *(stage.totals for stage in self.stages)]

    @property
    def votes(self) -> Votes:
        """Everybody's votes now."""
        return self.history[-1]

    @property
    def vacancies(self) -> int:
        """Seats that nobody has yet."""
        return self.seats - len(self.elected)

    @property
    def continuing(self) -> list[str]:
        """Who is neither elected nor excluded."""
        return [one for one in self.first if one not in self.elected and one not in self.excluded]

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return some of them, most votes first."""
        return sorted(names, key=lambda one: (-self.votes[one], one))

    def non_transferable(self, place: int) -> Fraction:
        """Return the votes that were lost by the end of a stage; 0 is that of first preferences."""
        return sum(self.ballots.values()) - sum(self.history[place].values(), Fraction(0))

    def fill(self) -> list[str]:
        """Elect who has the quota, then everybody when no more are left than seats; return them."""
        found = self.in_order(one for one in self.continuing if self.votes[one] >= self.quota)
        self.elected += found
        if len(self.continuing) <= self.vacancies:
            rest = self.in_order(self.continuing)
            self.elected += rest
            found += rest
        return found


def _begun(candidates: Iterable[str], ballots: Ballots, seats: int) -> Count:
    first = dict.fromkeys(candidates, Fraction(0))
    for preferences, papers in ballots.items():
        first[preferences[0]] += papers
    return Count(ballots, seats, first, sum(ballots.values()) // (seats + 1) + 1)


def _next(preferences: Sequence[str], after: str, continuing: Iterable[str]) -> str | None:
    """Return who is preferred next of those who continue."""
    standing = set(continuing)
    return next((one for one in preferences[preferences.index(after) + 1 :] if one in standing), None)


def _cut(number: Fraction, decimals: int) -> Fraction:
    return Fraction(floor(number * 10**decimals), 10**decimals)


def _apart(tied: Sequence[str], stages: Iterable[Votes], pick: Callable[[Iterable[Fraction]], Fraction]) -> list[str]:
    """Return who is left of some with equal votes when one stage after the other is asked who had most, or least."""
    left = sorted(tied)
    for votes in stages:
        best = pick([votes[one] for one in left])
        left = [one for one in left if votes[one] == best]
    return left


# --- Scotland -------------------------------------------------------------------------------------------------


def scotland(candidates: Iterable[str], ballots: Ballots, seats: int, draw: Draw) -> Count:
    """Count by the weighted inclusive Gregory method: all papers of a candidate move, five decimals, the rest cut."""
    count = _begun(candidates, ballots, seats)
    papers: dict[str, list[tuple[tuple[str, ...], int, Fraction]]] = defaultdict(list)
    for preferences, number in ballots.items():
        papers[preferences[0]].append((preferences, number, Fraction(1)))
    count.elected_first = count.fill()
    while count.vacancies and count.continuing:
        surpluses = {one: count.votes[one] - count.quota for one in count.elected if count.votes[one] > count.quota}
        by_stage = list(reversed(count.history))  # the most recent stage first
        if surpluses:
            most = max(surpluses.values())
            left = _apart([one for one in surpluses if surpluses[one] == most], by_stage, max)
        else:
            least = min(count.votes[one] for one in count.continuing)
            left = _apart([one for one in count.continuing if count.votes[one] == least], by_stage, min)
        one = left[0] if len(left) == 1 else draw(left)
        before, votes = count.votes[one], dict(count.votes)
        if not surpluses:
            count.excluded.append(one)
        for preferences, number, came_at in papers.pop(one, []):
            to = _next(preferences, one, count.continuing)
            value = _cut((before - count.quota) * came_at / before, 5) if surpluses else came_at
            if to is not None:
                papers[to].append((preferences, number, value))
                votes[to] += number * value
        votes[one] = Fraction(count.quota if surpluses else 0)
        lot = [one] if len(left) > 1 else []
        stage = Stage("surplus" if surpluses else "exclusion", [one], votes, [], lot)
        count.stages.append(stage)
        stage.elected.extend(count.fill())
    return count


# --- Northern Ireland -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Papers that a candidate received together."""

    papers: list[tuple[tuple[str, ...], int]]
    value: Fraction
    first: bool

    def __len__(self) -> int:
        return sum(number for _, number in self.papers)


@dataclass(frozen=True, slots=True)
class Officer:
    """What the law leaves to the officer, or practice does."""

    defers_surpluses: bool = True
    """Leaves surpluses where they are while they could not change who is lowest (rule 49(10))."""
    excludes_together: bool = True
    """Excludes several at once where nothing could save them (rule 51(12))."""
    leaves_surpluses: bool = False
    """Excludes the lowest, or ends the count, before a surplus that comes first (against rule 49(9))."""
    transfers_last: bool = False
    """Transfers the votes of the last excluded, too, when as many are left as seats."""


def northern_ireland(
    candidates: Iterable[str],
    ballots: Ballots,
    seats: int,
    draw: Draw,
    officer: Officer = Officer(),  # frozen
) -> Count:
    """Count by parcels: of a later surplus only the papers received last move, two decimals, the rest cut."""
    count = _begun(candidates, ballots, seats)
    parcels: dict[str, list[_Parcel]] = {}
    for one in count.first:
        own = [(preferences, number) for preferences, number in ballots.items() if preferences[0] == one]
        parcels[one] = [_Parcel(own, Fraction(1), first=True)] if own else []
    if seats > 1:  # rule 48(3)
        count.elected_first = _filled(count)
    while count.vacancies and count.continuing:
        surpluses = {one: count.votes[one] - count.quota for one in count.elected if count.votes[one] > count.quota}
        lowest = sorted(count.continuing, key=lambda one: (count.votes[one], one))
        together = _lost_together(count, lowest, sum(surpluses.values(), Fraction(0)))
        equal = len(lowest) > 1 and count.votes[lowest[0]] == count.votes[lowest[1]]
        put_off = (bool(together) and officer.defers_surpluses) or (officer.leaves_surpluses and not equal)
        if surpluses and not put_off:
            most = max(surpluses.values())
            left = _apart([one for one in surpluses if surpluses[one] == most], count.history, max)
            one = left[0] if len(left) == 1 else draw(left)
            of, lot, votes = [one], [one] if len(left) > 1 else [], _surplus(count, parcels, one)
            action = "surplus"
        else:
            left = _apart([one for one in lowest if count.votes[one] == count.votes[lowest[0]]], count.history, min)
            if together > 1 and officer.excludes_together:
                of, lot = sorted(lowest[:together]), []
            else:
                one = left[0] if len(left) == 1 else draw(left)
                of, lot = [one], [one] if len(left) > 1 else []
            count.excluded += of
            if (
                len(count.continuing) == count.vacancies
                and not officer.transfers_last
                and bool(count.stages or seats > 1)
            ):
                count.last_by_lot = bool(lot)
                count.ended_early = bool(surpluses) and not together
                rest = _filled(count)  # rule 52(3): no further transfer
                (count.stages[-1].elected if count.stages else count.elected_first).extend(rest)
                break
            votes = _exclusion(count, parcels, of)
            action = "exclusion"
        stage = Stage(action, of, votes, [], lot)
        count.stages.append(stage)
        stage.elected.extend(_filled(count))
    return count


def _filled(count: Count) -> list[str]:
    """Elect at the end of a stage: rules 48 and 52."""
    found = count.fill()
    if count.vacancies == 1 and count.continuing:
        leader, *others = count.in_order(count.continuing)
        untransferred = sum((max(count.votes[one] - count.quota, Fraction(0)) for one in count.elected), Fraction(0))
        equal = any(count.votes[one] == count.votes[leader] for one in others)  # rule 51(13) decides
        if not equal and count.votes[leader] >= sum((count.votes[one] for one in others), untransferred):
            count.elected.append(leader)
            found.append(leader)
    return found


def _lost_together(count: Count, lowest: Sequence[str], surpluses: Fraction) -> int:
    """Return how many of the lowest have, with all surpluses, less than the next: the most of them; 0 where none."""
    most = 0
    for number, sum_of_lowest in enumerate(accumulate(count.votes[one] for one in lowest), start=1):
        left = len(lowest) - number
        if left >= max(count.vacancies, 1) and sum_of_lowest + surpluses < count.votes[lowest[number]]:
            most = number
    return most


def _surplus(count: Count, parcels: dict[str, list[_Parcel]], one: str) -> Votes:
    """Transfer a surplus: rule 49."""
    votes, last = dict(count.votes), parcels[one][-1]
    surplus = votes[one] - count.quota
    to: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
    for preferences, number in last.papers:
        receiver = _next(preferences, one, count.continuing)
        if receiver is not None:
            to[receiver].append((preferences, number))
    transferable = sum(number for papers in to.values() for _, number in papers)
    for receiver, papers in to.items():
        value = min(_cut(surplus / transferable, 2), last.value)
        parcel = _Parcel(papers, value, first=False)
        parcels[receiver].append(parcel)
        votes[receiver] += value * len(parcel)
    parcels[one] = []
    votes[one] = Fraction(count.quota)
    return votes


def _exclusion(count: Count, parcels: dict[str, list[_Parcel]], of: Sequence[str]) -> Votes:
    """Transfer the papers of the excluded, parcel by parcel: who has the quota by then gets no more (rule 51)."""
    votes = dict(count.votes) | dict.fromkeys(of, Fraction(0))
    ranks = sorted({(not parcel.first, -parcel.value) for one in of for parcel in parcels[one]})
    reached: set[str] = set()
    for rank in ranks:
        continuing = [one for one in count.continuing if one not in reached]
        if len(reached) >= count.vacancies:
            break  # Rule 51(5): only while a vacancy remains.
        to: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for one in of:
            for parcel in parcels[one]:
                if (not parcel.first, -parcel.value) == rank:
                    for preferences, number in parcel.papers:
                        receiver = _next(preferences, one, continuing)
                        if receiver is not None:
                            to[receiver].append((preferences, number))
        for receiver, papers in to.items():
            parcel = _Parcel(papers, -rank[1], first=False)
            parcels[receiver].append(parcel)
            votes[receiver] += parcel.value * len(parcel)
        reached = {one for one in count.continuing if votes[one] >= count.quota}
    for one in of:
        parcels[one] = []
    return votes
