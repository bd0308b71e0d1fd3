"""What notify remembers: what was said and what that rests on. So nothing is said twice, or stands when it is wrong."""

from bisect import bisect_left, insort
from typing import Final

from pydantic import TypeAdapter

from schemas.wire import Array, BallotId, Name, Published, RegionSlug

SAID: Final = "notify:said"
"""Table of what was said, by what it is about (``services.notify.rules.draft``). In ``body:<slug>`` it has where a body
lies."""

SWING: Final = "notify:swing"
"""Table of the swings known so far, by ballot id."""

Ground = Array[str | int | float | bool | None]
"""What a claim rests on. What stands at which place, the rule knows that made the claim."""


class Remembered(Published):
    """Something to remember, in place of what was remembered there before.

    Read as tolerantly as what is published: an older release that takes over again goes on with what it knows.
    """

    def encode(self) -> bytes:
        """Return it as JSON."""
        return self.__pydantic_serializer__.to_json(self)


class Claim(Remembered):
    """What was said last about a subject."""

    headline: str
    """Id of the headline event, also of one that took the claim back."""
    words: str | None
    """What was claimed, and still stands; null when nothing is."""
    ground: Ground
    """What it rests on."""


class BodyPlace(Remembered):
    """Where a council or a parliament lies."""

    regions: Array[RegionSlug]
    """The groupings that all its contests declared so far have in common."""


WHAT_WAS_SAID: Final[TypeAdapter[Claim | BodyPlace]] = TypeAdapter(Claim | BodyPlace)
"""Reads either from its stored form: they have no field in common."""


class SwingKnown(Remembered):
    """The swing of a contest that stands."""

    name: Name
    """The contest, as it is said."""
    points: float | None
    """Percentage points; null when the contest has no swing any more."""
    direction: str | None = None
    """From which party to which, as it is said in a headline; null when the contest has no swing any more."""


NOTHING: Final = Claim(headline="", words=None, ground=())
"""Before anything was said."""


class Memory:
    """What notify remembers of an election."""

    def __init__(self, election: str) -> None:
        """Begin with nothing said."""
        self.election = election
        self.claims: dict[str, Claim] = {}
        """By what they are about."""
        self.places: dict[str, BodyPlace] = {}
        """By ``body:<slug>``."""
        self.swings: dict[BallotId, SwingKnown] = {}
        self._by_size: list[tuple[float, str, BallotId]] = []
        """The swings that stand, smallest first: points, name of the contest, its id."""

    def claim(self, about: str) -> Claim:
        """Return what was said last about a subject."""
        return self.claims.get(about, NOTHING)

    def body_regions(self, slug: str) -> tuple[str, ...] | None:
        """Return the regions that a body lies in; None before its first result."""
        place = self.places.get(f"body:{slug}")
        return None if place is None else place.regions

    def keep_said(self, field: str, said: Claim | BodyPlace) -> None:
        """Remember what was said about a subject, or where a body lies, in place of what was remembered before."""
        if isinstance(said, Claim):
            self.claims[field] = said
        else:
            self.places[field] = said

    def keep_swing(self, ballot_id: str, known: SwingKnown) -> None:
        """Remember a contest's swing, in place of its earlier one."""
        earlier = self.swings.get(ballot_id)
        if earlier is not None and earlier.points is not None:
            del self._by_size[bisect_left(self._by_size, (earlier.points, earlier.name, ballot_id))]
        if known.points is not None:
            insort(self._by_size, (known.points, known.name, ballot_id))
        self.swings[ballot_id] = known

    def swings_elsewhere(self, ballot_id: str) -> tuple[int, BallotId | None]:
        """Return how many other contests have a swing, and which of them has the largest."""
        others = [swing for swing in self._by_size[-2:] if swing[2] != ballot_id]
        here = self.swings.get(ballot_id)
        number = len(self._by_size) - (here is not None and here.points is not None)
        return number, others[-1][2] if others else None
