"""Pieces of the board for other people's pages: in a frame, from 280 pixels on, with no cookie."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from schemas.wire import NATIONAL
from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_at import contest_at
from tallywire.publishing.board.contest_candidates import rounds
from tallywire.publishing.board.contest_mark import slug_of
from tallywire.publishing.board.contest_notices import notices
from tallywire.publishing.board.contests import history, verdict, when, winners
from tallywire.publishing.board.ground import ground
from tallywire.publishing.board.headlines import loud
from tallywire.publishing.board.map import cells, drawn_as, layout, view_box
from tallywire.publishing.board.seats import seats_part, short_parties
from tallywire.publishing.board.shown import PACKAGE, Shown, final_part
from tallywire.publishing.board.standing import standing
from tallywire.publishing.documents import View
from tallywire.web.problems import bad_request

THEMES: Final = ("auto", "light", "dark")
"""How a piece may look: as the reader's device says, or always the same."""

TURNED: Final = 6
"""Headlines that the ticker turns through."""

ROWS: Final = 8
"""Parties in the tally; the link leads to all."""

CANDIDATES: Final = 12
"""Candidates of a contest; the link leads to all."""

NARROW: Final = 280
"""Pixels from which on a piece can be read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that can be put on another page."""

    name: str
    title: str
    said: str
    """What it is, in a sentence."""
    height: int
    """Pixels that are enough at a width of 320, where no script says the height; of a map those around it."""


PIECES: Final[Mapping[str, Piece]] = {
    "ticker": Piece("ticker", "Headlines", "The last six headlines, one at a time.", 320),
    "tally": Piece("tally", "Tally", "The seats bar, and the parties with most seats.", 500),
    "map": Piece("map", "Map", "The map: a click opens the contest.", 190),
}

CONTEST_HEIGHT: Final = 260
CANDIDATE_HEIGHT: Final = 72
"""Pixels of a contest without its candidates, and of each."""

PAPERS_HEIGHT: Final = 180
"""Pixels that a tally needs more where seats of constituencies and lists stand below those of a party."""

LETTERS: Final = 200
LETTERS_OF_TWO_PAPERS: Final = 10
"""Letters of a party's name, beside the columns of one or two votes; a longer name of one is broken."""

LINE: Final = 20
"""Letters of a name or a verdict in a line, at least."""

LINE_HEIGHT: Final = 26
TILE_HEIGHT: Final = 84
"""Pixels of a line, and of a row of two tiles."""

COLUMN: Final = 320


def theme_of(names: Mapping[str, str]) -> str:
    """Return the theme that a request asks for.

    Raises:
        NotTaken: there is none of that name.
    """
    theme = names.get("theme", THEMES[0])
    if theme not in THEMES:
        raise bad_request(f"theme is one of {', '.join(THEMES)}.")
    return theme


def embed(view: View, names: Mapping[str, str]) -> Shown:
    """Return a piece about a region; about the whole country where none is named."""
    piece, slug = PIECES[names["piece"]], names.get("slug", NATIONAL)
    land = ground(view, slug)
    stands = standing(view, slug, land)
    parts = {"count": render(PACKAGE, "embed/count.html", stands=stands), **final_part(view)}
    values: dict[str, object] = {
        "view": view,
        "slug": slug,
        "region": view.regions()[slug],
        "land": land,
        "piece": piece,
        "theme": theme_of(names),
    }
    if piece.name == "ticker":
        said = loud(view, slug, TURNED)
        parts["ticks"] = render(PACKAGE, "embed/ticks.html", said=said, view=view, stands=stands)
    elif piece.name == "tally":
        parts["seats"] = seats_part(stands, land, view.regions()[slug].name)
        parts |= short_parties(stands, land, ROWS, LETTERS_OF_TWO_PAPERS if land.lists else LETTERS)
    else:
        shapes, box = _map(view, slug)
        parts |= shapes
        values |= {"hexes": list(shapes), "view_box": box, **drawn_as(view)}
    return Shown(f"embed/{piece.name}.html", values, parts)


