"""Whether a service is well: what a container's health check asks."""

import socket
from contextlib import suppress
from dataclasses import dataclass

from redis.exceptions import ResponseError

from schemas.streams import STREAMS
from streams.fold import place
from streams.keys import PARTITIONS_MAX
from streams.lag import LAG_ENTRIES_MAX, STUCK_AFTER_S, Lag
from tallywire.client import progress
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import TallywireError


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    ok: bool
    """Its server answers, it lives, is not stuck, has reached no limit. Being behind while it works is no illness."""
    message: str
    """One sentence a fact, for whoever looks after it."""


def check_health(url: str, service: str) -> Health:
    """Ask how a service on this machine (in this container) is.

    Args:
        url: the server it works on.
        service: ``ingest``, ``aggregate`` or ``notify``.
    """
    host = socket.gethostname()
    try:
        with open_connection(url) as connection:
            # It says so itself every few seconds, in a key that expires.
            if not progress.alive(connection, service, host):
                return Health(ok=False, message=f"{service} has not said for 15 s that it lives on {host}.")
            elections = connection.elections()
            lags = {election: progress.lag(connection, election, service) for election in elections[:PARTITIONS_MAX]}
            stuck = {election: lag for election, lag in lags.items() if _is_stuck(connection, election, service, lag)}
    except TallywireError as error:
        return Health(ok=False, message=str(error))
    if stuck:
        return Health(
            ok=False,
            message=f"{service} lives and is stuck: entries wait, and it has written nothing for {STUCK_AFTER_S:g} s. "
            f"{_told(stuck)}. Its log says why.",
        )
    too_much = [
        f"{election}: {lag.entries:,} entries wait, more than {LAG_ENTRIES_MAX:,}"
        for election, lag in lags.items()
        if lag.too_far
    ]
    if len(elections) > PARTITIONS_MAX:
        too_much.append(f"The catalogue names {len(elections):,} elections, and it serves the first {PARTITIONS_MAX:,}")
    if too_much:
        return Health(ok=False, message=f"{service} lives and has reached a limit. {'; '.join(too_much)}.")
    behind = {election: lag for election, lag in lags.items() if lag.entries}
    if behind:
        return Health(ok=True, message=f"{service} lives and is behind. {_told(behind)}.")
    return Health(ok=True, message=f"{service} lives and has read everything. Elections: {len(lags)}.")


def _is_stuck(connection: Connection, election: str, service: str, lag: Lag) -> bool:
    """Whether entries wait, and the service writes nothing.

    How long they have waited does not tell by itself: after a restore, those of a ledger are as old as the night.
    """
    return lag.seconds > STUCK_AFTER_S and _silent_s(connection, election, service) > STUCK_AFTER_S


def _silent_s(connection: Connection, election: str, service: str) -> float:
    """Return how many seconds ago the service last wrote an event; since 1970 when it never did."""
    last_ms = 0
    for stream in STREAMS:
        if stream.writer == service:
            # Where a key is no stream, nothing can be written.
            with suppress(ResponseError):
                last_ms = max(last_ms, place(connection.last_id(election, stream.name).encode())[0])
    seconds, _ = connection.at(election).time()
    return float(seconds - last_ms / 1e3)


def _told(lags: dict[str, Lag]) -> str:
    return "; ".join(
        f"{election}: {lag.entries:,} waiting, the first for {lag.seconds:.1f} s" for election, lag in lags.items()
    )
