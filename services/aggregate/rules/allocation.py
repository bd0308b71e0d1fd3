"""How list seats were given, as a result has it; and whether what they rest on still holds.

A region of the additional member system rests on its constituencies. Whether its result is under review follows from
what stands: its constituencies are not those any more on which the allocation rests, or they became known after it and
the rule gives other seats. It is never allocated anew: that is for the returning officer to declare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.declaration import Declaration
from schemas.events import ResultEvent
from schemas.register import Contest, Register
from schemas.result import Allocation, ListSeat, Note, Result
from services.aggregate.rules.life import BEFORE, life_of
from services.rules.allocating import Constituencies, Winner, constituencies_of, is_individual, list_seats, people_left
from services.rules.systems.count import TieWithoutLot
from services.rules.systems.lists import Given, two_decimals, votes_needed
from services.rules.verdicts import ALLOCATION_DIFFERS, ALLOCATION_IN_DOUBT

_IN_DOUBT = Note(
    code=ALLOCATION_IN_DOUBT,
    text="A constituency has another result than the one that these seats rest on; they stand until they are declared "
    "again",
)
_NOT_BY_THEM = Note(
    code=ALLOCATION_IN_DOUBT,
    text="With the constituencies declared since, the rule gives others these seats; they stand until declared again",
)
_LOT_MISSING = Note(
    code=ALLOCATION_IN_DOUBT,
    text="With the constituencies declared since, figures are equal at the last seat, and no lot is recorded that "
    "decides it; the seats stand until declared again",
)
_DIFFERS = Note(code=ALLOCATION_DIFFERS, text="The rule gives others these seats. What was declared stands in law")


def known_constituencies(register: Register, region: Contest, results: Mapping[str, ResultEvent]) -> Constituencies:
    """Return what is known of a region's constituencies by their results."""

    def winners_of(ballot_id: str) -> Sequence[Winner] | None:
        event = results.get(ballot_id)
        life = BEFORE if event is None else life_of(event.data)
        if event is None or not life.declared:
            return None if life.expected else ()
        names = {one.candidate: one.name for one in event.data.candidates}
        pairs = zip(event.data.elected, event.data.parties_elected, strict=True)
        return [Winner(one, names.get(one, one), party) for one, party in pairs]

    return constituencies_of(register, region, winners_of)


@dataclass(frozen=True, slots=True)
class Allocated:
    """The seats of a contest by list."""

    elected: tuple[str, ...]
    """The list of each seat."""
    allocation: Allocation
    notes: tuple[Note, ...] = ()

    @property
    def by_lot(self) -> bool:
        """Whether a lot decided between equal figures."""
        return any(seat.by_lot for seat in self.allocation.seats)

    @property
    def in_doubt(self) -> bool:
        """Whether the result is under review for it."""
        return doubted(self.notes)


def doubted(notes: Sequence[Note]) -> bool:
    """Return whether a result's notes say that what its seats rest on does not hold any more."""
    return any(note.code == ALLOCATION_IN_DOUBT for note in notes)


def allocated(
    contest: Contest, declared: Declaration, known: Constituencies, before: Result | None, *, confirmed: bool
) -> Allocated | None:
    """Return the seats of a declaration by list; None of one without votes, or by another system.

    Args:
        contest: the contest.
        declared: its declaration.
        known: the region's constituencies; of a contest that has none, nothing.
        before: the contest's result so far; of the same revision, its allocation is kept where it was checked.
        confirmed: whether a second person has let seats pass that the rule does not give.
    """
    if not contest.by_list or declared.votes is None or declared.kind != "declared":
        return None
    kept = before.allocation if before is not None and before.revision == declared.revision else None
    elected = declared.elected or ()
    seats = None if known.waits_for else _by_rule(contest, declared, known)
    if kept is not None and kept.checked and before is not None:
        same = seats is not None and _rest_on_the_same(contest, kept, seats)
        others = tuple(note for note in before.notes if note.code == ALLOCATION_DIFFERS)
        return Allocated(before.elected, kept, others if same else (*others, _IN_DOUBT))
    threshold = votes_needed(sum(declared.votes.values()), contest.threshold_per_cent)
    if known.waits_for:
        waits = Allocation(checked=False, carried_in={}, seats=(), threshold=threshold, waits_for=known.waits_for)
        return Allocated(elected, waits)
    if seats is not None:
        by_rule = tuple(seat.list for seat in seats.seats)
        if declared.elected is None or sorted(elected) == sorted(by_rule):
            return Allocated(by_rule, seats)
        if confirmed and kept is None:
            return Allocated(elected, seats, (_DIFFERS,))
    unchecked = Allocation(checked=False, carried_in=dict(known.carried.seats), seats=(), threshold=threshold)
    return Allocated(elected, unchecked, (_LOT_MISSING if seats is None else _NOT_BY_THEM,))


def _by_rule(contest: Contest, declared: Declaration, known: Constituencies) -> Allocation | None:
    """Return the seats that the rule gives; None where a lot is missing."""
    votes = declared.votes or {}
    try:
        seats = list_seats(contest, votes, known.carried, declared.lot or ())
    except TieWithoutLot:
        return None
    left = {one: list(names) for one, names in people_left(contest, known.carried).items() if names is not None}
    return Allocation(
        checked=True,
        carried_in=dict(known.carried.seats),
        seats=tuple(_seat(seat, left.get(seat.list)) for seat in seats.given),
        next=None if seats.next is None else _seat(seats.next, left.get(seats.next.list)),
        threshold=votes_needed(sum(votes.values()), contest.threshold_per_cent),
    )


def _rest_on_the_same(contest: Contest, kept: Allocation, now: Allocation) -> bool:
    """Whether the constituencies carry the same seats into the same lists, and strike nobody else from them.

    An individual whose name is amended is the same person.
    """

    def people(allocation: Allocation) -> list[str | None]:
        individuals = {one for one, candidate in contest.candidates.items() if is_individual(candidate)}
        return [seat.list if seat.list in individuals else seat.person for seat in allocation.seats]

    return kept.carried_in == now.carried_in and people(kept) == people(now)


def _seat(given: Given, people: list[str] | None) -> ListSeat:
    """Return a seat with the next person on its list."""
    person = people.pop(0) if people else None
    figure = two_decimals(given.figure)
    return ListSeat(list=given.list, person=person, divisor=given.divisor, figure=figure, by_lot=given.by_lot)
