"""A pack's own map: what can be wrong with ``map.geojson``, and which contest each of its areas is.

GeoJSON is RFC 7946: longitude and latitude in degrees. ``docs/packs.md`` says what the areas have to name.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from schemas.register import Contest
from tallywire.packs.pack_fault import PackFault
from tallywire.packs.plain_json import JsonError, read_json

MAP: Final = "map.geojson"
"""The file with the areas of an election's contests. A pack need not have it."""

MAP_BYTES_MAX: Final = 16 * 2**20
"""A map for screens is far smaller: all constituencies of the country, generalised for the web, have two megabytes. A
survey's own boundaries have hundreds, and are to be generalised before."""

FAULTS_MAX: Final = 20
"""Faults of a map that are named: what is wrong with one area is mostly wrong with all of them."""

LONGITUDES: Final = 180.0
LATITUDES: Final = 90.0

RING_MIN: Final = 4
"""Positions of a ring, of which the last is the first again."""

Position = tuple[float, float]
Ring = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The area of a contest."""

    ballot_id: str
    rings: tuple[Ring, ...]
    """Its outlines in longitude and latitude, with holes among them; each ends where it begins."""


class _Wrong(ValueError):  # noqa: N818  # says what the file is
    """What a part of the file is."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


def read_areas(raw: bytes, contests: Mapping[str, Contest]) -> tuple[tuple[Area, ...], tuple[PackFault, ...]]:
    """Return the areas of a map, and what is wrong with it.

    Args:
        raw: the file.
        contests: the contests of the register, by ballot id.
    """
    try:
        features = _features(raw)
    except _Wrong as wrong:
        return (), (PackFault(MAP, wrong.path, str(wrong)),)
    found: dict[str, Area] = {}
    faults: list[PackFault] = []
    named = _Names(contests)
    for place, feature in enumerate(features):
        path = f"features.{place}"
        try:
            ballot_id = named.ballot_of(path, feature, found)
            found[ballot_id] = Area(ballot_id, _rings(f"{path}.geometry", feature.get("geometry")))
        except _Wrong as wrong:
            if len(faults) == FAULTS_MAX:
                faults.append(PackFault(MAP, "", "has more faults of the kinds above"))
                break
            faults.append(PackFault(MAP, wrong.path, str(wrong)))
    return tuple(found.values()), tuple(faults)


def _features(raw: bytes) -> list[Mapping[str, object]]:
    try:
        value = read_json(raw)
    except JsonError as error:
        raise _Wrong("", str(error)) from error
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        raise _Wrong("", 'is not a FeatureCollection: {"type": "FeatureCollection", "features": [...]}')
    features = value.get("features")
    if not isinstance(features, list) or not features:
        raise _Wrong("features", "is to be a list of areas, and has none")
    for place, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise _Wrong(f"features.{place}", "is not a Feature")
    return features


class _Names:
    """Tells which contest an area is: by ballot id, or by a code that is the ``area`` of a contest."""

    def __init__(self, contests: Mapping[str, Contest]) -> None:
        self._contests = contests
        by_code: dict[str, list[str]] = {}
        for ballot_id, contest in contests.items():
            if contest.area is not None:
                by_code.setdefault(contest.area, []).append(ballot_id)
        # Where two contests have one area, the code does not tell which of them is meant.
        self._by_code = {code: ballots[0] for code, ballots in by_code.items() if len(ballots) == 1}

    def ballot_of(self, path: str, feature: Mapping[str, object], taken: Collection[str]) -> str:
        ballot_id = self._ballot_of(path, feature)
        if ballot_id in taken:
            raise _Wrong(path, f"is a second area of {ballot_id}: put both into one MultiPolygon")
        return ballot_id

    def _ballot_of(self, path: str, feature: Mapping[str, object]) -> str:
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            properties = {}
        stated = properties.get("ballot_id")
        if stated is not None:
            if stated in self._contests:
                return str(stated)
            near = get_close_matches(str(stated)[:200], self._contests, 1)
            meant = f". Did you mean {near[0]}?" if near else ""
            raise _Wrong(f"{path}.properties.ballot_id", f"{str(stated)[:200]} is no contest of the register{meant}")
        for value in properties.values():
            if isinstance(value, str) and value in self._by_code:
                return self._by_code[value]
        raise _Wrong(
            f"{path}.properties",
            "name no contest: give each area the property ballot_id, or one with the code that is the contest's area",
        )


def _rings(path: str, geometry: object) -> tuple[Ring, ...]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise _Wrong(path, f"is {kind or 'missing'}: an area is a Polygon or a MultiPolygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = tuple(_each_ring(f"{path}.coordinates", polygons))
    if not rings:
        raise _Wrong(f"{path}.coordinates", "has no outline")
    return rings


def _each_ring(path: str, polygons: object) -> Iterator[Ring]:
    for polygon in _listed(path, polygons):
        for ring in _listed(path, polygon):
            positions = tuple(_position(path, each) for each in _listed(path, ring))
            if len(positions) < RING_MIN or positions[0] != positions[-1]:
                raise _Wrong(path, "has a ring that is not closed: four positions at least, the last the first again")
            yield positions


def _listed(path: str, value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise _Wrong(path, "is not a list of positions within lists, as RFC 7946 has it")
    return value


def _position(path: str, value: object) -> Position:
    numbers = [each for each in _listed(path, value)[:2] if isinstance(each, int | float)]
    if len(numbers) != 2:  # noqa: PLR2004  # longitude and latitude
        raise _Wrong(path, "has a position that is not two numbers")
    x, y = numbers
    if not (-LONGITUDES <= x <= LONGITUDES and -LATITUDES <= y <= LATITUDES):
        raise _Wrong(
            path,
            f"has the position {x:g}, {y:g}, which is no longitude and latitude: RFC 7946 wants degrees (WGS 84), so "
            "convert a national grid first",
        )
    return float(x), float(y)
