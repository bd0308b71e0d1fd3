"""The services: whether each runs somewhere, and whether each is ready."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tallywire.client import progress
from tallywire.client.connection import Connection
from tallywire.doctor.finding import Finding, good, warning, wrong
from tallywire.operations.health import heartbeats, parked, why_not_at_work

NEEDED: Final = ("ingest", "aggregate", "notify", "posting", "publishing")
"""Without one of them something of the night stands still."""


def services(connection: Connection) -> Iterator[Finding]:
    """Yield how each service is, wherever it runs."""
    for service in NEEDED:
        found = heartbeats(connection, service)
        hosts = Counter(heartbeat.host for heartbeat in found)
        where = ", ".join(f"{host} ({count})" if count > 1 else host for host, count in sorted(hosts.items()))
        faults = [reason for heartbeat in found for reason in heartbeat.reasons]
        faults += why_not_at_work(connection, service)
        if service in dict(progress.PIPELINE):
            faults += parked(connection, service, connection.elections())
        if not found and service == "publishing":
            # On a stand-by it writes no heartbeat.
            yield warning(
                "services", service, "No heartbeat: it does not run, or on stand-bys alone. Ask /health/ready."
            )
        elif not found:
            yield wrong("services", service, f"It runs nowhere: start it (tallywire {service}).")
        elif faults:
            yield wrong("services", service, " ".join(dict.fromkeys(faults)))
        else:
            yield good("services", service, f"Ready on {where}.")
