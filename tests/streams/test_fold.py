"""Folding: what a rule yields is kept and published as the wiring declares it."""

from collections.abc import Iterator

import pytest

from streams.fold import Effects, Entry, Record, Undeclared, fold
from tests.streams.toy import PARTITION, WIRING, Count, Words


def test_a_record_of_an_undeclared_table_is_no_fault_of_the_entry() -> None:
    """Promise: a stage keeps what it declares; a release that would keep more stops, and parks nothing."""

    def stray(_words: Words, _entry: Entry) -> Iterator[Effects]:
        yield Effects((Record("toy:elsewhere", "one", Count(1)),))

    with pytest.raises(Undeclared, match="toy does not declare that it keeps toy:elsewhere"):
        fold(WIRING, stray, Words(PARTITION), [Entry("1-0", {b"data": b"one"})])
