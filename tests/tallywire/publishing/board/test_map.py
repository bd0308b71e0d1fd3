"""The map without a browser: where contests are, and that it says what the results say."""

import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from jiter import from_json

from schemas.wire import NATIONAL
from tallywire.packs.drawing import ACROSS
from tallywire.packs.pack import bundled_packs
from tallywire.publishing.board.layout import hexagon_of, hexagons, layout_of
from tallywire.publishing.board.map import layers, layout, map_frame, map_parts
from tallywire.publishing.board.stills import map_still
from tallywire.publishing.documents import View
from tests.pipeline.board import Board
from tests.tallywire.packs.nights import pack_of
from tests.tallywire.publishing.board.asking import fetched
from tests.tallywire.publishing.board.own_map import own_map
from tests.tallywire.publishing.histories import of_pack, strange_night, view

NIGHT: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"


def slug(ballot_id: str) -> str:
    """Return a contest's id as a page has it."""
    return ballot_id.replace(".", "-")


class Cells(HTMLParser):
    """Collects the text of each cell of a row, and ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a cell."""
        if tag in {"th", "td"}:
            self.cells.append("")
        self.ids += [value for name, value in attrs if name == "id" and value is not None]

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self.cells:
            self.cells[-1] += data


def result_of(shown: View, ballot_id: str) -> dict[str, Any]:
    """Return the data of a contest's result."""
    event = shown.history.last_of("result", ballot_id, shown.moment.cursor)
    assert event is not None
    found: dict[str, Any] = from_json(event.content)["data"]
    return found


def test_all_constituencies_have_a_hexagon_of_their_own() -> None:
    """Promise: the 650 results of 2024 are on the map, each on its place, codes that differ and accents included."""
    register = pack_of(NIGHT).register
    found = layout_of(register, register.contests)
    assert len(found.places) == len(set(found.places.values())) == 650
    assert found.groups == ()
    for ballot_id, contest in register.contests.items():
        hexagon = hexagon_of(ballot_id, contest)
        assert hexagon is not None
        assert hexagon.name.split(" ")[0].casefold() == contest.name.split(" ")[0].casefold()


@pytest.mark.parametrize("election", bundled_packs())
def test_every_contest_has_one_place(election: str) -> None:
    """Promise: whatever the register, no contest is missing from its map, and none is there twice."""
    register = pack_of(election).register
    found = layout_of(register, register.contests)
    tiles = [ballot_id for group in found.groups for ballot_id in group.ballots]
    assert sorted([*found.places, *tiles]) == sorted(register.contests)
    by_elections = {each for each in register.contests if each.startswith("parl.")}
    assert set(found.places) == by_elections, "by-elections are on the map of the constituencies"


def test_constituencies_of_before_are_not_mistaken_for_those_of_now() -> None:
    """Promise: a constituency that had the same name before the review of 2023 is not on its map."""
    contest = pack_of(NIGHT).register.contests["parl.hartlepool.2024-07-04"]
    old = contest.model_copy(update={"area": "E14000733"})
    assert hexagon_of("parl.hartlepool.by.2021-05-06", old) is None
    assert hexagon_of("parl.hartlepool.by.2025-05-01", old) is not None
    assert hexagon_of("local.hartlepool.hartlepool.2025-05-01", old) is None


@pytest.mark.parametrize("election", [NIGHT, COMMISSIONERS, "pcc.2021-05-06", "parl.2026-06-18"])
def test_the_table_says_what_the_results_say(election: str) -> None:
    """Promise: whoever cannot see the map reads the same in its table."""
    shown = view(of_pack(election))
    parts = map_parts(shown, NATIONAL)
    for ballot_id in shown.contests():
        result = result_of(shown, ballot_id)
        name, label, majority, turnout, swing, _ = Cells(parts[f"r-{slug(ballot_id)}"]).cells
        assert name == result["contest"]["name"]
        (party,) = result["parties_elected"]
        unknown = f"{result['parties'][party]['abbreviation']} elected"
        assert label == (result["labels"][result["headline_baseline"]] or unknown)
        assert majority == f"{result['majority']:,}"
        known = result["turnout"]["papers"] or result["turnout"]["valid_votes"]
        assert turnout == ("" if known is None else f"{known:.1f}")
        points = "" if result["swing"] is None else f"{result['swing']['points']:.1f}"
        assert swing.split(" ")[0] == points


