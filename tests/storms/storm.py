"""The storm: services and server are killed and frozen while declarations come in.

A seed decides what is sent, in which bursts, and who is to die where; when exactly, the machine decides.
"""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import SERVICES, STEPS, Fault
from tests.pipeline.night import Night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import Service

BURST_MAX: Final = 150
"""Messages sent at once; more than a batch."""

HELD_BACK: Final = 20
"""While something is still wanted, no burst is more than one part in so many of what is left to send."""

LOOK_S: Final = 0.003
"""Between two looks at what has happened."""

IN_FLIGHT_S: Final = 0.01
"""A burst is acknowledged within about this; the server is killed meanwhile, or just after."""

LIFE_S: Final = 0.5
"""Those who are to be killed from outside live at most so long: a start takes a third of it."""

TAKE_OVER_S: Final = 5.0
"""How long a frozen service waits at most to be overtaken: if nothing comes in, nobody will."""

DEADLINE_S: Final = 420.0
"""How long a storm may last on a slow machine."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a storm is to have done when it ends."""

    kills: int = 100
    server_kills: int = 20
    refusals: int = 3
    """How often the fence must have kept somebody out."""


class Storm:
    """One storm over one night."""

    def __init__(self, seed: int, night: Night, pipeline: Pipeline, centre: CountCentre, wanted: Wanted) -> None:
        self.seed = seed
        self.wanted = wanted
        self.kills: Counter[tuple[str, str]] = Counter()
        """Services killed, by service and step; ``outside`` for those killed by somebody else, at any moment."""
        self.server_kills = 0
        self.freezes = 0
        self.seconds = 0.0
        self.pipeline = pipeline
        self.services = pipeline.services
        self.centre = centre
        # Each sort of chance has its own, so that the same seed gives the same bursts and the same fates in turn.
        self._bursts = random.Random(f"bursts {seed}")
        self._moments = random.Random(f"moments {seed}")
        self._unsent = list(reversed(night.sent))
        self._unacknowledged: list[bytes] = []
        self._total = len(night.sent)
        self._faults = {service: _faults(random.Random(f"{service} {seed}")) for service in SERVICES}
        self._frozen: dict[Service, tuple[bytes, float]] = {}
        self._known_dead: set[Service] = set()
        self._doomed: dict[Service, float] = {}

    def rage(self) -> None:
        """Send everything, and kill as much as is wanted."""
        deadline = time.monotonic() + DEADLINE_S
        began = time.monotonic()
        while self._unsent or self._unacknowledged:
            assert time.monotonic() < deadline, f"not done in time: {self._progress():.0%}"
            self._restart()
            self._thaw_the_overtaken()
            self._send()
            self._strike()
            time.sleep(LOOK_S)
        self.seconds = time.monotonic() - began

    def calm(self) -> None:
        """Kill whoever is left, start one of each service, and wait until everything is read."""
        self._count_kills()
        self.services.kill_all()
        self.services.start_all()
        self.centre.settle()
        assert self.services.end() == [0, 0, 0]

    def tell(self) -> Iterator[str]:
        """Say to a person what happened, also when it ended badly."""
        steps = self.services.counted()
        yield (
            f"seed {self.seed}: {self.kills.total()} services killed, {self.freezes} frozen, the server killed "
            f"{self.server_kills} times, the fence refused {steps['refused']} commits; {steps['committed']} batches "
            f"stood; {len(self.centre.acknowledged)} entries acknowledged, {self.centre.repeated} sent again for want "
            f"of an answer; {self.seconds:.0f} s"
        )
        for name in SERVICES:
            at = ", ".join(f"{step} {self.kills[name, step]}" for step in (*STEPS, "refused", "outside"))
            yield f"  {name} killed at: {at}"

    def missed(self) -> list[str]:
        """Return what was wanted and has not happened."""
        wanted = self.wanted
        refused = self.services.counted()["refused"]
        short = {
            f"{self.kills.total()} kills": self.kills.total() < wanted.kills,
            f"{self.server_kills} kills of the server": self.server_kills < wanted.server_kills,
            f"{refused} commits refused by the fence": refused < wanted.refusals,
        }
        return [words for words, is_short in short.items() if is_short] + [
            f"no {name} killed at {step}" for name in SERVICES for step in STEPS if not self.kills[name, step]
        ]

    def _progress(self) -> float:
        """Return how many of the kills are done, 0 to 1."""
        return min(
            1.0,
            self.kills.total() / self.wanted.kills,
            self.server_kills / self.wanted.server_kills,
        )

    def _restart(self) -> None:
        self._count_kills()
        for name in SERVICES:
            if not self.services.alive(name):
                service = self.services.start(name, next(self._faults[name]))
                if service.fault.step not in STEPS:
                    self._doom(service)

    def _count_kills(self) -> None:
        fresh = [
            service
            for service in self.services.started
            if service.exit_code is not None and service not in self._known_dead
        ]
        if not fresh:
            return
        last = {pid: step for pid, _, step in self.services.steps()}
        for service in fresh:
            self._known_dead.add(service)
            self._frozen.pop(service, None)
            action, _, step = last.get(service.pid, "").partition(":")
            if service.exit_code == -signal.SIGKILL:
                self.kills[service.name, step if action == "kill" else "outside"] += 1

    def _thaw_the_overtaken(self) -> None:
        """Thaw those that another process has overtaken; their commit must be refused."""
        cursors = self.centre.cursors() if any(service.frozen for service in self.services.started) else {}
        if not cursors:
            return
        for service in self.services.started:
            if service.frozen and service.exit_code is None and service not in self._frozen:
                self._frozen[service] = (cursors[service.name], time.monotonic())
                self.freezes += 1
        for service, (cursor, since) in list(self._frozen.items()):
            if cursors[service.name] != cursor or time.monotonic() - since > TAKE_OVER_S:
                del self._frozen[service]
                service.thaw()
                self._doom(service)

    def _send(self) -> None:
        """Send the next burst when the storm has kept up, or when there is nothing left to do for anybody."""
        sent = 1 - len(self._unsent) / self._total
        if sent <= self._progress() or self.centre.settled():
            self._take_burst()
        if self._unacknowledged:
            self._unacknowledged = self.centre.try_to_send(self._unacknowledged)

    def _take_burst(self) -> None:
        """Take what is to be sent next, unless there is something to repeat."""
        most = 1 + len(self._unsent) // HELD_BACK if self.missed() else len(self._unsent)
        size = min(self._bursts.randint(1, BURST_MAX), most, len(self._unsent))
        if not self._unacknowledged:
            self._unacknowledged = [self._unsent.pop() for _ in range(size)]

    def _kill_server(self) -> None:
        """Kill the server while a burst is on its way to it, and start it again on the same folder."""
        killing = threading.Timer(IN_FLIGHT_S * self._moments.random(), self.pipeline.server.kill)
        self._take_burst()
        killing.start()
        self._unacknowledged = self.centre.try_to_send(self._unacknowledged)
        killing.join()
        self.pipeline.server.start()
        self.server_kills += 1

    def _doom(self, service: Service) -> None:
        """Let a service be killed from outside, at any moment."""
        self._doomed[service] = time.monotonic() + LIFE_S * self._moments.random()

    def _strike(self) -> None:
        """Kill the server, and whoever is to be killed from outside."""
        kills = self.kills.total()
        if self.server_kills < self.wanted.server_kills * kills / self.wanted.kills:
            self._kill_server()
        for service, end in list(self._doomed.items()):
            if time.monotonic() > end:
                del self._doomed[service]
                service.kill()


def _faults(chance: random.Random) -> Iterator[Fault]:
    """Yield the faults of the processes of one service: each step before any comes again."""
    while True:
        deck = [Fault("kill", step, chance.randint(1, 3)) for step in STEPS]
        # Those without a fault, or who wait in vain for the fence, are killed from outside.
        deck += [Fault("freeze", "decided", chance.randint(1, 2)), Fault("kill", "refused"), Fault()]
        chance.shuffle(deck)
        yield from deck
