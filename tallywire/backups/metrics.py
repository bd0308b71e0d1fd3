"""What is measured of backups that are made every few minutes: when the last good round was, and what was logged."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, start_http_server

from tallywire.client.errors import NoServerError
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.service_metrics import LoggedEvents

REGISTRY: Final = CollectorRegistry()
"""The metrics of a process that makes backups."""

GOOD: Final = Gauge(
    "tallywire_backup_good_timestamp_seconds",
    "When the last round of backups ended in which every election had its backup; 0 before the first.",
    registry=REGISTRY,
)
REGISTRY.register(LoggedEvents())


@contextmanager
def measured(endpoint: Endpoint | None) -> Iterator[Callable[[], None]]:
    """Serve the metrics until the block ends; yield what notes a good round.

    Args:
        endpoint: where; None for nowhere.

    Raises:
        NoServerError: nothing can be served there.
    """
    if endpoint is None:
        yield lambda: None
        return
    try:
        server, thread = start_http_server(endpoint.port, endpoint.host, REGISTRY)
    except OSError as error:
        reason = str(error.strerror or error).lower()
        message = f"Nothing can be served at {endpoint}: {reason}. Name another port with --metrics."
        raise NoServerError(message) from error
    try:
        yield lambda: GOOD.set(time.time())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
