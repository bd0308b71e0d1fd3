"""The values at which ballot papers move in a transferable vote: which of them make up what somebody received. Pure."""

from collections.abc import Collection, Mapping, Sequence
from math import gcd
from typing import Final

from services.rules.systems.declared_totals import ROUNDED
from services.rules.systems.transferable_vote import CENT, UNIT, spoken

_LAST_DECIMALS: Final = 5
"""By so many hundred-thousandths a total may be off that was worked out with other decimals."""


def one_value(gains: Mapping[str, int], surplus: int, came_at: Collection[int]) -> tuple[int, ...]:
    """Return the values that the papers of a surplus in Northern Ireland may have to make up all gains.

    They all have the same: the surplus divided by the papers, to two decimals, and no more than the value at which they
    came.
    """
    found = []
    for value in range(CENT, UNIT + 1, CENT):
        if all(gain % value == 0 for gain in gains.values()):
            papers = sum(gains.values()) // value
            by_rule = surplus // papers // CENT * CENT if papers else UNIT
            if value == min(by_rule, UNIT) or (value in came_at and value < by_rule):
                found.append(value)
    return tuple(found)


def made_of(gain: int, values: Sequence[int]) -> bool:
    """Whether papers of these values may make up a gain: exact for one value or two, else by their common divisor."""
    one = values[0]
    if len(values) == 1:
        return gain % one == 0
    if len(values) > 2:  # noqa: PLR2004  # of more, nearly every sum can be made
        return gain % gcd(*values) == 0
    other = values[1]
    common = gcd(one, other)
    if gain % common:
        return False
    step = other // common
    # The fewest papers of the one value, so that the rest is papers of the other.
    fewest = gain // common * pow(one // common, -1, step) % step if step > 1 else 0
    return fewest * one <= gain


def may_be_rounded(gain: int, values: Sequence[int], totals: Sequence[int]) -> bool:
    """Whether papers of these values make up a gain that was printed with fewer decimals."""
    if len(values) == 1:
        off = gain % values[0]
        return min(off, values[0] - off) <= ROUNDED
    if any(total % ROUNDED == 0 and total % UNIT for total in totals):
        return True
    return any(made_of(gain + off, values) for off in range(-_LAST_DECIMALS, _LAST_DECIMALS + 1))


def listed(values: Sequence[int]) -> str:
    """Return values for a sentence, the lowest first: ``0.25``, ``0.25 to 1``."""
    return spoken(values[0]) if len(values) == 1 else f"{spoken(values[0])} to {spoken(values[-1])}"
