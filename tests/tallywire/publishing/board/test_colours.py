"""Colours of parties: what can be read on them, and seen on the page."""

import re
from typing import Final

import pytest

from schemas.register import INDEPENDENT, SPEAKER, RegisterHead
from tallywire.packs.pack import bundled_packs
from tallywire.pages import files
from tallywire.publishing.board.colours import (
    DARK_PAPERS,
    INK,
    LIGHT_PAPERS,
    party_class,
    party_colours,
    readable,
    stylesheet,
    stylesheet_address,
)
from tests.pipeline.board import Board
from tests.tallywire.packs.nights import pack_of
from tests.tallywire.publishing.board.asking import fetched
from tests.tallywire.publishing.histories import of_pack

NIGHT: Final = "parl.2024-07-04"


def head_of(election: str) -> RegisterHead:
    """Return the register of a bundled election."""
    return pack_of(election).register.head()


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, by the formula of WCAG 2.2."""

    def luminance(colour: str) -> float:
        linear = []
        for channel in bytes.fromhex(colour.removeprefix("#")):
            value = channel / 255
            linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    first, second = luminance(one), luminance(other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


@pytest.mark.parametrize("election", bundled_packs())
def test_text_on_a_party_can_be_read_and_its_edge_be_seen(election: str) -> None:
    """Promise: 4.5 for text on a party's colour, 3 for its edge on the page, light and dark, for every party."""
    head = head_of(election)
    for party in head.parties:
        shown = party_colours(head, party)
        assert ratio(shown.on, shown.fill) >= 4.5, party
        assert min(ratio(shown.light, paper) for paper in LIGHT_PAPERS) >= 3, party
        assert min(ratio(shown.dark, paper) for paper in DARK_PAPERS) >= 3, party


def test_whatever_colour_a_register_has_can_be_read() -> None:
    """Promise: the greys on which neither ink nor white can be read are no exception."""
    for grey in range(256):
        fill = f"#{grey:02x}{grey:02x}{grey:02x}"
        assert ratio(readable(fill), fill) >= 4.5, fill


def test_the_papers_are_those_of_the_pages() -> None:
    """Promise: contrast is measured against the colours that the style sheet has."""
    css = files.content("tallywire.css").decode()
    light, dark = re.findall(r"--paper: (#\w{6}); --paper-2: (#\w{6})", css)[:2]
    assert (light, dark) == (LIGHT_PAPERS, DARK_PAPERS)
    assert INK in css


def test_a_joint_candidacy_has_the_colour_of_its_main_party() -> None:
    """Promise: Labour and Co-operative is Labour on the map; who is no party has a grey, one for each."""
    head = head_of(NIGHT)
    assert party_colours(head, "joint-party:53-119") == party_colours(head, "PP53")
    greys = {party_colours(head, party).fill for party in (INDEPENDENT, SPEAKER, "PP243")}
    assert len(greys) == 3


def test_a_class_is_made_of_the_id() -> None:
    """Promise: every page names a party's class alike."""
    assert party_class("joint-party:53-119") == "p-joint-party-53-119"
    assert party_class("PP53") == "p-pp53"


def test_the_style_sheet_is_kept_for_ever_and_only_where_it_is_the_right_one() -> None:
    """Promise: a browser loads a register's colours once; an address of another register is not kept."""
    head = head_of(NIGHT)
    with Board(of_pack(NIGHT)).serving() as board:
        address = stylesheet_address(NIGHT, head)
        answer = fetched(board, address)
        assert answer.content.decode() == stylesheet(head)
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        assert f'href="{address}"' in fetched(board, f"/elections/{NIGHT}").content.decode()
        other = fetched(board, f"/elections/{NIGHT}/parties-0123456789ab.css")
        assert (other.content, other.headers["cache-control"]) == (answer.content, "no-cache")
