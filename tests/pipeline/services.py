"""Services as processes that tests start, ask to end, kill, freeze and thaw."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from tests.pipeline.faults import SERVICES, Fault
from tests.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]

START_DEADLINE_S: Final = 60.0
"""How long the first start may take on a busy machine: it waits for every import."""

NO_FAULT: Final = Fault()


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment without a server of one's own and with temporary files in ``folder``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("TALLYWIRE_REDIS_URL", "FORCE_COLOR")}
    return kept | {"TMPDIR": str(folder)}


@dataclass(eq=False, slots=True)
class Service:
    """One process of one service."""

    name: str
    pid: int
    fault: Fault
    log_path: Path
    journal: "Journal"
    frozen: bool = False
    exit_code: int | None = None
    """None while it lives; negative is the signal that killed it."""

    def kill(self) -> None:
        """Kill it (SIGKILL); harmless when it has ended."""
        self.send(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        self.send(signal.SIGTERM)

    def freeze(self) -> None:
        """Freeze it (SIGSTOP), and wait until it is."""
        self.send(signal.SIGSTOP)
        wait_until(lambda: self.frozen, what=f"{self.name} to freeze")

    def freeze_when_decided(self) -> None:
        """Let it freeze with the next batch that it has decided on."""
        self.send(signal.SIGUSR1)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self.frozen = False
        self.send(signal.SIGCONT)

    def alive(self) -> bool:
        """Whether it lives, frozen or not."""
        return self.exit_code is None

    def await_end(self, deadline_s: float = 30.0) -> int:
        """Wait until it has ended, and return its exit code."""
        wait_until(lambda: self.exit_code is not None, deadline_s=deadline_s, what=f"{self.name} to end")
        assert self.exit_code is not None
        return self.exit_code

    def end(self, deadline_s: float = 30.0) -> int:
        """Ask it to end once it is at work, and return its exit code."""
        # Before it says so, the signal would end it on the spot: harmless, and not what is tried here.
        self.await_saying("service.started")
        self.terminate()
        return self.await_end(deadline_s)

    def steps(self) -> list[str]:
        """Return its steps so far."""
        return [step for pid, _, step in self.journal.steps() if pid == self.pid]

    def log(self) -> str:
        """Return what it has written on both of its outputs."""
        return self.log_path.read_text("utf-8") if self.log_path.exists() else ""

    def said(self) -> list[dict[str, Any]]:
        """Return its log events; a line that is none fails the test."""
        return [json.loads(line) for line in self.log().splitlines()]

    def await_saying(self, text: str) -> None:
        """Wait until its log has a text."""
        wait_until(lambda: text in self.log(), what=f"{text!r} in the log of {self.name}")

    def send(self, number: int) -> None:
        """Send it a signal."""
        # It may have ended a moment ago; the nursery has then reaped it.
        with suppress(ProcessLookupError):
            if self.exit_code is None:
                os.kill(self.pid, number)


class Journal:
    """The steps that services have written; a night has tens of thousands, and is looked at all the time.

    Args:
        path: the file, to which every service appends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()
        self._read = 0
        self._steps: list[tuple[int, str, str]] = []
        self._counted = Counter[str]()

    def steps(self) -> list[tuple[int, str, str]]:
        """Return every step written so far: process id, service, step."""
        if self.path.stat().st_size > self._read:
            with self.path.open("rb") as file:
                file.seek(self._read)
                # The last line may not be whole yet.
                whole, end, _ = file.read().rpartition(b"\n")
            self._read += len(whole + end)
            for pid, service, step in map(str.split, whole.decode("ascii").splitlines()):
                self._steps.append((int(pid), service, step))
                self._counted[step] += 1
        return self._steps

    def counted(self) -> Counter[str]:
        """Return how often each step was reached."""
        self.steps()
        return self._counted


