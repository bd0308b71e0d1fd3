"""The heartbeat of a service: a key that expires, which says that the service is live, and why it is not ready."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

from streams.hooks import NO_HOOKS, ServiceHooks
from streams.keys import alive_key
from streams.lag import measure
from streams.servers import Servers, addresses, asker
from streams.status import ServiceStatus
from streams.troubles import why_not_in

log = structlog.get_logger()

BEAT_EVERY_S: Final = 5
"""How often the key is written; sooner when the service becomes ready or is no longer."""

BEAT_LASTS_S: Final = 15
"""How long the key lives without being written again."""

LAG_EVERY_S: Final = 5
"""How often a service with hooks measures how far behind it is."""

LOOK_EVERY_S: Final = 0.2
"""How often it is checked whether there is something to write or to measure."""

ANSWER_S: Final = 1.0
"""How long a server may take to answer."""

JOIN_S: Final = 0.5
"""How long the end of the thread is waited for when the service stops."""


@contextmanager
def heartbeat(services: Sequence[str], status: ServiceStatus, hooks: ServiceHooks = NO_HOOKS) -> Iterator[None]:
    """Keep the heartbeats of a process, and measure its lag and its servers for its hooks, until the block ends.

    A process that is more than one service has a heartbeat for each; where the server is a stand-by, none can be
    written, and it is only measured.

    In a thread of its own: a rule that holds the event loop for some seconds does not hold this up. A service whose
    loop has not run for 30 s gets no more heartbeats.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(services, status, hooks, ended), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        # Not longer: it may be waiting for a server that does not answer.
        thread.join(JOIN_S)


def _beat(services: Sequence[str], status: ServiceStatus, hooks: ServiceHooks, ended: threading.Event) -> None:
    keys = [alive_key(service, socket.gethostname(), os.getpid()) for service in services]
    servers = Servers(status.url, lambda url: asker(url, ANSWER_S))
    written: list[str] | None = None
    beat_at = measured_at = float("-inf")
    while not ended.is_set():
        now = time.monotonic()
        reasons = status.why_not_ready()
        due = reasons != written or now - beat_at >= BEAT_EVERY_S
        if keys and due and status.why_not_live() is None:
            # None where it failed: tried again at the next look. That the server is away is in the log of the stages.
            written = _write(status, servers, keys, reasons)
            beat_at = now
        if hooks is not NO_HOOKS and now - measured_at >= LAG_EVERY_S:
            measured_at = now
            with suppress(RedisError, OSError):
                _measure(status, hooks, servers)
            hooks.look(servers)
        ended.wait(LOOK_EVERY_S)
    for client in servers.clients():
        client.close()


def _write(
    status: ServiceStatus, servers: "Servers[Redis]", keys: Sequence[str], reasons: list[str]
) -> list[str] | None:
    """Write the heartbeats, and note whether that could be done; return what is written, None where nothing is."""
    try:
        servers.look()
        for key in keys:
            servers.at(key).set(key, json.dumps(reasons), ex=BEAT_LASTS_S)
    except (RedisError, OSError) as error:
        said = str(error) or repr(error)
        # Where there are stages, their log says so.
        if said != status.unwritten and not status.partitions:
            _note_who_is_kept_out(status.url, error)
        status.unwritten = said
        return None
    status.unwritten = ""
    return reasons


def _note_who_is_kept_out(url: str, error: Exception) -> None:
    """Log why the server lets nobody in, where that is the trouble: one that is away is waited for."""
    if why := why_not_in(addresses(url)[0], error):
        log.error("server.lets_nobody_in", reason=why)


def _measure(status: ServiceStatus, hooks: ServiceHooks, servers: "Servers[Redis]") -> None:
    """Measure how far behind each stage is."""
    for found in status.partitions:
        stage, reads = found.wiring.stage, found.wiring.reads
        for running in tuple(found.stages.values()):
            partition = running.partition
            client = servers.at(partition.key(stage))
            hooks.lag(stage, partition.name, measure(client, partition, stage, reads))
            hooks.look_at(client, stage, partition)
