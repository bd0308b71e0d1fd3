"""Whether a service is healthy: what a container's health check asks."""

import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from redis import Redis
from redis.exceptions import NoPermissionError, ResponseError

from schemas.streams import DECLARATIONS, PARKED, STREAMS
from streams.durability import MEANT, told, why_they_lose
from streams.fold import place
from streams.keys import NAME_LENGTH_MAX, PARTITIONS_MAX, Partition, alive_host, alive_key
from streams.lag import AHEAD_MIN_S, LAG_ENTRIES_MAX, STUCK_AFTER_S, Lag
from tallywire.client import progress
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import NOTHING_LOADED, WHAT_IF_EMPTIED, TallywireError

LOOK_AGAIN_S: Final = 0.5
"""Before a service is called stuck it is looked at once more, after so long."""

STRAYS_SHOWN_MAX: Final = 5
"""Elections named that declarations were sent to and that are not loaded; of more, only the number is told."""


ASK_ITSELF: Final = "Each service says at its own /health/ready how it is."

POSTS: Final = ("posting", "desk")
"""Services that have nothing to do without an election."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    ok: bool
    """Its server answers; it is live and ready, not stuck, and has reached no limit. Lag alone is healthy."""
    message: str
    """For the operator: one sentence for each fact."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a process of a service has said of itself within the last 15 s."""

    host: str
    reasons: tuple[str, ...]
    """Why it is not ready; empty when it is."""


def check_health(url: str, service: str) -> Health:
    """Ask how a service on this machine (in this container) is.

    Args:
        url: the server it works on.
        service: ``ingest``, ``aggregate``, ``notify``, ``posting`` or ``publishing``; the last two fold no stream, and
            have no lag.
    """
    try:
        with open_connection(url) as connection:
            elections, lags = _lags(connection, service)
            faults = [
                *_why_not_ready(connection, service, socket.gethostname()),
                *_loss(connection, service),
                *_why_not_at_work(connection, service, elections, lags),
            ]
            notes = [*parked(connection, service, lags), *_ahead(lags)]
            notes += _strays(connection) if service == "ingest" else ()
    except TallywireError as error:
        return Health(ok=False, message=str(error))
    if faults:
        return Health(ok=False, message=" ".join([*faults, *notes]))
    if service not in dict(progress.PIPELINE):
        return Health(ok=True, message=f"{service} is live and ready.")
    behind = {election: lag for election, lag in lags.items() if lag.entries}
    how = f"behind. {_listed(behind)}." if behind else f"has read everything. Elections: {len(lags)}."
    return Health(ok=True, message=" ".join([f"{service} is live and {how}", *notes]))


def why_not_at_work(connection: Connection, service: str) -> list[str]:
    """Return why a service does not do its work, wherever it runs: it is stuck, misses entries, or is at a limit."""
    return list(_why_not_at_work(connection, service, *_lags(connection, service)))


def parked(connection: Connection, service: str, elections: Iterable[str]) -> Iterator[str]:
    """Yield where a service has set entries aside because its own rule failed on them. It goes on with the others."""
    for election in elections:
        if count := int(connection.at(election).xlen(Partition(election).key(PARKED[service].name))):
            entries = f"{count:,} entries lie" if count > 1 else "1 entry lies"
            yield f"{election}: {entries} parked at {service}, for a rule of ours failed: tallywire parked"


def _lags(connection: Connection, service: str) -> tuple[list[str], dict[str, Lag]]:
    """Return the elections that a service works on, and how far behind it is in each that it serves."""
    elections = connection.elections() if service in dict(progress.PIPELINE) else []
    return elections, {election: progress.lag(connection, election, service) for election in elections[:PARTITIONS_MAX]}


def _why_not_at_work(
    connection: Connection, service: str, elections: Sequence[str], lags: dict[str, Lag]
) -> Iterator[str]:
    if service in POSTS and not connection.elections():
        yield f"{NOTHING_LOADED} {WHAT_IF_EMPTIED}"
    yield from _stuck(connection, service, lags)
    yield from _gaps(connection, service, lags)
    yield from _limits(service, elections, lags)
    yield from _ended(lags)


def _loss(connection: Connection, service: str) -> Iterator[str]:
    """Yield why its server may lose what was accepted, unless that is meant."""
    losing = [] if os.environ.get(MEANT) else why_they_lose(connection.servers.everywhere())
    if losing:
        reasons = " ".join(losing)
        yield f"The server of {service} may lose what was accepted. {reasons} Set {MEANT}=1 where that is meant."


def _gaps(connection: Connection, service: str, elections: Iterable[str]) -> Iterator[str]:
    elections = tuple(elections)
    if unread := [gap for election in elections if (gap := progress.missing(connection, election, service))]:
        yield (
            f"Entries are missing that {service} has not read. {'. '.join(unread)}. What lay between is gone; "
            "`tallywire verify` says what to do."
        )
    if gone := [gap for election in elections for gap in progress.gone(connection, election, service)]:
        yield f"Entries were trimmed or deleted. {'. '.join(gone)}. `tallywire verify` says what to do."


