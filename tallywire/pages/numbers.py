"""How pages write figures and times, for British readers."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/London")
"""The zone in which the elections of this country are counted. Every page that shows a time names it."""

MINUS: Final = "−"
"""U+2212: as wide as a digit's plus, and read aloud as minus."""

UNKNOWN: Final = "–"
"""Stands where a figure is not known."""


def thousands(number: int | None) -> str:
    """Return a number with commas: ``1,833``."""
    return UNKNOWN if number is None else f"{number:,}".replace("-", MINUS)


def majority(votes: int) -> str:
    """Return a majority in words: ``majority 1,878``, and ``equal votes`` where a lot had to decide, or nobody won."""
    return f"majority {thousands(votes)}" if votes else "equal votes"


def signed(number: float | None, digits: int = 0) -> str:
    """Return a change: ``+2``, ``−3``, ``0``."""
    if number is None:
        return UNKNOWN
    said = f"{abs(number):,.{digits}f}"
    if not float(said.replace(",", "")):
        return said
    return f"{'+' if number > 0 else MINUS}{said}"


def percent(number: float | None, digits: int = 1) -> str:
    """Return a share without its sign: ``42.8``."""
    return UNKNOWN if number is None else f"{number:.{digits}f}".replace("-", MINUS)


def local(time: datetime | str) -> datetime:
    """Return a time in the election's zone."""
    when = datetime.fromisoformat(time) if isinstance(time, str) else time
    return when.astimezone(ZONE)


def clock(time: datetime | str | None) -> str:
    """Return the time of day: ``02:00``."""
    return UNKNOWN if time is None else f"{local(time):%H:%M}"


def day(time: datetime | str | None) -> str:
    """Return the day: ``5 July 2024``."""
    if time is None:
        return UNKNOWN
    when = local(time)
    return f"{when.day} {when:%B %Y}"


def moment(time: datetime | str | None) -> str:
    """Return time and day with the zone: ``02:00 BST, 5 July 2024``."""
    return UNKNOWN if time is None else f"{local(time):%H:%M %Z}, {day(time)}"


def duration(minutes: int) -> str:
    """Return how long something took: ``13 min``, ``2 h 5 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{thousands(hours)} h {rest} min" if rest else f"{thousands(hours)} h"


def opening(words: str) -> str:
    """Return words with a capital letter at the beginning; the others stay as they are."""
    return words[:1].upper() + words[1:]
