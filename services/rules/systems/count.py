"""What every voting system gives: who is elected, or that a lot has to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class TieWithoutLot(ValueError):  # noqa: N818  # the field's word for it, not an error of the program
    """Equal votes at the last seat, and nobody says who the lot chose."""

    def __init__(self, tied: tuple[str, ...], places: int) -> None:
        """Name the candidates with equal votes and how many of them are elected."""
        super().__init__(f"{len(tied)} candidates have equal votes for {places} seats, and no lot is recorded")
        self.tied = tied
        self.places = places


@dataclass(frozen=True, slots=True)
class Count:
    """Who is elected."""

    elected: tuple[str, ...]
    """Candidate ids, most votes first."""
    majority: int | None
    """Votes of the last elected less votes of the first not elected; None when everybody was elected."""
    by_lot: bool = field(kw_only=True)
    """True when equal votes at the last seat were decided by lot."""
    rounds: int = field(default=1, kw_only=True)
    """2 when the supplementary vote went to its final round."""


def ranked(votes: Mapping[str, int]) -> list[str]:
    """Return candidate ids, most votes first; equal votes in the order of the ids."""
    return sorted(sorted(votes), key=votes.__getitem__, reverse=True)
