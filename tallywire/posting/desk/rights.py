"""What somebody who is signed in may see and do at the desk: the table of docs/signatures.md, as ingest has it.

It decides what is offered. What is sent all the same is judged by ingest.
"""

from services.ingest.rules.authority import RIGHTS, Action
from tallywire.posting.sessions import SignedIn


def may_look(who: SignedIn) -> bool:
    """Whether somebody may look at the desk: whoever decides on what is held."""
    return "confirm" in RIGHTS[who.role]


def sees_all(who: SignedIn) -> bool:
    """Whether somebody sees all contests, and what is no contest's."""
    return RIGHTS[who.role].get("confirm") == "all"


def sees(who: SignedIn, ballot_id: str) -> bool:
    """Whether somebody sees a contest at the desk."""
    return may(who, "confirm", ballot_id)


def may(who: SignedIn, action: Action, ballot_id: str | None = None) -> bool:
    """Whether somebody may do something about a contest, or about the election."""
    scope = RIGHTS[who.role].get(action)
    return scope == "all" or (scope == "own" and (who.contests is None or ballot_id in who.contests))
