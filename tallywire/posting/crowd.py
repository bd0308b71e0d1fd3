"""How many requests are worked on at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tallywire.operations.counts import LIMITS
from tallywire.web.problems import unavailable

REQUESTS_MAX: Final = 1_000
"""Requests in hand at once: of more, each would wait longer than it takes to come again. Those whose body is still on
its way do not count: nobody is turned away because others are slow."""


class Crowd:
    """The requests in hand."""

    def __init__(self) -> None:
        self._inside = 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be one of them until the block ends.

        Raises:
            NotTaken: there are too many.
        """
        if self._inside >= REQUESTS_MAX:
            LIMITS.labels("posting", "", "requests").inc()
            raise unavailable("Too many are posting at this moment. Send it again; nothing was taken.")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
