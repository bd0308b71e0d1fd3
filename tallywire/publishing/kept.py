"""What was made and is kept: the latest of anything; of each contest and its result, until one of them is another."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from schemas.register import Contest
from tallywire.publishing.event import Event

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """What was made for a key, so many of them; those of longest ago go first.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what was made for a key, making it where it is not kept."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = self._made[key] = make()
        if len(self._made) > self._most:
            self._made.popitem(last=False)
        return made


class Kept(Generic[Value]):
    """Parts of pages, by contest: from one moment to the next, one contest of hundreds changes.

    Whoever makes a page of thousands of candidates anew keeps the readers of feeds waiting for as long.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], tuple[Contest, Event | None, Value]] = {}

    def get(
        self, election: str, ballot_id: str, contest: Contest, result: Event | None, make: Callable[[], Value]
    ) -> Value:
        """Return what is made of a contest and its result, making it where it is not kept."""
        kept = self._made.get((election, ballot_id))
        # The same objects, not equal ones: neither ever changes.
        if kept is None or kept[0] is not contest or kept[1] is not result:
            kept = self._made[election, ballot_id] = (contest, result, make())
        return kept[2]
