"""Limits of files, logs and sentences: each is reached, and says so where there is something to say."""

from io import BytesIO
from pathlib import Path

import pytest

from services.ingest.rules import limits
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.wording import DidYouMean
from services.ingest.service import WIRING
from services.shell import REASON_LENGTH_MAX
from streams.fold import Entry, fold
from tallywire.client.errors import UsageError
from tallywire.embedded import logfile
from tallywire.evidence.key_files import NOTE_LENGTH_MAX, read_signer
from tallywire.evidence.ledger_file import LENGTH_MAX, LINE_LENGTH_MAX, ExportFault, Header, read_entries, read_header
from tallywire.packs import pack as reading


def test_a_packs_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a file that is no pack's is named, not loaded into memory."""
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 100)
    (tmp_path / "register.json").write_bytes(b" " * 101)
    assert "register.json: is too large: a pack's file has 100 bytes at most" in map(str, reading.check_pack(tmp_path))


def test_an_export_with_a_longer_entry_or_line_is_damaged() -> None:
    """Promise: a file that says it holds an entry of gigabytes is not believed."""
    header = Header("pcc.2024-05-02", 1, "0" * 64)
    with pytest.raises(ExportFault, match="damaged or cut before entry 1"):
        list(read_entries(BytesIO(b"1-1 %d\n" % (LENGTH_MAX + 1)), header))
    with pytest.raises(ExportFault, match="is no export"):
        read_header(BytesIO(b"tallywire-ledger 1 " + b"x" * LINE_LENGTH_MAX + b" 1 " + b"0" * 64 + b"\n"))


def test_a_key_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """Promise: a file that is no key is told from one by its length alone."""
    path = tmp_path / "key"
    path.write_bytes(b"x" * (NOTE_LENGTH_MAX + 1))
    with pytest.raises(UsageError, match="too long for a key"):
        read_signer(path)


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: of a log two files are kept, whatever is written."""
    monkeypatch.setattr(logfile, "LOG_BYTES_MAX", 10)
    path = tmp_path / "log"
    for text in (b"first, and long", b"second, and long", b"third"):
        with logfile.open_log(path) as log:
            log.write(text)
    assert [file.read_bytes() for file in sorted(tmp_path.iterdir())] == [b"third", b"second, and long"]


def test_nothing_is_looked_for_among_too_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a hint costs milliseconds at most, however large the register."""
    monkeypatch.setattr(limits, "NEAREST_AMONG_MAX", 2)
    assert str(DidYouMean("on", ("one", "two"))) == " Did you mean one?"
    assert str(DidYouMean("on", ("one", "two", "three"))) == ""


def test_the_error_kept_with_a_parked_entry_is_cut() -> None:
    """Promise: a note about a fault of ours stays small, whatever is in the error."""

    def failing(_intake: Intake, _entry: Entry) -> None:
        raise RuntimeError("x" * 10_000)

    batch = fold(WIRING, failing, Intake("pcc.2030-05-02"), [Entry("1-0", {})])  # type: ignore[arg-type]  # it never returns
    assert len(batch.emissions) == 1
    assert REASON_LENGTH_MAX < len(batch.emissions[0].event.encode()) < REASON_LENGTH_MAX + 500
