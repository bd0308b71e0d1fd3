"""How a region stands."""

from typing import Annotated

from pydantic import Field

from schemas.register import BaselineName
from schemas.wire import Array, BallotId, Name, PartyId, Published, RegionSlug, Timestamp

Count = Annotated[int, Field(ge=0)]


class PartyTally(Published):
    """One party's seats and votes in a region, over the contests that the tally counts."""

    won: Count
    """Seats won: held, gained, new, or with an unknown baseline."""
    held: Count
    """Seats won that the party held before."""
    gained: Count
    """Seats won that another party held before."""
    lost: Count
    """Seats held before that another party won."""
    net: int
    """Gained less lost."""
    votes: Count
    """Votes for the party's candidates, first preferences under the supplementary vote."""


class Tally(Published):
    """The standing of one region, over ``contests`` and no other; partial until ``declared`` equals ``expected``."""

    region: RegionSlug
    """The region's slug."""
    name: Name
    """The region's name."""
    baseline: BaselineName
    """What held, gained and lost are measured against."""
    declared: Count
    """Contests with a result."""
    expected: Count
    """Contests that are to have a result: those postponed or annulled are not among them."""
    seats_declared: Count
    """Seats of the contests counted."""
    seats_expected: Count
    """Seats of the contests expected."""
    postponed: Array[BallotId]
    """Ballot ids of contests that will have no result now, sorted."""
    next_expected: Timestamp | None
    """When the next declaration is expected; null where nobody said or none is to come."""
    contests: Array[BallotId]
    """Ballot ids of the contests counted, sorted."""
    parties: dict[PartyId, PartyTally]
    """By main party id: every party that won, lost or was voted for."""
