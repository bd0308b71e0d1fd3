"""Invented figures of a contest that are true under its voting system: what a count centre may send in a rehearsal.

Pure: the same contests have the same figures. They are about last time's, so that nothing about them is odd; nobody
ties with anybody; and a region's seats follow from what is invented of its constituencies.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from schemas.register import Contest, RegisterHead
from services.rules.allocating import Winner, carried_in, list_seats
from services.rules.systems.ballots_count import Counted, count_ballots
from services.rules.systems.count import TieWithoutLot
from services.rules.systems.transferable_vote import as_decimal
from services.rules.winners import RULES

_FEW: Final = 300
"""Votes of whom nobody has voted for before, or nobody knows."""

_TURNOUT: Final = 0.55
"""Of the electorate, where nothing is known of last time."""

_MOST: Final = 0.85
"""Of the electorate at most: whatever last time's votes were, of another one."""


def invented_figures(ballot_id: str, contests: Mapping[str, Contest], register: RegisterHead) -> dict[str, Any]:
    """Return the data of a declaration of a contest, without its revision.

    Args:
        ballot_id: the contest.
        contests: all contests of the election, by ballot id: a region depends on its constituencies.
        register: their parties.
    """
    contest = contests[ballot_id]
    data: dict[str, Any] = {"ballot_id": ballot_id}
    if not contest.by_list and contest.voting_system != "referendum" and len(contest.candidates) <= contest.seats:
        return data | {"kind": "uncontested", "elected": list(contest.candidates)}
    if contest.by_list:
        return data | _lists(contest, contests, register)
    if contest.voting_system == "single-transferable-vote":
        return data | _count(contest)
    votes = _votes(contest)
    data["votes"] = votes
    second, first = sorted(votes, key=votes.__getitem__)[-2:]
    if contest.voting_system == "supplementary-vote" and 2 * votes[first] <= sum(votes.values()):
        data["final_round"] = {first: votes[first] + 2, second: votes[second] + 1}
    return data


def _votes(contest: Contest, step: int = 1) -> dict[str, int]:
    """Return votes as last time, or an even share of about half the electorate: no two alike, and none that are odd."""
    parties = Counter(candidate.party for candidate in contest.candidates.values())
    before, electorate, number = contest.previous_votes or {}, contest.electorate, len(contest.candidates)
    even = _FEW if electorate is None or before else int(electorate * _TURNOUT / number)
    likely = {
        one: max(before.get(candidate.party, 0) // parties[candidate.party], even)
        for one, candidate in contest.candidates.items()
    }
    most = None if electorate is None else int(electorate * _MOST)
    if most is not None and sum(likely.values()) > most:
        likely = {one: votes * most // sum(likely.values()) for one, votes in likely.items()}
    found: dict[str, int] = {}
    for place, (one, votes) in enumerate(likely.items()):
        found[one] = next(each for each in count(votes + step * place) if each not in found.values())
    return found


def _lists(contest: Contest, contests: Mapping[str, Contest], register: RegisterHead) -> dict[str, Any]:
    """Return votes by list that no lot has to decide, and the list of each seat."""
    carried = carried_in(register, contest, _winners(contest, contests, register))
    for step in count(7):
        votes = _votes(contest, step)
        try:
            seats = list_seats(contest, votes, carried)
        except TieWithoutLot:
            continue
        return {"votes": votes, "elected": list(seats.elected)}
    raise AssertionError  # pragma: no cover  # unreachable: steps do not end


def _winners(contest: Contest, contests: Mapping[str, Contest], register: RegisterHead) -> list[Winner]:
    """Return who wins a region's constituencies by what is invented of them."""
    found = []
    for ballot_id in contest.constituencies:
        constituency = contests.get(ballot_id)
        if constituency is None:
            continue
        figures = invented_figures(ballot_id, contests, register)
        votes = figures.get("votes")
        for one in [max(votes, key=votes.__getitem__)] if votes else figures["elected"]:
            candidate = constituency.candidates[one]
            found.append(Winner(one, candidate.name, register.main_party(candidate.party)))
    return found


def _count(contest: Contest) -> dict[str, Any]:
    """Return a count by single transferable vote, from papers that prefer everybody in turn."""
    for step in count(1):
        try:
            counted = _counted(contest, step)
        except TieWithoutLot:
            continue
        stages = counted.count.stages or ()
        return {
            "votes": dict(counted.count.votes),
            "quota": counted.count.quota,
            "stages": [
                {
                    "action": stage.action,
                    "of": list(stage.of),
                    "totals": {one: as_decimal(votes) for one, votes in stage.totals.items()},
                    "non_transferable": as_decimal(stage.non_transferable or 0),
                }
                for stage in stages
            ],
            "elected": list(counted.count.elected or ()),
        }
    raise AssertionError  # pragma: no cover  # unreachable: steps do not end


def _counted(contest: Contest, step: int) -> Counted:
    everybody = tuple(contest.candidates)
    ballots = {
        (one, *everybody[place + 1 :], *everybody[:place]): votes
        for place, (one, votes) in enumerate(_votes(contest, step).items())
    }
    return count_ballots(RULES[contest.counting_rules], everybody, contest.seats, ballots)
