"""Words for contests by list: seats by party in figures, as a table has them, for nobody gains or holds a list seat."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.result import Progress
from services.notify.rules.wording.english import (
    SEAT_LENGTH_MAX,
    Spoken,
    agree,
    all_seats,
    capital,
    counted,
    fitting,
    in_digits,
    listed,
    number,
    place,
)
from services.notify.rules.wording.life import CORRECTION
from services.notify.rules.wording.seats import Ending, Person


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party with its list seats."""

    party: str
    """Its id."""
    spoken: Spoken
    abbreviation: str
    seats: int
    change: int | None
    """Seats more than last time, or below zero fewer; None where that is unknown."""

    @property
    def within(self) -> str:
        """The name in front of a figure: ``Labour``, ``independent``."""
        return "independent" if self.spoken.independent else self.spoken.within

    @property
    def opening(self) -> str:
        """The name at the start of a sentence: ``The Conservatives``."""
        return self.spoken.opening

    @property
    def short(self) -> str:
        """As in a list."""
        return self.spoken.inside

    def figures(self, *, abbreviated: bool, changes: bool) -> str:
        """Return name and seats: ``Labour 4 (+1)``."""
        change = f" ({self.change:+})" if changes and self.change else ""
        return f"{self.abbreviation if abbreviated else self.within} {self.seats}{change}"


def region_seats(region: str, lines: Sequence[PartyLine], ending: Ending) -> str:
    """Return the headline of a region of the additional member system: ``Glasgow list seats: Labour 4, Greens 1``."""
    said = []
    for abbreviated, changes in ((False, True), (False, False), (True, True), (True, False)):
        parties = ", ".join(line.figures(abbreviated=abbreviated, changes=changes) for line in lines)
        text = f"{region} list seats: {parties}"
        said += [*ending.of(text)[:-1], text + ending.must]
    return fitting(said, SEAT_LENGTH_MAX)


def list_seats(contest: str, lines: Sequence[PartyLine], seats: int, ending: Ending) -> str:
    """Return the headline of a contest by closed list: ``Plaid Cymru takes three of six seats in Sir Gaerfyrddin``."""
    first, *others = lines
    level = [line for line in lines if line.seats == first.seats]
    rest = lines[len(level) :]
    if not others and first.seats == seats:
        heads = [f"{first.spoken.does('take')} {all_seats(seats)} in {contest}"]
    elif len(level) == 1:
        of_all = f"{number(first.seats)} of {counted(seats, 'seat')} in {contest}"
        takes = agree("take", plural=first.spoken.plural)
        heads = [f"{first.spoken.does('take')} {of_all}", f"{first.abbreviation} {takes} {of_all}"]
    else:
        of_all = "a seat" if first.seats == 1 else f"{number(first.seats)} of {counted(seats, 'seat')}"
        each = f"take {of_all} each in {contest}"
        heads = [
            f"{capital(listed(line.spoken.within for line in level))} {each}",
            f"{listed(line.abbreviation for line in level)} {each}",
            f"{capital(_how_many(level))} {each}",
        ]
    in_words = ", ".join(f"{line.within} {number(line.seats)}" for line in rest)
    in_short = ", ".join(line.figures(abbreviated=True, changes=False) for line in rest)
    tails = [f"; {in_words}", f"; {in_short}", *_together(rest)] if rest else []
    # Rather abbreviations than nothing of the others.
    texts = [head + tail for head in heads for tail in tails] + heads
    told = [one for text in texts for one in ending.of(text)[:-1]]
    return fitting((*told, *(text + ending.must for text in texts)), SEAT_LENGTH_MAX)


def _together(lines: Sequence[PartyLine]) -> list[str]:
    """Return what to say of parties with the same number of seats where there is no room for a figure behind each."""
    figures = {line.seats for line in lines}
    if len(lines) < 2 or len(figures) > 1:  # noqa: PLR2004  # one alone is named with its figure
        return []
    return [f"; {number(len(lines))} others {number(figures.pop())} each"]


def _how_many(lines: Sequence[PartyLine]) -> str:
    """Return how many they are: ``five parties and an independent``."""
    independents = sum(line.spoken.category.startswith("independent") for line in lines)
    parties = len(lines) - independents
    counted_ = "one party" if parties == 1 else f"{number(parties)} parties"
    return (
        f"{counted_} and {'an independent' if lines[-1].seats == 1 else 'independents'}" if independents else counted_
    )


def with_vacant(vacant: int) -> str:
    """Say how many seats no list has a name for."""
    return f", with {counted(vacant, 'seat')} vacant"


def told_lot() -> tuple[str, ...]:
    """Say in a headline that a lot decided between equal figures."""
    return (", the last by lot",)


def other_seats(contest: str, changed: Sequence[tuple[PartyLine, int]], *, region: bool) -> str:
    """Return the correction of list seats: the parties that have more or fewer than was said, with both figures.

    No party has where a seat went from one of its lists to another.
    """
    what = "list seat" if region else "seat"
    short = f"{CORRECTION}{what}s in {place(contest)} are others than was said"
    if not changed:
        return short
    (first, before), *others = changed
    seats = in_digits(first.seats, what)

    def said(*, abbreviated: bool) -> str:
        rest = (f"{line.figures(abbreviated=abbreviated, changes=False)}, not {was}" for line, was in others)
        has = f"{first.spoken.does('have')} {seats} in {place(contest)}, not {before}"
        return CORRECTION + "; ".join((has, *rest))

    return fitting((said(abbreviated=False), said(abbreviated=True), short))


