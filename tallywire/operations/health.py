"""Whether a service is healthy: what a container's health check asks."""

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from redis.exceptions import ResponseError

from schemas.streams import STREAMS
from streams.fold import place
from streams.keys import PARTITIONS_MAX, alive_key
from streams.lag import LAG_ENTRIES_MAX, STUCK_AFTER_S, Lag
from tallywire.client import progress
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import TallywireError


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
        service: ``ingest``, ``aggregate``, ``notify`` or ``posting``; the last reads no stream, so that it has no lag.
    """
    host = socket.gethostname()
    try:
        with open_connection(url) as connection:
            if why_not := _why_not_ready(connection, service, host):
                return Health(ok=False, message=why_not)
            if service not in dict(progress.PIPELINE):
                return Health(ok=True, message=f"{service} is live and ready.")
            return _how_far(connection, service)
    except TallywireError as error:
        return Health(ok=False, message=str(error))


def _how_far(connection: Connection, service: str) -> Health:
    """Say how far a service is that is live and ready."""
    elections = connection.elections()
    lags = {election: progress.lag(connection, election, service) for election in elections[:PARTITIONS_MAX]}
    stuck = {election: lag for election, lag in lags.items() if _is_stuck(connection, election, service, lag)}
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
    if len(elections) > PARTITIONS_MAX:
        too_much.append(f"The catalogue names {len(elections):,} elections, and it serves the first {PARTITIONS_MAX:,}")
    if too_much:
        return Health(ok=False, message=f"{service} is live and has reached a limit. {'; '.join(too_much)}.")
    behind = {election: lag for election, lag in lags.items() if lag.entries}
    if behind:
        return Health(ok=True, message=f"{service} is live and behind. {_listed(behind)}.")
    return Health(ok=True, message=f"{service} is live and has read everything. Elections: {len(lags)}.")


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
