"""A pack's areas as they are drawn: projected, simplified until they are small, and written as paths of SVG."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import cos, radians, sin, sqrt
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from schemas.wire import BallotId
from tallywire.packs.geography import Area

ACROSS: Final = 1_000
"""Width or height of a drawing, whichever is longer, in whole units: a pixel of a large screen."""

DRAWN_BYTES_MAX: Final = 120_000
"""Of all paths of a drawing. Compressed a third of it: the board's first view has 100 KB for everything."""

TOLERANCE: Final = 0.4
"""By how many units an outline may be moved at first; twice that, and so on, until it is small enough."""

SMALLEST: Final = 3
"""Half of the diagonal of the square that stands for an area too small to be seen."""

Point = tuple[int, int]


class Shape(BaseModel):
    """An area, drawn."""

    model_config = ConfigDict(frozen=True)

    d: Annotated[str, Field(pattern="^[MlzZ0-9 -]*$")]
    """The path."""
    x: int
    y: int
    """A place inside of it, for its sign."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom."""


class Drawing(BaseModel):
    """The map of an election, as its pack brought it."""

    model_config = ConfigDict(frozen=True)

    shapes: dict[BallotId, Shape]
    """By contest. What has none gets a tile."""


def drawing_of(areas: Sequence[Area]) -> Drawing:
    """Return how areas are drawn. Neighbours keep their common border, however much it is simplified."""
    snapped = {area.ballot_id: rings for area, rings in zip(areas, _snapped(areas), strict=True)}
    tolerance = TOLERANCE
    while True:
        shapes = {ballot_id: _shape(rings) for ballot_id, rings in _simplified(snapped, tolerance).items()}
        if sum(len(one.d) for one in shapes.values()) <= DRAWN_BYTES_MAX or tolerance > ACROSS:
            return Drawing(shapes=shapes)
        tolerance *= 1.6


def _snapped(areas: Sequence[Area]) -> list[list[list[Point]]]:
    """Return the outlines on the grid of the drawing, each without its last point, which is its first."""
    projected = _projected(areas)
    points = [point for rings in projected for ring in rings for point in ring]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    longer = max(max(x for x, _ in points) - left, max(y for _, y in points) - top) or 1.0
    scale = ACROSS / longer
    return [
        [_without_repeats([(round((x - left) * scale), round((y - top) * scale)) for x, y in ring]) for ring in rings]
        for rings in projected
    ]


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _projected(areas: Sequence[Area]) -> list[list[list[tuple[float, float]]]]:
    """Return the outlines in a conic projection of equal areas (H. C. Albers, 1805), north at the top.

    Its parallels are a sixth of the height within the map's edges, so that it fits a ward and a country.
    """
    positions = [position for area in areas for ring in area.rings for position in ring]
    south, north = min(y for _, y in positions), max(y for _, y in positions)
    middle = radians((min(x for x, _ in positions) + max(x for x, _ in positions)) / 2)
    sixth = (north - south) / 6
    one, other = sin(radians(south + sixth)), sin(radians(north - sixth))
    # At the equator a cone is a cylinder; a hair beside it, it is as good as one.
    n = (one + other) / 2 or 1e-9
    c = 1 - one * one + 2 * n * one

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        distance = sqrt(max(0.0, c - 2 * n * sin(radians(latitude)))) / n
        angle = n * (radians(longitude) - middle)
        return distance * sin(angle), distance * cos(angle)

    return [[[at(*position) for position in ring] for ring in area.rings] for area in areas]


def _simplified(snapped: Mapping[str, Sequence[Sequence[Point]]], tolerance: float) -> dict[str, list[list[Point]]]:
    """Return outlines with fewer points.

    They are cut where three areas meet, and what lies between two such places is simplified in one direction: so both
    neighbours get the same line.
    """
    beside: defaultdict[Point, set[Point]] = defaultdict(set)
    for rings in snapped.values():
        for ring in rings:
            for place, point in enumerate(ring):
                beside[point] |= {ring[place - 1], ring[(place + 1) % len(ring)]}
    known: dict[tuple[Point, ...], list[Point]] = {}
    found: dict[str, list[list[Point]]] = {}
    for ballot_id, rings in snapped.items():
        simpler = [_ring(ring, beside, tolerance, known) for ring in rings]
        kept = [ring for ring in simpler if len(ring) > 2]  # noqa: PLR2004  # a triangle
        found[ballot_id] = kept or [_square(max(rings, key=len))]
    return found


