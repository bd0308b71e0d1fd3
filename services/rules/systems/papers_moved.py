"""Whether votes that a candidate received at a stage are ballot papers that could come, at the values they have. Pure.

Of each candidate is known which values the papers may have, and how many there are of each at the most. Papers of the
value at which they came are no more than the votes by that value, and no more than the giver had.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import gcd
from typing import Final

from services.rules.systems.declared_totals import ROUNDED
from services.rules.systems.transferable_vote import CENT, UNIT, spoken

_LAST_DECIMALS: Final = 5
"""By so many hundred-thousandths a total may be off that was worked out with other decimals."""

_VALUES_MAX: Final = 12
"""Of papers of more values than these nearly every sum can be made, and only their common divisor is looked at."""

UNLIMITED: Final = 1 << 60
"""More papers than there are."""

Papers = dict[int, int]
"""How many ballot papers there are at most, by value in hundred-thousandths of a vote."""


def one_value(gains: Collection[int], surplus: int, came: Mapping[int, int], *, all_of_them: bool = True) -> Papers:
    """Return the values that the papers of a surplus in Northern Ireland may have to make up all gains.

    They all have the same: the surplus divided by the papers, to two decimals, and no more than the value at which they
    came. Only the papers received last move.

    Args:
        gains: of the candidates who received.
        surplus: what is transferred.
        came: the papers received last, by the value at which they came.
        all_of_them: whether these are all gains, or there are others.
    """
    found: Papers = {}
    for value in range(CENT, UNIT + 1, CENT):
        papers = sum(gains) // value
        if not papers or any(gain % value for gain in gains):
            continue
        for before, number in came.items():
            if papers > number:
                continue
            highest = min(before, surplus // papers // CENT * CENT)
            lowest = highest if all_of_them else min(before, surplus // number // CENT * CENT)
            if lowest <= value <= highest:
                found[value] = papers if all_of_them else number
    return found


def out_of_line(gains: Mapping[str, int], surplus: int, came: Mapping[int, int]) -> tuple[str, Papers] | None:
    """Return the one candidate without whose gain the others have papers of one value, and that value.

    None where there is none, or where that is so of several.
    """
    found = []
    for one in gains:
        others = [gain for other, gain in gains.items() if other != one]
        if len(others) > 1 and (papers := one_value(others, surplus, came, all_of_them=False)):
            found.append((one, papers))
    return found[0] if len(found) == 1 else None


def together(piles: Iterable[Mapping[int, int]]) -> Papers:
    """Return the papers of several piles."""
    found: Papers = {}
    for pile in piles:
        add(found, pile)
    return found


def add(pile: Papers, papers: Mapping[int, int]) -> None:
    """Add papers to a pile."""
    for value, number in papers.items():
        if number:
            pile[value] = pile.get(value, 0) + number


def made_of(gain: int, papers: Mapping[int, int]) -> Papers | None:
    """Return how many papers of each value a gain has at the most; None where no papers make it up.

    Exact for one value or two. Of more it is asked whether papers of the lower values can leave what papers of the
    highest make up, whatever their number.

    Args:
        gain: in hundred-thousandths of a vote.
        papers: those there are; one value at least, none of them 0, and no number 0.
    """
    if len(papers) == 1:
        ((value, most),) = papers.items()
        number, rest = divmod(gain, value)
        return {value: number} if not rest and number <= most else None
    if len(papers) == 2:  # noqa: PLR2004
        return _of_two(gain, papers)
    common = gcd(*papers)
    if gain % common or (len(papers) <= _VALUES_MAX and not _leaves_highest(gain // common, common, papers)):
        return None
    return {value: min(most, gain // value) for value, most in papers.items()}


def may_be_rounded(gain: int, papers: Mapping[int, int], totals: Sequence[int]) -> bool:
    """Whether papers of these values make up a gain that was printed with fewer decimals."""
    if len(papers) == 1:
        (value,) = papers
        off = gain % value
        return min(off, value - off) <= ROUNDED
    if any(total % ROUNDED == 0 and total % UNIT for total in totals):
        return True
    return any(made_of(gain + off, papers) for off in range(-_LAST_DECIMALS, _LAST_DECIMALS + 1))


def listed(values: Sequence[int]) -> str:
    """Return values for a sentence, the lowest first: ``0.25``, ``0.25 to 1``."""
    return spoken(values[0]) if len(values) == 1 else f"{spoken(values[0])} to {spoken(values[-1])}"


def _of_two(gain: int, papers: Mapping[int, int]) -> Papers | None:
    one, other = sorted(papers)
    common = gcd(one, other)
    if gain % common:
        return None
    step = other // common
    # The fewest papers of the one value, so that the rest is papers of the other; or that many and some steps more.
    fewest = gain // common * pow(one // common, -1, step) % step if step > 1 else 0
    # So many that the other's papers are enough for the rest.
    missing = gain - papers[other] * other - fewest * one
    fewest += max(0, -(-missing // (one * step))) * step
    if fewest > papers[one] or fewest * one > gain:
        return None
    most = min(papers[one], gain // one)
    most -= (most - fewest) % step
    return {one: most, other: (gain - fewest * one) // other}


def _leaves_highest(gain: int, common: int, papers: Mapping[int, int]) -> bool:
    """Whether papers of the lower values can make up a gain but for papers of the highest; all in ``common``."""
    *lower, highest = (value // common for value in sorted(papers))
    full, rest = (1 << highest) - 1, gain % highest
    reached = 1  # a bit for each rest of a division by the highest
    for value in lower:
        if reached >> rest & 1:
            return True
        left, step = min(papers[value * common], gain // value), 1
        while left:
            number = min(left, step)
            turn = number * value % highest
            reached |= ((reached << turn) | (reached >> (highest - turn))) & full
            left, step = left - number, step * 2
    return bool(reached >> rest & 1)
