"""The whole line, to be mistreated: a server, services as processes, a sender."""

import socket
from collections.abc import Sequence
from functools import partial
from typing import Final

from tallywire.embedded.server import EmbeddedServer
from tests.storms.mortal import SERVICES, Fate
from tests.storms.night import Night
from tests.storms.sending import Sender
from tests.storms.workers import Worker, Workers
from tests.waiting import wait_until

CALM: Final = Fate()


class Line:
    """A server with the three services and a sender."""

    def __init__(self, server: EmbeddedServer, workers: Workers) -> None:
        self.server = server
        self.workers = workers
        self.sender = Sender(server.url)

    def open(self, night: Night) -> None:
        """Send the register, and name the election to the services."""
        self.sender.send([night.register])
        self.sender.announce()

    def start(self, services: Sequence[str] = SERVICES, fate: Fate = CALM) -> list[Worker]:
        """Start one worker of each service."""
        return [self.workers.start(service, fate) for service in services]

    def stop(self) -> list[int]:
        """Ask everybody to end, and return the exit codes, each of which should be 0."""
        ending = self.workers.alive()
        for worker in ending:
            # Before it says that it lives, the signal would end it on the spot: harmless, and not what is tried here.
            wait_until(partial(self._at_work, worker), what=f"{worker.service} to be at work")
            worker.terminate()
        return [self.workers.end_of(worker) for worker in ending]

    def _at_work(self, worker: Worker) -> bool:
        alive = f"tallywire:alive:{worker.service}:{socket.gethostname()}:{worker.pid}"
        return bool(self.sender.client.exists(alive))

    def finish(self, service: str) -> None:
        """Let one service alone read everything there is for it, and stop it."""
        self.workers.start(service)
        self.sender.settle(upto=service)
        assert self.stop() == [0]
