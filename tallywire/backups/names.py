"""What a backup is called, and which backups are kept.

``ELECTION/20240503T031200Z-685-3f2a9c1b04de-7a51c0de.ledger``: the moment, how many entries, the beginning of the chain
of the last of them, and of the digest of what is private. So a list of names says what is there, without reading it.
Beside it lie ``.head`` (the signed head) and, where something is private, ``.private``, both after the whole name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Self

from tallywire.client.connection import can_be_election
from tallywire.client.snapshot import Table
from tallywire.evidence.ledger_file import Header

HEAD: Final = ".head"
PRIVATE: Final = ".private"

_CHAIN_LENGTH: Final = 12
_PRIVATE_LENGTH: Final = 8
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"([^/]+)/(\d{8}T\d{6}Z)-(\d{1,10})-([0-9a-f]{12})-([0-9a-f]{8})\.ledger")


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """One backup, as its name says."""

    election: str
    made_at: datetime
    size: int
    """Entries on the ledger."""
    chain: str
    """The first twelve digits of the chain of the last entry."""
    private: str
    """The first eight digits of the digest of what is private."""

    @classmethod
    def of(cls, header: Header, private: Mapping[str, Table], made_at: datetime) -> Self:
        """Return the backup of a ledger, and of what is private, at a moment."""
        rows = sorted((table, *row) for table, fields in private.items() for row in fields.items())
        digest = sha256(repr(rows).encode()).hexdigest() if rows else "0" * _PRIVATE_LENGTH
        return cls(header.election, made_at, header.size, header.chain[:_CHAIN_LENGTH], digest[:_PRIVATE_LENGTH])

    @classmethod
    def read(cls, name: str) -> Self | None:
        """Return the backup of a name; None where it is no backup's."""
        found = _NAME.fullmatch(name)
        if found is None or not can_be_election(found[1]):
            return None
        try:
            made_at = datetime.strptime(found[2], _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(found[1], made_at, int(found[3]), found[4], found[5])

    @property
    def name(self) -> str:
        """Its name, with the election as its folder."""
        moment = self.made_at.astimezone(UTC).strftime(_MOMENT)
        return f"{self.election}/{moment}-{self.size}-{self.chain}-{self.private}.ledger"

    def holds_the_same(self, other: "Backup") -> bool:
        """Whether nothing has changed from one to the other."""
        return (self.size, self.chain, self.private) == (other.size, other.chain, other.private)


def backups_in(names: Iterable[str]) -> dict[str, list[Backup]]:
    """Return the backups among names, by election, the oldest first."""
    found: dict[str, list[Backup]] = {}
    for backup in sorted(filter(None, map(Backup.read, names))):
        found.setdefault(backup.election, []).append(backup)
    return found


def superfluous(backups: Iterable[Backup], keep: int) -> list[Backup]:
    """Return the backups of one election that may go: all but the newest ones, and of older ones the last of each day.

    Args:
        backups: all that there are.
        keep: how many of the newest stay, one at least.
    """
    ordered = sorted(backups)
    older = ordered[: -max(keep, 1)]
    last_of_day = {backup.made_at.astimezone(UTC).date(): backup for backup in older}
    return [backup for backup in older if last_of_day[backup.made_at.astimezone(UTC).date()] != backup]
