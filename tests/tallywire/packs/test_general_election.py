"""The general election of 2024 as it is shipped comes to what everybody knows it came to."""

import random
from dataclasses import replace
from typing import Any

import pytest

from tallywire.packs.pack import Pack, bundled_packs, read_pack
from tests.tallywire.packs.nights import Night, fold_pack, shipped

SEED = 20240704

SEATS = {
    "PP53": 411,
    "PP52": 121,
    "PP90": 72,
    "PP102": 9,
    "PP39": 7,
    "ynmp-party:2": 6,
    "PP7931": 5,
    "PP70": 5,
    "PP63": 4,
    "PP77": 4,
    "PP55": 2,
    "ynmp-party:12522": 1,
    "PP103": 1,
    "PP680": 1,
    "PP83": 1,
}
"""Seats by main party (House of Commons Library, CBP-10009)."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it is shipped."""
    return read_pack(bundled_packs()["parl.2024-07-04"])


@pytest.fixture
def night() -> Night:
    """The night and what was corrected since."""
    return shipped("parl.2024-07-04")


def test_the_seats_are_the_known_ones(night: Night) -> None:
    """650 declared; Labour and Co-operative members are Labour's, and the Speaker is nobody's."""
    nation = night.tallies["uk"]
    assert (nation["declared"], nation["expected"]) == (650, 650)
    assert {party: tally["won"] for party, tally in nation["parties"].items() if "won" in tally} == SEATS


def won(tally: dict[str, Any], party: str) -> int:
    """Return how many seats a party has won in a region; a figure that is left out is 0."""
    return int(tally["parties"].get(party, {}).get("won", 0))


def test_the_regions_add_up_to_the_nation(night: Night) -> None:
    """Nine official regions make England, four countries make the whole."""
    countries = [night.tallies[slug] for slug in ("england", "scotland", "wales", "northern-ireland")]
    official = [tally for slug, tally in night.tallies.items() if tally not in countries and slug != "uk"]
    assert len(official) == 9
    for party, seats in SEATS.items():
        assert sum(won(tally, party) for tally in countries) == seats
        assert sum(won(tally, party) for tally in official) == won(night.tallies["england"], party)


def test_the_majority_is_certain_with_the_326th_seat(night: Night) -> None:
    """Control is said when Labour has 326 seats, and not before."""
    states = night.control["house-of-commons"]
    first = next(state for state in states if state["now"] is not None)
    assert (first["now"], first["label"], first["composition"]["PP53"]) == ("PP53", "Lab gain from Con", 326)
    assert states[-1]["final"]
    assert {party: seats for party, seats in states[-1]["composition"].items() if seats} == SEATS


def test_rochdale_has_two_labels(night: Night) -> None:
    """Held since the general election before; gained from who sat there since the by-election."""
    labels = night.results["parl.rochdale.2024-07-04"]["labels"]
    assert labels == {"previous_election": "Lab hold", "sitting": "Lab gain from WPB"}


def test_the_order_of_the_night_makes_no_difference_to_its_end(pack: Pack, night: Night) -> None:
    """Shuffled, corrections before what they correct, the same results and tallies stand at the end."""
    lines = list(pack.declarations)
    random.Random(SEED).shuffle(lines)
    shuffled = fold_pack(replace(pack, declarations=tuple(lines)))
    assert shuffled.labels() == night.labels()
    assert shuffled.labels("sitting") == night.labels("sitting")
    assert shuffled.tallies == night.tallies
