"""Whether a service is well: what a container's health check asks."""

import socket
from dataclasses import dataclass
from typing import cast

from streams.fold import START
from streams.keys import Partition, alive_key
from tallywire.client.desk import PIPELINE, Desk, open_desk
from tallywire.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    ok: bool
    """Its server answers, and it lives. Being behind is no illness: a restart would not help."""
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
        with open_desk(url) as desk:
            # It says so itself every few seconds, in a key that expires.
            if not any(desk.client.scan_iter(alive_key(service, host), count=1_000)):
                return Health(ok=False, message=f"{service} has not said for 15 s that it lives on {host}.")
            waits = {election: _oldest_wait_s(desk, election, service) for election in desk.elections()}
    except Trouble as trouble:
        return Health(ok=False, message=str(trouble))
    behind = [f"{election}: an entry has waited {wait:.1f} s" for election, wait in waits.items() if wait is not None]
    if behind:
        return Health(ok=True, message=f"{service} lives and is behind. {'; '.join(behind)}.")
    return Health(ok=True, message=f"{service} lives and has read everything. Elections: {len(waits)}.")


def _oldest_wait_s(desk: Desk, election: str, service: str) -> float | None:
    """Return how long the oldest entry that the service has not folded in has waited; None when there is none."""
    partition = Partition(election)
    cursor = cast("bytes | None", desk.client.hget(partition.key(service), "cursor")) or START.encode()
    # One entry after the cursor.
    after = desk.client.xrange(partition.key(dict(PIPELINE)[service]), min=b"(" + cursor, count=1)
    if not after:
        return None
    seconds, microseconds = desk.client.time()
    arrived_ms = int(after[0][0].partition(b"-")[0])
    return float(max(0.0, seconds + microseconds / 1e6 - arrived_ms / 1e3))
