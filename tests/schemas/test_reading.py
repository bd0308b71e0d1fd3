"""Reading our own streams: what is said of an entry that is no event."""

import json

import pytest

from schemas.reading import NotAnEvent, read_ledger_event, read_results_event

DECLARATION = {
    "specversion": "1.0",
    "type": "tallywire.declaration.v1",
    "id": "a",
    "source": "/synthetic",
    "subject": "pcc.testshire.2030-05-02",
    "data": {"ballot_id": "pcc.testshire.2030-05-02", "revision": 0, "votes": {"ann-example": -3}},
}


def test_what_is_wrong_with_an_entry_is_said_in_a_line() -> None:
    """Promise: where a service parks or stops, one sentence names the places of the faults, and nobody's web page."""
    said = "data.revision: Input should be greater than or equal to 1; data.votes.ann-example: Input should be greater"
    with pytest.raises(NotAnEvent, match=said) as refused:
        read_ledger_event(json.dumps(DECLARATION).encode())
    assert "\n" not in str(refused.value)
    with pytest.raises(NotAnEvent, match=r"^Invalid JSON: EOF .* column 1$"):
        read_results_event(b"{")
    with pytest.raises(NotAnEvent, match=r"^id: Field required; source: .*; subject: .*; and 1 more$"):
        read_results_event(b'{"specversion": "1.0", "type": "tallywire.result.v1"}')
