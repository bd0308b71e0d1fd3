"""Posts that the posting service has turned away because of their signature: nothing of them is on a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from redis.exceptions import NoPermissionError

from streams.keys import Partition
from tallywire.client.connection import Connection

TURNED_AWAY: Final = "posting:turned-away"
"""A stream with an entry for each: ``address`` and ``code``."""

TURNED_AWAY_MAX: Final = 1_000
"""Entries that are kept, the last ones: an attack is seen by fewer, and must not fill the server."""

LASTS_S: Final = 24 * 60 * 60
"""How long they are kept after the last of them: a night and the morning after."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Posts from one address that were turned away for one reason."""

    address: str
    code: str
    count: int
    first: str
    last: str
    """By the server's clock."""


def turned_away(connection: Connection, election: str) -> tuple[TurnedAway, ...] | None:
    """Return who was turned away, the latest first; None where the user may not read it."""
    key = Partition(election).key(TURNED_AWAY)
    try:
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", connection.at(election).xrevrange(key))
    except NoPermissionError:
        return None
    return tuple(_grouped(entries))


def _grouped(entries: list[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[TurnedAway]:
    found: dict[tuple[str, str], list[bytes]] = {}
    for entry_id, fields in entries:
        who = fields.get(b"address", b"").decode(errors="replace"), fields.get(b"code", b"").decode(errors="replace")
        found.setdefault(who, []).append(entry_id)
    for (address, code), ids in found.items():
        yield TurnedAway(address, code, len(ids), _time(ids[-1]), _time(ids[0]))


def _time(entry_id: bytes) -> str:
    moment = datetime.fromtimestamp(int(entry_id.partition(b"-")[0]) / 1e3, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
