"""The page of one contest: what happened, who stood, the figures, their history, and how to check them."""

from collections.abc import Mapping
from typing import Final

from jiter import from_json

from schemas.result import Result
from schemas.wire import NATIONAL
from services.notify.rules.facts import facts_of
from services.notify.rules.referendums import tied_text
from services.notify.rules.seat_sentences import seat_detail, seat_text
from services.notify.rules.seats_won import is_referendum, seats_won
from tallywire.pages.rendering import render
from tallywire.publishing.board.allocation import allocation_of, people
from tallywire.publishing.board.contest_at import ContestAt, contest_at
from tallywire.publishing.board.contest_candidates import rounds, unknown_change
from tallywire.publishing.board.contest_evidence import evidence
from tallywire.publishing.board.contest_figures import areas, figures
from tallywire.publishing.board.contest_history import Happening, happenings
from tallywire.publishing.board.contest_ledger import read_result
from tallywire.publishing.board.contest_notices import notices
from tallywire.publishing.board.sentences import listed
from tallywire.publishing.board.shown import PACKAGE, Shown, closed_part
from tallywire.publishing.board.stages import count_of, elected_in_order, progress
from tallywire.publishing.board.steps import Steps
from tallywire.publishing.documents import View

PARTS: Final = ("what", "notice", "candidates", "figures", "history", "check")
"""The parts of every page, in its order."""

STEPS: Final[Mapping[str, str]] = {
    "single-transferable-vote": "stages",
    "additional-member": "allocation",
    "closed-list": "allocation",
}
"""The part that shows how it was counted, step by step, by the voting systems that have steps."""


def contest_page(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page of a contest.

    Raises:
        KeyError: there is no such contest.
    """
    at = contest_at(view, names["ballot_id"])
    counted = STEPS.get(at.contest.voting_system, "")
    shared = {"view": view, "ballot_id": at.ballot_id, "contest": at.contest}
    values = {**_values(at), **shared, "result": at.result}
    parts = {name: render(PACKAGE, f"contest/{name}.html", **values) for name in PARTS} | closed_part(view)
    if counted:
        column = "List" if at.contest.by_list else "Candidate"
        parts[counted] = render(PACKAGE, "contest/steps.html", name=counted, column=column, steps=steps(at))
    title = f"{at.contest.name}: {verdict(at)}"
    return Shown("contest.html", {**shared, "page": "contest", "counted": counted, "title": title}, parts)


def _values(at: ContestAt) -> dict[str, object]:
    """Return what the parts are made of."""
    told = history(at)
    return {
        "verdict": verdict(at),
        "winners": winners(at),
        "detail": detail(at),
        "regions": regions(at),
        "when": when(at),
        "standing": next((row for row in told if row.stands), None),
        "notices": list(notices(at.view, at.result, told)),
        "order": order(at),
        "rounds": rounds(at),
        "unknown_change": unknown_change(at),
        "figures": list(figures(at)),
        "areas": areas(at),
        "history": told,
        "evidence": evidence(at),
    }


def history(at: ContestAt) -> list[Happening]:
    """Return what happened, newest first."""
    headlines: dict[str, list[str]] = {}
    for event in at.view.headlines():
        if event.ballot_id == at.ballot_id and event.result_id:
            headlines.setdefault(event.result_id, []).append(from_json(event.content)["data"]["text"])
    return happenings(at.ledger, headlines)


def verdict(at: ContestAt) -> str:
    """Return what happened, in the words of a headline."""
    result = at.result
    if result is None:
        return "Not declared yet"
    if result.kind == "stage":
        return progress(result)
    if result.elected:
        won = seats_won(result)
        return seat_text(result, won, facts_of(result, won))
    if is_referendum(result) and result.counts:
        return tied_text(result)
    return {
        "withdrawn": "No result: the declaration was withdrawn",
        "recount": "The votes are being counted again",
        "postponed": "The poll is put off",
        "countermanded": "The poll is called off",
        "annulled": "The election was annulled",
        "progress": "Being counted",
    }.get(result.kind, "No result")


def winners(at: ContestAt) -> list[str]:
    """Return the main parties of the elected, each once."""
    return list(dict.fromkeys(at.result.parties_elected)) if at.result is not None else []


def detail(at: ContestAt) -> str:
    """Return the sentence behind it."""
    result = at.result
    if result is None:
        return _before(at)
    if result.kind == "stage":
        return _so_far(result)
    if result.elected:
        before = any(read_result(event.content).counts for event in at.ledger.results[:-1])
        said = seat_detail(result, seats_won(result), declared_before=before)
        return f"{said[:1].upper()}{said[1:].rstrip('.')}."
    if result.kind == "progress":
        return f"{result.areas_declared} of {result.areas_expected} local areas are counted. Nobody is elected yet."
    return f"{result.reason.rstrip('.')}." if result.reason else ""


def _before(at: ContestAt) -> str:
    baseline = at.contest.baseline.previous_election
    held = at.holders(baseline) if baseline is not None else ""
    return f"{held} won it last time." if held else ""


def regions(at: ContestAt) -> list[tuple[str, str]]:
    """Return slugs and names of the regions that it is in."""
    named = at.view.regions()
    return [(slug, named[slug].name) for slug in at.contest.regions if slug in named and slug != NATIONAL]


def when(at: ContestAt) -> tuple[str, str] | None:
    """Return how the time of what stands is called, and when it was."""
    if at.event is None or at.result is None:
        return ("Expected", at.contest.expected_at) if at.contest.expected_at is not None else None
    if at.result.declared_at is not None:
        return "Declared", at.result.declared_at
    received = None if at.behind is None else at.behind[0].received
    return None if received is None else ("Received", received)


def steps(at: ContestAt) -> Steps | None:
    """Return how it was counted, step by step; None where that is not known, or there are no steps."""
    if at.result is None or not at.result.counts:
        return None
    return allocation_of(at.result) if at.contest.by_list else count_of(at.result)


def order(at: ContestAt) -> list[tuple[str, str]]:
    """Return who is elected, in order, and how; empty where there is no order, or no name is known."""
    result = at.result
    if result is None or not result.elected:
        return []
    if at.contest.by_list:
        return [(person, name if name != person else "") for person, name in people(result)]
    if result.stages is None:
        return []
    return [
        (one.name, f"{result.parties[one.party].abbreviation}, {how}" if how else "")
        for one, how in elected_in_order(result)
    ]


def _so_far(result: Result) -> str:
    """Return who is elected so far, and who is out."""
    names = {one.candidate: one.name for one in result.candidates}
    out = [one.name for one in result.candidates if one.excluded_at is not None]
    said = f"Elected so far: {listed(names[one] for one in result.elected)}." if result.elected else "Nobody so far."
    return f"{said} Excluded: {listed(out)}." if out else said
