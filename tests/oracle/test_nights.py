"""Whole nights: whatever is sent, in whatever order, the services publish what the naive recount finds."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from tests.oracle import kinds
from tests.oracle.agreeing import differently_read, disagreements, ingested, parked, statuses, told_what_stands
from tests.oracle.conftest import EXAMPLES_WANTED
from tests.oracle.headline_data import data_faults
from tests.oracle.headlines import headline_faults
from tests.oracle.holds import with_holds
from tests.oracle.mischief import Night, answers, nights, verdicts
from tests.oracle.playing import aggregate, notify

SECONDS_PER_EXAMPLE = 1
"""Twenty times what one takes: a machine with other work passes, a night that hangs is ended."""

sizes = st.lists(st.integers(1, 5), max_size=6)


@pytest.mark.timeout(120 + SECONDS_PER_EXAMPLE * EXAMPLES_WANTED)
def test_services_and_recount_agree_after_every_entry(record_property: Callable[[str, object], None]) -> None:
    """Promise: whatever is sent, results, tallies and control are those of the naive recount, after every entry.

    Headlines follow from them once each, and their data are what the ledger says. And all of it is the same bytes,
    however entries are batched and whenever services restart. Among the nights were ties, transfers, hung councils,
    corrections, withdrawals and the rest, each often enough: an oracle that never meets a tie says nothing about ties.
    """
    kinds.SEEN.clear()
    _agree()
    for line in kinds.report():
        record_property(f"the oracle recounted {EXAMPLES_WANTED:,} nights; of these had", line)
    assert kinds.hardly_there() == []


@settings(settings.get_profile("oracle"))
@given(night=nights(), arrival=sizes, reading=sizes, data=st.data())
def _agree(night: Night, arrival: Sequence[int], reading: Sequence[int], data: DataObject) -> None:
    """Play a night, and compare everything."""
    ingest = ingested(night, arrival)
    expected = verdicts(night)
    ledger = ingest.written["ledger"]
    assert statuses(ingest) == expected
    assert told_what_stands(ingest) == [revision for _, revision in answers(night)]
    assert parked(ingest) == []
    assert [entry.startswith(sent[:-1]) for entry, sent in zip(ledger, _accepted(night, expected), strict=True)] == [
        True
    ] * len(ledger)
    plain, ledger = ledger, data.draw(with_holds(ledger))
    kinds.note(night, expected, kinds.taken(plain), kinds.taken(ledger))

    counted, said = aggregate(), notify()
    assert list(disagreements(counted, ledger)) == []
    results = counted.written.get("results", [])
    said.take(results)
    headlines = said.written.get("headlines", [])
    assert list(headline_faults(results, headlines)) == []
    assert list(data_faults(ledger, headlines)) == []
    assert parked(counted, said) == []
    assert list(differently_read(counted, aggregate(), ledger, reading)) == []
    assert list(differently_read(said, notify(), results, reading)) == []


def _accepted(night: Night, expected: Sequence[str]) -> list[bytes]:
    return [sent.raw for sent, verdict in zip(night.sent, expected, strict=True) if verdict == "accepted"]
