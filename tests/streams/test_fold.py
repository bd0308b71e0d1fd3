"""Folding: what a rule yields is kept and published as the wiring declares it."""

import gc
from collections.abc import Iterator

import pytest

from streams.errors import Undeclared
from streams.fold import Effects, Entry, Record, fold
from tests.streams.toy import PARTITION, POISON, WIRING, Count, Words, say


def test_a_record_of_an_undeclared_table_is_no_fault_of_the_entry() -> None:
    """Promise: a stage keeps what it declares; a release that would keep more stops, and parks nothing."""

    def stray(_words: Words, _entry: Entry) -> Iterator[Effects]:
        yield Effects((Record("toy:elsewhere", "one", Count(1)),))

    with pytest.raises(
        Undeclared, match="rule of toy writes the table toy:elsewhere, which its wiring does not declare"
    ):
        fold(WIRING, stray, Words(PARTITION), [Entry("1-0", {b"data": b"one"})])


def test_a_bad_entry_does_not_hold_on_to_its_batch() -> None:
    """Promise: a batch with a bad entry is freed like any other; circular garbage would be found much later."""
    gc.collect()
    fold(WIRING, say, Words(PARTITION), [Entry("1-1", {b"data": POISON})])
    assert gc.collect() == 0