def _ring(
    ring: Sequence[Point],
    beside: Mapping[Point, set[Point]],
    tolerance: float,
    known: dict[tuple[Point, ...], list[Point]],
) -> list[Point]:
    cuts = [place for place, point in enumerate(ring) if len(beside[point]) > 2]  # noqa: PLR2004  # before and after
    if len(cuts) < 2:  # noqa: PLR2004  # an island: it is cut at its ends
        cuts = sorted({ring.index(min(ring)), ring.index(max(ring))})
    simple: list[Point] = []
    for place, begin in enumerate(cuts):
        end = cuts[(place + 1) % len(cuts)]
        line = ring[begin : end + 1] if end > begin else [*ring[begin:], *ring[: end + 1]]
        simple += _line(tuple(line), tolerance, known)[:-1]
    return _without_repeats(simple)


def _line(line: tuple[Point, ...], tolerance: float, known: dict[tuple[Point, ...], list[Point]]) -> list[Point]:
    """Return a line with fewer points, and the same backwards (D. Douglas and T. Peucker, 1973)."""
    forwards = min(line, line[::-1])
    if forwards not in known:
        keep = {0, len(forwards) - 1}
        spans = [(0, len(forwards) - 1)]
        while spans:
            begin, end = spans.pop()
            far, place = max(
                ((_apart(forwards[at], forwards[begin], forwards[end]), at) for at in range(begin + 1, end)),
                default=(0.0, 0),
            )
            if far > tolerance:
                keep.add(place)
                spans += [(begin, place), (place, end)]
        known[forwards] = [forwards[place] for place in sorted(keep)]
    simple = known[forwards]
    return simple if line == forwards else simple[::-1]


def _apart(point: Point, begin: Point, end: Point) -> float:
    """Return how far a point is from the line between two others."""
    across, down = end[0] - begin[0], end[1] - begin[1]
    length = across * across + down * down
    along = 0.0
    if length:
        along = ((point[0] - begin[0]) * across + (point[1] - begin[1]) * down) / length
        along = max(0.0, min(1.0, along))
    x, y = point[0] - begin[0] - along * across, point[1] - begin[1] - along * down
    return sqrt(x * x + y * y)


def _square(ring: Sequence[Point]) -> list[Point]:
    """Return what stands for an area that cannot be seen."""
    x, y = ring[0]
    return [(x, y - SMALLEST), (x + SMALLEST, y), (x, y + SMALLEST), (x - SMALLEST, y)]


def _shape(rings: Sequence[Sequence[Point]]) -> Shape:
    points = [point for ring in rings for point in ring]
    x, y = _inside(rings)
    box = (
        min(each for each, _ in points),
        min(each for _, each in points),
        max(each for each, _ in points),
        max(each for _, each in points),
    )
    return Shape(d="".join(map(_path, rings)), x=x, y=y, box=box)


def _path(ring: Sequence[Point]) -> str:
    steps = (f"{x - before[0]} {y - before[1]}" for before, (x, y) in pairwise(ring))
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps).replace(' -', '-')}z"


def _inside(rings: Sequence[Sequence[Point]]) -> Point:
    """Return a place inside of an area: its middle, or else that of the widest of some lines across it."""
    ring = max(rings, key=_extent)
    middle = _middle(ring)
    # A hair below: no corner lies there.
    if sum(x < middle[0] for x in _crossings(rings, middle[1] + 0.01)) % 2:
        return middle
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    widest = (-1.0, ring[0])
    for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
        y = top + (bottom - top) * part + 0.01
        crossed = sorted(_crossings(rings, y))
        for left, right in zip(crossed[::2], crossed[1::2], strict=False):
            if right - left > widest[0]:
                widest = (right - left, (round((left + right) / 2), round(y)))
    return widest[1]


def _middle(ring: Sequence[Point]) -> Point:
    """Return the centre of gravity of what an outline holds; its first point, where it holds nothing."""
    twice, across, down = 0, 0, 0
    for (x, y), (to, below) in zip(ring, [*ring[1:], ring[0]], strict=True):
        part = x * below - to * y
        twice, across, down = twice + part, across + (x + to) * part, down + (y + below) * part
    return (round(across / (3 * twice)), round(down / (3 * twice))) if twice else ring[0]


def _extent(ring: Sequence[Point]) -> int:
    return abs(sum(x * after[1] - after[0] * y for (x, y), after in zip(ring, [*ring[1:], ring[0]], strict=True)))


def _crossings(rings: Iterable[Sequence[Point]], y: float) -> Iterable[float]:
    for ring in rings:
        for (x, begin), (to, end) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (begin > y) != (end > y):
                yield x + (y - begin) / (end - begin) * (to - x)
