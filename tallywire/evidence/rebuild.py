"""``tallywire rebuild``: what follows from the ledger is deleted, and the services derive it again."""

import time
from collections.abc import Callable
from typing import Final

from services.heartbeat import BEAT_LASTS_S
from tallywire.client.desk import Desk
from tallywire.evidence.election_keys import DERIVED_PARTS, keys
from tallywire.evidence.replay import DERIVED
from tallywire.trouble import Exit, Trouble

PAUSE_S: Final = 0.2
"""Between two looks whether a service still says that it lives."""


def await_stopped(desk: Desk, waiting: Callable[[list[str]], None], deadline_s: float = BEAT_LASTS_S + 1.0) -> None:
    """Wait until neither aggregate nor notify is said to live; a stopped one is believed alive for some seconds more.

    A running one would take the loss of its state for the loss of the server. Ingest may go on.

    Args:
        desk: the server.
        waiting: told once who is waited for.
        deadline_s: how long a service that has ended may still be believed to live.

    Raises:
        Trouble: one lives.
    """
    deadline = time.monotonic() + deadline_s
    told = False
    while alive := _alive(desk):
        if not told:
            waiting(alive)
            told = True
        if time.monotonic() > deadline:
            raise Trouble(
                f"Still running: {', '.join(alive)}. Nothing was changed. Stop them first, on every machine; "
                "ingest may run on. (--force does not wait: a service that runs nevertheless ends, and has to be "
                "started again.)",
                Exit.REFUSED,
            )
        time.sleep(PAUSE_S)


def _alive(desk: Desk) -> list[str]:
    return [wiring.stage for wiring in DERIVED if desk.alive(wiring.stage)]


def delete_derived(desk: Desk, election: str) -> None:
    """Delete what aggregate and notify keep and write, in one step."""
    desk.at(election).unlink(*keys(election, DERIVED_PARTS))