def other_order(contest: str) -> str:
    """Return the correction of the order in which the same seats were given."""
    return f"{CORRECTION}seats in {place(contest)} given in another order, result unchanged"


def order_changed() -> str:
    """Say that the order is another one."""
    return "the seats were given in another order"


def checked(said: str, bare: str) -> str:
    """Return the headline of list seats that were declared before the constituencies, and agree with them."""
    return fitting((f"CHECKED: {said}", f"CHECKED: {bare}"))


# --- the sentences behind it --------------------------------------------------------------------------------


def by_party(lines: Sequence[PartyLine], *, known: bool, vacant: int, came: str | None) -> str:
    """Say how many seats each party has, and what changed since last time."""
    parties = ", ".join(line.figures(abbreviated=False, changes=True) for line in lines)
    said = f"{capital(parties)}{', compared with last time' if known else ''}"
    said = f"{said}; {counted(vacant, 'seat')} {agree('be', plural=vacant != 1)} vacant" if vacant else said
    return f"{said}, {came}" if came else said


def in_order(elected: Sequence[Person | PartyLine]) -> str:
    """Say in which order the seats were given."""
    return f"Elected{' in this order' * (len(elected) > 1)}: {listed(one.short for one in elected)}"


def last_seat(last: Person | PartyLine, figure: float, *, alone: bool, by_lot: bool) -> str:
    """Say on which figure the last seat was given, or the one that there is."""
    lot = ", by lot between equal figures" if by_lot else ""
    return f"The {'' if alone else 'last '}seat goes to {_name(last)} on a figure of {figure:,.2f}{lot}"


def next_one(following: Person | PartyLine, figure: float) -> str:
    """Say who would have had one seat more, and how close that was."""
    plural = isinstance(following, PartyLine) and following.spoken.plural
    return f"{_name(following)} {agree('be', plural=plural)} next on {figure:,.2f}"


def _name(one: Person | PartyLine) -> str:
    return one.of if isinstance(one, Person) else one.short


def threshold(votes: int) -> str:
    """Say how many votes a list needed."""
    return f"A list needed {counted(votes, 'vote')} to have a seat"


def together(lines: Sequence[PartyLine]) -> str:
    """Say how many seats each party has in the region, constituencies and list together."""
    parties = ", ".join(line.figures(abbreviated=False, changes=False) for line in lines)
    return f"Constituencies and list together: {parties}"


def not_checked(waits_for: int) -> str:
    """Say that the seats were not held against the rule, and why."""
    if not waits_for:
        return "The allocation is not checked yet"
    are = f"{'constituency' if waits_for == 1 else 'constituencies'} {agree('be', plural=waits_for != 1)}"
    return f"The allocation is not checked yet: {number(waits_for)} {are} still to be declared"


def is_checked() -> str:
    """Say what a check has shown."""
    return "All its constituencies are declared, and its list seats follow from them"


def turnout(percent: float) -> str:
    """Say what the turnout was, on the paper for lists alone."""
    return f"The turnout is {percent:.1f}%"


def so_far(whole: Progress) -> str:
    """Say how far constituencies and regions are."""
    seats = f", {whole.seats_declared:,} of {whole.seats_expected:,} seats" if whole.seats_expected else ""
    return f"Declared so far: {of_both(whole)}{seats}"


def of_both(whole: Progress) -> str:
    """Return how many constituencies and regions are declared: ``65 of 73 constituencies and 3 of 8 regions``."""
    declared, expected = whole.declared - whole.lists_declared, whole.expected - whole.lists_expected
    said = f"{declared:,} of {expected:,} {'constituency' if expected == 1 else 'constituencies'}"
    if whole.lists_expected == 1:
        return f"{said} and the list seats" if whole.lists_declared else f"{said}, but not the list seats,"
    return f"{said} and {whole.lists_declared:,} of {whole.lists_expected:,} regions"


def all_of_both(whole: Progress) -> str:
    """Return that all are: ``All 73 constituencies and eight regions``."""
    expected = whole.expected - whole.lists_expected
    first = "Both" if expected == 2 else "All" if expected > 1 else "The"  # noqa: PLR2004  # a pair
    count = "" if expected <= 2 else f" {number(expected)}"  # noqa: PLR2004  # a pair
    lists = "the list seats" if whole.lists_expected == 1 else counted(whole.lists_expected, "region")
    return f"{first}{count} {'constituency' if expected == 1 else 'constituencies'} and {lists}"


def in_doubt(*, counts: bool) -> str:
    """Say why a region is under review where no correction waits."""
    stands = f"this result stands{' and counts' * counts}"
    return (
        f"Its list seats do not follow from the seats won in its constituencies; until it is declared again, {stands}"
    )


def follows_again() -> str:
    """Say that the constituencies are again as the list seats need them."""
    return "Its list seats follow from the seats won in its constituencies again; the result stands as it is"


def votes_changed(name: str, was: int, now: int) -> str:
    """Say how the votes of a list or of an answer changed."""
    return f"{name} {in_digits(now, 'vote')} instead of {was:,}"
