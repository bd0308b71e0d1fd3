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

from tests.storms.line import Line
from tests.storms.mortal import SERVICES, STEPS, Fate
from tests.storms.night import Night
from tests.storms.workers import Worker

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
"""How long a frozen worker waits at most to be overtaken: if nothing comes in, nobody will."""

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

    def __init__(self, seed: int, night: Night, line: Line, wanted: Wanted) -> None:
        self.seed = seed
        self.wanted = wanted
        self.kills: Counter[tuple[str, str]] = Counter()
        """Services killed, by service and step; ``outside`` for those killed by somebody else, at any moment."""
        self.server_kills = 0
        self.freezes = 0
        self.seconds = 0.0
        self.line = line
        self.workers = line.workers
        self.sender = line.sender
        # Each sort of chance has its own, so that the same seed gives the same bursts and the same fates in turn.
        self._bursts = random.Random(f"bursts {seed}")
        self._moments = random.Random(f"moments {seed}")
        self._unsent = list(reversed(night.sent))
        self._unacknowledged: list[bytes] = []
        self._total = len(night.sent)
        self._fates = {service: _fates(random.Random(f"{service} {seed}")) for service in SERVICES}
        self._frozen: dict[Worker, tuple[bytes, float]] = {}
        self._known_dead: set[Worker] = set()
        self._doomed: dict[Worker, float] = {}

    def rage(self) -> None:
        """Send everything, and kill as much as is wanted."""
        deadline = time.monotonic() + DEADLINE_S
        began = time.monotonic()
        while self._unsent or self._unacknowledged:
            assert time.monotonic() < deadline, f"not done in time: {self._progress():.0%}"
            self._raise_the_dead()
            self._overtake_the_frozen()
            self._send()
            self._strike()
            time.sleep(LOOK_S)
        self.seconds = time.monotonic() - began

    def calm(self) -> None:
        """Clear away who is left, bring up one worker of each service, and wait until everything is read."""
        self._count_the_dead()
        self.workers.kill_all()
        self.line.start()
        self.sender.settle()
        assert self.line.stop() == [0, 0, 0]

    def tell(self) -> Iterator[str]:
        """Say to a person what happened, also when it ended badly."""
        steps = self.workers.counted()
        yield (
            f"seed {self.seed}: {self.kills.total()} services killed, {self.freezes} frozen, the server killed "
            f"{self.server_kills} times, the fence refused {steps['refused']} commits; {steps['committed']} batches "
            f"stood; {len(self.sender.acknowledged)} entries acknowledged, {self.sender.repeated} sent again for want "
            f"of an answer; {self.seconds:.0f} s"
        )
        for service in SERVICES:
            at = ", ".join(f"{step} {self.kills[service, step]}" for step in (*STEPS, "refused", "outside"))
            yield f"  {service} killed at: {at}"

    def missed(self) -> list[str]:
        """Return what was wanted and has not happened."""
        wanted = self.wanted
        refused = self.workers.counted()["refused"]
        short = {
            f"{self.kills.total()} kills": self.kills.total() < wanted.kills,
            f"{self.server_kills} kills of the server": self.server_kills < wanted.server_kills,
            f"{refused} commits refused by the fence": refused < wanted.refusals,
        }
        return [words for words, is_short in short.items() if is_short] + [
            f"no {service} killed at {step}" for service in SERVICES for step in STEPS if not self.kills[service, step]
        ]

    def _progress(self) -> float:
        """Return how many of the kills are done, 0 to 1."""
        return min(
            1.0,
            self.kills.total() / self.wanted.kills,
            self.server_kills / self.wanted.server_kills,
        )

    def _raise_the_dead(self) -> None:
        self._count_the_dead()
        for service in SERVICES:
            if not self.workers.alive(service):
                worker = self.workers.start(service, next(self._fates[service]))
                if worker.fate.step not in STEPS:
                    self._doom(worker)

    def _count_the_dead(self) -> None:
        fresh = [
            worker for worker in self.workers.started if worker.exit_code is not None and worker not in self._known_dead
        ]
        if not fresh:
            return
        last = {pid: step for pid, _, step in self.workers.steps()}
        for worker in fresh:
            self._known_dead.add(worker)
            self._frozen.pop(worker, None)
            deed, _, step = last.get(worker.pid, "").partition(":")
            if worker.exit_code == -signal.SIGKILL:
                self.kills[worker.service, step if deed == "kill" else "outside"] += 1

    def _overtake_the_frozen(self) -> None:
        """Thaw those whom somebody else has overtaken; their commit must be refused."""
        cursors = self.sender.cursors() if any(worker.frozen for worker in self.workers.started) else {}
        if not cursors:
            return
        for worker in self.workers.started:
            if worker.frozen and worker.exit_code is None and worker not in self._frozen:
                self._frozen[worker] = (cursors[worker.service], time.monotonic())
                self.freezes += 1
        for worker, (cursor, since) in list(self._frozen.items()):
            if cursors[worker.service] != cursor or time.monotonic() - since > TAKE_OVER_S:
                del self._frozen[worker]
                worker.thaw()
                self._doom(worker)

    def _send(self) -> None:
        """Send the next burst when the storm has kept up, or when there is nothing left to do for anybody."""
        sent = 1 - len(self._unsent) / self._total
        if sent <= self._progress() or self.sender.settled():
            self._take_burst()
        if self._unacknowledged:
            self._unacknowledged = self.sender.try_to_send(self._unacknowledged)

    def _take_burst(self) -> None:
        """Take what is to be sent next, unless there is something to repeat."""
        most = 1 + len(self._unsent) // HELD_BACK if self.missed() else len(self._unsent)
        size = min(self._bursts.randint(1, BURST_MAX), most, len(self._unsent))
        if not self._unacknowledged:
            self._unacknowledged = [self._unsent.pop() for _ in range(size)]

    def _kill_server(self) -> None:
        """Kill the server while a burst is on its way to it, and start it again on the same folder."""
        killing = threading.Timer(IN_FLIGHT_S * self._moments.random(), self.line.server.kill)
        self._take_burst()
        killing.start()
        self._unacknowledged = self.sender.try_to_send(self._unacknowledged)
        killing.join()
        self.line.server.start()
        self.server_kills += 1

    def _doom(self, worker: Worker) -> None:
        """Let a worker be killed from outside, at any moment."""
        self._doomed[worker] = time.monotonic() + LIFE_S * self._moments.random()

    def _strike(self) -> None:
        """Kill the server, and whoever is to be killed from outside."""
        kills = self.kills.total()
        if self.server_kills < self.wanted.server_kills * kills / self.wanted.kills:
            self._kill_server()
        for worker, end in list(self._doomed.items()):
            if time.monotonic() > end:
                del self._doomed[worker]
                worker.kill()


def _fates(chance: random.Random) -> Iterator[Fate]:
    """Yield what is to become of one service's workers: each step before any comes again."""
    while True:
        deck = [Fate("kill", step, chance.randint(1, 3)) for step in STEPS]
        # Those without a deed, or who wait in vain for the fence, are killed from outside.
        deck += [Fate("freeze", "decided", chance.randint(1, 2)), Fate("kill", "refused"), Fate()]
        chance.shuffle(deck)
        yield from deck
