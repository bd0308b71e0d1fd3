"""What is measured of backups that are made every few minutes: when the last good round was, and what was logged."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from faststream.asgi import AsgiResponse, get
from prometheus_client import CollectorRegistry, Gauge, make_asgi_app
from starlette.types import ASGIApp

from tallywire.backups.fetching import LATE_S
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.service_metrics import LoggedEvents
from tallywire.operations.web import as_json, served, with_pages

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
    """Serve health and metrics until the block ends; yield what notes a good round.

    Args:
        endpoint: where; None for nowhere.

    Raises:
        NoServerError: nothing can be served there.
    """
    if endpoint is None:
        yield lambda: None
        return
    good_at = 0.0

    def note_good() -> None:
        nonlocal good_at
        good_at = time.time()
        GOOD.set(good_at)

    @get(include_in_schema=False)
    async def live() -> AsgiResponse:
        """Say that the process runs."""
        return as_json({"live": True, "reasons": []}, ok=True)

    @get(include_in_schema=False)
    async def ready() -> AsgiResponse:
        """Say whether there was a good round lately."""
        late = time.time() - good_at > LATE_S
        reasons = ["No round of backups was good for a quarter of an hour. The log says why."] if late else []
        return as_json({"ready": not late, "reasons": reasons}, ok=not late)

    pages: dict[str, ASGIApp] = {"/health/live": live, "/health/ready": ready, "/metrics": make_asgi_app(REGISTRY)}
    with served(endpoint, with_pages(pages)):
        yield note_good
