"""What notify remembers: what was said, so that nothing is said twice and what no longer holds is taken back."""

from bisect import bisect_left, insort
from typing import Final

from pydantic import Field, TypeAdapter

from schemas.control import Controller
from schemas.wire import Array, BallotId, Name, PartyId, Published, RegionSlug

SAID: Final = "notify:said"
"""Table of what was said: fields ``seats:<ballot id>``, ``contest:<ballot id>``, ``body:<slug>``, ``region:<slug>``."""

SWING: Final = "notify:swing"
"""Table of the swings known so far, by ballot id."""


class Remembered(Published):
    """Something to remember, in place of what was remembered there before.

    Read as tolerantly as what is published: an older release that takes over again goes on with what it knows.
    """

    def encode(self) -> bytes:
        """Return it as JSON."""
        return self.model_dump_json().encode()


class SeatsSaid(Remembered):
    """The headline about the seats of a contest."""

    seat_headline: str
    """Id of the last one."""


class ContestSaid(Remembered):
    """The further headlines of a contest: those that are not about its seats."""

    facts: Array[str] = ()
    """The occasion of each, and whom it was about: ``first_time:PP53``."""


class BodySaid(Remembered):
    """What was said about a council or a parliament, and still holds."""

    regions: Array[RegionSlug] | None = None
    """The groupings that all its contests declared so far have in common; null before the first."""
    lost: bool = False
    """Whether it was said that the party in control has lost it."""
    certain: Controller | None = None
    """Who was said to be certain of control; null when nobody was."""
    final: bool = False
    """Whether the outcome with every seat declared was said."""
    largest: PartyId | None = None
    """Which party was said to be the largest of a hung body."""
    words: str | None = None
    """Text of the last headline about its control; null when that was taken back."""
    headline: str | None = None
    """Id of the last headline event about its control, corrections included."""
    landmarks: dict[PartyId, int] = Field(default_factory=dict)
    """The highest landmark said of each party."""
    landmark_headlines: dict[PartyId, str] = Field(default_factory=dict)
    """Id of the last headline event about each party's landmarks, corrections included."""


class RegionSaid(Remembered):
    """What was said about a region."""

    complete: bool = False
    """Whether it was said that every contest expected there is declared."""


Said = SeatsSaid | ContestSaid | BodySaid | RegionSaid

WHAT_WAS_SAID: Final[TypeAdapter[Said]] = TypeAdapter(Said)
"""Reads one of them from its stored form: no two have a field in common, and all fields are stored."""


class SwingKnown(Remembered):
    """The swing of a contest that stands."""

    name: Name
    """The contest's name."""
    points: float | None
    """Percentage points; null when the contest has no swing any more."""


class Memory:
    """What notify remembers of an election."""

    def __init__(self, election: str) -> None:
        """Begin with nothing said."""
        self.election = election
        self.seats: dict[BallotId, SeatsSaid] = {}
        self.contests: dict[BallotId, ContestSaid] = {}
        self.bodies: dict[RegionSlug, BodySaid] = {}
        self.regions: dict[RegionSlug, RegionSaid] = {}
        self.swings: dict[BallotId, SwingKnown] = {}
        self._by_size: list[tuple[float, str, BallotId]] = []
        """The swings that stand, smallest first: points, name of the contest, its id."""

    def seat_headline(self, ballot_id: str) -> str | None:
        """Return the id of the last headline event about a contest's seats; None before the first."""
        said = self.seats.get(ballot_id)
        return None if said is None else said.seat_headline

    def body(self, slug: str) -> BodySaid:
        """Return what was said about a body."""
        return self.bodies.get(slug) or BodySaid()

    def is_complete(self, slug: str) -> bool:
        """Whether it was said that every contest expected in a region is declared."""
        said = self.regions.get(slug)
        return said is not None and said.complete

    def keep_said(self, field: str, said: Said) -> None:
        """Remember what was said about seats, a contest, a body or a region, in place of what was said before."""
        subject = field.partition(":")[2]
        match said:
            case SeatsSaid():
                self.seats[subject] = said
            case ContestSaid():
                self.contests[subject] = said
            case BodySaid():
                self.bodies[subject] = said
            case RegionSaid():
                self.regions[subject] = said

    def keep_swing(self, ballot_id: str, known: SwingKnown) -> None:
        """Remember a contest's swing, in place of its earlier one."""
        earlier = self.swings.get(ballot_id)
        if earlier is not None and earlier.points is not None:
            del self._by_size[bisect_left(self._by_size, (earlier.points, earlier.name, ballot_id))]
        if known.points is not None:
            insort(self._by_size, (known.points, known.name, ballot_id))
        self.swings[ballot_id] = known

    def swings_elsewhere(self, ballot_id: str) -> tuple[int, tuple[float, str] | None]:
        """Return how many other contests have a swing, and the largest of these with the name of its contest."""
        others = [swing for swing in self._by_size[-2:] if swing[2] != ballot_id]
        here = self.swings.get(ballot_id)
        number = len(self._by_size) - (here is not None and here.points is not None)
        return number, others[-1][:2] if others else None
