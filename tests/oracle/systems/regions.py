"""A region's list seats worked out again from what stands of its constituencies."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.oracle.systems.dhondt import Lists, NoLotError, Seat, allocation, drawn

if TYPE_CHECKING:
    from tests.oracle.recount import Heard

Json = dict[str, Any]

INDEPENDENT = "ynmp-party:2"
COUNTING = ("declared", "uncontested")


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
    """Return the constituencies whose winner is not known."""
    known = constituency_winners(heard, ballot)
    return [one for one in heard.register["contests"][ballot].get("constituencies", ()) if one not in known]


def individuals(heard: "Heard", contest: Json) -> frozenset[str]:
    """Return who stands alone."""
    return frozenset(one for one, who in contest["candidates"].items() if heard.main(who["party"]) == INDEPENDENT)


def carried_in(heard: "Heard", ballot: str) -> dict[str, int]:
    """Return the constituency seats of each list that has any."""
    contest, contests = heard.register["contests"][ballot], heard.register["contests"]
    alone = individuals(heard, contest)
    parties = [
        heard.main(contests[place]["candidates"][winner]["party"])
        for place, winner in constituency_winners(heard, ballot).items()
    ]
    seats = {one: parties.count(heard.main(who["party"])) for one, who in contest["candidates"].items()}
    return {one: number for one, number in seats.items() if number and one not in alone}


def people_left(heard: "Heard", ballot: str, one: str) -> list[str] | None:
    """Return the names on a list who have no seat of a constituency of the region; None where they are unknown."""
    contest, contests = heard.register["contests"][ballot], heard.register["contests"]
    people = contest["candidates"][one].get("people")
    if people is None:
        return None
    seated = [
        (
            winner,
            contests[place]["candidates"][winner]["name"],
            heard.main(contests[place]["candidates"][winner]["party"]),
        )
        for place, winner in constituency_winners(heard, ballot).items()
    ]
    party = heard.main(contest["candidates"][one]["party"])
    return [person["name"] for person in people if not struck((person.get("id"), person["name"]), party, seated)]


def struck(person: tuple[str | None, str], party: str, winners: Sequence[tuple[str, str, str]]) -> bool:
    """Whether somebody on a list has won a constituency: the same id; without one the same name, for the same party."""
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
    """Return the seats that the rule gives, by what stands of the constituencies; None where a lot is missing."""
    try:
        return allocation(lists(heard, ballot, said["votes"]), drawn(said.get("lot") or ()))
    except NoLotError:
        return None
