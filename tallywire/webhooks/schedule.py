"""When a delivery that failed is tried again: soon at first, every hour at last, for as long as a night."""

from typing import Final

FIRST_S: Final = 5.0
"""The first pause. Each is twice the one before it."""

LONGEST_S: Final = 3_600.0
"""The longest pause: an endpoint that is back is noticed within the hour."""

NIGHT_S: Final = 36_000.0
"""How long a delivery is tried for: from the close of polls to the morning after."""


def pause_after(attempts: int) -> float:
    """Return how long to wait after so many attempts that failed, in seconds; also beyond a night."""
    # Twelve times twice is beyond the hour; what comes later must not become too large a number.
    return min(FIRST_S * (1 << min(attempts - 1, 12)), LONGEST_S)


def is_over(attempts: int) -> bool:
    """Whether so many attempts that failed are all that a delivery gets: the pauses between them lasted a night."""
    return sum(pause_after(one) for one in range(1, attempts)) >= NIGHT_S
