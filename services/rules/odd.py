"""What is odd about a declaration that can be true: the held rows of docs/verdicts.md. Pure.

Source of the rules: docs/rules.md, "Figures that are odd".
The service that holds asks it, and the one that notes on the result what nobody holds.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.declaration import DeclaredFigures
from schemas.register import Contest, HoldLimits, RegisterHead
from services.rules.neighbours import CHANGE, MILLION, SHARE, SWING, TURNOUT, VOTES, Around, Measures, Neighbours
from services.rules.neighbours import measure as measures_of
from services.rules.papers import papers_left_out, rejected_papers
from services.rules.systems.count import TieWithoutLot
from services.rules.verdicts import (
    ELECTED_NOT_MOST_VOTES,
    PAPERS_NOT_COUNTED,
    SWING_BEYOND_LIMIT,
    TURNOUT_BEYOND_LIMITS,
    TURNOUT_FAR_FROM_LAST,
    TURNOUT_FAR_FROM_OTHERS,
    VOTES_FAR_ABOVE_OTHERS,
    VOTES_FAR_BELOW_OTHERS,
    WINNER_CHANGED,
)
from services.rules.winners import TRANSFERABLE, count_of, elected_of

_OF_COUNCILLORS: Final = "local."
"""How ids of contests that elect councillors begin (Democracy Club's election ids)."""

_NAMES: Final = 3
"""Names in one sentence; of more, only the number is told."""

_LISTS: Final = 6
"""Lists whose seats are told in one sentence; of more, only the number of seats is."""

_TWO_POINTS: Final = 20_000
"""Two percentage points, in millionths: of twice a swing, one."""
_FEW: Final = 3
"""The spread of ten contests is known less well than that of a hundred: by so much divided by their number."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd."""

    code: str
    """Of ``services.rules.verdicts``."""
    facts: Mapping[str, str]
    """What a sentence about it tells."""
    difference: int | None = None
    """Of papers, how many."""


def find_odd(
    register: RegisterHead,
    contest: Contest,
    declared: DeclaredFigures,
    neighbours: Neighbours,
    winners: Collection[str],
) -> Iterator[Oddity]:
    """Yield everything that is odd about a declaration, but what ``check_figures`` finds on its own.

    Args:
        register: its limits, and what each party counts as.
        contest: the contest, as amended so far.
        declared: the declaration.
        neighbours: what was declared of the contests around it.
        winners: who was elected by the contest's last declaration that elected somebody; empty before the first.
    """
    votes = declared.votes if declared.kind == "declared" else None
    measures = measures_of(register, declared.ballot_id, contest, votes)
    yield from _papers(contest, declared, register.holds)
    if measures is not None:
        # Another referendum asks something else: how many vote there says nothing of this one.
        around = Neighbours() if contest.voting_system == "referendum" else neighbours
        comparison = _Comparison(register, contest, declared.ballot_id, measures, around)
        yield from comparison.turnout()
        if CHANGE in measures.figures:
            yield from comparison.since_last_time()
            yield from comparison.swing()
        yield from comparison.votes()
    if not winners:
        return
    elected = elected_of(contest, declared)
    if _others_elected(contest, declared, winners, elected):
        said = _changed_lists if contest.by_list else _both_names
        before, now = said(contest, winners, elected)
        facts = {"before": before, "now": now}
        yield Oddity(WINNER_CHANGED, facts)


def _others_elected(
    contest: Contest, declared: DeclaredFigures, winners: Collection[str], elected: Collection[str]
) -> bool:
    """Whether others are elected than before; while stages are added to a count, whether somebody no longer is."""
    if contest.voting_system == TRANSFERABLE and declared.kind in ("declared", "stage"):
        return not set(winners) <= set(elected)
    return bool(elected) and sorted(winners) != sorted(elected)


def find_other_elected(contest: Contest, declared: DeclaredFigures) -> Iterator[Oddity]:
    """Yield that others are declared elected than those with most votes. Of a count by stages that is refused."""
    if declared.kind != "declared" or declared.elected is None or not declared.votes or contest.by_list:
        return
    if contest.voting_system == TRANSFERABLE:
        return
    try:
        counted = count_of(contest, declared).elected
    except TieWithoutLot:
        return
    if set(counted) != set(declared.elected):
        facts = {"stated": names_of(contest, declared.elected), "counted": names_of(contest, counted)}
        yield Oddity(ELECTED_NOT_MOST_VOTES, facts)


def names_of(contest: Contest, candidates: Collection[str]) -> str:
    """Return candidates as spoken: ``Ann Example and Bob Sample``; of many, how many."""
    names = [contest.candidates[one].name if one in contest.candidates else one for one in candidates]
    if len(names) > _NAMES:
        return f"{len(names)} candidates"
    return " and ".join(names)


def _both_names(contest: Contest, before: Collection[str], now: Collection[str]) -> tuple[str, str]:
    return names_of(contest, before), names_of(contest, now)


def _changed_lists(contest: Contest, before: Collection[str], now: Collection[str]) -> tuple[str, str]:
    """Return the seats, before and now, of the lists whose number of them has changed: ``Labour 3, Greens 0``."""
    was, has = Counter(before), Counter(now)
    changed = [one for one in contest.candidates if was[one] != has[one]]
    if len(changed) > _LISTS:
        return names_of(contest, before), names_of(contest, now)
    names = {one: contest.candidates[one].name for one in changed}
    first, second = (", ".join(f"{names[one]} {seats[one]}" for one in changed) for seats in (was, has))
    return first, second


def _papers(contest: Contest, declared: DeclaredFigures, limits: HoldLimits) -> Iterator[Oddity]:
    """Yield papers verified that are neither among the votes nor, as far as anybody says, rejected."""
    votes = declared.votes
    if votes is None or declared.papers is None or votes.keys() != contest.candidates.keys():
        return
    left_out = papers_left_out(
        declared.papers, sum(votes.values()), rejected_papers(declared), contest.votes_per_paper, limits
    )
    if left_out:
        facts = {"missing": f"{left_out:,}", "papers": f"{declared.papers:,}", "valid": f"{sum(votes.values()):,}"}
        yield Oddity(PAPERS_NOT_COUNTED, facts, left_out)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A contest's figures beside those of last time and of the contests around it."""

    register: RegisterHead
    contest: Contest
    ballot_id: str
    measures: Measures
    neighbours: Neighbours

    @property
    def limits(self) -> HoldLimits:
        return self.register.holds

    def turnout(self) -> Iterator[Oddity]:
        """Yield a turnout that there hardly is, or far from that of the contests around it."""
        turnout = self.measures.figures.get(TURNOUT)
        if turnout is None:
            return
        least, most = self.limits.turnout_per_cent_min, self.limits.turnout_per_cent_max
        if not least * MILLION <= 100 * turnout <= most * MILLION:
            facts = {"least": f"{least} %", "most": f"{most} %"}
            yield Oddity(TURNOUT_BEYOND_LIMITS, self._turnout(turnout) | facts)
        around = self._local(TURNOUT) or self._national(TURNOUT)
        if around is not None and self._far(turnout, around, self.limits.spreads, self.limits.turnout_spread_per_cent):
            yield Oddity(TURNOUT_FAR_FROM_OTHERS, self._turnout(turnout) | self._around(around))

    def since_last_time(self) -> Iterator[Oddity]:
        """Yield votes far from last time's: beside what they are around it or, where that is not known, at all."""
        change, turnout = self.measures.figures[CHANGE], self.measures.figures.get(TURNOUT)
        local, national = self._local(CHANGE), self._national(CHANGE)
        if (around := local or national) is not None:
            spreads = self.limits.national_spreads if local is None else self.limits.spreads
            far = self._far(change, around, spreads, self.limits.change_spread_per_cent)
            far = far or (local is not None and self._points_away(self._last() * around.middle // MILLION))
            if far and (change <= around.middle or self._rise_is_odd()):
                text = f"of {around.number:,} contests around it, the middle one has {_percent(around.middle)}"
                yield Oddity(TURNOUT_FAR_FROM_LAST, self._change(change) | {"beside": text})
        elif self._far_from_all(tuple(self._votes_expected())):
            if turnout is None or self.measures.by_election:
                least, most = self.limits.votes_of_last_per_cent_min, self.limits.votes_of_last_per_cent_max
                text = f"{least} % to {most} % is usual"
            else:
                last = _percent(MILLION * self._last() // (self.contest.electorate or 1))
                text = f"a turnout of {_percent(turnout)}, and of last time's votes it would be {last}"
            yield Oddity(TURNOUT_FAR_FROM_LAST, self._change(change) | {"beside": text})

    def _votes_expected(self) -> Iterator[int]:
        """Yield last time's votes and, where few others are declared, those changed as theirs, and by their turnout."""
        yield self._last()
        if (few := self._of_few(CHANGE)) is not None:
            yield self._last() * few.middle // MILLION
        electorate = self.contest.electorate
        if electorate is not None and (few := self._of_few(TURNOUT)) is not None:
            yield electorate * few.middle // MILLION

    def _far_from_all(self, expected: Sequence[int]) -> bool:
        """Whether the votes are far below all that are expected, or far above all."""
        votes, electorate, limits = self.measures.figures[VOTES], self.contest.electorate, self.limits
        if electorate is None or self.measures.by_election:
            below = 100 * votes < limits.votes_of_last_per_cent_min * min(expected)
            above = 100 * votes > limits.votes_of_last_per_cent_max * max(expected)
            return below or (above and not self._of_councillors)
        apart = limits.turnout_from_last_points * electorate
        below, above = 100 * (min(expected) - votes) > apart, 100 * (votes - max(expected)) > apart
        if below and len(expected) == 1 and self._of_councillors:
            return self._points_away(limits.council_turnout_per_cent * electorate // 100)
        return below or (above and self._rise_is_odd())

    def _rise_is_odd(self) -> bool:
        """Whether more votes than expected are odd: of councillors, only where the turnout is what there hardly is.

        Where Parliament is elected on the same day, twice as many come, and next time half of them.
        """
        electorate = self.contest.electorate
        if electorate is None or not self._of_councillors:
            return True
        return 100 * self.measures.figures[VOTES] > self.limits.council_turnout_risen_per_cent * electorate

    @property
    def _of_councillors(self) -> bool:
        """Whether councillors are elected, all at once or in part: no by-election."""
        return self.ballot_id.startswith(_OF_COUNCILLORS) and not self.measures.by_election

    def _points_away(self, votes: int) -> bool:
        """Whether the turnout is far from what so many votes would be; at a by-election nobody can say."""
        electorate = self.contest.electorate
        if electorate is None or self.measures.by_election:
            return False
        return 100 * abs(self.measures.figures[VOTES] - votes) > self.limits.turnout_from_last_points * electorate

    def swing(self) -> Iterator[Oddity]:
        """Yield a swing beyond the limit."""
        changes = self.measures.changes()
        beyond = self._beyond(changes, self._local)
        by_election = self.measures.by_election
        small = self._last() < self.limits.few_votes and not by_election
        more = self.limits.swing_points_few_votes if small else 0
        if len(beyond) > 1:
            swing, limit, beside = _swing(beyond), self.limits.swing_points_from_others + more, " beyond that around it"
        elif len(changes) > 1:
            beyond, beside = changes, ""
            most = _most(changes)
            limit = self.limits.swing_points_by_election if by_election else self.limits.swing_points + more
            _, _, largest = self.neighbours.extremes(self.ballot_id, self.measures, SWING + most)
            swing = _swing(changes)
            few = self._beyond(changes, self._of_few)
            if largest and swing <= largest + _TWO_POINTS * self.limits.swing_points_step:
                return
            if len(few) > 1 and _swing(few) <= _TWO_POINTS * limit:
                return
        else:
            return
        if swing > _TWO_POINTS * limit:
            facts = {
                "points": f"{swing / _TWO_POINTS:.1f}",
                "beside": beside,
                "to": self.register.parties[_most(beyond)].spoken,
                "from": self.register.parties[_least(beyond)].spoken,
                "limit": f"{limit}",
            }
            yield Oddity(SWING_BEYOND_LIMIT, facts)

    def _beyond(self, changes: Mapping[str, int], around: Callable[[str], Around | None]) -> dict[str, int]:
        """Return by how much more than around it each party's share changed, where that is known."""
        found = {party: around(SHARE + party) for party in changes}
        return {party: changes[party] - other.middle for party, other in found.items() if other is not None}

    def votes(self) -> Iterator[Oddity]:
        """Yield votes far above or below those of every other contest, where the electorate is unknown."""
        if self.contest.electorate is not None:
            return
        votes = self.measures.figures[VOTES]
        number, least, most = self.neighbours.extremes(self.ballot_id, self.measures, VOTES)
        if number < self.limits.neighbours_min:
            return
        if votes > self.limits.votes_times * most:
            times = {"times": f"{self.limits.votes_times}"}
            yield Oddity(VOTES_FAR_ABOVE_OTHERS, self._extremes(number, least, most) | times)
        if votes * self.limits.votes_part < least:
            part = {"part": f"{self.limits.votes_part}"}
            yield Oddity(VOTES_FAR_BELOW_OTHERS, self._extremes(number, least, most) | part)

    def _votes(self) -> str:
        """Return the votes for a sentence: of several seats, for each of them."""
        each = " for each seat" if self.contest.votes_per_paper > 1 else ""
        return f"{self.measures.figures[VOTES]:,} votes{each}"

    def _last(self) -> int:
        return sum((self.contest.previous_votes or {}).values())

    def _local(self, name: str) -> Around | None:
        return self.neighbours.local(self.ballot_id, self.measures, name, self.limits.neighbours_min)

    def _national(self, name: str) -> Around | None:
        return self.neighbours.national(self.ballot_id, self.measures, name, self.limits.neighbours_min)

    def _of_few(self, name: str) -> Around | None:
        """Return a figure of the contests around it, else of all, however few; None of none, and at a by-election."""
        if self.measures.by_election:
            return None
        local = self.neighbours.local(self.ballot_id, self.measures, name, 1)
        return local or self.neighbours.national(self.ballot_id, self.measures, name, 1)

    def _far(self, value: int, around: Around, spreads: int, spread_per_cent: int) -> bool:
        """Whether a figure is further from the middle one than so many spreads; of few contests, somewhat more."""
        spread = max(100 * around.spread, around.middle * spread_per_cent)
        return 100 * around.number * abs(value - around.middle) > spreads * (around.number + _FEW) * spread

    def _turnout(self, turnout: int) -> dict[str, str]:
        electorate = f"{self.contest.electorate:,}"
        return {"votes": self._votes(), "electorate": electorate, "turnout": _percent(turnout)}

    def _change(self, change: int) -> dict[str, str]:
        return {"votes": self._votes(), "last": f"{self._last():,}", "change": _percent(change)}

    def _extremes(self, number: int, least: int, most: int) -> dict[str, str]:
        return {"votes": self._votes(), "number": f"{number:,}", "least": f"{least:,}", "most": f"{most:,}"}

    def _around(self, around: Around) -> dict[str, str]:
        return {"number": f"{around.number:,}", "middle": _percent(around.middle)}


def _swing(changes: Mapping[str, int]) -> int:
    """Return twice the swing, in millionths."""
    return max(changes.values()) - min(changes.values())


def _most(changes: Mapping[str, int]) -> str:
    return max(changes, key=lambda party: (changes[party], party))


def _least(changes: Mapping[str, int]) -> str:
    return min(changes, key=lambda party: (changes[party], party))


def _percent(part: int) -> str:
    """Return millionths as a reader reads them."""
    return f"{100 * part / MILLION:.1f} %" if 1000 * part >= MILLION else "less than 0.1 %"
