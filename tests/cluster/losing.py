"""Losing a server just when it knows more than its stand-by."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final

from tallywire.client.post import post
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.server_info import connect
from tests.cluster.sending import Sender
from tests.waiting import wait_until

FORGOTTEN: Final = ("declarations", "ledger", "headlines")
"""Streams of which the stand-by must not have everything, so that something is lost with the server."""


def lose(
    server: EmbeddedServer, standby: EmbeddedServer, sender: Sender, messages: Sequence[bytes]
) -> dict[str, list[bytes]]:
    """Kill a server after it has taken, and the services have read, messages that never reached its stand-by.

    Returns:
        The ids of everything there was on the server when it was killed.
    """
    os.kill(standby.pid, signal.SIGSTOP)
    try:
        with closing(connect(server.url)) as client:
            # What is on its way is still read by a frozen process, later; over a closed connection nothing is.
            client.client_kill_filter(_type="replica")
            before = {stream: sender.length(stream) for stream in FORGOTTEN}
            post(sender.connection, sender.night.election, messages)
            wait_until(lambda: _all_longer(sender, before), what="something to happen that the stand-by does not know")
            known = {stream: sender.ids(stream) for stream in FORGOTTEN}
        server.kill()
    finally:
        os.kill(standby.pid, signal.SIGCONT)
    return known


def forgotten(known: dict[str, list[bytes]], sender: Sender) -> dict[str, int]:
    """Return of how many entries of each stream nothing is left."""
    return {stream: len(set(ids) - set(sender.ids(stream))) for stream, ids in known.items()}


def is_primary(server: EmbeddedServer) -> Callable[[], bool]:
    """Return what says whether a server may be written."""

    def ask() -> bool:
        with closing(connect(server.url)) as client:
            told: Any = client.info("replication")
            return bool(told["role"] == "master")

    return ask


def _all_longer(sender: Sender, before: dict[str, int]) -> bool:
    return all(sender.length(stream) > length for stream, length in before.items())
