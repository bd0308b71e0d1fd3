"""Files of passwords and keys: who may read them."""

import stat
from collections.abc import Iterator
from pathlib import Path

from tallywire.doctor.finding import Finding, good, wrong


def secrets(folder: Path) -> Iterator[Finding]:
    """Yield which files of a folder others may read."""
    if not folder.is_dir():
        yield wrong("secrets", str(folder), "There is no such folder.")
        return
    open_files = [file for file in sorted(folder.iterdir()) if file.is_file() and _others_may_read(file)]
    for file in open_files:
        yield wrong("secrets", str(file), f"Others may read it: chmod 600 {file}")
    if not open_files:
        yield good("secrets", str(folder), "Only their owner may read them.")


def _others_may_read(file: Path) -> bool:
    return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