def test_a_declaration_changes_its_own_hexagon_and_row() -> None:
    """Promise: what a browser is sent for a declaration is that contest, not the map."""
    history = of_pack(NIGHT)
    before, after = (map_parts(view(history, place), NATIONAL) for place in (2, 3))
    declared = history.events["results"][history.moments[3].cursor.results - 1].ballot_id
    changed = {name for name, html in after.items() if before[name] != html}
    assert changed == {"readout", f"h-{slug(declared)}", f"r-{slug(declared)}"}


def test_a_region_has_only_its_contests() -> None:
    """Promise: the map of Wales has the 32 constituencies of Wales, and is cropped to them."""
    shown = view(of_pack(NIGHT))
    parts = map_parts(shown, "wales")
    assert sum(name.startswith("h-") for name in parts) == 32
    box = re.search(r'class="hexes" viewBox="([^"]+)"', map_frame(shown, "wales", parts))
    assert box is not None
    assert float(box[1].split()[3]) < max(y for _, y in (one.centre for one in hexagons().values())) / 3
    with pytest.raises(KeyError):
        map_parts(shown, "narnia")


def test_strange_names_stay_names() -> None:
    """Promise: nothing that stands on a ballot paper becomes part of the page."""
    shown = view(strange_night())
    parts = map_parts(shown, NATIONAL)
    frame = map_frame(shown, NATIONAL, parts)
    assert "<script" not in frame
    assert "<Felin>" not in frame
    ids = Cells(frame).ids
    assert len(ids) == len(set(ids))
    assert set(parts) <= set(ids)


def test_a_layer_that_cannot_be_computed_says_why() -> None:
    """Promise: a layer is not offered where its figures are unknown, and says what is missing."""
    missing = {layer.id: layer.missing for layer in layers(view(of_pack(NIGHT)))}
    assert missing == {
        "win": "",
        "from": "",
        "turn": "",
        "swing": "no earlier votes in the register",
        "maj": "",
    }


def test_tiles_are_grouped_by_region() -> None:
    """Promise: tiles stand in groups with a heading, by name, and in the same order at every moment."""
    groups = {group.name: group.ballots for group in layout(view(of_pack(COMMISSIONERS), 1)).groups}
    assert groups["Wales"] == ("pcc.dyfed-powys.2024-05-02",)
    assert [each.split(".")[1] for each in groups["East Midlands"]] == [
        "derbyshire",
        "leicestershire",
        "lincolnshire",
        "northamptonshire",
        "nottinghamshire",
    ]


def test_an_own_map_is_a_real_one() -> None:
    """Promise: a pack's areas are what its contests are drawn as, on pages and pictures; what has none is a tile."""
    shown = view(own_map(COMMISSIONERS))
    parts = map_parts(shown, NATIONAL)
    frame = map_frame(shown, NATIONAL, parts)
    *drawn, left = shown.contests()
    assert all('<path class="h" d="M' in parts[f"h-{slug(ballot_id)}"] for ballot_id in drawn)
    assert 'class="band"' in parts[f"h-{slug(left)}"]
    assert 'class="hexes own"' in frame
    assert map_still(shown, NATIONAL).count("<path") >= len(drawn)
    small = map_frame(shown, "wales", map_parts(shown, "wales"))
    assert float(re.findall(r'viewBox="([^"]+)" role', small)[0].split()[2]) < ACROSS / 2


def test_own_areas_are_drawn_on_screens_and_in_pieces_for_other_pages() -> None:
    """Promise: where an election has a map of its own, it is the same everywhere."""
    with Board(own_map(COMMISSIONERS)).serving() as board:
        for path in ("?wall", "/embed/map"):
            page = fetched(board, f"/elections/{COMMISSIONERS}{path}").content.decode()
            assert 'class="hexes own"' in page, path
            assert page.count('<path class="h" d="M') == 13, path
