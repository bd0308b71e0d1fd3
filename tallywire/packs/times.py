"""Days and times of an election that cannot be: nobody declares a result before the poll."""

from datetime import date, timedelta
from typing import Final

DECLARED_WITHIN: Final = timedelta(days=90)
"""How long after polling day a result may be declared first: recounts take days; another year is a slip of the pen."""


def polling_day(election_or_ballot: str) -> date | None:
    """Return the day at the end of an id; None where there is none."""
    return day_of(election_or_ballot.rpartition(".")[2])


def day_of(text: str) -> date | None:
    """Return the day that a day or a time names, as it is written; None where it names none."""
    try:
        return date.fromisoformat(text[: len("2030-05-02")])
    except ValueError:
        return None


def not_on_the_night(declared_at: str, polled: date | None) -> str:
    """Say why no result can have been declared then; empty where one can."""
    day = day_of(declared_at)
    if day is None or polled is None:
        return ""
    if day < polled:
        return f"is {declared_at}, before polling day, {polled}"
    if day > polled + DECLARED_WITHIN:
        return f"is {declared_at}, more than {DECLARED_WITHIN.days} days after polling day, {polled}"
    return ""


def before_the_poll(expected_at: str, polled: date | None) -> str:
    """Say why no result can be expected then; empty where one can."""
    day = day_of(expected_at)
    return f"is {expected_at}, before polling day, {polled}" if day and polled and day < polled else ""


def won_after_the_poll(year: int, polled: date | None) -> str:
    """Say why nobody can have won before in that year; empty where somebody can."""
    return f"is {year}, after this election" if polled is not None and year > polled.year else ""


def in_force_after_the_poll(boundary_date: str, polled: date | None) -> str:
    """Say why boundaries that come into force then are not those of the poll; empty where they can be."""
    day = day_of(boundary_date)
    return f"is {boundary_date}, after polling day, {polled}" if day and polled and day > polled else ""
