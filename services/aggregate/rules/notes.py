"""What a reader should know of figures that can be true: the notes of docs/verdicts.md."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from schemas.declaration import Declaration
from schemas.register import Contest, RegisterHead
from schemas.result import Note
from schemas.wire import NAME_LENGTH_MAX
from services.rules.odd import Oddity
from services.rules.papers import far_apart, papers_apart, rejected_papers
from services.rules.systems.declared_count import Followed
from services.rules.verdicts import (
    ELECTED_NOT_MOST_VOTES,
    ELECTORATE_UNKNOWN,
    PAPERS_DIFFER,
    PAPERS_DO_NOT_RECONCILE,
    PAPERS_NOT_COUNTED,
    STAGES_ENDED_EARLY,
    STAGES_FEWER_EXCLUDED,
    STAGES_LAST_NOT_TRANSFERRED,
    STAGES_LAST_TRANSFERRED,
    STAGES_NOT_DECLARED,
    STAGES_PART_LEFT,
    STAGES_ROUNDED,
    STAGES_SURPLUS_LEFT,
    STAGES_SURPLUS_NOT_TRANSFERRED,
    STAGES_SURPLUS_ORDER,
    STAGES_SURPLUS_TRANSFERRED,
    STAGES_VALUE_ODD,
    SWING_BEYOND_LIMIT,
    TURNOUT_BEYOND_LIMITS,
    TURNOUT_FAR_FROM_LAST,
    TURNOUT_FAR_FROM_OTHERS,
    VOTES_FAR_ABOVE_OTHERS,
    VOTES_FAR_BELOW_OTHERS,
    WINNER_CHANGED,
)

_TEXTS: Final[Mapping[str, str]] = {
    PAPERS_NOT_COUNTED: "{missing} of {papers} papers verified are not among the {valid} votes, and nobody says that "
    "they were rejected",
    ELECTED_NOT_MOST_VOTES: "Declared elected: {stated}; most votes: {counted}. What was declared stands in law",
    TURNOUT_BEYOND_LIMITS: "A turnout of {turnout}; below {least} or above {most} it hardly ever is",
    TURNOUT_FAR_FROM_OTHERS: "A turnout of {turnout}, where the middle one of {number} contests around it has {middle}",
    TURNOUT_FAR_FROM_LAST: "{votes}, {change} of last time's {last}; {beside}",
    SWING_BEYOND_LIMIT: "A swing from {from} to {to} of {points} points{beside}; more than {limit} is rare",
    WINNER_CHANGED: "Declared elected before: {before}; now: {now}",
    VOTES_FAR_ABOVE_OTHERS: "{votes}, where the largest of {number} other contests has {most}",
    VOTES_FAR_BELOW_OTHERS: "{votes}, where the smallest of {number} other contests has {least}",
}
"""What a reader is told of what is odd, by code."""

_STAGE_TEXTS: Final[Mapping[str, str]] = {
    STAGES_NOT_DECLARED: "The stages of the count were not declared",
    STAGES_ROUNDED: "Totals printed with fewer decimals than they have: {where}",
    STAGES_VALUE_ODD: "Votes received that are no number of papers at their value: {where}",
    STAGES_SURPLUS_NOT_TRANSFERRED: "Surplus not transferred, as the rules allow: {where}",
    STAGES_SURPLUS_TRANSFERRED: "Surplus transferred that need not have been: {where}",
    STAGES_SURPLUS_ORDER: "A smaller surplus transferred before a larger one: {where}",
    STAGES_SURPLUS_LEFT: "Excluded before a surplus was transferred that came first: {where}",
    STAGES_ENDED_EARLY: "The count ended with a surplus still to be transferred: {where}",
    STAGES_PART_LEFT: "Less than a vote left with somebody excluded: {where}",
    STAGES_FEWER_EXCLUDED: "Fewer excluded at once than the rules have it: {where}",
    STAGES_LAST_TRANSFERRED: "Votes of the last excluded transferred, though the seats were filled: {where}",
    STAGES_LAST_NOT_TRANSFERRED: "Votes of the last excluded not transferred: the seats were filled",
}
"""What a reader is told of a count by stages, by code."""

_PLACES: Final = 3
"""Candidates told in one note; of more, how many."""

_NO_ELECTORATE: Final = Note(
    code=ELECTORATE_UNKNOWN, text="The electorate is not known, so no figure was compared with it"
)


def notes_of(register: RegisterHead, contest: Contest, declared: Declaration, valid: int | None) -> Iterator[Note]:
    """Yield what is noted on the result of a declaration with votes, whatever else was declared.

    Args:
        register: says from how many papers on a difference is large.
        contest: the contest.
        declared: its declaration.
        valid: its valid votes, where they are known.
    """
    if declared.votes is None:
        return
    if declared.papers is not None:
        votes, rejected = declared.votes.values(), rejected_papers(declared)
        apart = papers_apart(declared.papers, votes, rejected, contest.votes_per_paper, whole=valid is not None)
        if apart:
            large = apart > 0 and far_apart(apart, declared.papers, register.holds)
            text = f"{_papers(apart)} than the votes and rejected papers need ({declared.papers:,} were verified)"
            yield Note(code=PAPERS_DO_NOT_RECONCILE if large else PAPERS_DIFFER, difference=apart, text=text)
    if contest.electorate is None:
        yield _NO_ELECTORATE


def notes_of_odd(found: Iterable[Oddity]) -> Iterator[Note]:
    """Yield what is noted of a declaration about which something is odd."""
    for odd in found:
        text = _TEXTS[odd.code].format(**odd.facts)
        if len(text) > NAME_LENGTH_MAX:
            text = f"{text[: NAME_LENGTH_MAX - 1]}…"
        yield Note(code=odd.code, difference=odd.difference, text=text)


def notes_of_stages(contest: Contest, followed: Followed) -> Iterator[Note]:
    """Yield what is noted of a count by stages: each note once, and whom it is about once, with the stages."""
    found: dict[str, dict[str | None, list[int]]] = {}
    for one in followed.noted:
        found.setdefault(one.code, {}).setdefault(one.candidate, []).append(one.stage)
    for code, stages in found.items():
        names = {one: "" if one is None else f", {contest.candidates[one].name}" for one in stages}
        places = [f"{_stages(numbers)}{names[one]}" for one, numbers in stages.items()]
        where = "; ".join(places[:_PLACES]) + (f" and {len(places) - _PLACES} more" if len(places) > _PLACES else "")
        yield _note(code, _STAGE_TEXTS[code].format(where=where))


def _stages(numbers: Sequence[int]) -> str:
    """Return stages as they are said: ``stage 5``, ``stages 4 and 6``, ``stages 3 to 6``."""
    *before, last = sorted({*numbers})
    if not before:
        return f"stage {last}"
    if len(before) > 1 and last - before[0] == len(before):
        return f"stages {before[0]} to {last}"
    return f"stages {', '.join(map(str, before))} and {last}"


def _note(code: str, text: str) -> Note:
    return Note(code=code, text=text if len(text) <= NAME_LENGTH_MAX else f"{text[: NAME_LENGTH_MAX - 1]}…")


def _papers(apart: int) -> str:
    return f"{abs(apart):,} {'paper' if abs(apart) == 1 else 'papers'} {'more' if apart > 0 else 'fewer'}"
