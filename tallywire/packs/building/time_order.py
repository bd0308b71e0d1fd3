"""Where days and times stand among each other: a day without its hour is a day, not a moment of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tallywire.packs.building.cells import is_day

Place = tuple[datetime, int]
"""Where something stands in time."""

_MARCH: Final = 3
_OCTOBER: Final = 10


def place_in_time(text: str) -> Place:
    """Return where a day or a time stands: a day after every time of it, by the clocks of the United Kingdom."""
    if not is_day(text):
        return datetime.fromisoformat(text).astimezone(UTC), 1
    return end_of_day(date.fromisoformat(text)), 0


def end_of_day(day: date) -> datetime:
    """Return when a day ends in the United Kingdom, whose summer time ends on the last Sunday of October."""
    summer = _last_sunday(day.year, _MARCH) <= day < _last_sunday(day.year, _OCTOBER)
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(hours=1 if summer else 0)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def is_earlier(text: str, other: str) -> bool:
    """Whether one day or time is before another for certain: of a day and a time on it nobody can tell."""
    if is_day(text) or is_day(other):
        return text[: len("2030-05-02")] < other[: len("2030-05-02")]
    return datetime.fromisoformat(text) < datetime.fromisoformat(other)
