"""The log of a server or of services is two files at most."""

from pathlib import Path

import pytest

from tallywire.embedded import logfile


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: of a log two files are kept, whatever is written."""
    monkeypatch.setattr(logfile, "LOG_BYTES_MAX", 10)
    path = tmp_path / "log"
    for text in (b"first, and long", b"second, and long", b"third"):
        with logfile.open_log(path) as log:
            log.write(text)
    assert [file.read_bytes() for file in sorted(tmp_path.iterdir())] == [b"third", b"second, and long"]
