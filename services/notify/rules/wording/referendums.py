"""Words for referendums: the answer that wins, by how much, and the question."""

from collections.abc import Sequence
from re import compile as pattern
from typing import Final

from services.notify.rules.wording.english import (
    SEAT_LENGTH_MAX,
    Spoken,
    agree,
    capital,
    counted,
    fitting,
    listed,
    place,
)

_TOLD_APART: Final = pattern(r"(?P<name>[^()]+) \((?P<office>[^()]*referendum)\)")
"""A contest with its office behind it, as where others are elected on the same day: ``Testborough (referendum)``."""


def name(contest: str) -> str:
    """Return the referendum within a sentence: ``the referendum in Testborough``."""
    if told_apart := _TOLD_APART.fullmatch(contest):
        return f"the {told_apart['office']} in {place(told_apart['name'])}"
    return f"the {contest}" if "referendum" in contest.lower() else f"the referendum in {place(contest)}"


def wins(answer: Spoken, short: str, contest: str) -> str:
    """Return the headline of the answer that wins."""
    abbreviated = f"{short} {agree('win', plural=answer.plural)} {name(contest)}"
    return fitting((f"{answer.does('win')} {name(contest)}", abbreviated), SEAT_LENGTH_MAX)


def by(said: str, votes: int | None) -> str:
    """Add by how much."""
    return said if votes is None else fitting((f"{said}, by {counted(votes, 'vote')}", said), SEAT_LENGTH_MAX)


def tied(contest: str, votes: int) -> str:
    """Return the headline of equal votes: no answer wins."""
    said = f"{capital(name(contest))} is tied"
    return fitting((f"{said}, with {counted(votes, 'vote')} each", said), SEAT_LENGTH_MAX)


def answers(found: Sequence[tuple[Spoken, int | None, float | None]], asked: str | None) -> str:
    """Say how many votes each answer has, to which question."""
    if asked is not None and all(votes is None for _, votes, _ in found):
        return f'The question is "{asked}"'
    named = []
    for answer, votes, share in found:
        has = "" if votes is None else f" {counted(votes, 'vote')}"
        named.append(f"{answer.start}{has}" + ("" if share is None else f" ({share:.1f}%)"))
    said = listed(named)
    return said if asked is None else f'The answers to the question "{asked}": {said}'


def turnout(percent: float) -> str:
    """Say what the turnout was."""
    return f"on a turnout of {percent:.1f}%"
