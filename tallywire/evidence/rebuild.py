"""``tallywire rebuild``: what follows from the ledger is deleted, and the services derive it again."""

import time
from collections.abc import Callable
from typing import Final

from services.heartbeat import BEAT_LASTS_S
from tallywire.client.connection import Connection
from tallywire.client.errors import RefusedError
from tallywire.client.progress import alive
from tallywire.evidence.election_keys import DERIVED_PARTS, keys
from tallywire.evidence.replay import DERIVED

PAUSE_S: Final = 0.2
"""Between two looks whether a service still says that it lives."""


def await_stopped(
    connection: Connection, waiting: Callable[[list[str]], None], deadline_s: float = BEAT_LASTS_S + 1.0
) -> None:
    """Wait until neither aggregate nor notify is said to live; a stopped one is believed alive for some seconds more.

    A running one would take the loss of its state for the loss of the server. Ingest may go on.

    Args:
        connection: the server.
        waiting: told once who is waited for.
        deadline_s: how long a service that has ended may still be believed to live.

    Raises:
        RefusedError: one lives.
    """
    deadline = time.monotonic() + deadline_s
    told = False
    while running := _running(connection):
        if not told:
            waiting(running)
            told = True
        if time.monotonic() > deadline:
            raise RefusedError(
                f"Still running: {', '.join(running)}. Nothing was changed. Stop them first, on every machine; "
                "ingest may run on. (--force does not wait: a service that runs nevertheless ends, and has to be "
                "started again.)",
            )
        time.sleep(PAUSE_S)


def _running(connection: Connection) -> list[str]:
    return [wiring.stage for wiring in DERIVED if alive(connection, wiring.stage)]


def delete_derived(connection: Connection, election: str) -> None:
    """Delete what aggregate and notify keep and write, in one step."""
    connection.at(election).unlink(*keys(election, DERIVED_PARTS))
