"""Still pictures: what they say, and that drawing them costs no more than it should."""

import asyncio
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any, Final, cast
from xml.etree import ElementTree as ET

import pytest

from schemas.wire import NATIONAL
from tallywire.publishing.board import pictures
from tallywire.publishing.board.pictures import WAITING_MAX, Pictures
from tallywire.publishing.board.png import drawn
from tallywire.publishing.board.stills import map_still, tally_still
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings
from tallywire.web.answers import Page
from tallywire.web.problems import NotTaken
from tests.pipeline.board import Board
from tests.tallywire.publishing.board.asking import fetched
from tests.tallywire.publishing.board.long_names import long_night
from tests.tallywire.publishing.histories import of_pack, strange_night, view

NIGHT: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"


def words(svg: str) -> list[str]:
    """Return each text of a picture; whether it is XML is seen on the way."""
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314  # ours


def size_and_bytes(png: bytes) -> tuple[int, int, int]:
    """Return width, height, and how many different bytes its rows have."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    place, packed = 8, b""
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            packed += png[place + 8 : place + 8 + length]
        place += length + 12
    return width, height, len(set(zlib.decompress(packed)))


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve two elections."""
    with Board(of_pack(NIGHT), of_pack(COMMISSIONERS)).serving() as serving:
        yield serving


def test_a_picture_says_what_it_shows() -> None:
    """Promise: whoever sees a picture alone knows the election, how far it is, when that was, and where it is from."""
    said = words(tally_still(view(of_pack(NIGHT), 13), NATIONAL))
    assert "House of Commons, 4 July 2024" in said
    assert "12 of 650 declared" in said
    assert "01:58 BST, 5 July 2024" in said
    assert "326 for a majority" in said
    assert any("Open Parliament" in each for each in said)
    assert "Licence of the feed: Synthetic licence" in said
    assert said[said.index("Labour") + 1] == "11"


def test_the_key_of_a_map_counts_what_is_on_it() -> None:
    """Promise: no colour of a map is without a name, and what is not declared is counted, too."""
    said = words(map_still(view(of_pack(NIGHT), 13), NATIONAL))
    assert said[said.index("Labour") - 1] == "11"
    assert said[said.index("not declared") - 1] == "638"
    assert "gained: 3" in said


def test_a_rehearsal_says_test() -> None:
    """Promise: nobody can take a picture of a rehearsal for one of an election."""
    for still in (map_still, tally_still):
        svg = still(view(long_night()), NATIONAL)
        assert any(each.startswith("TEST") for each in words(svg))
        assert "<title>TEST" in svg


def test_strange_names_are_words_of_a_picture() -> None:
    """Promise: no name makes a picture that cannot be read, or one that says something else."""
    for history in (strange_night(), long_night()):
        for still in (map_still, tally_still):
            assert size_and_bytes(drawn(still(view(history), NATIONAL)))[0] == 1200


def test_names_have_their_letters() -> None:
    """Promise: Welsh and Arabic letters are drawn, with no font of the machine; what no font has is drawn as such."""

    def shape(letters: str) -> bytes:
        return drawn(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60" font-family="Noto Sans">'
            f'<text x="10" y="40" font-size="30">{letters}</text></svg>'
        )

    missing, nothing = shape("\U000f0000"), shape("")
    for letters in ("Ŵ", "ŷ", "م", "ل", "’", "é", "Ж"):
        assert shape(letters) not in {missing, nothing}, letters


def test_pictures_are_served(board: Board) -> None:
    """Promise: each picture has an address, as SVG and as PNG of a size that networks show, now and at any moment."""
    for name, height in (("map", 1350), ("tally", 630)):
        answer = fetched(board, f"/elections/{NIGHT}/{name}.png")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
        width, tall, different = size_and_bytes(answer.content)
        assert (width, different > 50) == (1200, True)
        assert tall <= height
    svg = fetched(board, f"/elections/{NIGHT}/regions/wales/map.svg?at=2024-07-05T02:00:00%2B01:00")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert "immutable" in svg.headers["cache-control"]
    assert "0 of 32 declared" in words(svg.content.decode())
    assert fetched(board, f"/elections/{NIGHT}/regions/narnia/map.png").status == 404
    assert fetched(board, f"/elections/{NIGHT}/map.png?size=9").status == 400


def test_a_picture_of_a_moment_is_drawn_once(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the same picture is drawn for the first who asks, and kept for everybody else."""
    first = fetched(board, f"/elections/{COMMISSIONERS}/tally.png")
    monkeypatch.setattr(pictures, "WAITING_MAX", 0)
    assert fetched(board, f"/elections/{COMMISSIONERS}/tally.png").content == first.content
    refused = fetched(board, f"/elections/{COMMISSIONERS}/map.png")
    assert refused.status == 503
    assert "Retry-After" in {name.title() for name in refused.headers}


def test_a_flood_of_moments_waits_in_a_short_line() -> None:
    """Promise: whoever asks for pictures of every moment at once is told to wait, and the same one is drawn once."""

    async def ask() -> None:
        asked = Pictures(Publishing(cast("Any", None), Settings()))
        begun: list[int] = []
        free = asyncio.Event()

        async def draw(number: int) -> Page:
            begun.append(number)
            await free.wait()
            return Page(b"", "image/png")

        waiting = [asyncio.create_task(asked.drawn(each, partial(draw, each))) for each in range(WAITING_MAX)]
        await asyncio.sleep(0)
        again = asyncio.create_task(asked.drawn(0, partial(draw, 0)))
        with pytest.raises(NotTaken):
            await asked.drawn("one more", partial(draw, -1))
        free.set()
        await asyncio.gather(*waiting, again)
        assert sorted(begun) == list(range(WAITING_MAX))

    asyncio.run(ask())
