"""The chain: whatever is done to a chained stream is found, at its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.chain import follows, link, origin

WORDS = ["one", "two", "three", "four"]


def chained(partition: str = "synthetic") -> list[bytes]:
    """Return a chained stream of words."""
    chain, entries = origin(partition), []
    for word in WORDS:
        entry, chain = link(chain, json.dumps({"word": word}).encode())
        entries.append(entry)
    return entries


def first_break(entries: list[bytes], partition: str = "synthetic") -> int | None:
    """Return the place of the first entry that does not continue those before it."""
    chain = origin(partition)
    for place, entry in enumerate(entries):
        found = follows(chain, entry)
        if found is None:
            return place
        chain = found
    return None


def test_an_untouched_stream_is_whole_and_still_json() -> None:
    """Promise: entries stay JSON objects, and continue one another."""
    entries = chained()
    assert first_break(entries) is None
    assert [json.loads(entry)["word"] for entry in entries] == WORDS


@pytest.mark.parametrize(
    ("tampered", "place"),
    [
        (lambda e: [e[0], e[1].replace(b"two", b"tvo"), *e[2:]], 1),
        (lambda e: [e[0], *e[2:]], 1),
        (lambda e: [*e[:2], e[1], *e[2:]], 2),
        (lambda e: [e[0], e[2], e[1], e[3]], 1),
        (lambda e: chained("another")[:1] + e[1:], 0),
        (lambda e: [*e[:3], b"{}"], 3),
        (lambda e: [*e[:3], b""], 3),
    ],
    ids=["altered", "dropped", "repeated", "swapped", "from another partition", "replaced", "emptied"],
)
def test_tampering_is_found_where_it_was_done(tampered: object, place: int) -> None:
    """Promise: alter, drop, insert or swap any entry, and the chain breaks there."""
    assert callable(tampered)
    assert first_break(tampered(chained())) == place


@given(st.integers(0, 3), st.data())
def test_any_flipped_bit_is_found(place: int, data: st.DataObject) -> None:
    """Promise: no bit of any entry can change unnoticed."""
    entries = [bytearray(entry) for entry in chained()]
    at = data.draw(st.integers(0, len(entries[place]) - 1))
    entries[place][at] ^= 1 << data.draw(st.integers(0, 7))
    assert first_break([bytes(entry) for entry in entries]) == place
