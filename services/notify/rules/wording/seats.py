"""Words for a contest's seats: who won them, from whom, and by how much."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from schemas.result import ContestName, PartyName, Swing
from services.notify.rules.wording.english import (
    SEAT_LENGTH_MAX,
    Spoken,
    agree,
    all_seats,
    capital,
    counted,
    fitting,
    listed,
    number,
    seats,
    spoken,
)

Parties = Mapping[str, PartyName]
"""Every party that may be mentioned, by id."""


class Person(NamedTuple):
    """A candidate in a sentence."""

    name: str
    party: PartyName
    """As it stood on the ballot paper."""
    sitting: bool = False
    """Whether they were a sitting member on the eve of poll."""

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


class Ending(NamedTuple):
    """How a headline about seats ends."""

    must: str
    """What must be said besides who won: ``unopposed``."""
    may: Sequence[str]
    """What is worth saying besides, and may be left out; shorter words for it come later."""

    def of(self, said: str) -> list[str]:
        """Return a headline with this ending, the longest first."""
        return [*(f"{said}{self.must}{one}" for one in self.may), said + self.must]


def one_seat(party: Spoken, verb: str, contest: str, origin: Spoken | None, ending: Ending) -> str:
    """Return the headline of a contest with one seat; ``origin`` is from whom it was taken, where that is said."""
    said = f"{party.does(verb)} {contest}"
    taken = said if origin is None else f"{said} from {origin.within}"
    return fitting((*ending.of(taken), said + ending.must), SEAT_LENGTH_MAX)


class Flow(NamedTuple):
    """The seats that a headline is about."""

    verb: str
    """gain, hold or win."""
    seats: Mapping[str, int]
    """By main party."""
    lost: Mapping[str, int]
    """Those they come from, by main party, where that is certain; else empty."""


def several_seats(flow: Flow, contest: ContestName, parties: Parties, ending: Ending) -> str:
    """Return the headline of a contest with several seats; parties are abbreviated where they must."""
    won, lost = by_size(flow.seats, parties), by_size(flow.lost, parties)
    name, up = contest.full_name or contest.name, contest.seats
    if ending.must and len(set(flow.seats.values())) > 1:
        # Parties with their seats stand last: what is so of all of them would be read as said of the last one.
        ending = ending._replace(must=f"; all{ending.must}")
    said = ending.of(seats_won(flow.verb, won, name, up, lost))
    if len(said[-1]) > SEAT_LENGTH_MAX:
        short_won, short_lost = by_size(flow.seats, parties, short=True), by_size(flow.lost, parties, short=True)
        # Who wins most is named in full as long as there is room.
        mixed = [won[0], *short_won[1:]] if _one_leads(flow.seats.values()) else short_won
        shorter = ((won, ()), (mixed, short_lost), (short_won, short_lost), (mixed, ()), (short_won, ()))
        said += [seats_won(flow.verb, to, name, up, origin) + ending.must for to, origin in shorter]
    return fitting(said, SEAT_LENGTH_MAX)


Counted = Sequence[tuple[Spoken, int]]
"""Parties with their seats, most first."""


def seats_won(verb: str, won: Counted, contest: str, up: int | None, lost: Counted) -> str:
    """Return who wins how many seats where, from whom; ``up`` is how many the contest has, None while it goes on."""
    origin = f" from {listed(party.within for party, _ in lost)}" if lost else ""
    (first, most), *others = won
    if not others:
        return f"{first.does(verb)} {all_seats(up) if most == up else seats(most)} in {contest}{origin}"
    level = [party for party, count in won if count == most]
    if len(level) == 1:
        said = f"{first.does(verb)} {seats(most)} in {contest}"
    else:
        said = f"{capital(listed(party.within for party in level))} {agree(verb, plural=True)} {seats(most)} each"
        said = f"{said} in {contest}"
    if len(level) == len(won):
        return f"{said}{origin}"
    rest = ", ".join(f"{party.within} {number(count)}" for party, count in won[len(level) :])
    return f"{said}, {rest}{f',{origin}' if origin else ''}"


# --- the sentence behind it ---------------------------------------------------------------------------------


def takes(winner: Person, contest: str, previous: str, *, first_time: bool) -> str:
    """Say who takes the seat for whom from whom, and whether the party never won it before."""
    return f"{_wins(winner, contest, first_time=first_time)}, taking it from {previous}"


def gains(winner: Person, contest: str, previous: Spoken, *, first_time: bool, notional: bool) -> str:
    """Say whose gain it is where nobody took the seat from anybody: it is notional, or the winner had it before."""
    said = _wins(winner, contest, first_time=first_time)
    return f"{said}, {'a notional gain' if notional else 'a gain'} from {previous.inside}"


def _wins(winner: Person, contest: str, *, first_time: bool) -> str:
    who = f"{winner.name}, a sitting member," if winner.sitting else winner.name
    return f"{who} wins {contest} {_stands(winner, first_time=first_time)}"


def _stands(winner: Person, *, first_time: bool) -> str:
    """Say for which party, and whether it never won there before."""
    if not first_time:
        return winner.stands
    return "as the first independent" if spoken(winner.party).independent else f"{winner.stands} for the first time"


def holds(winner: Person, contest: str, *, notional: bool) -> str:
    """Say for whom the seat is held where nobody kept it: it is notional, or a sitting member lost."""
    return f"{winner.name} wins {contest} {winner.stands}, {'a notional hold' if notional else 'a hold'}"


def keeps(winner: Person, contest: str) -> str:
    """Say who keeps the seat."""
    return f"{winner.name} keeps {contest} {winner.stands}"


def succeeds(winner: Person, contest: str) -> str:
    """Say that one independent follows another."""
    return f"{winner.name} follows another independent in {contest}"


def opens(winner: Person, contest: str) -> str:
    """Say who wins a seat that nobody held before."""
    return f"{winner.name} wins {contest}, new at this election, {winner.stands}"


def chosen(winner: Person, contest: str, *, first_time: bool) -> str:
    """Say who is elected where it is not known who held the seat."""
    return f"{winner.name} is elected in {contest} {_stands(winner, first_time=first_time)}"


def first_there(party: Spoken) -> str:
    """Say of several seats that a party never won there before."""
    return f"the first time that {party.inside} {agree('win', plural=party.plural)} there"


def elects(winners: Sequence[Person], contest: str) -> str:
    """Say who is elected to several seats."""
    return f"{contest} elects {listed(winner.short for winner in winners)}"


UNOPPOSED = "unopposed"

NOTIONAL = "compared with notional figures for the new boundaries"


def with_vacant(vacant: int) -> str:
    """Say that everybody is elected, and how many seats nobody stood for."""
    return f"{UNOPPOSED}, with {counted(vacant, 'seat')} vacant"


def by_majority(votes: int) -> str:
    """Say by how much."""
    return f"with a majority of {number(votes)}"


def by_votes(votes: int) -> str:
    """Say by how much the last of several seats was won."""
    return f"the last by {counted(votes, 'vote')}"


def narrowly(loser: Person, votes: int, valid: int, *, named: bool) -> str:
    """Say over whom a narrow majority is, and how narrow it is; ``named``: the sentence has named the loser before."""
    share = 100 * votes / valid
    percent = "less than 0.01%" if share < 0.01 else f"{share:.2f}%"  # noqa: PLR2004  # what two decimals can show
    sitting = ", a sitting member" if loser.sitting else ""
    over = "" if named else f" over {loser.name}{sitting}"
    return f"{over}, {percent} of the valid votes"


def by_lot(votes: int | None, others: Sequence[Person], drawn: str) -> str:
    """Say that it was a tie, with whom, and which seats the lot decided."""
    after = "after equal votes" if votes is None else f"after a tie on {counted(votes, 'vote')}"
    over = f" with {listed(one.short for one in others)}" if others else ""
    return f"{drawn} {after}{over}".strip()


def drawn(number_: int, seats_: int) -> str:
    """Say which of the seats a lot decided: ``the last two by lot``, ``both by lot``; of one seat, ``by lot``."""
    if seats_ == 1:
        return "by lot"
    if number_ == seats_:
        return f"{'both' if seats_ == 2 else f'all {number(seats_)}'} by lot"  # noqa: PLR2004  # a pair
    return f"the last {'' if number_ == 1 else number(number_) + ' '}by lot"


def second_preferences(*, trailing: bool) -> str:
    """Say that the final round decided, after the majority: second preferences count in it besides the first."""
    return " after second preferences" + (", having trailed on first preferences" if trailing else "")


def defeating(losers: Sequence[Person], *, own: bool) -> str:
    """Say which sitting members lost; ``own``: they were of a party that has won here."""
    named = f"{listed(one.short for one in losers)}, {'a sitting member' if len(losers) == 1 else 'sitting members'}"
    return f"with {named}, defeated" if own else f"defeating {named}"


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
    return f"{value:.2f} points" if is_nothing(value) else f"{value:.1f} points"


def is_nothing(value: float) -> bool:
    """Whether a figure is nothing with the one decimal that it is said with."""
    return f"{value:.1f}" == "0.0"


# --- what is worth saying of a result besides who won -------------------------------------------------------


def told_first_time(winner: Person) -> tuple[str, ...]:
    """Say in a headline that a party never won there before; an independent has no party."""
    return () if spoken(winner.party).independent else (" for the first time",)


def told_lot(number_: int, seats_: int) -> tuple[str, ...]:
    """Say in a headline that a lot decided."""
    said = drawn(number_, seats_)
    return (f" {said}",) if said == "by lot" else (f", {said}",)


def told_narrow(votes: int, *, several: bool) -> tuple[str, ...]:
    """Say in a headline how narrow it was."""
    return (f", {by_votes(votes)}" if several else f" by {counted(votes, 'vote')}",)


def told_from_behind() -> tuple[str, ...]:
    """Say in a headline that second preferences made a loser the winner."""
    return (" on second preferences",)


def told_defeated(names: Sequence[str], *, own: bool) -> tuple[str, ...]:
    """Say in a headline which sitting members lost."""
    both = (listed(names), counted(len(names), "sitting member"))
    return tuple(f", {one} defeated" if own else f", defeating {one}" for one in both)


def not_certain(lost: Mapping[str, int], parties: Parties) -> str:
    """Say that it is not certain who took whose seat."""
    (first, most), *others = by_size(lost, parties)
    if all(count == most for _, count in others):
        losers = listed(party.inside for party, _ in by_size(lost, parties))
        said = f"{losers} lose {seats(most)} each"
    else:
        rest = ", ".join(f"{party.inside} {number(count)}" for party, count in others)
        said = f"{first.inside} {agree('lose', plural=first.plural)} {seats(most)}, {rest}"
    return f"{said}, and who took whose is not certain"


def by_size(counts: Mapping[str, int], parties: Parties, *, short: bool = False) -> list[tuple[Spoken, int]]:
    """Return parties with their seats: most first, independents last among equals.

    Abbreviations stand for the names where they are to be ``short``, but for independents who come first: no headline
    begins with *Ind win*.
    """
    named = [(spoken(parties[party], count), count, parties[party].abbreviation) for party, count in counts.items()]
    named.sort(key=lambda one: (-one[1], one[0].category.startswith("independent"), one[0].name))
    alone = _one_leads(counts.values())
    return [
        (
            Spoken(abbreviation, plural=party.plural)
            if short and not (alone and place == 0 and party.category == "independents")
            else party,
            count,
        )
        for place, (party, count, abbreviation) in enumerate(named)
    ]


def _one_leads(numbers: Collection[int]) -> bool:
    """Whether one party alone has most of the seats that are told."""
    return [*numbers].count(max(numbers, default=0)) == 1
