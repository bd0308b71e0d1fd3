"""Who is certain of a seat while a count by single transferable vote goes on, before it is announced. Pure.

Whoever continues keeps their votes: they only lose them when they are elected or excluded (Local Elections (Northern
Ireland) Order 1985, rules 49 and 51). A candidate is left without a seat only if as many others as there are vacancies
have had as many votes or more, and nobody goes out before them with more. What others need for that they can only get
from those who are weaker, and from surpluses. Where that is not enough, whoever prefers whom, the candidate is certain
of a seat: it costs least to lift those who are strongest already. With equal votes a lot may decide. No rule creates
votes, so that papers whose value is cut change nothing. Somebody may be certain earlier than this says, for papers
follow preferences; never later. docs/rules.md, "Council control".
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
