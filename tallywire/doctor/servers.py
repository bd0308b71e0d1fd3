"""The Redis or Valkey servers: version, log, memory, stand-bys, users, clock."""

import statistics
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from streams.durability import how_synced, told, what_it_loses
from streams.servers import addresses
from tallywire.client.connection import Connection, shown
from tallywire.doctor.finding import THIS_MACHINE, Finding, clock_off, good, warning, wrong

VERSION_MIN: Final = (7, 0)
"""The first with what services need of scripts."""

MEMORY_SHARE_FULL: Final = 0.5
"""Of the memory that it may use, before the night."""

MEMORY_SHARE_WRONG: Final = 0.8
"""From then on the alert ServerMemory wakes somebody."""

STANDBY_LAG_S_LATE: Final = 10
"""A stand-by answers its primary every second."""

CLOCK_S_WARNING: Final = 1.0
CLOCK_S_OFF: Final = 60.0
"""Keys have windows in time, browsers make signatures, headlines have times: a minute is seen by everybody."""

ROUND_TRIP_S_FAR: Final = 0.01
"""A declaration takes some ten of them one after another."""

TRIPS: Final = 5
"""Questions that are timed; the median counts."""

REWRITE_BYTES_MIN: Final = 1 << 30
"""A log is not to be written anew in the middle of a night."""


def servers(connection: Connection, url: str) -> Iterator[Finding]:
    """Yield how each server behind a URL is.

    Args:
        connection: to them.
        url: what it was opened with; whether a password is in it is what is looked at.
    """
    for client in connection.servers.everywhere():
        place = client.connection_pool.connection_kwargs
        name = place["path"] if "path" in place else f"{place.get('host')}:{place.get('port')}"
        try:
            yield from _server(client, name)
        except RedisError as error:
            yield wrong("server", name, f"It does not answer: {error}")
    for each in addresses(url):
        parts = urlsplit(each)
        if (
            parts.scheme != "unix"
            and parts.password is None
            and parts.hostname not in THIS_MACHINE
            and "ssl_certfile" not in parts.query
        ):
            yield wrong(
                "server",
                shown(each),
                "It asks nobody for a password, and others reach it: give it users (tallywire acl).",
            )


def _server(client: Redis, name: str) -> Iterator[Finding]:
    trips, ahead = [], 0.0
    for _ in range(TRIPS):
        started = time.perf_counter()
        seconds, microseconds = client.time()
        trips.append(time.perf_counter() - started)
        ahead = seconds + microseconds / 1e6 - time.time()
    # The first one opens the connection.
    took = statistics.median(trips)
    if took > ROUND_TRIP_S_FAR:
        yield warning("server", name, f"A question takes {took * 1e3:.0f} ms there and back: run the services near it.")
    if abs(ahead) > CLOCK_S_WARNING:
        found = wrong if abs(ahead) > CLOCK_S_OFF else warning
        yield found("server", name, clock_off(ahead))
    else:
        yield good("server", name, f"It answers in {took * 1e3:.1f} ms, and its clock is right by this machine's.")
    about = told(client, "server")
    version = str(about.get("valkey_version") or about.get("redis_version") or "")
    if version and tuple(map(int, version.split(".")[:2])) < VERSION_MIN:
        yield wrong("server", name, f"Version {version}: at least {'.'.join(map(str, VERSION_MIN))} is needed.")
    synced = how_synced(client)
    losing = list(what_it_loses(client, synced).values())
    for sentence in losing:
        yield wrong("server", name, sentence)
    if synced is None:
        yield warning(
            "server",
            name,
            "Whether it writes each entry to its disk before it answers, this user may not ask: as its own user type "
            "CONFIG GET appendfsync, which must say always.",
        )
    elif not losing:
        yield good("server", name, "What it has acknowledged is on its disk.")
    yield from _memory(client, name)
    yield from _standbys(client, name)
    yield from _rewriting(client, name)


def _memory(client: Redis, name: str) -> Iterator[Finding]:
    memory = told(client, "memory")
    most, used = memory.get("maxmemory", 0), memory.get("used_memory", 0)
    if most and used > MEMORY_SHARE_FULL * most:
        found = wrong if used > MEMORY_SHARE_WRONG * most else warning
        yield found(
            "server",
            name,
            f"{used / 1e6:,.0f} of {most / 1e6:,.0f} MB are used: a full server accepts nothing. "
            "Delete rehearsals, or raise maxmemory.",
        )


def _standbys(client: Redis, name: str) -> Iterator[Finding]:
    said = told(client, "replication")
    if said.get("role") == "slave":
        if said.get("master_link_status") != "up":
            yield wrong("server", name, "It is a stand-by, and does not reach its primary.")
        return
    count = said.get("connected_slaves", 0)
    if not count:
        yield warning("server", name, "It has no stand-by: its disk is the only copy, but for what is exported.")
    for number in range(count):
        standby = said.get(f"slave{number}", {})
        lag = int(standby.get("lag", 0))
        if standby.get("state") != "online" or lag > STANDBY_LAG_S_LATE:
            yield wrong("server", name, f"Its stand-by {standby.get('ip')}:{standby.get('port')} is {lag} s behind.")
    if count:
        yield good("server", name, f"{count} stand-by{'s' if count > 1 else ''}.")


def _rewriting(client: Redis, name: str) -> Iterator[Finding]:
    try:
        smallest = int(str(client.config_get("auto-aof-rewrite-min-size")["auto-aof-rewrite-min-size"]))
    except (ResponseError, KeyError):
        return
    if smallest < REWRITE_BYTES_MIN:
        yield warning(
            "server",
            name,
            f"Its log is written anew from {smallest / 1e6:,.0f} MB on, in the middle of a night: "
            f"CONFIG SET auto-aof-rewrite-min-size {REWRITE_BYTES_MIN}",
        )