def _map(view: View, slug: str) -> tuple[dict[str, str], str]:
    """Return the shapes of a map, and the part of the drawing in which they are; empty for tiles."""
    placed = layout(view)
    made = cells(view, slug)
    hexes = [each for each in made if each in placed.on_map]
    wanted = hexes or list(made)
    shapes = {f"h-{slug_of(each)}": made[each].shape for each in wanted}
    return shapes, " ".join(f"{one:g}" for one in view_box(placed, hexes)) if hexes else ""


def _map_height(view: View, slug: str) -> int:
    """Return how tall a map is in a narrow column, in pixels."""
    shapes, box = _map(view, slug)
    if not box:
        return TILE_HEIGHT * (len(shapes) + 1) // 2
    _, _, width, height = (float(each) for each in box.split())
    return round(COLUMN * height / width)


def embed_contest(view: View, names: Mapping[str, str]) -> Shown:
    """Return a contest for another page."""
    ballot_id = names["ballot_id"]
    at = contest_at(view, ballot_id)
    content = render(
        PACKAGE,
        "embed/contest-part.html",
        verdict=verdict(at),
        winners=winners(at),
        when=when(at),
        notices=list(notices(view, at.result, history(at))),
        round=rounds(at)[0],
        most=CANDIDATES,
        contest=at.contest,
        result=at.result,
        href=f"/elections/{view.history.election}/contests/{ballot_id}",
    )
    values = {"view": view, "contest": at.contest, "ballot_id": ballot_id, "theme": theme_of(names)}
    return Shown("embed/contest.html", values, {"contest": content, **final_part(view)})


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is copied, and what it shows."""

    name: str
    title: str
    said: str
    href: str
    height: int

    def text(self, base: str, title: str) -> str:
        """Return the lines to copy: the frame alone is enough, and the script lets it grow."""
        return (
            f'<iframe src="{base}{self.href}" title="{escape(self.title)}: {escape(title)}" '
            f'width="100%" height="{self.height}" frameborder="0" loading="lazy"></iframe>\n'
            f'<script async src="{base}/static/latest/height.js"></script>'
        )


def embedding(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page from which pieces are copied."""
    theme, slug = theme_of(names), names.get("region", NATIONAL)
    regions = view.regions()
    region = regions[slug]
    board = f"/elections/{view.history.election}"
    asked = "" if theme == THEMES[0] else f"?theme={theme}"
    within = f"{board}/embed" if slug == NATIONAL else f"{board}/regions/{slug}/embed"
    heights = {each.name: each.height for each in PIECES.values()}
    heights["map"] += _map_height(view, slug)
    heights["tally"] += PAPERS_HEIGHT if ground(view, slug).lists else 0
    snippets = [
        Snippet(each.name, each.title, each.said, f"{within}/{each.name}{asked}", heights[each.name])
        for each in PIECES.values()
    ]
    ballot_id = names.get("ballot")
    if ballot_id:
        contest = view.history.registers.contest(ballot_id, view.ledger).contest
        names_shown = sorted((each.name for each in contest.candidates.values()), key=len)[-CANDIDATES:]
        lines = sum(len(name) // LINE for name in (contest.name, *names_shown))
        height = CONTEST_HEIGHT + CANDIDATE_HEIGHT * len(names_shown) + LINE_HEIGHT * lines
        said = "What happened, and the candidates as bars."
        href = f"{board}/contests/{ballot_id}/embed{asked}"
        snippets.insert(0, Snippet("contest", contest.name, said, href, height))
    title = view.head.name if view.head is not None else view.history.election
    about = title if slug == NATIONAL else f"{title}, {region.name}"
    base = view.public_url or "https://THIS-SERVICE"
    values = {
        "view": view,
        "slug": slug,
        "regions": regions,
        "theme": theme,
        "themes": THEMES,
        "ballot": ballot_id,
        "about": about,
        "narrow": NARROW,
        "snippets": [(each, each.text(base, about)) for each in snippets],
    }
    return Shown("embed/page.html", values, {})
