"""A pack's own map: every fault of it is named, and what is drawn is small and without gaps."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tallywire.packs import drawing, geography, pack
from tallywire.packs.drawing import ACROSS, Drawing, drawing_of
from tallywire.packs.geography import FAULTS_MAX, MAP
from tallywire.packs.pack import check_pack, find_pack, read_map, read_register
from tests.tallywire.packs.synthetic_map import Json, collection, feature, grid_map, square

ELECTION: Final = "pcc.2024-05-02"
NORFOLK: Final = "pcc.norfolk.2024-05-02"
SUFFOLK: Final = "pcc.suffolk.2024-05-02"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of a bundled pack, to bring a map into."""
    return Path(shutil.copytree(find_pack(ELECTION), tmp_path / ELECTION))


def faults(folder: Path, value: object) -> list[str]:
    """Return the faults of a pack with this map."""
    (folder / MAP).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return [f"{fault.path} {fault.reason}".strip() for fault in check_pack(folder) if fault.file == MAP]


def drawn(folder: Path, value: Json) -> Drawing:
    """Return how the map of a pack is drawn."""
    assert faults(folder, value) == []
    return drawing_of(read_map(folder, read_register(folder)[0]))


def changed(change: Callable[[Json], object]) -> Json:
    """Return a map of one area with something wrong."""
    one = feature({"ballot_id": NORFOLK}, square(1, 52, 1))
    change(one)
    return collection(one)


