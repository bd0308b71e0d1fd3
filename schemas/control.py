"""Who controls a council or a parliament."""

from operator import not_
from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.register import BodyKind, Count
from schemas.result import Flag, PartyName
from schemas.wire import Array, BallotId, Name, PartyId, Published, RegionSlug

NOC: Final = "NOC"
"""No overall control: no party has more than half of all seats."""

Controller = PartyId | Literal["NOC"]
"""The main party with more than half of all seats, or NOC."""

ControlChange = Literal["hold", "gain", "lose", "no change"]
"""Kept; won, from a party or from NOC; lost to NOC; NOC before and after."""


class ControlBefore(Published):
    """The state of control that this one takes the place of."""

    now: Controller | None
    """Who was certain to have control then."""
    holder_lost: bool
    """Whether the holder was certain to have lost it then."""
    final: bool
    """Whether every seat that was up had been declared then."""
    composition: dict[PartyId, Count]
    """Seats then, by main party."""
    largest_certain: Annotated[PartyId | None, Field(exclude_if=not_)] = None
    """The party that was certain to be the largest then."""


class Control(Published):
    """Who holds the seats of a body, and whether that settles who controls it.

    What is certain is certain whatever the undeclared contests bring: ``docs/rules.md``, "Council control".
    """

    body: RegionSlug
    """The council or parliament."""
    name: Name
    """Its name."""
    full_name: Name | None = None
    """Name as said in a headline, where another council or parliament of the election has the same; else null."""
    kind: BodyKind | str
    """Which of the two it is. A later release may know more."""
    seats: Annotated[int, Field(ge=1)]
    """All seats."""
    majority: Annotated[int, Field(ge=1)]
    """Seats needed: more than half of all, vacant and postponed ones included."""
    composition: dict[PartyId, Count]
    """Seats held by main party: those not up, and those declared."""
    from_lists: dict[PartyId, Count] = Field(default_factory=dict, exclude_if=not_)
    """Those of the seats that are list seats beside constituencies, by main party. Left out where there are none."""
    undeclared: Count
    """Seats up that are still to be declared."""
    vacant: Count
    """Seats that nobody will hold now: vacancies, seats without a candidate, and contests postponed or annulled."""
    undescribed: Count = 0
    """Seats of which the register does not say whether they are up, not up or vacant. As long as they could decide
    control, `now` is null, with every seat declared, too."""
    under_review: Annotated[Count, Field(exclude_if=not_)] = 0
    """Contests of the body whose result is under review; it stands and counts as before. 0 when left out."""
    changes: dict[PartyId, int]
    """Seats now less seats before, by main party, over the seats declared or not up; empty where the composition
    before is unknown."""
    before: Controller | None
    """Who had control on the eve of poll; null where unknown."""
    now: Controller | None
    """Who is certain to have control; null while that is open."""
    holder_lost: bool
    """True as soon as the party that had control can no longer reach a majority."""
    final: bool
    """True when every seat that was up is declared."""
    change: ControlChange | None
    """What happened to control; null while open, or where control before is unknown."""
    label: str | None
    """The same in short form: ``Con gain from NOC``, ``Lab hold``, ``Con lose to NOC``, ``NOC no change``."""
    largest: PartyId | None
    """The party with most seats, when there is a single one; null when two are level, or seats that the register does
    not describe could decide it."""
    largest_certain: Annotated[PartyId | None, Field(exclude_if=not_)] = None
    """The party that is certain to have most seats, alone, whatever the undeclared contests bring. Only of a body whose
    seats are filled by lists or by single transferable vote. Left out while open, and elsewhere."""
    cause: BallotId | None
    """The contest whose result brought this about; null for the state before the first."""
    parties: dict[PartyId, PartyName]
    """Every party mentioned here, by id."""
    landmarks: Array[Count]
    """Numbers of seats worth a headline."""
    proportional: Flag = False
    """Whether its seats are filled by lists or by single transferable vote, where a majority is rare. Left out where it
    is false."""
    previous: ControlBefore | None
    """What this takes the place of; null for the first."""
