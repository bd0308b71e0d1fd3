"""What a subscriber may ask of a feed."""

import re

import pytest

from tallywire.publishing.filters import EVERYTHING, VALUE_LENGTH_MAX, VALUES_MAX, Filter, read_filter, written
from tests.tallywire.publishing.systems import REGION, every_system


def test_a_filter_reads_as_it_is_written() -> None:
    """Promise: parameters may stand several times or have commas, and a filter is written so that it reads the same."""
    given = [("type", "headline,result"), ("party", "PP53"), ("party", "PP52"), ("priority", "2"), ("other", "x")]
    wanted = read_filter(given)
    assert wanted == Filter(types=frozenset({"headline", "result"}), parties=frozenset({"PP52", "PP53"}), priority=2)
    assert read_filter(written(wanted)) == wanted
    assert read_filter(()) == EVERYTHING


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("type", "headlines", "There is no type headlines. There are: result, control, tally, headline."),
        ("priority", "6", "priority is one number from 1"),
        ("party", ",".join("x" * (VALUES_MAX + 1)), f"it may have {VALUES_MAX}"),
        ("region", "x" * (VALUE_LENGTH_MAX + 1), f"longer than {VALUE_LENGTH_MAX}"),
    ],
)
def test_what_cannot_be_a_filter_is_said(name: str, value: str, said: str) -> None:
    """Promise: a value that selects nothing by mistake is an answer, not an empty feed."""
    with pytest.raises(ValueError, match=re.escape(said)):
        read_filter([(name, value)])


def test_a_region_is_about_every_party_whose_list_seats_changed() -> None:
    """Promise: who follows a party is told of the list seats that it lost, too."""
    (region,) = (one for one in every_system().events["results"] if one.subject == REGION)
    assert region.parties == {"PP53", "PP52"}