FAULTS: Final[dict[str, tuple[Any, str]]] = {
    "no JSON": ("{", "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
    "no collection": (feature({}, square(0, 50, 1)), "is not a FeatureCollection"),
    "no areas": (collection(), "features is to be a list of areas, and has none"),
    "no area": (collection({"type": "Point"}), "features.0 is not a Feature"),
    "misspelt": (
        changed(lambda one: one.update(properties={"ballot_id": "pcc.norfolc.2024-05-02"})),
        "features.0.properties.ballot_id pcc.norfolc.2024-05-02 is no contest of the register. Did you mean ",
    ),
    "nameless": (changed(lambda one: one.update(properties=None)), "features.0.properties name no contest"),
    "twice": (
        collection(*(feature({"ballot_id": NORFOLK}, square(west, 52, 1)) for west in (1, 2))),
        f"features.1 is a second area of {NORFOLK}: put both into one MultiPolygon",
    ),
    "a line": (
        changed(lambda one: one["geometry"].update(type="LineString")),
        "features.0.geometry is LineString: an area is a Polygon or a MultiPolygon",
    ),
    "nothing": (changed(lambda one: one.update(geometry=None)), "features.0.geometry is missing"),
    "open": (
        changed(lambda one: one["geometry"]["coordinates"][0].pop()),
        "features.0.geometry.coordinates has a ring that is not closed",
    ),
    "words": (
        changed(lambda one: one["geometry"].update(coordinates=[[["1", "2"]]])),
        "features.0.geometry.coordinates has a position that is not two numbers",
    ),
    "a national grid": (
        collection(feature({"ballot_id": NORFOLK}, square(620_000, 308_000, 1_000))),
        "features.0.geometry.coordinates has the position 620000, 308000, which is no longitude and latitude",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_map_is_named(folder: Path, name: str) -> None:
    """Promise: whoever brings a map learns what is wrong with it, where, and what to do."""
    value, expected = FAULTS[name]
    (found,) = faults(folder, value)
    assert found.startswith(expected)


def test_a_map_that_is_too_large_is_refused_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a survey's own boundaries are refused with the limit, before they fill the memory."""
    monkeypatch.setattr(pack, "MAP_BYTES_MAX", 100)
    (found,) = faults(folder, collection(feature({"ballot_id": NORFOLK}, square(1, 52, 1))))
    assert found == "is too large: a pack's file has 100 bytes at most"


def test_the_same_fault_again_and_again_is_not_named_again_and_again(folder: Path) -> None:
    """Promise: a map with the wrong properties has a short report."""
    assert geography.FAULTS_MAX == FAULTS_MAX
    found = faults(folder, collection(*(feature({}, square(0, 50, 1)) for _ in range(FAULTS_MAX + 5))))
    assert len(found) == FAULTS_MAX + 1
    assert found[-1] == "has more faults of the kinds above"


def test_an_area_is_found_by_its_code(tmp_path: Path) -> None:
    """Promise: the boundaries of the national statistics office need no editing: their codes are the contests'."""
    election = "parl.2026-06-18"
    folder = Path(shutil.copytree(find_pack(election), tmp_path / election))
    register, _ = read_register(folder)
    ballot_id, contest = next(iter(register.contests.items()))
    value = collection(feature({"FID": 7, "PCON24CD": contest.area, "PCON24NM": "Somewhere"}, square(-2, 57, 1)))
    assert set(drawn(folder, value).shapes) == {ballot_id}


def test_neighbours_have_one_border_however_it_is_simplified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: where an outline was made simpler there is neither a gap nor an overlap."""
    whole = drawn(folder, grid_map([NORFOLK, SUFFOLK], 2))
    monkeypatch.setattr(drawing, "DRAWN_BYTES_MAX", 300)
    small = drawn(folder, grid_map([NORFOLK, SUFFOLK], 2))
    for each in (whole, small):
        edges = [edges_of(shape.d) for shape in each.shapes.values()]
        # What is on one side only is the edge of the map: the common border is in both.
        common = edges[0] & edges[1]
        assert common
        assert len(edges[0] | edges[1]) < len(edges[0]) + len(edges[1])
    assert sum(len(shape.d) for shape in small.shapes.values()) <= 300
    assert sum(len(shape.d) for shape in whole.shapes.values()) > 600


def edges_of(path: str) -> set[frozenset[tuple[int, int]]]:
    """Return the lines of a path, without direction."""
    found: set[frozenset[tuple[int, int]]] = set()
    for begin, steps in re.findall(r"M(\S+ \S+?)l([^z]+)z", path):
        at = tuple(map(int, begin.split()))
        points = [(at[0], at[1])]
        numbers = list(map(int, re.findall(r"-?\d+", steps)))
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + x, points[-1][1] + y))
        found |= {frozenset(pair) for pair in zip(points, [*points[1:], points[0]], strict=True)}
    return found


def test_a_map_is_as_wide_as_it_is_in_the_world(folder: Path) -> None:
    """Promise: a degree of longitude is drawn as long as it is where the map lies, and north is at the top."""
    shapes = drawn(
        folder,
        collection(
            feature({"ballot_id": NORFOLK}, square(1, 52, 0.5)), feature({"ballot_id": SUFFOLK}, square(1, 51.5, 0.5))
        ),
    ).shapes
    left, top, right, bottom = shapes[NORFOLK].box
    assert bottom <= shapes[SUFFOLK].box[1] + 3
    assert max(shape.box[3] for shape in shapes.values()) == ACROSS
    # At 52 degrees north a degree of longitude is 0.616 of one of latitude.
    assert (right - left) / (bottom - top) == pytest.approx(0.616, abs=0.02)


def test_an_area_too_small_to_be_seen_is_there(folder: Path) -> None:
    """Promise: no contest vanishes from the map, however small its area is; islands and holes are drawn."""
    city, county, island = square(1, 52, 0.0001), square(0, 50, 4), square(-4, 50, 1)
    shapes = drawn(
        folder,
        collection(
            feature({"ballot_id": NORFOLK}, city), feature({"ballot_id": SUFFOLK}, county, island, kind="MultiPolygon")
        ),
    ).shapes
    assert shapes[NORFOLK].d.count("M") == 1
    assert shapes[SUFFOLK].d.count("M") == 2
    left, top, right, bottom = shapes[SUFFOLK].box
    assert left <= shapes[SUFFOLK].x <= right
    assert top <= shapes[SUFFOLK].y <= bottom
