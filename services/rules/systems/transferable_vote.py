"""The single transferable vote: what the rules of Scotland and of Northern Ireland share. Pure.

A count has stages: the first preferences, then one surplus or one exclusion each. Votes are whole hundred-thousandths
of a vote here, never binary fractions. What differs is in ``scotland`` and ``northern_ireland``, each with its statute.
Source of the rules: docs/rules.md, "Single transferable vote".
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

UNIT: Final = 100_000
"""Parts of a vote that are counted: five decimals, as many as Scotland has."""

CENT: Final = UNIT // 100
"""The second decimal of a vote, in the same."""

_FEW: Final = 8
"""So many with equal votes are compared stage by stage; of more it is kept who had equal votes at every stage."""

Action = Literal["surplus", "exclusion"]
"""What is done at a stage after the first."""

FIRST_STAGE: Final = 1
"""The number of the stage of first preferences."""


def as_decimal(parts: int) -> str:
    """Return hundred-thousandths of a vote as a decimal, without zeros at its end."""
    whole, rest = divmod(abs(parts), UNIT)
    decimals = f".{rest:05}".rstrip("0") if rest else ""
    return f"{'-' if parts < 0 else ''}{whole}{decimals}"


def spoken(parts: int) -> str:
    """Return votes for a sentence: ``1,141.60268``."""
    whole, dot, decimals = as_decimal(parts).partition(".")
    return f"{int(whole):,}{dot}{decimals}"


def quota_of(valid: int, seats: int) -> int:
    """Return the quota in whole votes: valid papers by one more than the seats, the fraction dropped, and one."""
    return valid // (seats + 1) + 1


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at a stage."""

    action: Action
    of: tuple[str, ...]
    """Whose votes are transferred; sorted."""
    tied: tuple[str, ...] = ()
    """Candidates among whom a lot decides whose: no stage tells them apart. Empty where none is needed."""


@dataclass(slots=True)
class Position:
    """How a count stands at the end of a stage."""

    seats: int
    quota: int
    """In hundred-thousandths."""
    history: list[dict[str, int]]
    """Votes at the end of each stage so far, of every candidate."""
    elected: dict[str, int] = field(default_factory=dict)
    """The stage at which each was deemed elected, in the order of election."""
    excluded: dict[str, int] = field(default_factory=dict)
    """The stage at which each was excluded."""
    _continuing: tuple[tuple[int, int, int], list[str]] = ((0, 0, 0), [])
    """Who continues, by how many stages there were, and how many elected and excluded, when that was worked out."""
    _alike: dict[str, int] = field(default_factory=dict)
    """A number that candidates with equal votes at every stage share."""
    _compared: int = 0
    """Up to which stage."""

    @classmethod
    def first(cls, votes: Mapping[str, int], seats: int) -> "Position":
        """Return the position at the first stage; ``votes`` are first preferences, in whole votes."""
        quota = quota_of(sum(votes.values()), seats) * UNIT
        return cls(seats, quota, [{one: number * UNIT for one, number in votes.items()}])

    @property
    def stage(self) -> int:
        """The number of the stage at whose end this is."""
        return len(self.history)

    @property
    def votes(self) -> dict[str, int]:
        """Everybody's votes."""
        return self.history[-1]

    @property
    def vacancies(self) -> int:
        """Seats still to be filled."""
        return self.seats - len(self.elected)

    @property
    def continuing(self) -> list[str]:
        """Who is neither elected nor excluded, lowest first."""
        now = len(self.history), len(self.elected), len(self.excluded)
        if self._continuing[0] != now:
            votes = self.votes
            left = sorted(votes.keys() - self.elected.keys() - self.excluded.keys())
            left.sort(key=votes.__getitem__)
            self._continuing = now, left
        return self._continuing[1]

    @property
    def surpluses(self) -> dict[str, int]:
        """Surpluses that are not transferred."""
        votes = self.votes
        return {one: votes[one] - self.quota for one in self.elected if votes[one] > self.quota}

    @property
    def over(self) -> bool:
        """Whether the count is over: no seat is left, or nobody."""
        return self.vacancies <= 0 or len(self.elected) + len(self.excluded) == len(self.votes)

    def elect(self, names: Iterable[str]) -> list[str]:
        """Deem these elected at this stage, most votes first; return them in that order."""
        order = sorted(names, key=lambda one: (*(-votes[one] for votes in reversed(self.history)), one))
        self.elected.update(dict.fromkeys(order, self.stage))
        return order

    def exclude(self, names: Iterable[str], stage: int) -> None:
        """Exclude these at a stage."""
        self.excluded.update(dict.fromkeys(names, stage))

    def at_quota(self) -> list[str]:
        """Return the continuing candidates who have the quota."""
        votes = self.votes
        return [one for one in self.continuing if votes[one] >= self.quota]

    def apart(self, tied: Sequence[str], *, highest: bool, earliest: bool) -> tuple[str, ...]:
        """Return those of candidates with equal votes who were highest, or lowest, when they differed.

        Args:
            tied: candidates with equal votes now.
            highest: whether the highest are asked for.
            earliest: whether the earliest stage at which they differed decides (Northern Ireland), or else the most
                recent one (Scotland).
        """
        left = tuple(sorted(tied))
        if len(left) > _FEW and len({self._number(one) for one in left}) == 1:
            return left
        for votes in self.history if earliest else reversed(self.history):
            if len(left) == 1:
                break
            best = (max if highest else min)(votes[one] for one in left)
            left = tuple(one for one in left if votes[one] == best)
        return left

    def _number(self, candidate: str) -> int:
        """Return the number that a candidate shares with those who had equal votes at every stage."""
        for votes in self.history[self._compared :]:
            numbers: dict[tuple[int, int], int] = {}
            self._alike = {
                one: numbers.setdefault((self._alike.get(one, 0), number), len(numbers))
                for one, number in votes.items()
            }
        self._compared = len(self.history)
        return self._alike[candidate]

    def largest_surplus(self, *, earliest: bool) -> Step:
        """Return the transfer of the largest surplus; there is one."""
        surpluses = self.surpluses
        most = max(surpluses.values())
        tied = self.apart([one for one, each in surpluses.items() if each == most], highest=True, earliest=earliest)
        return Step("surplus", tied[:1], tied if len(tied) > 1 else ())

    def lowest_exclusion(self, *, earliest: bool) -> Step:
        """Return the exclusion of the lowest candidate; somebody continues."""
        continuing, votes = self.continuing, self.votes
        least = votes[continuing[0]]
        tied = self.apart([one for one in continuing if votes[one] == least], highest=False, earliest=earliest)
        return Step("exclusion", tied[:1], tied if len(tied) > 1 else ())


