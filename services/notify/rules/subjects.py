"""The data of a headline: a contest, a body or a region, with all that a reader would otherwise look up."""

from collections import Counter
from typing import NamedTuple

from schemas.control import NOC, Control
from schemas.headline import DefeatedCandidate, ElectedCandidate, Fact, PartySeats
from schemas.register import INDEPENDENT, BaselineName
from schemas.result import ContestName, PartyName, Progress, Result, Turnout
from schemas.wire import NATIONAL
from services.notify.rules.list_sentences import party_lines
from services.notify.rules.seats_won import SeatsWon, by_list, is_referendum, unseated


class Subject(NamedTuple):
    """What a headline is about. The fields are those of ``schemas.headline.Headline``."""

    name: str
    """Subject of the event: a ballot id, a body's slug or a region's."""
    regions: tuple[str, ...]
    ballot_id: str | None = None
    contest: ContestName | None = None
    body: str | None = None
    body_name: str | None = None
    region: str | None = None
    region_name: str | None = None
    winners: tuple[PartySeats, ...] = ()
    losers: tuple[PartySeats, ...] = ()
    elected: tuple[ElectedCandidate, ...] = ()
    facts: tuple[Fact, ...] = ()
    defeated: tuple[DefeatedCandidate, ...] = ()
    majority: int | None = None
    turnout: Turnout | None = None
    baseline: BaselineName | None = None
    revision: int | None = None

    def without_facts(self) -> "Subject":
        """Return the same without what is news of the seats alone."""
        return self._replace(facts=(), defeated=())


def contest_subject(result: Result, won: SeatsWon, facts: tuple[Fact, ...]) -> Subject:
    """Return a contest as its result has it.

    Args:
        result: the result.
        won: who is elected.
        facts: what else is so of it, the most telling first.
    """
    turnout = result.turnout
    winners, losers = _winners_and_losers(result, won)
    names = {candidate.candidate: candidate.name for candidate in result.candidates}
    return Subject(
        name=result.ballot_id,
        regions=result.regions,
        ballot_id=result.ballot_id,
        contest=result.contest,
        body=result.body,
        body_name=result.body_name,
        winners=winners,
        losers=losers,
        elected=tuple(
            ElectedCandidate(candidate=one, name=person or names[one], party=party)
            for one, person, party in zip(won.elected, _people(result, won), won.parties, strict=True)
        ),
        facts=facts,
        defeated=tuple(
            DefeatedCandidate(
                candidate=one.candidate, name=one.name, party=result.parties[one.party].counts_as, votes=one.votes
            )
            for one in (unseated(result) if "incumbent_defeated" in facts else ())
        ),
        majority=result.majority,
        turnout=None if turnout.valid_votes is None and turnout.papers is None else turnout,
        baseline=None if won.outcome is None else result.headline_baseline,
        revision=result.revision,
    )


def _people(result: Result, won: SeatsWon) -> tuple[str | None, ...]:
    """Return whose each list seat is, where that is known, in the order of the elected."""
    seats = () if result.allocation is None else result.allocation.seats
    if tuple(seat.list for seat in seats) != won.elected:
        return (None,) * len(won.elected)
    return tuple(seat.person for seat in seats)


def body_subject(control: Control, regions: tuple[str, ...] | None) -> Subject:
    """Return a council or a parliament.

    Args:
        control: who holds its seats.
        regions: the regions that it lies in; None where they are not known yet.
    """
    controller = None if control.now == NOC else control.now
    loser = control.before if control.holder_lost else None
    return Subject(
        name=control.body,
        regions=regions or (NATIONAL,),
        body=control.body,
        body_name=control.name,
        winners=() if controller is None else (party_in_body(control, controller),),
        losers=() if loser is None else (party_in_body(control, loser),),
    )


def region_subject(progress: Progress) -> Subject:
    """Return a region."""
    return Subject(
        name=progress.region,
        regions=tuple(dict.fromkeys((progress.region, NATIONAL))),
        region=progress.region,
        region_name=progress.name,
    )


def party_in_body(control: Control, party: str) -> PartySeats:
    """Return a main party with the seats that it holds in a body."""
    change = control.changes.get(party, 0) if control.changes else None
    return _party(party, control.parties[party], control.composition.get(party, 0), change)


def _winners_and_losers(result: Result, won: SeatsWon) -> tuple[tuple[PartySeats, ...], tuple[PartySeats, ...]]:
    """Return the parties of the elected, most gained first, then most won; and those that have lost seats."""
    if by_list(result):
        return _by_list(result, won)
    if is_referendum(result):
        return tuple(_party(party, result.parties[party], 0, None) for party in won.parties), ()
    seats, found = Counter(won.parties), won.outcome
    # Seats are won from nobody only where nobody held any, so that no party is in both.
    gained = {} if found is None else {**found.gained, **found.won}
    lost = {} if found is None else found.lost
    parties = {
        party: _party(
            party,
            result.parties[party],
            seats[party],
            None if found is None else gained.get(party, 0) - lost.get(party, 0),
        )
        for party in {**seats, **lost}
    }

    def by_name(party: str) -> tuple[bool, str]:
        # Independents come last among equals, as in the text.
        return party == INDEPENDENT, parties[party].spoken

    def by_size(party: str) -> tuple[int, int, bool, str]:
        number = gained.get(party, 0)
        return -number, 0 if number else -seats[party], *by_name(party)

    winners = sorted(seats, key=by_size)
    losers = sorted(lost, key=lambda party: (-lost[party], *by_name(party)))
    return tuple(parties[party] for party in winners), tuple(parties[party] for party in losers)


def _by_list(result: Result, won: SeatsWon) -> tuple[tuple[PartySeats, ...], tuple[PartySeats, ...]]:
    """Return the parties of list seats, most seats first, and those that have fewer than last time, most lost first."""
    changes = result.seat_changes if won.elected else None
    lines = [_party(one.party, result.parties[one.party], one.seats, one.change) for one in party_lines(result, won)]
    seats = Counter(won.parties)
    fewer = sorted((change, party) for party, change in (changes or {}).items() if change < 0)
    return tuple(lines), tuple(_party(party, result.parties[party], seats[party], change) for change, party in fewer)


def _party(party: str, named: PartyName, seats: int, change: int | None) -> PartySeats:
    return PartySeats(
        party=party,
        spoken=named.spoken,
        number=named.number,
        abbreviation=named.abbreviation,
        colour=named.colour,
        seats=seats,
        change=change,
    )
