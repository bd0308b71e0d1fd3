"""What is made of each contest and its result, and kept until one of them is another."""

from collections.abc import Callable
from typing import Generic, TypeVar

from schemas.register import Contest
from tallywire.publishing.event import Event

Value = TypeVar("Value")


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
