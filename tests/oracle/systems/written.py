"""Votes as declarations write them: decimals in a string, never binary fractions."""

from collections.abc import Mapping
from fractions import Fraction

from tests.oracle.systems.transfers import Count, Stage

Json = dict[str, object]


def decimal(number: Fraction) -> str:
    """Return a fraction of at most five decimals as it is written: ``806.07214``, ``12``."""
    parts = number * 100_000
    if parts.denominator != 1:
        message = f"{number} has more than five decimals"
        raise ValueError(message)
    whole, rest = divmod(abs(parts.numerator), 100_000)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}" + (f".{rest:05}".rstrip("0") if rest else "")


def figures(votes: Mapping[str, Fraction]) -> dict[str, str]:
    """Return everybody's votes as they are written."""
    return {one: decimal(number) for one, number in votes.items()}


def moved(before: Mapping[str, Fraction], after: Mapping[str, Fraction]) -> dict[str, str]:
    """Return what each received or gave away."""
    return {one: decimal(after[one] - before[one]) for one in after if after[one] != before[one]}


def stages(count: Count) -> list[Json]:
    """Return the stages of a count with everything that a declaration may say of them."""
    return [_stage(count, place, stage) for place, stage in enumerate(count.stages, start=1)]


def _stage(count: Count, place: int, stage: Stage) -> Json:
    found: Json = {
        "action": stage.action,
        "of": list(stage.of),
        "totals": figures(stage.totals),
        "transfers": moved(count.history[place - 1], stage.totals),
        "non_transferable": decimal(count.non_transferable(place)),
        "elected": list(stage.elected),
    }
    return found | ({"lot": list(stage.lot)} if stage.lot else {})
