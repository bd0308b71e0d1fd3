"""What stages tell whoever measures them. Nobody does unless asked to, and then nothing here costs anything."""

from collections.abc import Iterable, Mapping
from typing import Final

from streams.fold import Batch
from streams.lag import Lag


class Watch:
    """Told what happens to one stage of one partition; this one keeps nothing.

    It is called in the middle of the work: another one may take a few microseconds, and raises nothing.
    """

    def leads(self) -> None:
        """The worker has begun to lead."""

    def stands_by(self) -> None:
        """The worker leads no longer."""

    def read(self, entries: int) -> None:
        """So many entries are in hand. Those that are not committed are read again."""

    def committed(self, batch: Batch, before: Mapping[str, int], after: Mapping[str, int], seconds: float) -> None:
        """A batch has taken effect.

        Args:
            batch: what followed from its entries.
            before: last number on each stream written, before it.
            after: the same, after it.
            seconds: how long the server took for it.
        """

    def fenced(self) -> None:
        """A batch was kept out: another writer was first."""

    def away(self) -> None:
        """The server was not there; the worker leads no longer, and will try again."""


UNWATCHED: Final = Watch()


class Watching:
    """Told what a service does; this one watches nothing."""

    def open(self, _stage: str, _reads: str, _partition: str, /) -> Watch:
        """Return what is told of a stage of a partition from now on; it reads the stream named."""
        return UNWATCHED

    def opened(self) -> Iterable[tuple[str, str, str]]:
        """Return stage, stream and partition of those that are to be told how far they are behind."""
        return ()

    def behind(self, stage: str, partition: str, lag: Lag) -> None:
        """So far is a stage behind at this moment, whichever worker leads."""

    def reached(self, limit: str) -> None:
        """The service has reached a limit that belongs to no partition."""


NOBODY: Final = Watching()
