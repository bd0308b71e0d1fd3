"""Who is on a party's list, and which lists were given the seats, as tables have it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from schemas.register import INDEPENDENT, LISTS
from tallywire.packs.building.ballots import Ballot, candidate_named
from tallywire.packs.building.columns import CandidateRow, ContestRow, PersonRow
from tallywire.packs.building.parties import PartyBook, UnknownPartyError
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

SHOWN_MAX: Final = 5
"""Lists of a contest that a fault names at most."""


def with_people(
    ballots: Mapping[str, Ballot], people: Table[PersonRow], contests: Table[ContestRow], parties: PartyBook
) -> tuple[dict[str, Ballot], list[PackFault]]:
    """Return the ballots with who is on their lists, and in whose order seats were given, and every fault of that."""
    sorting = _Sorting(ballots, people, contests, parties)
    sorting.strangers()
    return {ballot_id: sorting.completed(ballot_id, ballot) for ballot_id, ballot in ballots.items()}, sorting.faults


@dataclass(slots=True)
class _Sorting:
    """Puts people to their lists, and gathers what does not fit."""

    ballots: Mapping[str, Ballot]
    people: Table[PersonRow]
    contests: Table[ContestRow]
    parties: PartyBook
    faults: list[PackFault] = field(default_factory=list)

    def strangers(self) -> None:
        """Note rows of contests that are not there, or do not elect by list."""
        told: set[str] = set()
        for row in self.people.rows:
            ballot = self.ballots.get(row.ballot_paper_id)
            if row.ballot_paper_id in told or (ballot and ballot.contest.voting_system in LISTS):
                continue
            told.add(row.ballot_paper_id)
            system = None if ballot is None else ballot.contest.voting_system
            what = (
                "which is no contest here"
                if system is None
                else f"whose voting system is {system}: nobody is on a list"
            )
            self.faults.append(self.people.fault(row, "ballot_paper_id", f"is {row.ballot_paper_id}, {what}"))

    def completed(self, ballot_id: str, ballot: Ballot) -> Ballot:
        """Return a ballot with its people, and its seats by the ids of lists."""
        order = ballot.contest.elected_order
        if ballot.contest.voting_system not in LISTS:
            if order is not None:
                reason = f"is for contests by list, and the voting system is {ballot.contest.voting_system}"
                self.faults.append(self.contests.fault(ballot.contest, "elected_order", reason))
            return ballot
        on_lists: defaultdict[str, list[PersonRow]] = defaultdict(list)
        for row in self.people.rows:
            if row.ballot_paper_id != ballot_id:
                continue
            found = self._list_of(ballot, row)
            if found is not None and not self._is_individual(ballot, found, row):
                on_lists[found].append(row)
        people = {key: self._in_order(rows) for key, rows in sorted(on_lists.items())}
        return replace(ballot, contest=self._seats(ballot), people=people)

    def _seats(self, ballot: Ballot) -> ContestRow:
        """Return the contest with the ids of lists in place of the names by which it says whose the seats are."""
        contest = ballot.contest
        if contest.elected_order is None:
            return contest
        try:
            keys = lists_named(ballot, contest.elected_order, self.parties)
        except NoListError as error:
            self.faults.append(self.contests.fault(contest, "elected_order", str(error)))
            keys = None
        return contest.model_copy(update={"elected_order": keys})

    def _list_of(self, ballot: Ballot, row: PersonRow) -> str | None:
        if row.party_list is not None:
            found = candidate_named(ballot.candidates, row.party_list)
            if found is None:
                reason = f"is {row.party_list!r}, which is no list of the contest: it has {_shown(ballot)}"
                self.faults.append(self.people.fault(row, "party_list", reason))
            return found
        text = row.party_id or row.party_name
        column = "party_id" if row.party_id else "party_name"
        if text is None:
            reason = "is empty, and party_id and party_name too: write one of them"
            self.faults.append(self.people.fault(row, "party_list", reason))
            return None
        try:
            key = self.parties.main(self.parties.named(text))
        except UnknownPartyError as error:
            self.faults.append(self.people.fault(row, column, str(error)))
            return None
        of_party = lists_of(ballot, key, self.parties)
        if key == INDEPENDENT:
            named = [
                one for one in of_party if row.person_id == one or ballot.candidates[one].person_name == row.person_name
            ]
            of_party = named or of_party[:0]
        if len(of_party) == 1:
            return of_party[0]
        how_many = "several lists of that contest have" if of_party else "no list of that contest has"
        self.faults.append(self.people.fault(row, column, f"is {text}, which {how_many}: it has {_shown(ballot)}"))
        return None

    def _is_individual(self, ballot: Ballot, key: str, row: PersonRow) -> bool:
        """Whether a row is about an individual, who is on no list; Democracy Club's exports have a row of them, too."""
        if INDEPENDENT not in _main_parties(ballot.candidates[key], self.parties):
            return False
        if row.party_list_position is not None:
            name = ballot.candidates[key].person_name
            reason = f"is {row.party_list_position}, but {name} is an individual: leave it empty"
            self.faults.append(self.people.fault(row, "party_list_position", reason))
        return True

    def _in_order(self, rows: list[PersonRow]) -> tuple[PersonRow, ...]:
        placed: dict[int, PersonRow] = {}
        for row in rows:
            place = row.party_list_position
            if place is None:
                reason = "is empty: people of a list are given their seats in its order"
            elif place in placed:
                reason = (
                    f"is {place}, which {placed[place].person_name} on row {placed[place].row} has on that list, too"
                )
            else:
                placed[place] = row
                continue
            self.faults.append(self.people.fault(row, "party_list_position", reason))
        if placed and max(placed) != len(placed) and len(placed) == len(rows):
            last = placed[max(placed)]
            missing = next(place for place in range(1, len(placed) + 1) if place not in placed)
            reason = (
                f"is {max(placed)}, but nobody on that list has the place {missing}: add the person, or number anew"
            )
            self.faults.append(self.people.fault(last, "party_list_position", reason))
        return tuple(placed[place] for place in sorted(placed))


class NoListError(ValueError):
    """Seats are given to a list that cannot be found; the message says which there are."""


def lists_named(ballot: Ballot, names: Sequence[str], parties: PartyBook) -> tuple[str, ...]:
    """Return the ids of the lists that are named by id, name or party, in their order.

    Raises:
        NoListError: a name is no list's, or several lists'.
    """
    keys: list[str] = []
    for text in names:
        found = candidate_named(ballot.candidates, text)
        try:
            of_party = [] if found else lists_of(ballot, parties.main(parties.named(text)), parties)
        except UnknownPartyError:
            of_party = []
        if found is None and len(of_party) != 1:
            message = f"names {text!r}, which is no list of the contest, or several: it has {_shown(ballot)}"
            raise NoListError(message)
        keys.append(found or of_party[0])
    return tuple(keys)


def lists_of(ballot: Ballot, party: str, parties: PartyBook) -> list[str]:
    """Return the lists of a contest whose party, or the one that it counts as, is ``party``."""
    return [key for key, row in ballot.candidates.items() if party in _main_parties(row, parties)]


def _main_parties(row: CandidateRow, parties: PartyBook) -> set[str]:
    try:
        own = parties.of_candidate(row)
    except UnknownPartyError:
        return set()
    return {own, parties.main(own)}


def _shown(ballot: Ballot) -> str:
    named = [f"{row.person_name} ({key})" for key, row in ballot.candidates.items()]
    more = f" and {len(named) - SHOWN_MAX} more" if len(named) > SHOWN_MAX else ""
    return ", ".join(named[:SHOWN_MAX]) + more