def _limits(service: str, elections: Sequence[str], lags: dict[str, Lag]) -> Iterator[str]:
    too_much = [
        f"{election}: {lag.entries:,} entries wait, more than {LAG_ENTRIES_MAX:,}"
        for election, lag in lags.items()
        if lag.too_far
    ]
    if len(elections) > PARTITIONS_MAX:
        too_much.append(f"The catalogue names {len(elections):,} elections, and it serves the first {PARTITIONS_MAX:,}")
    if too_much:
        yield f"{service} is live and has reached a limit. {'; '.join(too_much)}."


def _stuck(connection: Connection, service: str, lags: dict[str, Lag]) -> Iterator[str]:
    """Yield where entries wait and the service writes nothing. Looked at twice: an entry may have come just now."""
    stuck = {election: lag for election, lag in lags.items() if _is_stuck(connection, election, service, lag)}
    if not stuck:
        return
    time.sleep(LOOK_AGAIN_S)
    again = {election: progress.lag(connection, election, service) for election in stuck}
    stuck = {election: lag for election, lag in again.items() if _is_stuck(connection, election, service, lag)}
    if stuck:
        yield (
            f"{service} is live and stuck: entries wait, and it has written nothing for {STUCK_AFTER_S:g} s. "
            f"{_listed(stuck)}. Its log says why."
        )


def _ended(lags: dict[str, Lag]) -> Iterator[str]:
    for election, lag in lags.items():
        if lag.ended:
            stream, stage = Partition(election).key(DECLARATIONS.name), Partition(election).key("ingest")
            yield (
                f"{election}: nothing more can be sent, for a sender has chosen the last id that there is. Begin the "
                f"stream anew: RENAME '{stream}' '{stream}{progress.SET_ASIDE}', XGROUP CREATE '{stream}' new 0 "
                f"MKSTREAM, HSET '{stage}' cursor 0-0."
            )


def _ahead(lags: dict[str, Lag]) -> Iterator[str]:
    for election, lag in lags.items():
        if lag.ahead_s > AHEAD_MIN_S and not lag.ended:
            yield (
                f"{election}: ids of entries are {lag.ahead_s:,.0f} s ahead of the server's clock, for a sender has "
                "chosen one. They decide nothing but the order; times are the clock's."
            )


def _strays(connection: Connection) -> Iterator[str]:
    with suppress(NoPermissionError):
        found = progress.strays(connection)
        if found:
            shown = names_of_strays(found)
            more = f" and {len(found) - STRAYS_SHOWN_MAX:,} more" if len(found) > STRAYS_SHOWN_MAX else ""
            yield (
                f"Declarations lie on streams of elections that are not loaded: {shown}{more}. Is a day misspelt, or "
                "the key? It is {ELECTION}:declarations, with the braces."
            )


def names_of_strays(strays: Sequence[progress.Stray]) -> str:
    """Return the names of the first ones, as they can be shown: whoever may write to the server has chosen them."""
    return ", ".join(ascii(stray.name[:NAME_LENGTH_MAX]) for stray in strays[:STRAYS_SHOWN_MAX])


def _why_not_ready(connection: Connection, service: str, host: str) -> Iterator[str]:
    """Yield why no process of the service on the host is live, or why one is not ready."""
    found = heartbeats(connection, service, host)
    if not found and (refuses := takes_no_heartbeat(connection)):
        yield f"Whether {service} runs cannot be seen. {refuses}"
    elif not found:
        yield (
            f"{service} has had no heartbeat on {host} for 15 s: it does not run there, hangs, or has stopped for good "
            "(exit code 5), and its log says why."
        )
    elif reasons := dict.fromkeys(reason for heartbeat in found for reason in heartbeat.reasons):
        yield f"{service} is live and not ready. {' '.join(reasons)}"


def takes_no_heartbeat(connection: Connection) -> str | None:
    """Return why no heartbeat can be there though a service runs; None where its servers take writes."""
    for client in connection.servers.everywhere():
        said = {**told(client, "memory"), **told(client, "persistence")}
        most = said.get("maxmemory", 0)
        if most and said.get("used_memory", 0) >= most:
            why = "Its memory is full"
        elif said.get("aof_last_write_status", "ok") != "ok":
            why = "The last write to its log has failed"
        else:
            continue
        return f"The server takes no writes now, so that no service can have a heartbeat there. {why}. {ASK_ITSELF}"
    return None


def heartbeats(connection: Connection, service: str, host: str = "*") -> list[Heartbeat]:
    """Return the heartbeat of each process of a service, on one host or on all."""
    found: list[Heartbeat] = []
    for client in connection.servers.everywhere():
        for key in client.scan_iter(alive_key(service, host), count=1_000):
            # It may have expired by now.
            reasons = progress.said_in(_value(client, key))
            if reasons is not None:
                found.append(Heartbeat(alive_host(key.decode(errors="replace")), reasons))
    return found


def _value(client: Redis, key: bytes) -> bytes | None:
    """Return what is in a key; None where it is of a kind that a heartbeat is not: then it is somebody else's."""
    try:
        return cast("bytes | None", client.get(key))
    except NoPermissionError:
        raise
    except ResponseError:
        return None


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
