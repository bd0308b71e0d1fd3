"""How a region stands."""

from operator import not_
from typing import Annotated

from pydantic import Field

from schemas.register import BaselineName
from schemas.wire import Array, BallotId, Name, PartyId, Published, RegionSlug, Timestamp

Count = Annotated[int, Field(ge=0)]
Figure = Annotated[Count, Field(exclude_if=not_)]
"""A count that is left out of the JSON where it is 0: of a hundred parties, most have votes and nothing else."""
Difference = Annotated[int, Field(exclude_if=not_)]
"""The same of a number that may be negative."""


class PartyTally(Published):
    """One party's seats and votes in a region, over the contests that the tally counts. A figure left out is 0."""

    won: Figure = 0
    """Seats won: held, gained, new, or with an unknown baseline. 0 when left out."""
    held: Figure = 0
    """Seats won that the party held before. 0 when left out."""
    gained: Figure = 0
    """Seats won that another party held before. 0 when left out."""
    lost: Figure = 0
    """Seats held before that another party won. 0 when left out."""
    net: Difference = 0
    """Gained less lost. 0 when left out."""
    votes: Figure = 0
    """Votes for the party's candidates, first preferences under the supplementary vote. 0 when left out."""

    won_on_lists: Figure = 0
    """Those of the seats won that are list seats beside constituencies. 0 when left out."""
    list_votes: Figure = 0
    """Votes for the party's lists, where voters have a second paper for a constituency: they are other votes than
    `votes`, and never added to them. 0 when left out."""


class Tally(Published):
    """The standing of one region, over the contests declared in it; partial until ``declared`` equals ``expected``.

    Which contests those are, the table of results says (``standing:results``): each result names its ``regions``, and
    whether it ``counts``.
    """

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
    """Seats of the contests counted; of a count by stages, the seats filled so far."""
    seats_expected: Count
    """Seats of the contests expected."""
    postponed: Count
    """Contests that will have no result now: postponed, countermanded or annulled."""
    under_review: Figure = 0
    """Contests whose result is under review; it stands and counts as before. 0 when left out."""
    lists_declared: Figure = 0
    """Those of the contests declared that are regions of the additional member system. 0 when left out."""
    lists_expected: Figure = 0
    """The same of the contests expected. 0 when left out."""
    next_expected: Timestamp | None
    """When the next declaration is expected; null where nobody said or none is to come."""
    changed: Array[BallotId]
    """Ballot ids of the contests whose result changed this tally since the region's previous tally event, sorted."""
    parties: dict[PartyId, PartyTally]
    """By main party id: every party that won, lost or was voted for."""
