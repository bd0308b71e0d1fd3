"""What each party can still win in a region of the additional member system and its constituencies, taken together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.register import Contest, Register
from schemas.result import CountedSoFar, Result
from services.aggregate.rules.life import life_of
from services.aggregate.rules.list_seats import bounds_of_open_lists, counted_lists, open_lists
from services.rules.allocating import OnLists, Winner
from services.rules.certainty import Bounds, Hopeful, OpenList, Person, bounds
from services.rules.certainty_by_votes import bounds_by_votes


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
    """A region with its constituencies: which of them are open, and what each party can win in those.

    List seats that are declared count. While a constituency is open, the rule may give others by the same votes: the
    bounds say how many seats more than those that count, or fewer, a party can have.
    """

    ballot_id: str
    """Of the region."""
    found: Mapping[str, Bounds] = field(default_factory=dict)
    """By main party, as worked out last."""
    stale: bool = False
    """Whether something has changed since."""
    _open: set[str] = field(default_factory=set)
    """Ballot ids of those open, the region's among them."""
    _votes: Mapping[str, int] = field(default_factory=dict)
    """Votes by list, once the region is declared."""
    _so_far: CountedSoFar | None = None
    """What is counted of it, while only some of its areas are."""
    _given: Counter[str] = field(default_factory=Counter)
    """Its list seats that count, by main party."""
    _won: dict[str, str] = field(default_factory=dict)
    """Who has won a constituency: candidate by ballot id."""
    _region: Contest | None = None
    """The region as it was when the next two were worked out."""
    _on_lists: OnLists = OnLists({}, {})  # noqa: RUF009  # frozen
    """Who is on its lists."""
    _standing: dict[str, tuple[Contest, dict[str, _Stands]]] = field(default_factory=dict)
    """Who stands in each constituency, for the constituency that it was worked out for."""

    def set_open(self, ballot_id: str, *, is_open: bool) -> None:
        """Count the region, or a constituency, among those open, or no longer."""
        self.stale = True
        if is_open:
            self._open.add(ballot_id)
        else:
            self._open.discard(ballot_id)

    def take(self, result: Result) -> None:
        """Take a result of the region, or of one of its constituencies."""
        self.stale = True
        declared = life_of(result).declared
        if result.ballot_id == self.ballot_id:
            votes = {one.candidate: one.votes for one in result.candidates if one.votes is not None}
            self._votes = votes if declared else {}
            self._so_far = result.counted_so_far
            self._given = Counter(result.parties_elected if declared else ())
        elif declared and result.elected:
            self._won[result.ballot_id] = result.elected[0]
        else:
            self._won.pop(result.ballot_id, None)

    def work_out(self, register: Register) -> Mapping[str, Bounds]:
        """Return what each party can win in those that are open, by main party."""
        self.stale = False
        region = register.contests[self.ballot_id]
        if self._region is not region:
            self._region, self._on_lists, self._standing = region, OnLists.of(register, region), {}
        standing = {one: self._standing_in(register, region, one) for one in region.constituencies}
        winners = [
            known for ballot_id, winner in self._won.items() if (known := standing[ballot_id].get(winner)) is not None
        ]
        struck = {person for known in winners for person in known.struck}
        fought = [
            [Hopeful(one.party, one.own - struck) for one in standing[ballot_id].values()]
            for ballot_id in region.constituencies
            if ballot_id in self._open
        ]
        carried_in, lists = Counter(known.party for known in winners), open_lists(register, region, struck)
        if self.ballot_id in self._open:
            self.found = bounds_of_open_lists(region, lists, self._so_far, carried_in, fought)
        elif fought and self._votes:
            self.found = self._beyond_given(region, lists, carried_in, fought)
        else:
            self.found = bounds(0, (), fought)
        return self.found

    def _beyond_given(
        self,
        region: Contest,
        lists: Sequence[OpenList],
        carried_in: Mapping[str, int],
        fought: Sequence[Sequence[Hopeful]],
    ) -> dict[str, Bounds]:
        """Return what parties can win in a declared region and its open constituencies, less what counts already."""
        counted = counted_lists(region, lists, self._votes, carried_in)
        found = bounds_by_votes(region.seats, counted, fought, threshold_per_cent=region.threshold_per_cent)
        if found is None:
            found = bounds(region.seats, lists, fought, threshold=True)
        given, none = self._given, Bounds(0, 0)
        return {
            party: Bounds(seats.least - given[party], seats.most - given[party])
            for party in found.keys() | given
            for seats in [found.get(party, none)]
        }

    def _standing_in(self, register: Register, region: Contest, ballot_id: str) -> dict[str, _Stands]:
        """Return who stands in a constituency, by candidate id, with their places on the lists."""
        contest, known = register.contests[ballot_id], self._standing.get(ballot_id)
        if known is not None and known[0] is contest:
            return known[1]
        parties = {one: register.main_party(candidate.party) for one, candidate in region.candidates.items()}
        found = {}
        for one, candidate in contest.candidates.items():
            party = register.main_party(candidate.party)
            places = self._on_lists.places(Winner(one, candidate.name, party))
            own = frozenset(person for person in places if parties[person[0]] == party)
            found[one] = _Stands(party, places, own)
        self._standing[ballot_id] = contest, found
        return found
