"""What a reader should know of figures that can be true: the notes of docs/verdicts.md."""

from collections.abc import Iterator
from typing import Final

from schemas.declaration import Declaration
from schemas.register import Contest
from schemas.result import Note
from services.aggregate.rules.percentages import rejected_papers
from services.rules.papers import papers_apart
from services.rules.verdicts import ELECTORATE_UNKNOWN, PAPERS_DIFFER

_NO_ELECTORATE: Final = Note(
    code=ELECTORATE_UNKNOWN, text="The electorate is not known, so no figure was compared with it"
)


def notes_of(contest: Contest, declared: Declaration, valid: int | None) -> Iterator[Note]:
    """Yield what is noted on the result of a declaration with votes.

    Args:
        contest: the contest.
        declared: its declaration.
        valid: its valid votes, where they are known.
    """
    if declared.votes is None:
        return
    if declared.papers is not None:
        votes, rejected = declared.votes.values(), rejected_papers(declared)
        apart = papers_apart(declared.papers, votes, rejected, contest.seats, whole=valid is not None)
        if apart:
            text = f"{_papers(apart)} than the votes and rejected papers need ({declared.papers:,} were verified)"
            yield Note(code=PAPERS_DIFFER, difference=apart, text=text)
    if contest.electorate is None:
        yield _NO_ELECTORATE


def _papers(apart: int) -> str:
    return f"{abs(apart):,} {'paper' if abs(apart) == 1 else 'papers'} {'more' if apart > 0 else 'fewer'}"
