"""The list of elections: how far each is, and what was said last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.rehearsals import is_rehearsal
from schemas.wire import NATIONAL
from tallywire.pages.rendering import render
from tallywire.publishing.board.ground import ground
from tallywire.publishing.board.memory import Said, memory, until
from tallywire.publishing.board.progress import Progress
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.board.standing import standing
from tallywire.publishing.documents import View
from tallywire.publishing.following import Election, State
from tallywire.publishing.history import polling_day

STATES: Final = {
    State.LIVE: "Live",
    State.REBUILDING: "Being read anew",
    State.AWAY: "Server away",
    State.BROKEN: "Cannot be read",
}
"""What is said of an election just now."""

LOUD: Final = 3
"""Least priority of the headline that is shown."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An election in the list."""

    election: str
    name: str
    day: datetime
    state: str
    live: bool
    reason: str
    """Why it is not live; empty when it is."""
    shown: bool
    """Whether it has a page."""
    progress: Progress
    test: bool
    closed_since: str | None
    """Since when it is closed; None while it is open."""
    last: Said | None
    """The last headline that is as loud as that of a seat."""


def elections_page(elections: Iterable[tuple[str, Election]]) -> str:
    """Return the page that lists elections, the latest polling day first."""
    listed = sorted((_listed(name, each) for name, each in elections), key=lambda one: one.day, reverse=True)
    return render(
        PACKAGE,
        "elections.html",
        real=[one for one in listed if not one.test],
        tests=[one for one in listed if one.test],
    )


def _listed(name: str, election: Election) -> Listed:
    history = election.history
    view = View(history, history.last, "")
    head = history.head if election.read else None
    if head is None:
        progress = Progress(0, 0)
        last = None
    else:
        stands = standing(view, NATIONAL, ground(view, NATIONAL))
        progress = stands.progress
        told = list(until(memory(history).said, view.place))
        last = next((said for said in reversed(told) if said.priority <= LOUD), None)
    return Listed(
        election=name,
        name=name if head is None else head.name,
        day=polling_day(name),
        state=STATES[election.state] if election.read or election.state is not State.LIVE else "Being read",
        live=election.state is State.LIVE,
        reason="" if election.state is State.LIVE else election.reason,
        shown=head is not None,
        progress=progress,
        # Also before its register is there, and between two rounds of a sandbox.
        test=is_rehearsal(name) or (head is not None and head.test),
        closed_since=view.closed_since,
        last=last,
    )
