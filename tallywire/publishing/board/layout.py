"""Where the contests of an election are on its map.

The 650 constituencies of 2023 have a layout of hexagons (Open Innovations, MIT: ``maps/``). What is not in it gets a
tile, grouped by council or region.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from schemas.register import Contest, RegisterHead
from schemas.wire import NATIONAL, NATIONAL_NAME
from tallywire.packs.drawing import Drawing, Shape
from tallywire.publishing.board.ground import REGIONS, is_region

IN_FORCE: Final = "2024-05-30"
"""The day on which the constituencies of 2023 came into force: those of before have some of their names."""

WIDE: Final = 8
"""From one hexagon to the next, in the units of the drawing."""

TALL: Final = 7
"""From one row to the next: as good as three quarters of a hexagon's height, in whole numbers, which are short."""

ELSEWHERE: Final = "Elsewhere"
"""Heading of the tiles of contests that belong to no region and no council."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles that stand together."""

    name: str
    ballots: tuple[str, ...]
    lists: tuple[str, ...] = ()
    """Those of them that are regions with list seats: they stand apart, before the constituencies."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each contest is: on a map, or among the tiles."""

    places: Mapping[str, Point]
    """Centre of the hexagon of each contest that has one."""
    groups: tuple[Group, ...]
    """The others, as tiles."""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    """Area of each contest, where the election has a map of its own: then there are no hexagons."""

    @property
    def on_map(self) -> Mapping[str, object]:
        """The contests that are on a map, with their places there."""
        return self.shapes or self.places

    @property
    def partial(self) -> bool:
        """Whether most hexagons have no contest here, as at a by-election: the others are then drawn empty."""
        return 0 < len(self.places) < len(hexagons()) / 2


@dataclass(frozen=True, slots=True)
class Hexagon:
    """A constituency of the layout."""

    name: str
    centre: Point


@cache
def hexagons() -> Mapping[str, Hexagon]:
    """Return the constituencies of 2023 by GSS code."""
    written = (files("tallywire.publishing.board") / "maps" / "constituencies-2023.hexjson").read_text("utf-8")
    hexes = json.loads(written)["hexes"]
    top = max(one["r"] for one in hexes.values())
    left = min(one["q"] for one in hexes.values())
    found = {}
    for code, one in hexes.items():
        # Odd rows are moved by half a hexagon; rows are numbered upwards ("odd-r").
        x = WIDE * (one["q"] - left) + (WIDE // 2 if one["r"] % 2 else 0)
        found[code] = Hexagon(one["n"], (x, TALL * (top - one["r"])))
    return found


@cache
def _codes_by_name() -> Mapping[str, str]:
    return {plain(one.name): code for code, one in hexagons().items()}


def plain(name: str) -> str:
    """Return a name without accents, signs and capitals: lists of places differ in these."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return re.sub(r"[^a-z0-9]+", " ", "".join(one for one in letters if not unicodedata.combining(one))).strip()


def hexagon_of(ballot_id: str, contest: Contest) -> Hexagon | None:
    """Return the hexagon of a contest; None where it has none.

    By GSS code, or by its name where it elects to Parliament on the boundaries of 2023: five Scottish constituencies
    have had other codes since.
    """
    known = hexagons()
    if contest.area is not None and contest.area in known:
        return known[contest.area]
    segments = ballot_id.split(".")
    if segments[0] != "parl" or segments[-1] < IN_FORCE:
        return None
    code = _codes_by_name().get(plain(contest.name))
    return None if code is None else known[code]


def layout_of(head: RegisterHead, contests: Mapping[str, Contest], drawing: Drawing | None = None) -> Layout:
    """Return the layout of an election.

    Args:
        head: its register.
        contests: its contests, in the register's order.
        drawing: its own map, where it has one.
    """
    if drawing is not None:
        shapes = {ballot_id: shape for ballot_id, shape in drawing.shapes.items() if ballot_id in contests}
        left = {ballot_id: contest for ballot_id, contest in contests.items() if ballot_id not in shapes}
        return Layout({}, tuple(_groups(head, left)), shapes)
    places: dict[str, Point] = {}
    taken: set[Point] = set()
    for ballot_id, contest in contests.items():
        hexagon = hexagon_of(ballot_id, contest)
        # Two on one place cannot both be seen: the second is a tile.
        if hexagon is not None and hexagon.centre not in taken:
            places[ballot_id] = hexagon.centre
            taken.add(hexagon.centre)
    others = {ballot_id: contest for ballot_id, contest in contests.items() if ballot_id not in places}
    return Layout(places, tuple(_groups(head, others)))


def _groups(head: RegisterHead, contests: Mapping[str, Contest]) -> Iterable[Group]:
    """Yield groups of tiles.

    First each region with list seats and its constituencies; then councils and regions of the register. Each in the
    register's order.
    """
    left = dict(contests)
    lists = [ballot_id for ballot_id, contest in contests.items() if is_region(contest)]
    with_tiles = [each for each in lists if any(one in contests for one in contests[each].constituencies)]
    for ballot_id in with_tiles:
        own = (ballot_id, *(one for one in contests[ballot_id].constituencies if one in contests))
        yield Group(contests[ballot_id].name, _by_name(contests, own), (ballot_id,))
        for one in own:
            left.pop(one)
    # Where their constituencies are on a map, the regions are the tiles beside it.
    if beside := [each for each in lists if each in left]:
        yield Group(REGIONS, _by_name(contests, beside), tuple(beside))
        for one in beside:
            left.pop(one)
    yield from _groups_by_heading(head, left)


def _by_name(contests: Mapping[str, Contest], ballots: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ballots, key=lambda each: plain(contests[each].name)))


def _groups_by_heading(head: RegisterHead, contests: Mapping[str, Contest]) -> Iterable[Group]:
    """Yield groups of tiles: councils first, then regions of the register."""
    by_heading: dict[tuple[str, str], list[str]] = {}
    for ballot_id, contest in contests.items():
        by_heading.setdefault(_heading(head, contest), []).append(ballot_id)
    order = [*(("body", slug) for slug in head.bodies), *(("region", slug) for slug in head.regions)]
    for heading in sorted(by_heading, key=lambda each: order.index(each) if each in order else len(order)):
        kind, slug = heading
        name = head.bodies.get(slug) if kind == "body" else head.regions.get(slug)
        nowhere = NATIONAL_NAME if len(by_heading) == 1 else ELSEWHERE
        yield Group(name.name if name is not None else nowhere, _by_name(contests, by_heading[heading]))


def _heading(head: RegisterHead, contest: Contest) -> tuple[str, str]:
    if contest.body is not None:
        return "body", contest.body
    for kind in ("official", "country", "council", "media"):
        for slug in contest.regions:
            if slug in head.regions and head.regions[slug].kind == kind:
                return "region", slug
    return "region", NATIONAL
