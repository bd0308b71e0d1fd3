"""The text and the detail of a contest by list: seats by party, their change, their order, and who was next."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.register import INDEPENDENT
from schemas.result import Result
from schemas.wire import NATIONAL
from services.notify.rules.seats_won import SeatsWon, is_region, place_name, vacant
from services.notify.rules.wording import lists as wording
from services.notify.rules.wording.english import place, spoken
from services.notify.rules.wording.life import comes_after, join_sentences
from services.notify.rules.wording.lists import PartyLine
from services.notify.rules.wording.seats import Ending, Person

CONSTITUENCIES: Final = "constituencies"
"""What the code of a note has in it that says why a region is under review: its constituencies have other winners."""


def reviewed_by_constituencies(result: Result) -> bool:
    """Whether a region is under review because of its constituencies, and not of a correction that waits."""
    return result.under_review and any(CONSTITUENCIES in note.code for note in result.notes)


def list_text(result: Result, won: SeatsWon, ending: Ending) -> str:
    """Return the headline of list seats."""
    lines = party_lines(result, won)
    if is_region(result):
        return wording.region_seats(place_name(result), lines, ending)
    return wording.list_seats(place(place_name(result)), lines, result.contest.seats, ending)


def list_ending(result: Result, won: SeatsWon, told: Sequence[str]) -> Ending:
    """Return how the headline of list seats ends: with seats that no list has a name for, and what else is so."""
    empty = vacant(result, won)
    return Ending(wording.with_vacant(empty) if empty else "", told)


def other_list_seats(result: Result, now: SeatsWon, was: SeatsWon) -> str:
    """Return the correction of list seats: whose number is another one."""
    before = Counter(was.parties)
    lines = party_lines(result, now)
    lines += [_line(result, party, 0, None) for party in before if party not in now.parties]
    changed = [(line, before[line.party]) for line in lines if line.seats != before[line.party]]
    return wording.other_seats(place_name(result), changed, region=is_region(result))


def list_detail(result: Result, won: SeatsWon, *, declared_before: bool) -> str:
    """Return the sentences behind the headline of list seats."""
    return join_sentences(*_sentences(result, won, declared_before=declared_before))


def _sentences(result: Result, won: SeatsWon, *, declared_before: bool) -> Iterator[str]:
    lines, allocation = party_lines(result, won), result.allocation
    lines += [
        _line(result, party, 0, change)
        for party, change in (result.seat_changes or {}).items()
        if change < 0 and party not in won.parties
    ]
    empty = vacant(result, won)
    came = comes_after(result.supersedes.kind if result.supersedes else None, declared_before=declared_before)
    yield wording.by_party(lines, known=result.seat_changes is not None, vacant=empty, came=came)
    if allocation is not None and allocation.seats:
        yield wording.in_order([_who(result, seat.list, seat.person) for seat in allocation.seats])
        last = allocation.seats[-1]
        said = wording.last_seat(_who(result, last.list, None), last.figure, by_lot=last.by_lot)
        if allocation.next is not None:
            said = f"{said}; {wording.next_one(_who(result, allocation.next.list, None), allocation.next.figure)}"
        yield said
    else:
        yield wording.in_order([_who(result, one, None) for one in won.elected])
    if allocation is not None:
        if allocation.threshold is not None:
            yield wording.threshold(allocation.threshold)
        if allocation.checked and allocation.carried_in:
            # Two lists of one party have both been carried in all that it has won.
            carried = {_party(result, one): seats for one, seats in allocation.carried_in.items()}
            together = Counter(won.parties) + Counter(carried)
            yield wording.together(_by_size(result, [_line(result, one, n, None) for one, n in together.items()]))
        if is_region(result) and not allocation.checked:
            yield wording.not_checked(len(allocation.waits_for))
    if result.turnout.said is not None:
        yield wording.turnout(result.turnout.said)
    whole = next((one for one in result.progress if one.region == NATIONAL), None)
    if is_region(result) and whole is not None and whole.lists_expected and whole.declared < whole.expected:
        yield wording.so_far(whole)


def _who(result: Result, one: str, person: str | None) -> Person | PartyLine:
    """Return who has a list seat: the person, or the list where nobody knows who it is."""
    candidate = next(candidate for candidate in result.candidates if candidate.candidate == one)
    party = result.parties[candidate.party]
    if person is not None or party.counts_as == INDEPENDENT:
        return Person(person or candidate.name, party)
    return _line(result, party.counts_as, 1, None)


def _party(result: Result, one: str) -> str:
    candidate = next(candidate for candidate in result.candidates if candidate.candidate == one)
    return result.parties[candidate.party].counts_as


def party_lines(result: Result, won: SeatsWon) -> list[PartyLine]:
    """Return the parties of the elected with their seats and, where known, the change: most first."""
    seats, now = Counter(won.parties), Counter(result.parties_elected)
    changes = result.seat_changes if result.elected else None
    return _by_size(
        result,
        [
            _line(result, party, number, None if changes is None else number - (now[party] - changes.get(party, 0)))
            for party, number in seats.items()
        ],
    )


def _line(result: Result, party: str, seats: int, change: int | None) -> PartyLine:
    named = result.parties[party]
    return PartyLine(party, spoken(named, seats), named.abbreviation, seats, change)


def _by_size(result: Result, lines: Sequence[PartyLine]) -> list[PartyLine]:
    """Return parties by their seats; among equals by their votes, independents last."""
    rank: dict[str, int] = {}
    for number, candidate in enumerate(result.candidates):
        rank.setdefault(result.parties[candidate.party].counts_as, number)
    return sorted(lines, key=lambda one: (-one.seats, one.party == INDEPENDENT, rank.get(one.party, 0)))
