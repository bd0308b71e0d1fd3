"""A made-up map: areas in a grid, whose borders are crooked and common to both sides."""

from collections.abc import Sequence
from math import sin
from typing import Any, Final

Json = dict[str, Any]

STEPS: Final = 40
"""Positions on each border."""


def feature(properties: Json, *rings: Sequence[tuple[float, float]], kind: str = "Polygon") -> Json:
    """Return an area with these outlines."""
    lines = [[list(position) for position in ring] for ring in rings]
    coordinates: Any = lines if kind == "Polygon" else [[line] for line in lines]
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: Json) -> Json:
    """Return the file."""
    return {"type": "FeatureCollection", "features": list(features)}


def square(west: float, south: float, size: float) -> list[tuple[float, float]]:
    """Return a square of so many degrees."""
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def grid_map(ballots: Sequence[str], across: int) -> Json:
    """Return a map of these contests in England: rows from the north, each a degree wide and half of one high."""

    def bent(x: float, y: float) -> tuple[float, float]:
        return round(-3 + x + 0.06 * sin(9 * y + 3 * x), 6), round(54 - 0.5 * y + 0.04 * sin(7 * x + 2 * y), 6)

    def cell(place: int) -> list[tuple[float, float]]:
        column, row = place % across, place // across
        ring = [
            *(bent(column + step / STEPS, row) for step in range(STEPS)),
            *(bent(column + 1, row + step / STEPS) for step in range(STEPS)),
            *(bent(column + 1 - step / STEPS, row + 1) for step in range(STEPS)),
            *(bent(column, row + 1 - step / STEPS) for step in range(STEPS)),
        ]
        return [*ring, ring[0]]

    return collection(*(feature({"ballot_id": ballot_id}, cell(place)) for place, ballot_id in enumerate(ballots)))
