"""Reading pages of the board: the words and figures that are on them."""

from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser

from tallywire.publishing.board.routes import MADE
from tallywire.publishing.board.shown import Shown
from tallywire.publishing.documents import View
from tallywire.publishing.history import History
from tests.tallywire.publishing.histories import view


def at(history: History, time: str) -> View:
    """Return an election at a time."""
    return view(history, history.moment_at(datetime.fromisoformat(time)))


def shown(one: View, suffix: str = "", **names: str) -> Shown:
    """Return a page, by what stands behind the address of its election."""
    return MADE[suffix](one, names)


def words(html: str) -> str:
    """Return what a reader sees, without what is for the eye or the ear alone."""
    reader = _Words()
    reader.feed(html)
    return " ".join("".join(reader.said).split())


def rows(html: str) -> Mapping[str, list[str]]:
    """Return the cells of each row of a table's body, by the row's id."""
    reader = _Rows()
    reader.feed(html)
    return reader.rows


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "li", "td", "th", "dt", "dd", "div", "b"}:
            self.said.append(" ")


class _Rows(HTMLParser):
    """Reads cells; what is marked as hidden from readers aloud is said elsewhere, too, and left out."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self._row: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "tr":
            self._row = self.rows[str(named["id"])] = []
        elif tag in {"td", "th"}:
            self._row.append("")
        elif self._hidden or named.get("aria-hidden"):
            self._hidden += tag == "span"

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if self._row and not self._hidden:
            self._row[-1] = f"{self._row[-1]}{data}".strip()
