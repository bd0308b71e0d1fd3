"""The services: whether each runs somewhere, and whether each is ready."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from streams.commit import FORM
from streams.errors import OtherForm
from streams.keys import Partition
from tallywire.client import progress
from tallywire.client.connection import Connection
from tallywire.doctor.finding import Finding, good, warning, wrong
from tallywire.operations.access import HOOKS, STAGES
from tallywire.operations.health import Heartbeat, heartbeats, parked, takes_no_heartbeat, why_not_at_work

DESK: Final = "desk"

WEBHOOKS: Final = "webhooks"

NEEDED: Final = ("ingest", "aggregate", "notify", "posting", "publishing")
"""Without one of them something of the night stands still."""

DESK_NOWHERE: Final = (
    "It runs nowhere: what is held is seen with `tallywire desk` alone. Start it (tallywire posting --desk)."
)


def services(connection: Connection) -> Iterator[Finding]:
    """Yield how each service is, wherever it runs."""
    if refuses := takes_no_heartbeat(connection):
        yield wrong("services", "-", f"Whether they run cannot be seen. {refuses}")
        return
    for service in NEEDED:
        found = heartbeats(connection, service)
        if not found and service == "publishing":
            # On a stand-by it writes no heartbeat.
            yield warning(
                "services", service, "No heartbeat: it does not run, or on stand-bys alone. Ask /health/ready."
            )
        elif not found:
            yield wrong("services", service, " ".join(_why_nowhere(connection, service)))
        else:
            yield _running(connection, service, found)
    yield from _desk(connection)
    yield from _webhooks(connection)


def _why_nowhere(connection: Connection, service: str) -> Iterator[str]:
    """Yield what to do about a service that runs nowhere: it may have stopped for good."""
    other_forms = list(_other_forms(connection, service))
    if other_forms:
        yield "It runs nowhere, and cannot: it stops for good (exit code 5)."
        yield from other_forms
    elif service in dict(progress.PIPELINE):
        yield f"It runs nowhere: start it (tallywire {service})."
        yield "Has it stopped for good (exit code 5)? Then the last it said is what to do first: runbook, Exit code 5."
    else:
        yield f"It runs nowhere: start it (tallywire {service})."


def _other_forms(connection: Connection, service: str) -> Iterator[str]:
    """Yield of which elections another release keeps what the service keeps: it does not start then."""
    forms = {wiring.stage: wiring.form for wiring in STAGES}
    for election in connection.elections() if service in forms else ():
        stored = connection.at(election).hgetall(Partition(election).key(service))
        found = stored.get(FORM.encode(), b"1").decode(errors="replace")
        if stored and found != str(forms[service]):
            yield str(OtherForm(service, election, found, forms[service]))


def _desk(connection: Connection) -> Iterator[Finding]:
    """Yield whether the desk has its page: whoever has none can do its work at a terminal."""
    found = heartbeats(connection, DESK)
    yield _running(connection, DESK, found) if found else warning("services", DESK, DESK_NOWHERE)


def _running(connection: Connection, service: str, found: Sequence[Heartbeat]) -> Finding:
    """Return how a service is that runs, and on which hosts in how many processes."""
    faults = [reason for heartbeat in found for reason in heartbeat.reasons]
    faults += why_not_at_work(connection, service)
    if service in dict(progress.PIPELINE):
        faults += parked(connection, service, connection.elections())
    if faults:
        return wrong("services", service, " ".join(dict.fromkeys(faults)))
    hosts = Counter(heartbeat.host for heartbeat in found)
    where = ", ".join(f"{host} ({count})" if count > 1 else host for host, count in sorted(hosts.items()))
    return good("services", service, f"Ready on {where}.")


def _webhooks(connection: Connection) -> Iterator[Finding]:
    """Yield whether webhooks are sent, where there are endpoints to send them to."""
    endpoints = sum(int(client.hlen(f"{HOOKS}:endpoints")) for client in connection.servers.everywhere())
    if found := heartbeats(connection, WEBHOOKS):
        yield _running(connection, WEBHOOKS, found)
    elif endpoints:
        many = "1 endpoint waits" if endpoints == 1 else f"{endpoints} endpoints wait"
        yield wrong("services", WEBHOOKS, f"It runs nowhere, and {many}: start it (tallywire webhooks run).")
