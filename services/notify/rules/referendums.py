"""The text and the detail of a referendum: an answer wins by a majority of votes; no seat is filled."""

from schemas.result import Result
from services.notify.rules.seats_won import SeatsWon, place_name
from services.notify.rules.wording import referendums as wording
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.life import comes_after


def referendum_text(result: Result, won: SeatsWon) -> str:
    """Return which answer wins, and no more."""
    answer = result.parties[won.parties[0]]
    return wording.wins(spoken(answer), answer.abbreviation, place_name(result))


def with_majority(result: Result, said: str) -> str:
    """Return the headline with the majority."""
    return wording.by(said, result.majority)


def tied_text(result: Result) -> str:
    """Return the headline of equal votes."""
    return wording.tied(place_name(result), max(one.votes or 0 for one in result.candidates))


def referendum_detail(result: Result, *, declared_before: bool) -> str:
    """Return the votes of each answer, the turnout and the question."""
    found = [(spoken(result.parties[one.party]), one.votes, one.share) for one in result.candidates]
    said = wording.answers(found, result.question)
    if result.turnout.said is not None:
        said = f"{said}, {wording.turnout(result.turnout.said)}"
    came = comes_after(result.supersedes.kind if result.supersedes else None, declared_before=declared_before)
    return f"{said}, {came}" if came else said
