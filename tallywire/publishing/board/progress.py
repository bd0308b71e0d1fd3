"""How far an election, region or body is: contests declared of those expected, list seats apart, and seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallywire.pages.numbers import thousands


@dataclass(frozen=True, slots=True)
class Kind:
    """Contests of one kind."""

    declared: int
    expected: int
    one: str
    """What one of them is called; empty where all contests are of one kind."""
    many: str

    @property
    def noun(self) -> str:
        """The noun for so many: ``regions``, or ``region`` where one is expected."""
        return self.one if self.expected == 1 else self.many

    @property
    def left(self) -> int:
        """Those still to be declared."""
        return self.expected - self.declared


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is."""

    declared: int
    """Contests declared."""
    expected: int
    """Contests that are to be declared."""
    lists_declared: int = 0
    """Those of the declared that are regions with list seats beside constituencies."""
    lists_expected: int = 0
    seats_declared: int = 0
    seats_expected: int = 0
    in_seats: bool = False
    """Whether seats are told too: contests have several, by list or in stages, so that contests alone do not say how
    far it is."""
    in_stages: bool = False
    """Whether seats are filled before a contest is declared: it counts in stages."""
    others: bool = False
    """Whether there are contests that are neither regions with list seats nor constituencies of these."""

    @property
    def begun(self) -> bool:
        """Whether anything is declared: a contest, or a seat of a count that goes on."""
        return bool(self.declared or (self.in_seats and self.seats_declared))

    @property
    def left(self) -> int:
        """Contests still to be declared."""
        return self.expected - self.declared

    @property
    def mixed(self) -> bool:
        """Whether there are regions with list seats, and contests beside them."""
        return 0 < self.lists_expected < self.expected

    @property
    def kinds(self) -> list[Kind]:
        """Contests by kind: constituencies and regions, regions and all others; else all as one."""
        if not self.mixed:
            return [Kind(self.declared, self.expected, "", "")]
        declared, expected = self.declared - self.lists_declared, self.expected - self.lists_expected
        regions = Kind(self.lists_declared, self.lists_expected, "region", "regions")
        if self.others:
            return [regions, Kind(declared, expected, "other contest", "other contests")]
        return [Kind(declared, expected, "constituency", "constituencies"), regions]

    @property
    def share(self) -> float:
        """How far it is, in per cent: of the seats where these are told, else of the contests."""
        done, whole = (self.seats_declared, self.seats_expected) if self.in_seats else (self.declared, self.expected)
        return 100 * done / whole if whole else 0.0

    @property
    def contests(self) -> str:
        """Contests in words: ``65 of 73 constituencies and 3 of 8 regions``, ``12 of 650 declared``."""
        if not self.mixed:
            return f"{thousands(self.declared)} of {thousands(self.expected)} declared"
        return " and ".join(f"{thousands(one.declared)} of {thousands(one.expected)} {one.noun}" for one in self.kinds)

    @property
    def seats(self) -> str:
        """Seats in words: ``86 of 129 seats``; empty where they are not told."""
        if not self.in_seats:
            return ""
        filled = " filled" if self.in_stages else ""
        return f"{thousands(self.seats_declared)} of {thousands(self.seats_expected)} seats{filled}"

    @property
    def said(self) -> str:
        """Both: ``65 of 73 constituencies and 3 of 8 regions, 86 of 129 seats``."""
        return ", ".join(filter(None, (self.contests, self.seats)))

    @property
    def missing(self) -> str:
        """What is still to be declared, without a verb: ``8 of 73 constituencies and 5 of 8 regions``."""
        return " and ".join(
            f"{thousands(one.left)} of {thousands(one.expected)} {one.noun or plural_contests(one.expected)}"
            for one in self.kinds
            if one.left
        )

    @property
    def left_said(self) -> str:
        """The same in short: ``8 constituencies and 5 regions``."""
        return " and ".join(
            f"{thousands(one.left)} {(one.one if one.left == 1 else one.many) or plural_contests(one.left)}"
            for one in self.kinds
            if one.left
        )

    @property
    def whole(self) -> str:
        """All that is to be declared: ``73 constituencies and 8 regions``, ``650 contests``."""
        return " and ".join(
            f"{thousands(one.expected)} {one.noun or plural_contests(one.expected)}" for one in self.kinds
        )


def plural_contests(number: int) -> str:
    """Return what so many contests are called."""
    return "contest" if number == 1 else "contests"


def progress_of(tally: Mapping[str, Any], *, in_seats: bool, in_stages: bool = False, others: bool = False) -> Progress:
    """Return how far a region is.

    Args:
        tally: its tally, as published.
        in_seats: whether seats are told too.
        in_stages: whether they are filled before a contest is declared.
        others: whether there are contests that are neither regions with list seats nor constituencies of these.
    """
    return Progress(
        declared=tally["declared"],
        expected=tally["expected"],
        lists_declared=tally.get("lists_declared", 0),
        lists_expected=tally.get("lists_expected", 0),
        seats_declared=tally["seats_declared"],
        seats_expected=tally["seats_expected"],
        in_seats=in_seats,
        in_stages=in_stages,
        others=others,
    )
