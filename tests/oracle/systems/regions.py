"""A region's list seats worked out again from what stands of its constituencies."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.oracle.systems.dhondt import Lists, NoLotError, Seat, allocation, drawn

if TYPE_CHECKING:
    from tests.oracle.recount import Heard

Json = dict[str, Any]

INDEPENDENT = "ynmp-party:2"
COUNTING = ("declared", "uncontested")
NO_RESULT = ("postponed", "countermanded", "annulled")
"""Kinds after which a constituency has no member now: it carries nobody in, and nobody waits for it."""

Stands = tuple[str, str, str]
"""Somebody who stands in a constituency: candidate id, name, main party."""


def constituency_winners(heard: "Heard", ballot: str) -> dict[str, str]:
    """Return who won in each of a region's constituencies where somebody has, by ballot id."""
    found = {}
    for constituency in heard.register["contests"][ballot].get("constituencies", ()):
        said = heard.standing.get(constituency)
        if said is not None and said.get("kind", "declared") in COUNTING:
            found[constituency] = _winner(said)
    return found


def _winner(said: Json) -> str:
    """Return who won a single seat."""
    if said.get("kind", "declared") == "uncontested":
        return str(said["elected"][0])
    most = max(said["votes"].values())
    tied = [one for one, votes in said["votes"].items() if votes == most]
    return str(tied[0] if len(tied) == 1 else said["lot"][0])


def waits_for(heard: "Heard", ballot: str) -> list[str]:
    """Return the constituencies whose winner is to be known yet."""
    known = constituency_winners(heard, ballot)
    constituencies = heard.register["contests"][ballot].get("constituencies", ())
    kinds = {one: said.get("kind", "declared") for one, said in heard.standing.items()}
    return [one for one in constituencies if one not in known and kinds.get(one) not in NO_RESULT]


def individuals(heard: "Heard", contest: Json) -> frozenset[str]:
    """Return who stands alone."""
    return frozenset(one for one, who in contest["candidates"].items() if heard.main(who["party"]) == INDEPENDENT)


def _winners(heard: "Heard", ballot: str) -> list[Stands]:
    contests = heard.register["contests"]
    found = []
    for place, winner in constituency_winners(heard, ballot).items():
        who = contests[place]["candidates"][winner]
        found.append((winner, who["name"], heard.main(who["party"])))
    return found


def carried_in(heard: "Heard", ballot: str) -> dict[str, int]:
    """Return the constituency seats of each list that has any: all that its party has won."""
    contest = heard.register["contests"][ballot]
    alone = individuals(heard, contest)
    parties = [party for _, _, party in _winners(heard, ballot)]
    seats = {one: parties.count(heard.main(who["party"])) for one, who in contest["candidates"].items()}
    return {one: number for one, number in seats.items() if number and one not in alone}


def people_left(heard: "Heard", ballot: str, one: str) -> list[str] | None:
    """Return who is on a list and has no seat of a constituency of the region; None where nobody knows the names."""
    contest = heard.register["contests"][ballot]
    who = contest["candidates"][one]
    if one in individuals(heard, contest):
        # Who stands alone may have another id in a constituency.
        people = [] if any(winner == one for winner, _, _ in _winners(heard, ballot)) else [{"name": who["name"]}]
    else:
        people = who.get("people")
        if people is None:
            return None
    party, seated = heard.main(who["party"]), _winners(heard, ballot)
    return [person["name"] for person in people if not struck((person.get("id"), person["name"]), party, seated)]


def struck(person: tuple[str | None, str], party: str, winners: Sequence[Stands]) -> bool:
    """Whether somebody on a list has won a constituency, for whatever party: it is the one with the same id.

    Without an id it is the one of that name who stood for the list's party. One of that name who stood for another
    party is another person: nobody may be on the list of one party and stand for another.
    """
    key, name = person
    if key is not None:
        return any(winner == key for winner, _, _ in winners)
    return any((winner, of) == (name, party) for _, winner, of in winners)


def lists(heard: "Heard", ballot: str, votes: Mapping[str, int]) -> Lists:
    """Return who stands in a contest by list, with some votes."""
    contest = heard.register["contests"][ballot]
    left = {one: people_left(heard, ballot, one) for one in contest["candidates"]}
    return Lists(
        votes,
        contest["seats"],
        carried_in(heard, ballot),
        {one: None if names is None else len(names) for one, names in left.items()},
        individuals(heard, contest),
        contest.get("threshold_per_cent"),
    )


def seats_of(heard: "Heard", ballot: str, said: Json) -> list[Seat] | None:
    """Return the seats that the rule gives, by what stands of the constituencies; None where no lot decides the last.

    A lot decides when it names as many as there are seats left, all of them of those with equal figures.
    """
    drawing = drawn(said.get("lot") or ())
    try:
        seats = allocation(lists(heard, ballot, said["votes"]), drawing)
    except NoLotError:
        return None
    by_lot = [seat.to for seat in seats if seat.by_lot]
    return seats if not by_lot or by_lot == list(said["lot"]) else None


def people_of(heard: "Heard", ballot: str, seats: Sequence[Seat]) -> list[str | None]:
    """Return whose each seat is: the next on the list; None where nobody knows the names."""
    lists = {seat.to for seat in seats}
    left = {one: people_left(heard, ballot, one) for one in lists}
    found = []
    for place, seat in enumerate(seats):
        names = left[seat.to]
        had = sum(earlier.to == seat.to for earlier in seats[:place])
        found.append(None if names is None else names[had])
    return found
