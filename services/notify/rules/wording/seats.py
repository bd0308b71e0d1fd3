"""Words for a contest's seats: who won them, from whom, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.result import PartyName, Swing
from services.notify.rules.wording.english import (
    SEAT_LENGTH_MAX,
    Spoken,
    agree,
    all_seats,
    counted,
    fitting,
    listed,
    number,
    seats,
    spoken,
)

Parties = Mapping[str, PartyName]
"""Every party that may be mentioned, by id."""


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate in a sentence."""

    name: str
    party: PartyName
    """As it stood on the ballot paper."""

    @property
    def of(self) -> str:
        """Name and party: ``Ann Example of the Conservatives``."""
        party = spoken(self.party)
        if party.independent:
            return f"the independent {self.name}"
        # There is only one Speaker: no name is needed.
        return party.inside if party.category == "speaker" else f"{self.name} of {party.inside}"

    @property
    def stands(self) -> str:
        """For which party: ``for the Conservatives``, ``as an independent``."""
        party = spoken(self.party)
        if party.category in ("independent", "speaker"):
            return f"as {party.inside}"
        return f"for {party.inside}"

    @property
    def short(self) -> str:
        """As in a list: ``Ann Example (Con)``."""
        return f"{self.name} ({self.party.abbreviation})"


# --- the headline -------------------------------------------------------------------------------------------


def one_seat(party: Spoken, verb: str, contest: str, origin: Spoken | None = None) -> str:
    """Return the headline of a contest with one seat."""
    said = f"{party.does(verb)} {contest}"
    return said if origin is None else fitting((f"{said} from {origin.within}", said), SEAT_LENGTH_MAX)


class Flow(NamedTuple):
    """The seats that a headline is about."""

    verb: str
    """gain, hold or win."""
    seats: Mapping[str, int]
    """By main party."""
    lost: Mapping[str, int]
    """Those they come from, by main party, where that is certain; else empty."""


def several_seats(flow: Flow, contest: str, up: int, parties: Parties) -> str:
    """Return the headline of a contest with several seats, ``up`` of them; parties are abbreviated where they must."""
    won, lost = _by_size(flow.seats, parties), _by_size(flow.lost, parties)
    short_won, short_lost = _by_size(flow.seats, parties, short=True), _by_size(flow.lost, parties, short=True)
    return fitting(
        (
            _flow(flow.verb, won, contest, up, lost),
            _flow(flow.verb, won, contest, up, ()),
            _flow(flow.verb, short_won, contest, up, short_lost),
            _flow(flow.verb, short_won, contest, up, ()),
        ),
        SEAT_LENGTH_MAX,
    )


Counted = Sequence[tuple[Spoken, int]]
"""Parties with their seats, most first."""


def _flow(verb: str, won: Counted, contest: str, up: int, lost: Counted) -> str:
    origin = f" from {listed(party.within for party, _ in lost)}" if lost else ""
    (first, most), *others = won
    if not others:
        return f"{first.does(verb)} {all_seats(up) if most == up else seats(most)} in {contest}{origin}"
    if all(count == most for _, count in others):
        together = listed(party.within for party, _ in won)
        does = f"{together[:1].upper()}{together[1:]} {agree(verb, plural=True)}"
        return f"{does} {seats(most)} each in {contest}{origin}"
    rest = ", ".join(f"{party.within} {number(count)}" for party, count in others)
    return f"{first.does(verb)} {seats(most)} in {contest}, {rest}{f',{origin}' if origin else ''}"


# --- the sentence behind it ---------------------------------------------------------------------------------


def takes(winner: Person, contest: str, previous: str, *, first_time: bool) -> str:
    """Say who takes the seat for whom from whom, and whether the party never won it before."""
    first = " for the first time" if first_time else ""
    return f"{winner.name} wins {contest} {winner.stands}{first}, taking it from {previous}"


def keeps(winner: Person, contest: str) -> str:
    """Say who keeps the seat."""
    return f"{winner.name} keeps {contest} {winner.stands}"


def succeeds(winner: Person, contest: str) -> str:
    """Say that one independent follows another."""
    return f"{winner.name} follows another independent in {contest}"


def opens(winner: Person, contest: str) -> str:
    """Say who wins a seat that nobody held before."""
    return f"{winner.name} wins {contest}, new at this election, {winner.stands}"


def chosen(winner: Person, contest: str) -> str:
    """Say who is elected where it is not known who held the seat."""
    return f"{winner.name} is elected in {contest} {winner.stands}"


def elects(winners: Sequence[Person], contest: str) -> str:
    """Say who is elected to several seats."""
    return f"{contest} elects {listed(winner.short for winner in winners)}"


UNOPPOSED = "unopposed"


def with_vacant(vacant: int) -> str:
    """Say that everybody is elected and how many seats nobody stood for."""
    return f"{UNOPPOSED}, with {counted(vacant, 'seat')} vacant"


def by_majority(votes: int) -> str:
    """Say by how much."""
    return f"with a majority of {number(votes)}"


def by_votes(votes: int) -> str:
    """Say by how much the last of several seats was won."""
    return f"the last by {counted(votes, 'vote')}"


def by_lot(votes: int | None, *, several: bool) -> str:
    """Say that it was a tie."""
    after = "after equal votes" if votes is None else f"after a tie on {counted(votes, 'vote')}"
    return f"the last by lot {after}" if several else f"by lot {after}"


def second_preferences(*, trailing: bool) -> str:
    """Say that the final round decided, after the majority."""
    return " on second preferences" + (", after trailing on first preferences" if trailing else "")


def unseating(names: Sequence[str]) -> str:
    """Say who held a seat and lost it."""
    return f"unseating {listed(names)}"


def turnout(percent: float) -> str:
    """Say what the turnout was."""
    return f"on a turnout of {percent:.1f}%"


def swing(found: Swing, parties: Parties) -> str:
    """Say what the swing was."""
    return f"a swing of {points(found.points)} {direction(found, parties)}"


def direction(found: Swing, parties: Parties) -> str:
    """Say from whom to whom a swing was."""
    return f"from {spoken(parties[found.from_party]).inside} to {spoken(parties[found.to_party]).inside}"


def points(value: float) -> str:
    """Return percentage points: ``8.2 points``."""
    return f"{value:.1f} points"


def not_certain(lost: Mapping[str, int], parties: Parties) -> str:
    """Say that it is not certain who took whose seat."""
    (first, most), *others = _by_size(lost, parties)
    if all(count == most for _, count in others):
        losers = listed(party.inside for party, _ in _by_size(lost, parties))
        said = f"{losers} lose {seats(most)} each"
    else:
        rest = ", ".join(f"{party.inside} {number(count)}" for party, count in others)
        said = f"{first.inside} {agree('lose', plural=first.plural)} {seats(most)}, {rest}"
    return f"{said}, and who took whose is not certain"


def _by_size(counts: Mapping[str, int], parties: Parties, *, short: bool = False) -> list[tuple[Spoken, int]]:
    """Return parties with their seats: most first, independents last among equals."""
    named = [(spoken(parties[party], count), count, parties[party].abbreviation) for party, count in counts.items()]
    named.sort(key=lambda one: (-one[1], one[0].category.startswith("independent"), one[0].name))
    return [
        (Spoken(abbreviation, plural=party.plural) if short else party, count) for party, count, abbreviation in named
    ]
