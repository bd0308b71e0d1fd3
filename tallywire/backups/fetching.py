"""Getting the newest backup of an election back, from wherever it is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tallywire.backups.names import HEAD, PRIVATE, Backup, backups_in
from tallywire.backups.store import Store
from tallywire.client.errors import NotThereError, UsageError

LATE_S: Final = 900.0
"""How long there may be no new backup, while there is something to back up: three rounds of five minutes."""


def newest_backups(store: Store, election: str | None) -> list[Backup]:
    """Return the newest backup of each election, or of one.

    Raises:
        NotThereError: there is none.
        TallywireError: the store cannot be read.
    """
    found = backups_in(store.names())
    chosen = [backups[-1] for each, backups in found.items() if election in (None, each)]
    if not chosen:
        which = f" of {election}" if election else ""
        raise NotThereError(f"There is no backup{which} there.")
    return chosen


def fetch_backup(store: Store, backup: Backup, folder: Path) -> Path:
    """Copy a backup, with what lies beside it, into a folder, and return the export.

    Raises:
        UsageError: the folder has it already, or cannot be written.
        TallywireError: it cannot be read.
    """
    file = folder / backup.name.rpartition("/")[2]
    if file.exists():
        raise UsageError(f"{file} is there already, and is never replaced.")
    there = set(store.names())
    for ending in ("", HEAD, PRIVATE):
        if backup.name + ending in there:
            store.get(backup.name + ending, file.with_name(file.name + ending))
    return file


def age_s(backup: Backup) -> float:
    """Return how long ago a backup was made, by this machine's clock."""
    return (datetime.now(UTC) - backup.made_at).total_seconds()
