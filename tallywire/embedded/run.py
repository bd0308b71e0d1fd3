"""``tallywire run``: server and services together, until they are asked to end."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Protocol

import structlog

from tallywire.client import progress
from tallywire.client.connection import open_connection
from tallywire.client.errors import TallywireError
from tallywire.embedded.errors import AlreadyRunning, EmbeddedServerError
from tallywire.embedded.folder_lock import hold
from tallywire.embedded.server import EmbeddedServer, Progress
from tallywire.embedded.supervisor import (
    ALL_SERVICES,
    PAUSE_S,
    READY_DEADLINE_S,
    RESTART_DELAYS_S,
    SANDBOX,
    Supervisor,
    sandbox_command,
    service_command,
)
from tallywire.operations.endpoint import Endpoint

LOOK_S: Final = 0.1
"""Between two looks whether the server lives."""

STRAYS_EVERY_S: Final = 5.0
"""Between two looks for declarations that were sent to an election that is not loaded."""

STRAYS_TOLD_MAX: Final = 20
"""Such elections that are told of in one run: whoever may write to any stream could name them without end."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A night that is played over and over."""

    pack: str
    """A pack's folder, or a bundled election's id."""
    speed: float
    """How many times the recorded speed."""


class RunReport(Protocol):
    """How a run goes. Its methods are called by the run, ``service_said`` from another thread."""

    def starting(self, folder: Path) -> None:
        """Called before the server is started on a folder."""
        ...

    def loading(self, percent: int) -> None:
        """Called when the server has read back another tenth of its data."""
        ...

    def log_was_cut(self) -> None:
        """Called when the server has lost the end of its log, which it mentions only there."""
        ...

    def running(self, server: EmbeddedServer, services_log: Path, http: Endpoint, metrics: Sequence[Endpoint]) -> None:
        """Called when everything is at work; ``metrics`` are the endpoints of the services, if any."""
        ...

    def service_said(self, sentence: str) -> None:
        """Called when a service has ended by itself, or has left an election alone, and said why."""
        ...

    def strayed(self, election: str) -> None:
        """Called once for each election that declarations were sent to and that is not loaded."""
        ...

    def ending(self) -> None:
        """Called before services and server are ended."""
        ...


def run(  # noqa: PLR0913  # each is an option of the command
    report: RunReport,
    server: EmbeddedServer,
    *,
    http: Endpoint,
    leave_server: bool = False,
    metrics: Endpoint | None = None,
    sandbox: Sandbox | None = None,
) -> None:
    """Run server and services until SIGINT, SIGTERM or SIGHUP; whatever ends in between is started again.

    A server that lives on the folder already, because an earlier run was killed or left it, is used.

    Args:
        report: is told how it goes.
        server: the server, not yet started.
        http: where declarations are taken over HTTP.
        leave_server: let the server live on at the end.
        metrics: where the first service serves its metrics, the others on the ports after it; None for nowhere.
        sandbox: a night to play over and over beside whatever else is loaded.

    Raises:
        NoServerError: the server or the services cannot be started, or an endpoint cannot be used.
        AlreadyRunning: another run has the folder.
    """
    with ExitStack() as stack:
        asked = stack.enter_context(_asked_to_end())
        endpoints = [metrics.beside(place) for place in range(len(ALL_SERVICES))] if metrics else []
        for endpoint in endpoints:
            endpoint.require_free()
        http = http.require_free("--http")
        server.make_folder()
        stack.enter_context(_only_run(server.data_dir))
        report.starting(server.data_dir)
        _start(report, server, _loading(report, asked))
        if not leave_server:
            stack.callback(server.stop)
        command = service_command(server.url, metrics, http)
        services_log = server.data_dir / "services.log"
        supervisor = Supervisor(
            server.url, services_log, command=command, services=ALL_SERVICES, tell=report.service_said
        )
        stack.enter_context(supervisor).start()
        if _await_ready(supervisor, asked):
            report.running(server, services_log, http, endpoints)
            if sandbox is not None:
                played = sandbox_command(server.url, sandbox.pack, sandbox.speed)
                log_path = server.data_dir / "sandbox.log"
                # One of its own: whether the services are at work does not depend on it.
                stack.enter_context(
                    Supervisor(server.url, log_path, command=played, services=(SANDBOX,), tell=report.service_said)
                ).start()
        _keep(report, server, supervisor, asked)
        report.ending()


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """Turn the signals that ask a program to end into an event, so that they interrupt nothing half-way."""
    asked = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        # What `nohup` ignores stays ignored.
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _loading(report: RunReport, asked: threading.Event) -> Progress:
    """Return what tells how far a server is that reads its data back, each tenth once."""
    said = 0

    def tell(percent: float) -> None:
        nonlocal said
        if asked.is_set():
            raise KeyboardInterrupt
        if percent >= said + 10:
            said = int(percent // 10) * 10
            report.loading(said)

    return tell


@contextmanager
def _only_run(folder: Path) -> Iterator[None]:
    """Keep a second run off the folder.

    Raises:
        AlreadyRunning: this is the second.
    """
    path = folder / "run.lock"
    with hold(path) as lock:
        if lock is None:
            raise AlreadyRunning(
                f"tallywire run (process {path.read_text('ascii')}) is running on {folder}. "
                "Use that one, end it, or name another folder and port."
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield


def _await_ready(supervisor: Supervisor, asked: threading.Event) -> bool:
    """Wait until the services are at work; false when asked to end before.

    Raises:
        NoServerError: they do not get ready.
    """
    deadline = time.monotonic() + READY_DEADLINE_S
    while unready := supervisor.unready():
        if asked.wait(PAUSE_S):
            return False
        if time.monotonic() > deadline:
            raise supervisor.not_ready(unready)
    return True


def _tell_strays(report: RunReport, url: str, told: set[str]) -> None:
    """Report each election once that declarations were sent to and that is not loaded."""
    with suppress(TallywireError), open_connection(url) as connection:
        for stray in progress.strays(connection):
            if stray.name not in told and len(told) < STRAYS_TOLD_MAX:
                told.add(stray.name)
                report.strayed(stray.name)


def _start(report: RunReport, server: EmbeddedServer, on_loading: Progress | None = None) -> None:
    """Start the server, and report when it has lost the end of what it kept.

    Raises:
        EmbeddedServerError: with the reason, and what to do.
    """
    server.start(on_loading)
    if server.cut:
        report.log_was_cut()


def _keep(report: RunReport, server: EmbeddedServer, supervisor: Supervisor, asked: threading.Event) -> None:
    """Start the server again whenever it ends, until asked to end; report declarations for no election.

    Reported is, too, what an election was left alone for by a service that goes on with the others.
    """
    attempt, told, look_at = 0, set[str](), 0.0
    while not asked.wait(LOOK_S):
        if server.alive():
            attempt = 0
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + STRAYS_EVERY_S
                supervisor.pass_on()
                _tell_strays(report, server.url, told)
            continue
        delay_s = RESTART_DELAYS_S[min(attempt, len(RESTART_DELAYS_S) - 1)]
        attempt += 1
        try:
            _start(report, server)
        except EmbeddedServerError as error:
            log.error("server.not_started", reason=str(error), retry_in_s=delay_s)  # noqa: TRY400  # its text says it all
            asked.wait(delay_s)
        else:
            log.warning("server.restarted", server=server.described)
