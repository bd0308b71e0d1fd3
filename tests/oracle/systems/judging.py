"""Whether a declaration by lists or stages can be true, by what stands when it comes."""

from collections import Counter
from typing import Any

from tests.oracle.recount import Heard, kind_of
from tests.oracle.systems.dhondt import Lists, may_have
from tests.oracle.systems.regions import individuals, seats_of, waits_for

Json = dict[str, Any]
LISTS = ("additional-member", "closed-list")


def possible(heard: Heard, said: Json) -> bool:
    """Whether the seats that are declared by list can be those of the rule, as far as that can be known.

    Of a region they are named; they cannot be held against the rule while the winner of a constituency is unknown, or
    where a higher revision stands.
    """
    ballot = said["ballot_id"]
    contest = heard.register["contests"][ballot]
    if contest["voting_system"] not in LISTS or kind_of(said) != "declared":
        return True
    region = contest["voting_system"] == "additional-member"
    if region and ("elected" not in said or not _could_be(heard, said)):
        return False
    overtaken = heard.standing.get(ballot, {"revision": 0})["revision"] > said["revision"]
    if region and (overtaken or waits_for(heard, ballot)):
        return True
    seats = _by_rule(heard, said)
    return bool(seats) and ("elected" not in said or sorted(said["elected"]) == sorted(seats))


def held_for_its_seats(heard: Heard, said: Json) -> bool:
    """Whether a declaration by list names as many seats as the rule gives, of lists that have people, and others.

    That is not refused where people sign, but held: what was declared stands in law.
    """
    ballot = said["ballot_id"]
    if "elected" not in said or waits_for(heard, ballot) or not _could_be(heard, said):
        return False
    seats = _by_rule(heard, said)
    return len(seats) == len(said["elected"]) and sorted(said["elected"]) != sorted(seats)


def _by_rule(heard: Heard, said: Json) -> list[str]:
    """Return the list of each seat by what stands; nobody where no lot decides, or one that was not needed."""
    seats = seats_of(heard, said["ballot_id"], said) or []
    return [seat.to for seat in seats] if not said.get("lot") or any(seat.by_lot for seat in seats) else []


def _could_be(heard: Heard, said: Json) -> bool:
    """Whether some winners of a region's constituencies could make for these seats: as many, nobody more than people.

    Each constituency may strike one person from a list.
    """
    contest = heard.register["contests"][said["ballot_id"]]
    standing = Lists(said["votes"], contest["seats"], threshold_per_cent=contest.get("threshold_per_cent"))
    has, places = Counter[str](said["elected"]), 0
    for one, who in contest["candidates"].items():
        people = [one] if one in individuals(heard, contest) else who.get("people")
        most = contest["seats"] if people is None else len(people)
        if has[one] > most:
            return False
        places += most * may_have(standing, one, 0)
    fewest = min(contest["seats"], places - len(contest.get("constituencies", ())))
    # Where nobody is elected, there is no result.
    return bool(max(1, fewest) <= len(said["elected"]) <= min(contest["seats"], places))
