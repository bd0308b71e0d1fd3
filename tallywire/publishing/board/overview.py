"""The board of an election, or of one of its regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.register import Region
from schemas.wire import NATIONAL
from tallywire.pages.numbers import thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board import map as mapped
from tallywire.publishing.board.colours import party_class
from tallywire.publishing.board.ground import Ground, ground
from tallywire.publishing.board.headlines import headlines_part
from tallywire.publishing.board.memory import Memory, memory, until
from tallywire.publishing.board.sentences import said_of
from tallywire.publishing.board.shown import PACKAGE, Shown
from tallywire.publishing.board.standing import Standing, standing
from tallywire.publishing.documents import View

KEYED: Final = 4
"""Parties in the key under the seats bar; the table has the rest."""

IN_REGION: Final = 4
"""Parties with seats in a region's row."""


def overview(view: View, names: Mapping[str, str]) -> Shown:
    """Return the board of a region; of the whole country where none is named."""
    slug = names.get("slug", NATIONAL)
    land = ground(view, slug)
    stands = standing(view, slug, land)
    known = memory(view.history)
    parts = {
        "count": render(PACKAGE, "parts/count.html", stands=stands),
        "lead": render(PACKAGE, "parts/lead.html", said=said_of(stands, land, corrected(view, known, slug))),
        "seats": seats_part(stands, land, view.regions()[slug]),
        "caption": render(PACKAGE, "parts/caption.html", stands=stands),
        "parties": render(PACKAGE, "parts/parties.html", stands=stands, land=land),
        "headlines": headlines_part(view, slug),
        "regions": _regions(view, known, slug),
    }
    values = {"view": view, "slug": slug, "region": view.regions()[slug], "land": land, "stands": stands}
    return Shown("board.html", values, {**parts, **mapped.map_parts(view, slug)})


def corrected(view: View, known: Memory, slug: str) -> int:
    """Return how many declarations were corrected."""
    return len(
        {
            said.ballot_id
            for said in until(known.said, view.place)
            if said.takes_back and said.ballot_id and (slug == NATIONAL or slug in said.regions)
        }
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """A party's part of the seats bar, or of its key."""

    cls: str
    name: str
    seats: int
    x: int = 0


def seats_part(stands: Standing, land: Ground, region: Region) -> str:
    """Return the seats bar with its key."""
    segments: list[Segment] = []
    x = 0
    for party, seats in stands.seats.items():
        segments.append(Segment(party_class(party), land.name(party), seats, x))
        x += seats
    name = stands.body.name if stands.body is not None else region.name
    figures = ", ".join(f"{each.name} {thousands(each.seats)}" for each in segments) or "none declared"
    all_of_them = f"{thousands(stands.seats_all)} {land.unit(stands.seats_all)}"
    label = f"{name}, {all_of_them}: {figures}; {thousands(stands.undeclared)} not declared."
    if stands.majority is not None:
        label += f" {thousands(stands.majority)} make a majority."
    return render(
        PACKAGE,
        "parts/seats.html",
        stands=stands,
        segments=segments,
        key=_key(segments, stands),
        label=label,
        note=_note(stands, land),
    )


def _key(segments: Sequence[Segment], stands: Standing) -> list[Segment]:
    named = list(segments if len(segments) <= KEYED + 1 else segments[:KEYED])
    if rest := sum(each.seats for each in segments[len(named) :]):
        named.append(Segment("p-oth", "others", rest))
    if stands.vacant:
        named.append(Segment("p-none", "vacant", stands.vacant))
    if stands.undeclared:
        named.append(Segment("p-none", "not declared", stands.undeclared))
    return named


def _note(stands: Standing, land: Ground) -> str:
    if stands.body is not None:
        kept = sum(stands.body.not_up.values())
        return f"With {thousands(kept)} seats that were not up this time." if kept else ""
    if land.posts and len(land.contests) > 1:
        return "Single offices: there is no majority to reach, so the bar has no line."
    return ""


def _regions(view: View, known: Memory, slug: str) -> str:
    """Return the rows of the regions."""
    rows = [_region(view, known, each, region, current=each == slug) for each, region in view.regions().items()]
    return render(PACKAGE, "parts/rows.html", name="regions", rows=rows)


def _region(view: View, known: Memory, slug: str, region: Region, *, current: bool) -> str:
    event = view.history.last_of("tally", slug, view.moment.cursor)
    key = ("region", slug, current, known.register(view.ledger), 0 if event is None else event.sequence)

    def make() -> str:
        land = ground(view, slug)
        stands = standing(view, slug, land)
        won = [(row.party, row.won) for row in stands.rows if row.won]
        seats = won if len(won) <= IN_REGION + 1 else [*won[:IN_REGION], ("", sum(n for _, n in won[IN_REGION:]))]
        return render(
            PACKAGE,
            "parts/region.html",
            election=view.history.election,
            slug=slug,
            region=region,
            current=current,
            declared=stands.declared,
            expected=stands.expected,
            seats=seats,
            land=land,
        )

    return known.kept(key, make)
