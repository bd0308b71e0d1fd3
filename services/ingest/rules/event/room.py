"""How large a message about a contest may be: as large as the contests of its election could need."""

from dataclasses import dataclass
from functools import lru_cache

from services.ingest.rules import limits


@dataclass(frozen=True, slots=True)
class Room:
    """How large a message may be."""

    bytes: int
    values: int
    """Counted by its commas and brackets before it is parsed."""


@lru_cache(maxsize=100)
def room_for(local_counts: int) -> Room:
    """Return how large a message may be.

    Args:
        local_counts: how many the contest with most of them can have.
    """
    # A register of an older release may have more.
    counts = min(local_counts, limits.LOCAL_COUNTS_MAX)
    return Room(
        limits.CONTEST_BYTES_MAX + limits.LOCAL_COUNT_BYTES_MAX * counts,
        limits.CONTEST_VALUES_MAX + limits.LOCAL_COUNT_VALUES_MAX * counts,
    )
