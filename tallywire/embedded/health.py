"""Whether a service is well: what a container's health check asks."""

import socket
from dataclasses import dataclass

from streams.keys import PARTITIONS_MAX
from streams.lag import LAG_ENTRIES_MAX
from tallywire.client.desk import open_desk
from tallywire.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Health:
    """How a service is."""

    ok: bool
    """Its server answers, it lives, and has reached no limit. Being behind a little is no illness."""
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
            if not desk.alive(service, host):
                return Health(ok=False, message=f"{service} has not said for 15 s that it lives on {host}.")
            elections = desk.elections()
            lags = {election: desk.lag(election, service) for election in elections[:PARTITIONS_MAX]}
    except Trouble as trouble:
        return Health(ok=False, message=str(trouble))
    too_much = [
        f"{election}: {lag.entries:,} entries wait, more than {LAG_ENTRIES_MAX:,}"
        for election, lag in lags.items()
        if lag.too_far
    ]
    if len(elections) > PARTITIONS_MAX:
        too_much.append(f"The catalogue names {len(elections):,} elections, and it serves the first {PARTITIONS_MAX:,}")
    if too_much:
        return Health(ok=False, message=f"{service} lives and has reached a limit. {'; '.join(too_much)}.")
    behind = [
        f"{election}: {lag.entries:,} waiting, the first for {lag.seconds:.1f} s"
        for election, lag in lags.items()
        if lag.entries
    ]
    if behind:
        return Health(ok=True, message=f"{service} lives and is behind. {'; '.join(behind)}.")
    return Health(ok=True, message=f"{service} lives and has read everything. Elections: {len(lags)}.")