@dataclass(frozen=True, slots=True)
class Parcel:
    """Ballot papers that a candidate received together, at one value."""

    value: int
    """Of each paper, in hundred-thousandths."""
    papers: Mapping[tuple[str, ...], int]
    """How many, by the preferences after this candidate's."""
    first: bool = False
    """Whether they are first preferences."""


@dataclass(slots=True)
class Piles:
    """The ballot papers of every candidate, in the order in which they came."""

    of: dict[str, list[Parcel]]

    @classmethod
    def first(cls, candidates: Collection[str], ballots: Mapping[tuple[str, ...], int]) -> "Piles":
        """Return papers by first preference."""
        piles: dict[str, dict[tuple[str, ...], int]] = {one: {} for one in candidates}
        for preferences, number in ballots.items():
            pile = piles[preferences[0]]
            pile[preferences[1:]] = pile.get(preferences[1:], 0) + number
        return cls({one: [Parcel(UNIT, papers, first=True)] if papers else [] for one, papers in piles.items()})


def by_next_preference(
    papers: Mapping[tuple[str, ...], int], continuing: Collection[str]
) -> dict[str, dict[tuple[str, ...], int]]:
    """Sort papers by the next available preference for a continuing candidate; those without one are left out."""
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for preferences, number in papers.items():
        for place, candidate in enumerate(preferences):
            if candidate in continuing:
                pile, rest = found.setdefault(candidate, {}), preferences[place + 1 :]
                pile[rest] = pile.get(rest, 0) + number
                break
    return found


@dataclass(frozen=True, slots=True)
class Rules:
    """A set of rules, in what they differ."""

    decimals: int
    """To how many decimals votes are counted."""
    earliest: bool
    """Whether ties go by the earliest stage at which the candidates differed, or else by the most recent one."""
    ends_before_last_transfer: bool
    """Whether the votes of the last excluded usually stay where they are when that leaves as many as vacancies."""
    order_binds: bool
    """Whether it is refused that surpluses are transferred in another order than the rules have, or left; else, where
    papers are counted by hand and officers did so, it is noted."""
    due: Callable[[Position], Step]
    """What is to be done next; the count is not over."""
    allowed: Callable[[Position, Step], str | None]
    """The note on a step that the officer may take in place of what is due; None where it may not be taken."""
    fill: Callable[[Position], list[str]]
    """Deem elected who is so at the end of a stage; return them in order."""
    values: Callable[[Position, str, Mapping[int, int]], dict[int, int] | None]
    """The values that papers of a surplus have, and how many, of whose it is and the papers by the value at which they
    came; None where that depends on how many are transferable."""
    move: Callable[[Position, Piles, Step], dict[str, int]]
    """Move papers as a step says; return everybody's votes after it."""


def fill_at_quota(position: Position) -> list[str]:
    """Deem elected who has the quota and, when as many continue as there are vacancies, everybody."""
    found = position.elect(position.at_quota())
    if 0 < len(position.continuing) <= position.vacancies:
        found += position.elect(position.continuing)
    return found
