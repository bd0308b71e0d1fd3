"""What each party can still win in a region of the additional member system and its constituencies, taken together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.register import Candidate, Contest, Register, RegisterHead
from services.rules.allocating import Winner, is_individual, on_lists
from services.rules.certainty import Bounds, Hopeful, OpenList, Person, bounds


def open_lists(register: RegisterHead, contest: Contest, struck: Iterable[Person] = ()) -> list[OpenList]:
    """Return who stands in a contest by list of which no votes are known, without those who are struck out."""
    gone = Counter(one for one, _ in struck)

    def people(one: str, candidate: Candidate) -> int | None:
        if is_individual(candidate):
            return 1 - gone[one]
        return None if candidate.people is None else len(candidate.people) - gone[one]

    return [
        OpenList(register.main_party(candidate.party), people(one, candidate))
        for one, candidate in contest.candidates.items()
    ]


@dataclass(frozen=True, slots=True)
class _Stands:
    """Who stands in a constituency."""

    party: str
    """Id of the main party."""
    struck: frozenset[Person]
    """Who is struck from the lists if they win: themselves, where they are on one."""
    own: frozenset[Person]
    """Those of them on lists of their party. On another nobody may be: until they win, nothing is made of that."""


@dataclass(slots=True)
class RegionSeats:
    """A region with its constituencies: which of them are open, and what each party can win in those."""

    ballot_id: str
    """Of the region."""
    found: Mapping[str, Bounds] = field(default_factory=dict)
    """By main party, as worked out last."""
    stale: bool = False
    """Whether something has changed since."""
    _open: set[str] = field(default_factory=set)
    """Ballot ids of those open, the region's among them."""
    _won: dict[str, str] = field(default_factory=dict)
    """Who has won a constituency: candidate by ballot id."""
    _standing: dict[str, tuple[Contest, Contest, dict[str, _Stands]]] = field(default_factory=dict)
    """Who stands in each constituency, for the region and the constituency that it was worked out for."""

    def set_open(self, ballot_id: str, *, is_open: bool) -> None:
        """Count the region, or a constituency, among those open, or no longer."""
        self.stale = True
        if is_open:
            self._open.add(ballot_id)
        else:
            self._open.discard(ballot_id)

    def set_winner(self, ballot_id: str, winner: str | None) -> None:
        """Take who has won a constituency; None for nobody so far."""
        self.stale = True
        if winner is None:
            self._won.pop(ballot_id, None)
        else:
            self._won[ballot_id] = winner

    def work_out(self, register: Register) -> Mapping[str, Bounds]:
        """Return what each party can win in those that are open, by main party."""
        self.stale = False
        region = register.contests[self.ballot_id]
        standing = {one: self._standing_in(register, region, one) for one in region.constituencies}
        struck = {
            person
            for ballot_id, winner in self._won.items()
            if (known := standing[ballot_id].get(winner)) is not None
            for person in known.struck
        }
        fought = [
            [Hopeful(one.party, one.own - struck) for one in standing[ballot_id].values()]
            for ballot_id in region.constituencies
            if ballot_id in self._open
        ]
        if self.ballot_id in self._open:
            self.found = bounds(region.seats, open_lists(register, region, struck), fought)
        else:
            self.found = bounds(0, (), fought)
        return self.found

    def _standing_in(self, register: Register, region: Contest, ballot_id: str) -> dict[str, _Stands]:
        """Return who stands in a constituency, by candidate id, with their places on the lists."""
        contest, known = register.contests[ballot_id], self._standing.get(ballot_id)
        if known is not None and known[0] is region and known[1] is contest:
            return known[2]
        parties = {one: register.main_party(candidate.party) for one, candidate in region.candidates.items()}
        found = {}
        for one, candidate in contest.candidates.items():
            party = register.main_party(candidate.party)
            places = on_lists(register, region, Winner(one, candidate.name, party))
            own = frozenset(person for person in places if parties[person[0]] == party)
            found[one] = _Stands(party, places, own)
        self._standing[ballot_id] = region, contest, found
        return found
