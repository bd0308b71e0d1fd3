"""A page of the board at a moment, in parts.

A part is one element of the page, with the part's name as its id. What stands outside of the parts is the same at every
moment. So how a page goes from one moment to another is said by the parts that differ: that is all a browser is sent.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.rehearsals import is_rehearsal
from tallywire.pages.numbers import moment
from tallywire.pages.rendering import environment, render
from tallywire.publishing.board.colours import party_class, stylesheet_address
from tallywire.publishing.board.memory import time_of
from tallywire.publishing.documents import View

PACKAGE = "tallywire.publishing.board"


def party_styles(view: View) -> str:
    """Return where the colours of the parties are that a page needs."""
    return stylesheet_address(view.history.election, view.head)


environment(PACKAGE).globals.update(party_class=party_class, party_styles=party_styles)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the board at a moment."""

    template: str
    """The page around the parts: it puts each in its place."""
    values: Mapping[str, object]
    """What the template needs besides the parts."""
    parts: Mapping[str, str]
    """HTML of each part: one element, whose id is the part's name."""
    timed: Callable[[datetime], Mapping[str, str]] = lambda _: {}
    """Makes the parts that change with the time of day: in the present they are of now, not of the last moment."""

    @property
    def view(self) -> View:
        """The election at the moment."""
        view = self.values["view"]
        assert isinstance(view, View)  # noqa: S101  # each page has one
        return view

    def page(self, now: datetime | None = None, state: str = "") -> str:
        """Return the whole page.

        Args:
            now: what the time is, of a page that is to go on as things happen. Without it the page stays at its moment,
                and so do its links.
            state: what keeps the service from showing the present; empty where nothing does.
        """
        view, live = self.view, now is not None
        parts = self.parts if now is None else {**self.parts, **self.timed(now)}
        mark = "REHEARSAL" if is_rehearsal(view.history.election) else "TEST"
        said = {"live": live, "state": state, "feed": _feed(view, live=live), "time": said_time(view), "mark": mark}
        whole = render(PACKAGE, self.template, **self.values, **said, parts=parts)
        return whole if live or view.archived else at_moment(whole, view)


def at_moment(html: str, view: View) -> str:
    """Return HTML whose links within the election stay at a moment."""
    board = re.escape(f"/elections/{view.history.election}")
    # But that of the style sheet: it is no page.
    return re.sub(rf'href="({board}(?!/parties-)(?:/[^"?#]*)?)(?=["#])', rf'href="\1?at={view.moment.cursor}', html)


def _feed(view: View, *, live: bool) -> str:
    """Return what a page says of its age, until its script knows better."""
    time = said_time(view)
    if not time:
        at = "when it was archived" if view.archived else f"at {view.moment.cursor}"
        return "Shown as it stands now" if live else f"Shown as it stood {at}"
    return f"{'Last change' if live else 'Shown as it stood'} at {time}"


def closed_part(view: View) -> dict[str, str]:
    """Return the part that says whether the election is closed; nobody sees it while it is open."""
    return {"closed": render(PACKAGE, "parts/closed.html", view=view)}


def final_part(view: View) -> dict[str, str]:
    """Return the same in a few words, where there is little room: on a screen, and in a piece for another page."""
    return {"closed": render(PACKAGE, "parts/final.html", view=view)}


def said_time(view: View) -> str:
    """Return when a moment was, in words; empty where nobody has said when anything was declared."""
    time = time_of(view.history, view.place)
    return "" if time is None else moment(time)


Make = Callable[[View, Mapping[str, str]], Shown]
"""Makes a page of a moment.

Args:
    view: the election at the moment.
    names: what the path names: ``slug`` of a region or body, ``ballot_id``.

Raises:
    KeyError: there is no such region, body or contest.
"""


def difference(before: Shown, after: Shown) -> dict[str, str | None]:
    """Return the parts that a page needs to come from one moment to another; None for those that have gone."""
    changed: dict[str, str | None] = {
        name: html for name, html in after.parts.items() if before.parts.get(name) != html
    }
    return changed | {name: None for name in before.parts if name not in after.parts}
