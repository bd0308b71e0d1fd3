"""The number of an event is read from its end, whatever was appended behind it."""

from streams.gaps import number_of
from streams.ledger_tail import Value, append


def test_the_number_is_read_however_the_event_was_committed() -> None:
    """Promise: with and without what a ledger entry has behind its number, and however long the event is."""
    numbered: dict[str, Value] = {"sequence": 2_147_483_647}
    on_ledger: dict[str, Value] = {"acceptedtime": "2030-05-03T02:00:00.000Z", **numbered, "chain": "0f" * 32}
    for attributes in (numbered, on_ledger, {**on_ledger, "groupend": True}):
        for event in (b'{"a":1}', b'{"a":"%s"}' % (b"x" * 10_000)):
            assert number_of(append(event, attributes)) == 2_147_483_647


def test_what_nobody_numbered_has_no_number() -> None:
    """Promise: a stranger's entry is no gap, whatever is in it."""
    for event in (b"", b"{}", b'{"sequence":3}', b'{"data":{"a":1,"sequence":3},"b":2}', b'{"a":1,"sequence":0}', b"x"):
        assert number_of(event) is None
