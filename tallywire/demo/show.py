"""What a demo reports while it runs; whoever starts it decides what is printed of that."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from schemas.register import Register
from tallywire.client.follow import Published


class Show(Protocol):
    """How a demo is shown. Its methods are called by the demo."""

    def night(self, register: Register) -> AbstractContextManager[None]:
        """Return the context in which the election is played."""
        ...

    def published(self, entry: Published) -> None:
        """Called for each event that a service publishes, in the order in which they are published."""
        ...

    def end(self, tallies: Mapping[str, bytes], parked: Mapping[str, int]) -> None:
        """Called at the end, with the tally of each region and how many entries each service has parked."""
        ...

    def board(self, address: str) -> None:
        """Called before the night when there is a board to look at, with its address."""
        ...

    def stays(self, address: str) -> None:
        """Called after the end when the board stays until somebody ends the demo."""
        ...