class Nursery:
    """The process that forks services; as a context manager it ends with all of them.

    Args:
        sources: the checkout that they are of.
    """

    def __init__(self, sources: Path = ROOT) -> None:
        self._asked: queue.Queue[partial[Service]] = queue.Queue()
        self._born: queue.Queue[Service] = queue.Queue()
        self._starting = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.nursery"],
            cwd=sources,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A Ctrl-C in the terminal is for the test run; what it leaves behind ends with it.
            process_group=0,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, name: str, url: str, journal: Journal, log_path: Path, fault: Fault, *, metrics: bool) -> Service:
        """Start a process of a service."""
        request = {"service": name, "url": url, "fault": asdict(fault), "metrics": metrics}
        return self._ask(request, partial(Service, name, fault=fault, log_path=log_path, journal=journal))

    def run(self, words: Sequence[str], environment: Mapping[str, str], log_path: Path) -> Service:
        """Run a command line of ``tallywire`` that serves, as it is typed, with more in its environment."""
        journal = Journal(log_path.with_suffix(".journal"))
        request = {"command": [*words], "environment": {**environment}}
        return self._ask(request, partial(Service, words[0], fault=NO_FAULT, log_path=log_path, journal=journal))

    def _ask(self, request: dict[str, Any], born: "partial[Service]") -> Service:
        files = {"log": str(born.keywords["log_path"]), "journal": str(born.keywords["journal"].path)}
        line = json.dumps(request | files).encode() + b"\n"
        with self._starting:
            self._asked.put(born)
            assert self._process.stdin is not None
            self._process.stdin.write(line)
            self._process.stdin.flush()
            return self._born.get(timeout=START_DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(START_DEADLINE_S)
        self._listener.join()

    def _listen(self) -> None:
        """Keep what is known of the services up to date."""
        assert self._process.stdout is not None
        living: dict[int, Service] = {}
        with self._process.stdout as told:
            for line in told:
                pid, what, code = json.loads(line)
                if what == "started":
                    # The number of one that has ended may be given again.
                    living[pid] = self._asked.get()(pid=pid)
                    self._born.put(living[pid])
                elif what == "stopped":
                    living[pid].frozen = True
                else:
                    living.pop(pid).exit_code = code


class Services:
    """The services on one server. As a context manager it kills those that are left.

    Args:
        nursery: where they come from.
        folder: where they log, and keep the journal of their steps.
        url: the server they work on.
    """

    def __init__(self, nursery: Nursery, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.started: list[Service] = []
        self.journal = Journal(folder / "journal")
        self._nursery = nursery

    def start(self, name: str, fault: Fault = NO_FAULT, *, metrics: bool = False, url: str = "") -> Service:
        """Start a process of a service, on the server or at another address of it."""
        log_path = self.folder / f"{len(self.started) + 1}-{name}.log"
        service = self._nursery.start(name, url or self.url, self.journal, log_path, fault, metrics=metrics)
        self.started.append(service)
        return service

    def start_all(self, fault: Fault = NO_FAULT) -> list[Service]:
        """Start one of each."""
        return [self.start(name, fault) for name in SERVICES]

    def alive(self, name: str | None = None) -> list[Service]:
        """Return those that live and are not frozen, of one service or of all."""
        return [
            service
            for service in self.started
            if service.exit_code is None and not service.frozen and name in (None, service.name)
        ]

    def end(self) -> list[int]:
        """Ask all that are alive to end, and return the exit codes, each of which should be 0."""
        ending = self.alive()
        for service in ending:
            service.await_saying("service.started")
            service.terminate()
        return [service.await_end() for service in ending]

    def kill_all(self) -> None:
        """Kill all, and wait until they are gone."""
        for service in self.started:
            service.kill()
        for service in self.started:
            service.await_end()

    def steps(self) -> list[tuple[int, str, str]]:
        """Return every step so far: process id, service, step."""
        return self.journal.steps()

    def counted(self) -> Counter[str]:
        """Return how often each step was reached."""
        return self.journal.counted()

    def log(self) -> str:
        """Return what the services have logged."""
        return "".join(service.log() for service in self.started)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_all()
