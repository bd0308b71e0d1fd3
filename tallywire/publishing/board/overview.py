"""The board of an election, or of one of its regions."""

from collections.abc import Mapping

from jiter import from_json

from schemas.wire import NATIONAL
from tallywire.pages.rendering import render
from tallywire.publishing.board.map import map_frame, map_parts
from tallywire.publishing.board.shown import PACKAGE, Shown
from tallywire.publishing.documents import View


def overview(view: View, names: Mapping[str, str]) -> Shown:
    """Return the board of a region; of the whole country where none is named."""
    slug = names.get("slug", NATIONAL)
    region = view.regions()[slug]
    tally = view.history.last_of("tally", slug, view.moment.cursor)
    count = {"declared": 0, "expected": 0} if tally is None else from_json(tally.content)["data"]
    parts = {"count": render(PACKAGE, "count.html", count=count)}
    parts |= map_parts(view, slug)
    values = {"view": view, "region": region, "slug": slug, "map": map_frame(view, slug, parts)}
    return Shown("board.html", values, parts)
