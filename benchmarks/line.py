"""The whole line on a server of its own: what it is started with, what it uses, and how long work takes it."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from redis import Redis

from benchmarks.pace import CORES, PIECES, pieces
from benchmarks.processes import cpu_s, rss_mb
from benchmarks.rounds import Round
from benchmarks.workload import (
    NOTHING,
    Outcome,
    Workload,
    check,
    open_election,
    post,
    post_register,
    so_far,
    wait_for_seats,
)
from services.rules import counting
from tallywire.client.connection import Connection, open_connection
from tallywire.embedded.server import EmbeddedServer, start_server
from tallywire.embedded.supervisor import SERVICES, Command, Supervisor, service_command

SERVER: Final = "server"

Use = Callable[[int], float]
"""What a process uses, by its id: ``cpu_s`` or ``rss_mb``."""

READY_DEADLINE_S: Final = 120.0
"""How long services may take to start: a second, but a machine that is busy with other things must not end a run."""

COMPILED: Final = not str(counting.__file__).endswith(".py")
"""Whether the rules are compiled, as they are for ``make bench`` and in the image."""


def from_sources(command: Command) -> Command:
    """Return how each service is started from the checkout, where nothing is compiled."""
    return lambda service: ["env", "-u", "PYTHONPATH", "-u", "PYTHONSAFEPATH", *command(service)]


def deadline_s(declarations: int) -> float:
    """Return how long so many declarations may take before a round is given up: a tenth of the usual speed."""
    return 60 + declarations / 200


@dataclass(slots=True)
class Line:
    """A server, and services on it once they are started."""

    server: EmbeddedServer
    client: Redis
    desk: Connection
    folder: Path
    teams: list[Supervisor] = field(default_factory=list)
    """Each has one process of every service."""

    def start(self, teams: int = 1, *, interpreted: bool = False) -> None:
        """Start the services, from the sources when ``interpreted``, and wait until all of them are at work."""
        command = service_command(self.server.url)
        if interpreted:
            command = from_sources(command)
        for number in range(len(self.teams), len(self.teams) + teams):
            self.teams.append(Supervisor(self.server.url, self.folder / f"services-{number}.log", command=command))
            self.teams[-1].start()
        for team in self.teams:
            team.wait_ready(READY_DEADLINE_S)

    def stop(self) -> None:
        """End every service in order."""
        while self.teams:
            self.teams.pop().stop()

    def signal(self, number: int) -> None:
        """Send a signal to every service."""
        for pid in [pid for team in self.teams for pid in team.pids.values()]:
            os.kill(pid, number)

    def each(self, use: Use) -> dict[str, float]:
        """Return what each service uses, all of its processes together, and the server."""
        used = {service: sum(use(team.pids[service]) for team in self.teams) for service in SERVICES}
        return used | {SERVER: use(self.server.pid)}

    def preload(self, declarations: int, workload: Workload) -> None:
        """Post register and declarations; the services begin when the election is opened."""
        post_register(self.client, workload)
        post(self.client, 0, declarations, workload)

    def memory(self) -> dict[str, float]:
        """Return, as details of a round, what is held in memory and on the disk."""
        held = {f"rss_mb_{service}": megabytes for service, megabytes in self.each(rss_mb).items()}
        # The log, and the snapshot that the server has begun it with when it rewrote it.
        files = sum(file.stat().st_size for file in self.server.data_dir.glob("appendonlydir/*"))
        return held | {"server_used_mb": self.client.info("memory")["used_memory"] / 1e6, "disk_mb": files / 1e6}


@contextmanager
def line() -> Iterator[Line]:
    """Start a server as ``tallywire run`` does: durable, flushed at every write. All of it ends with the context."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        server = stack.enter_context(start_server(folder / "server", ephemeral=True))
        client = stack.enter_context(closing(Redis.from_url(server.url)))
        desk = stack.enter_context(open_connection(server.url))
        started = Line(server, client, desk, folder)
        stack.callback(started.stop)
        yield started


def work_off(
    line: Line,
    declarations: int,
    *workloads: Workload,
    begin: Callable[[], None] | None = None,
    before: int = 0,
    recheck: bool = True,
) -> Round:
    """Let the services begin with what is posted already, and time them until the last headline.

    Args:
        line: with its services started.
        declarations: how many each election has.
        workloads: the elections.
        begin: lets them begin; opens the elections unless given.
        before: how many of each election's declarations are worked off already.
        recheck: whether to look for these, too, when the others are worked off.
    """
    checked = [NOTHING if recheck else so_far(line.client, before, workload) for workload in workloads]
    with pieces() as took_ns:
        idle, measured_s = line.each(cpu_s), time.process_time()
        started = time.perf_counter()
        if begin is None:
            for workload in workloads:
                open_election(line.client, workload)
        else:
            begin()
        for workload in workloads:
            wait_for_seats(line.client, declarations, deadline_s(declarations * len(workloads)), workload)
        seconds = time.perf_counter() - started
        used_s = {name: used - idle[name] for name, used in line.each(cpu_s).items()}
        measured_s = time.process_time() - measured_s
    # Each piece is done twice, and timed once.
    measuring_s = measured_s + 2 * sum(took_ns) / 1e9
    outcomes = [
        check(line.client, declarations, workload, already)
        for workload, already in zip(workloads, checked, strict=True)
    ]
    total = (declarations - before) * len(workloads)
    return judged(outcomes, seconds, total, {**costs(used_s, seconds, total, measuring_s), PIECES: took_ns})


def work_off_further(line: Line, declarations: int, workload: Workload, *, before: int, recheck: bool = True) -> Round:
    """Post declarations of an election that is open already, and time the services as ``work_off`` does.

    They are held meanwhile: they must find the declarations lying ready.
    """
    line.signal(signal.SIGSTOP)
    post(line.client, before, declarations, workload)
    begin = partial(line.signal, signal.SIGCONT)
    return work_off(line, declarations, workload, begin=begin, before=before, recheck=recheck)


def costs(used_s: dict[str, float], seconds: float, declarations: int, measuring_s: float) -> dict[str, float]:
    """Return processor time per declaration, and what follows from it for the speed.

    Args:
        used_s: seconds of processor time, of each service and the server.
        seconds: what the work took.
        declarations: how many it were.
        measuring_s: seconds of processor time that looking for the end, and the pace, have taken meanwhile.
    """
    each_us = {f"cpu_us_{name}": 1e6 * used / declarations for name, used in used_s.items()}
    cores = len(CORES) - measuring_s / seconds
    allowed = cores * declarations / max(sum(used_s.values()), 1e-9)
    return each_us | {
        "cpu_us": sum(each_us.values()),
        # Were every core busy with nothing else, but for what measures.
        "cores_measuring": measuring_s / seconds,
        "allowed_per_second": allowed,
        "share_of_allowed": declarations / seconds / allowed,
    }


def judged(outcomes: list[Outcome], seconds: float, declarations: int, details: dict[str, Any]) -> Round:
    """Return a round of ours, with what has become of its declarations."""
    missing, doubled = (sum(getattr(one, name) for one in outcomes) for name in ("missing", "doubled"))
    return Round(seconds, missing == doubled == 0, missing, doubled, details, declarations)
