"""Whether a service is healthy: what a container's health check asks."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from redis.exceptions import NoPermissionError, ResponseError

from schemas.streams import STREAMS
from streams.fold import place
from streams.keys import NAME_LENGTH_MAX, PARTITIONS_MAX, alive_key
from streams.lag import AHEAD_MIN_S, LAG_ENTRIES_MAX, STUCK_AFTER_S, Lag
from tallywire.client import progress
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import TallywireError

LOOK_AGAIN_S: Final = 0.5
"""Before a service is called stuck it is looked at once more, after so long."""

STRAYS_SHOWN_MAX: Final = 5
"""Elections named that declarations were sent to and that are not loaded; of more, only the number is told."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    ok: bool
    """Its server answers; it is live and ready, not stuck, and has reached no limit. Lag alone is healthy."""
    message: str
    """For the operator: one sentence for each fact."""


def check_health(url: str, service: str) -> Health:
    """Ask how a service on this machine (in this container) is.

    Args:
        url: the server it works on.
        service: ``ingest``, ``aggregate`` or ``notify``.
    """
    host = socket.gethostname()
    try:
        with open_connection(url) as connection:
            if why_not := _why_not_ready(connection, service, host):
                return Health(ok=False, message=why_not)
            elections = connection.elections()
            lags = {election: progress.lag(connection, election, service) for election in elections[:PARTITIONS_MAX]}
            stuck = _stuck(connection, service, lags)
            gaps = [gap for election in lags if (gap := progress.missing(connection, election, service))]
            notes = [*_ahead(lags), *(_strays(connection) if service == "ingest" else ())]
    except TallywireError as error:
        return Health(ok=False, message=str(error))
    if stuck:
        return Health(
            ok=False,
            message=f"{service} is live and stuck: entries wait, and it has written nothing for {STUCK_AFTER_S:g} s. "
            f"{_listed(stuck)}. Its log says why.",
        )
    too_much = [
        f"{election}: {lag.entries:,} entries wait, more than {LAG_ENTRIES_MAX:,}"
        for election, lag in lags.items()
        if lag.too_far
    ]
    if gaps:
        what = f"{'. '.join(gaps)}. What lay between is gone. `tallywire verify` says what to do."
        return Health(ok=False, message=f"{service} is live, and entries are missing that it has not read. {what}")
    if len(elections) > PARTITIONS_MAX:
        too_much.append(f"The catalogue names {len(elections):,} elections, and it serves the first {PARTITIONS_MAX:,}")
    if too_much:
        return Health(ok=False, message=f"{service} is live and has reached a limit. {'; '.join(too_much)}.")
    behind = {election: lag for election, lag in lags.items() if lag.entries}
    how = f"behind. {_listed(behind)}." if behind else f"has read everything. Elections: {len(lags)}."
    return Health(ok=True, message=" ".join([f"{service} is live and {how}", *notes]))


def _stuck(connection: Connection, service: str, lags: dict[str, Lag]) -> dict[str, Lag]:
    """Return where entries wait and the service writes nothing. Looked at twice: an entry may have come just now."""
    stuck = {election: lag for election, lag in lags.items() if _is_stuck(connection, election, service, lag)}
    if not stuck:
        return {}
    time.sleep(LOOK_AGAIN_S)
    again = {election: progress.lag(connection, election, service) for election in stuck}
    return {election: lag for election, lag in again.items() if _is_stuck(connection, election, service, lag)}


def _ahead(lags: dict[str, Lag]) -> Iterator[str]:
    for election, lag in lags.items():
        if lag.ahead_s > AHEAD_MIN_S:
            yield (
                f"{election}: ids of entries are {lag.ahead_s:,.0f} s ahead of the server's clock, for a sender has "
                "chosen one. They decide nothing but the order; times are the clock's."
            )


def _strays(connection: Connection) -> Iterator[str]:
    with suppress(NoPermissionError):
        found = progress.strays(connection)
        if found:
            shown = ", ".join(ascii(name[:NAME_LENGTH_MAX]) for name in found[:STRAYS_SHOWN_MAX])
            more = f" and {len(found) - STRAYS_SHOWN_MAX:,} more" if len(found) > STRAYS_SHOWN_MAX else ""
            yield f"Declarations lie on streams of elections that are not loaded: {shown}{more}. Is a day misspelt?"


def _why_not_ready(connection: Connection, service: str, host: str) -> str:
    """Return why no process of the service on the host is live, or why one is not ready; empty when all are."""
    heartbeats = _heartbeats(connection, service, host)
    if not heartbeats:
        return f"{service} has had no heartbeat on {host} for 15 s: it does not run there, or it hangs."
    reasons = [reason for heartbeat in heartbeats for reason in heartbeat]
    return f"{service} is live and not ready. {' '.join(reasons)}" if reasons else ""


def _heartbeats(connection: Connection, service: str, host: str) -> list[list[str]]:
    """Return the heartbeat of each process of a service on a host: why it is not ready, empty when it is."""
    found: list[list[str]] = []
    for client in connection.servers.everywhere():
        for key in client.scan_iter(alive_key(service, host), count=1_000):
            # It may have expired by now. The release before this one writes 1.
            if (value := cast("bytes | None", client.get(key))) is not None:
                said = json.loads(value)
                found.append(said if isinstance(said, list) else [])
    return found


def _is_stuck(connection: Connection, election: str, service: str, lag: Lag) -> bool:
    """Whether entries wait, and the service writes nothing.

    How long they have waited is not enough: after a restore, the entries of a ledger are as old as the night.
    """
    return lag.seconds > STUCK_AFTER_S and _silent_s(connection, election, service) > STUCK_AFTER_S


def _silent_s(connection: Connection, election: str, service: str) -> float:
    """Return how many seconds ago the service last wrote an event; since 1970 when it never did."""
    last_ms = 0
    for stream in STREAMS:
        if stream.writer == service:
            # A key of another kind holds no entries.
            with suppress(ResponseError):
                last_ms = max(last_ms, place(connection.last_id(election, stream.name).encode())[0])
    seconds, _ = connection.at(election).time()
    return float(seconds - last_ms / 1e3)


def _listed(lags: dict[str, Lag]) -> str:
    return "; ".join(
        f"{election}: {lag.entries:,} waiting, the first for {lag.seconds:.1f} s" for election, lag in lags.items()
    )
