"""The services of a storm, as processes that may be killed, frozen and thawed."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from tests.storms.mortal import Fate
from tests.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]
START_DEADLINE_S: Final = 30.0
"""How long the first start may take: it waits for every import."""


@dataclass(eq=False, slots=True)
class Worker:
    """One process of one service."""

    service: str
    pid: int
    fate: Fate
    frozen: bool = False
    exit_code: int | None = None
    """None while it lives; negative is the signal that killed it."""

    def kill(self) -> None:
        """Kill it (SIGKILL); harmless when it has ended."""
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        self._send(signal.SIGTERM)

    def freeze(self) -> None:
        """Freeze it (SIGSTOP), and wait until it is."""
        self._send(signal.SIGSTOP)
        wait_until(lambda: self.frozen, what=f"{self.service} to freeze")

    def freeze_when_decided(self) -> None:
        """Let it freeze with the next batch that it has decided on."""
        self._send(signal.SIGUSR1)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self.frozen = False
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        # It may have ended a moment ago; the nursery has then reaped it.
        with suppress(ProcessLookupError):
            if self.exit_code is None:
                os.kill(self.pid, number)


class Workers:
    """Starts services, and knows what became of them. As a context manager it kills those that are left.

    Args:
        folder: where they log, and keep the journal of their steps.
        url: the server they work on.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.started: list[Worker] = []
        self._asked: queue.Queue[tuple[str, Fate]] = queue.Queue()
        self._born: queue.Queue[Worker] = queue.Queue()
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.storms.nursery", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A Ctrl-C in the terminal is for the test run; what it leaves behind ends with it.
            process_group=0,
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def start(self, service: str, fate: Fate = Fate()) -> Worker:  # noqa: B008  # frozen
        """Start a process of a service."""
        assert self._nursery.stdin is not None
        asked = {"service": service, "url": self.url, "fate": asdict(fate)}
        self._asked.put((service, fate))
        self._nursery.stdin.write(json.dumps(asked).encode() + b"\n")
        self._nursery.stdin.flush()
        worker = self._born.get(timeout=START_DEADLINE_S)
        self.started.append(worker)
        return worker

    def alive(self, service: str | None = None) -> list[Worker]:
        """Return who lives and is not frozen, of one service or of all."""
        return [
            worker
            for worker in self.started
            if worker.exit_code is None and not worker.frozen and service in (None, worker.service)
        ]

    def end_of(self, worker: Worker, deadline_s: float = 10.0) -> int:
        """Wait until a worker has ended, and return its exit code."""
        wait_until(lambda: worker.exit_code is not None, deadline_s=deadline_s, what=f"{worker.service} to end")
        assert worker.exit_code is not None
        return worker.exit_code

    def kill_all(self) -> None:
        """Kill everybody, and wait until they are gone."""
        for worker in self.started:
            worker.kill()
        for worker in self.started:
            self.end_of(worker)

    def steps(self) -> list[tuple[int, str, str]]:
        """Return every step noted so far: process id, service, step."""
        lines = (line.split() for line in (self.folder / "journal").read_text("ascii").splitlines())
        return [(int(pid), service, step) for pid, service, step in lines]

    def steps_of(self, worker: Worker) -> list[str]:
        """Return the steps of one worker."""
        return [step for pid, _, step in self.steps() if pid == worker.pid]

    def log(self) -> str:
        """Return what the services have logged."""
        return (self.folder / "services.log").read_text("utf-8")

    def counted(self) -> Counter[str]:
        """Return how often each step was reached."""
        return Counter(step for _, _, step in self.steps())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(START_DEADLINE_S)
        self._listening.join()

    def _listen(self) -> None:
        """Keep what is known of the workers up to date."""
        assert self._nursery.stdout is not None
        living: dict[int, Worker] = {}
        with self._nursery.stdout as told:
            for line in told:
                pid, what, code = json.loads(line)
                if what == "started":
                    service, fate = self._asked.get()
                    worker = Worker(service, pid, fate)
                    # The number of one that has ended may be given again.
                    living[pid] = worker
                    self._born.put(worker)
                elif what == "stopped":
                    living[pid].frozen = True
                else:
                    living.pop(pid).exit_code = code
