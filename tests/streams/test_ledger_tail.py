"""What is appended to a sender's bytes: written and parsed by one table."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import ledger_tail
from streams.chain import follows, link, origin
from streams.ledger_tail import ATTRIBUTES, Value, append, sequence_of, split
from tallywire.evidence.ledger_file import read_entries, read_header
from tests.tallywire.evidence.making import LEDGER

EVENT = b'{"id": "a", "data": {"note": "\xc3\xa9,\\"sequence\\":1}", "sequence": 7}}'
TIME = "2030-05-03T02:00:00.000Z"
ALL: dict[str, Value] = {"acceptedtime": TIME, "sequence": 12, "groupend": True, "chain": "0f" * 32}

events = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), min_size=1).map(
    lambda value: json.dumps(value, ensure_ascii=False).encode()
)
attributes = st.sets(st.sampled_from(sorted(ALL))).map(lambda names: {name: ALL[name] for name in names})


@given(events, attributes, st.text(alphabet=" \t\r\n", max_size=3))
def test_what_was_appended_can_be_cut_off_again(event: bytes, given: dict[str, Value], space: str) -> None:
    """Promise: whatever was sent comes back byte for byte, white space after it included, and all that was added."""
    sent = event + space.encode()
    assert split(append(sent, given)) == (sent, given)


def test_an_entry_reads_as_the_event_with_our_attributes_last() -> None:
    """Promise: the order is the table's, whatever the order in which they were given."""
    entry = append(EVENT + b"\n", dict(reversed(ALL.items())))
    assert entry == EVENT[:-1] + (
        b',"acceptedtime":"2030-05-03T02:00:00.000Z","sequence":12,"groupend":true,"chain":"%s"}\n' % (b"0f" * 32)
    )
    assert json.loads(entry) == json.loads(EVENT) | ALL


@pytest.mark.parametrize(
    "entry",
    [
        EVENT,
        b"",
        b"  ",
        b"{}",
        b"no JSON",
        EVENT[:-1] + b',"sequence":"12"}',
        EVENT[:-1] + b',"sequence":012}',
        EVENT[:-1] + b',"sequence":12,"x":1}',
        EVENT[:-1] + b',"chain":"%s"}' % (b"0F" * 32),
    ],
)
def test_what_the_table_does_not_describe_belongs_to_the_event(entry: bytes) -> None:
    """Promise: nothing is taken for ours that we would not have written so."""
    assert split(entry) == (entry, {})


def test_what_is_not_in_the_table_cannot_be_appended() -> None:
    """Promise: nothing is written that could not be parsed."""
    with pytest.raises(KeyError, match="stamp"):
        append(EVENT, {"sequence": 1, "stamp": "x"})


def test_one_row_adds_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a signature is one row of the table; it is written, parsed and covered by the chain, like the others."""
    signed = {"signature": re.compile(rb'"[A-Za-z0-9._-]{1,500}"')}
    monkeypatch.setattr(ledger_tail, "ATTRIBUTES", signed | ATTRIBUTES)
    given: dict[str, Value] = {"signature": "eyJhbGciOiJFZDI1NTE5In0..c2ln", "acceptedtime": TIME, "sequence": 1}
    entry, chain = link(origin("synthetic"), append(EVENT, given))
    assert json.loads(entry)["signature"] == given["signature"]
    assert split(entry) == (EVENT, given | {"chain": chain})
    assert follows(origin("synthetic"), entry) == chain
    assert follows(origin("synthetic"), entry.replace(b"..c2ln", b"..c3ln")) is None


def test_the_chain_covers_the_white_space_after_an_object() -> None:
    """Promise: where white space is kept it is evidence too: none can be added, taken away or moved."""
    start = origin("synthetic")
    entry, chain = link(start, b'{"id":"a"}\n')
    assert entry == b'{"id":"a","chain":"%s"}\n' % chain.encode()
    assert follows(start, entry) == chain
    plain, _ = link(start, b'{"id":"a"}')
    moved = b'{"id":"a"\n,"chain":"%s"}' % chain.encode()
    assert [follows(start, other) for other in (entry[:-1], entry + b"\n", plain + b"\n", moved)] == [None] * 4


def test_a_ledger_of_the_first_release_is_parsed_to_the_byte() -> None:
    """Promise: what older releases appended is read as they wrote it."""
    with LEDGER.open("rb") as file:
        header = read_header(file)
        ledger = [entry.fields[b"data"] for part in read_entries(file, header) for entry in part]
    assert len(ledger) == header.size > 0
    for place, entry in enumerate(ledger, start=1):
        sent, appended = split(entry)
        written = json.loads(entry)
        assert appended == {name: written[name] for name in ATTRIBUTES if name in written}
        assert appended["sequence"] == place
        assert {"acceptedtime", "chain"} < appended.keys()
        assert append(sent, appended) == entry
        assert json.loads(sent) == {name: value for name, value in written.items() if name not in ATTRIBUTES}


def test_the_number_is_read_however_the_event_was_committed() -> None:
    """Promise: with and without what a ledger entry has behind its number, and however long the event is."""
    numbered: dict[str, Value] = {"sequence": 2_147_483_647}
    on_ledger: dict[str, Value] = {"acceptedtime": "2030-05-03T02:00:00.000Z", **numbered, "chain": "0f" * 32}
    for attributes in (numbered, on_ledger, {**on_ledger, "groupend": True}):
        for event in (b'{"a":1}', b'{"a":"%s"}' % (b"x" * 10_000)):
            assert sequence_of(append(event, attributes)) == 2_147_483_647


def test_what_nobody_numbered_has_no_number() -> None:
    """Promise: a stranger's entry is no gap, whatever is in it."""
    for event in (b"", b"{}", b'{"sequence":3}', b'{"data":{"a":1,"sequence":3},"b":2}', b'{"a":1,"sequence":0}', b"x"):
        assert sequence_of(event) is None
