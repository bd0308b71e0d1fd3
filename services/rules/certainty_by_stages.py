"""Who is certain of a seat while a count by single transferable vote goes on, before it is announced. Pure.

A continuing candidate loses no votes, and is left without a seat only if as many others as there are vacancies come to
have as many votes, or more. They can get them from weaker candidates, all of whose votes may move to them, and from
surpluses that are not transferred; transfers create no votes (Scottish Local Government Elections Order 2007, rules 48
to 51; Local Elections (Northern Ireland) Order 1985, rules 49 to 51). To lift those who are strongest already takes
fewest votes: somebody ahead of the candidate is excluded only when everybody left has as many. If even that takes more
votes than may move, the candidate is certain of a seat, whatever the preferences are; if it takes as many, a lot could
decide. Who looked at preferences could often tell earlier. docs/rules.md, "Council control".
"""

from services.rules.systems.transferable_vote import Position


def sure_of_a_seat(position: Position) -> frozenset[str]:
    """Return the continuing candidates who will be elected, whatever the preferences are that nobody has read yet."""
    votes, quota = position.votes, position.quota
    # Above the quota votes are a surplus, also of who is not deemed elected yet.
    held = {one: min(votes[one], quota) for one in votes if one not in position.excluded}
    loose = sum(votes.values()) - sum(held.values())
    left = [(one, held[one]) for one in reversed(position.continuing)]
    found = set[str]()
    for candidate, own in left:
        others = [each for one, each in left if one != candidate]
        strongest, weaker = others[: position.vacancies], others[position.vacancies :]
        if sum(max(0, own - each) for each in strongest) > sum(weaker) + loose:
            found.add(candidate)
    return frozenset(found)
