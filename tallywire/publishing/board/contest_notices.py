"""What a reader of a contest's page must know before its figures: that there is no result, or that it is in doubt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.result import Allocation, Result
from services.aggregate.rules.life import life_of
from services.rules.verdicts import ALLOCATION_IN_DOUBT
from tallywire.publishing.board.allocation import named_constituencies
from tallywire.publishing.board.contest_history import Happening
from tallywire.publishing.board.contest_ledger import read_result
from tallywire.publishing.documents import View

_NO_RESULT: Final[Mapping[str, tuple[str, str]]] = {
    "withdrawn": (
        "This declaration was withdrawn.",
        "It was published in error, and counts no longer. There is no result until it is declared again.",
    ),
    "recount": ("The votes are being counted again.", "There is no result until that is done."),
    "postponed": ("The poll was put off.", "There will be no result now."),
    "countermanded": ("The poll was called off.", "There will be no result now."),
    "annulled": ("A court has annulled this election.", "What was declared counts no longer."),
    "flash": (
        "This is a flash.",
        "It says who has won; the votes follow. Totals do not count it before they are declared.",
    ),
    "progress": ("This is not a result.", "Some local areas are counted; nobody is elected before all of them are."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader must know first."""

    heading: str
    text: str
    history: bool = False
    """Whether the history says more."""


def notices(view: View, result: Result | None, history: Sequence[Happening]) -> Iterator[Notice]:
    """Yield what a reader must know before the figures.

    Args:
        view: the election at a moment.
        result: the contest's result then; without one there is nothing to know.
        history: what happened to the contest, newest first.
    """
    if result is None:
        return
    doubt = next((note.text for note in result.notes if note.code == ALLOCATION_IN_DOUBT), None)
    if result.under_review and doubt is not None:
        yield Notice("This allocation is under review.", f"{doubt}.")
    elif result.under_review:
        yield Notice(
            "This result is under review.",
            "A correction that would change who is elected waits for a second person. Until that is decided the "
            "result stands and counts.",
            history=True,
        )
    if result.kind in _NO_RESULT:
        heading, text = _NO_RESULT[result.kind]
        reason = f"Reason: {result.reason.rstrip('.')}." if result.reason else ""
        yield Notice(heading, f"{text} {reason}", history=len(history) > 1)
    elif (corrected := _correction(history)) is not None:
        yield Notice("This declaration was corrected.", _what_changed(corrected), history=True)
    if result.kind == "uncontested":
        yield Notice("There was no vote.", "No more people stood than there were seats, so they are elected.")
    if result.kind == "stage":
        yield Notice(
            "The count goes on.",
            "It is declared stage by stage. Who is elected is elected, and who is excluded is out; the other seats "
            "are still to be filled.",
        )
    if result.allocation is not None and result.counts and not result.allocation.checked and doubt is None:
        waiting = _waiting(view, result.allocation)
        yield Notice(
            "The allocation is not checked yet.",
            "The list seats are as declared. They are held against the rule when all constituencies are in"
            + (f"; waiting for {waiting}." if waiting else "."),
        )


def _waiting(view: View, allocation: Allocation) -> str:
    """Return the names of the constituencies that an allocation waits for and whose result is still to come.

    The result of a region names those that were open when it was declared.
    """
    last = {one: view.history.last_of("result", one, view.moment.cursor) for one in allocation.waits_for}
    open_ = [one for one, event in last.items() if event is None or life_of(read_result(event.content)).awaited]
    return named_constituencies([view.history.registers.contest(one, view.ledger).contest.name for one in open_])


def _correction(history: Sequence[Happening]) -> Happening | None:
    """Return the last correction of what stands."""
    for row in history:
        if row.mark == "Correction":
            return row
        if row.revision is not None and row.taken.result is not None:
            return None
    return None


def _what_changed(row: Happening) -> str:
    """Return a correction in a sentence or two."""
    moved = [change for change in row.changes if not change.same]
    totals = {"Valid votes", "Majority", "Quota", "Electorate", "Rejected ballot papers"}
    people = [each for each in moved if each.figure not in totals and not each.figure.startswith("Turnout")]
    few = 2
    said = [f"{each.figure}: {each.after}, not {each.before}." for each in people[:few]]
    if len(people) > few:
        said.append(f"{len(people) - few} more figures differ.")
    if not people and moved:
        said = [f"{each.figure}: {each.after}, not {each.before}." for each in moved[:few]]
    if row.others_elected:
        return " ".join((row.said.replace("Elected:", "Another winner:"), *said))
    majority = next((each for each in row.changes if each.figure == "Majority"), None)
    same = "The winner and the majority are unchanged." if majority and majority.same else "Who is elected is the same."
    if majority and not majority.same:
        same = "The winner is the same."
    return " ".join((*said, same))
