"""The file of an exported ledger."""

from io import BytesIO

import pytest

from tallywire.evidence.ledger_file import LENGTH_MAX, LINE_LENGTH_MAX, ExportFault, Header, read_entries, read_header


def test_an_export_with_a_longer_entry_or_line_is_damaged() -> None:
    """Promise: a file that says it holds an entry of gigabytes is not believed."""
    header = Header("pcc.2024-05-02", 1, "0" * 64)
    with pytest.raises(ExportFault, match="damaged or cut before entry 1"):
        list(read_entries(BytesIO(b"1-1 %d\n" % (LENGTH_MAX + 1)), header))
    with pytest.raises(ExportFault, match="is no export"):
        read_header(BytesIO(b"tallywire-ledger 1 " + b"x" * LINE_LENGTH_MAX + b" 1 " + b"0" * 64 + b"\n"))
