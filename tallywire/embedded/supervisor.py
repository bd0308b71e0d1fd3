"""Keeps the services running as processes of their own, and ends them with this one."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Final

import structlog
from redis.exceptions import RedisError

from streams.keys import alive_key
from streams.servers import Servers
from tallywire.client.errors import NoServerError
from tallywire.client.progress import PIPELINE
from tallywire.embedded.child_processes import Family
from tallywire.embedded.interpreter import tallywire_command, tallywire_environment
from tallywire.embedded.logfile import Sentences, last_lines, open_log
from tallywire.embedded.server_info import connect
from tallywire.embedded.stoppable import Stoppable
from tallywire.operations.endpoint import NO_METRICS, Endpoint

SERVICES: Final = tuple(service for service, _ in PIPELINE)
"""In the order of the flow."""

RESTART_DELAYS_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before a service that ended is started again; the last one repeats. None of them keeps a core busy."""

STEADY_S: Final = 10.0
"""A service that lived this long begins again at the shortest pause."""

STOP_DEADLINE_S: Final = 5.0
"""How long the services may take to finish the batch in hand; then they are killed, which loses nothing."""

READY_DEADLINE_S: Final = 120.0
"""How long they may take to be ready: a second on a machine that does nothing else, half a minute on one that does."""

PAUSE_S: Final = 0.05
"""Between two looks at services that are getting ready: each look takes processor time that they could use."""

log = structlog.get_logger()

POSTING: Final = "posting"
"""The service that count centres post to, over HTTP."""

PUBLISHING: Final = "publishing"
"""The service that shows everything over HTTP, by itself; `tallywire run` has it in the posting service's process."""

WEBHOOKS: Final = "webhooks"
"""The service that sends events to whoever asked for them."""

ALL_SERVICES: Final = (*SERVICES, POSTING, WEBHOOKS)
"""What `tallywire run` keeps running."""

SANDBOX: Final = "sandbox"
"""What plays a night over and over, for developers."""

Command = Callable[[str], list[str]]
"""The command line that starts the service of a name."""

Tell = Callable[[str], None]
"""Told what a service that ended by itself has said to people; called from another thread."""


def service_command(url: str, metrics: Endpoint | None = None, http: Endpoint | None = None) -> Command:
    """Return how each service is started on the server at ``url``.

    The first serves its metrics at ``metrics``, the others on the ports after it; without it none does, whatever the
    environment says. The posting service, or the publishing service where that is started instead, is at ``http``.
    """

    def command(service: str) -> list[str]:
        place = ALL_SERVICES.index(POSTING if service == PUBLISHING else service)
        endpoint = NO_METRICS if metrics is None else str(metrics.beside(place))
        options = ("--redis", url, "--metrics", endpoint)
        if service == WEBHOOKS:
            return tallywire_command(service, "run", *options)
        if service == POSTING:
            return tallywire_command(service, *options, "--http", str(http), "--publishing", "--desk")
        if service == PUBLISHING:
            return tallywire_command(service, *options, "--http", str(http))
        return tallywire_command(service, *options)

    return command


def sandbox_command(url: str, pack: str, speed: float) -> Command:
    """Return how a sandbox is started on the server at ``url``."""
    return lambda service: tallywire_command(service, pack, "--redis", url, "--speed", f"{speed:g}")


class Supervisor(Stoppable):
    """The services, as child processes. As a context manager it stops them at the end.

    Args:
        url: the server they work on.
        log_path: the file they log to; this process's standard error when None.
        command: how each is started.
        services: which they are.
        tell: told each sentence of theirs once that says why one has ended by itself, or has left an election alone.
            It is in the log, and whoever watches sees at most that the service was started again.
    """

    def __init__(
        self,
        url: str,
        log_path: Path | None = None,
        *,
        command: Command | None = None,
        services: Sequence[str] = SERVICES,
        tell: Tell | None = None,
    ) -> None:
        self.url = url
        self.log_path = log_path
        self.services = services
        self._command = command or service_command(url)
        self._tell = tell
        self._sentences = Sentences(log_path) if log_path else None
        self._family = Family()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._keepers: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._changing = threading.Lock()

    def start(self) -> None:
        """Start every service, and from now on each one again that ends.

        Raises:
            NoServerError: one cannot be started.
        """
        try:
            for service in self.services:
                self._spawn(service)
        except OSError as error:
            self.stop()
            raise NoServerError(f"The services cannot be started: {error}.") from error
        for service in self.services:
            keeper = threading.Thread(target=self._keep, args=(service,), name=f"keep-{service}", daemon=True)
            keeper.start()
            self._keepers.append(keeper)

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each service that is running."""
        return {name: child.pid for name, child in self._processes.items() if child.poll() is None}

    def alive(self) -> bool:
        """Say whether every service is running at this moment."""
        return len(self.pids) == len(self.services)

    def unready(self) -> list[str]:
        """Return the services that have not said yet, from the process running now, that they are at work."""
        pids, host = self.pids, socket.gethostname()
        keys = {service: alive_key(service, host, pid) for service, pid in pids.items()}
        servers = Servers(self.url, connect)
        try:
            return [name for name in self.services if name not in keys or not servers.at(keys[name]).exists(keys[name])]
        except (RedisError, OSError):
            return list(self.services)
        finally:
            for client in servers.clients():
                client.close()

    def wait_ready(self, deadline_s: float = READY_DEADLINE_S) -> None:
        """Wait until every service is at work.

        Raises:
            NoServerError: one is not, after ``deadline_s`` seconds; with the end of its log.
        """
        deadline = time.monotonic() + deadline_s
        while unready := self.unready():
            if time.monotonic() > deadline:
                raise self.not_ready(unready)
            time.sleep(PAUSE_S)

    def pass_on(self) -> None:
        """Tell what services have said to people."""
        if self._sentences is None or self._tell is None:
            return
        # Whoever watched may have left: the service is started again all the same.
        with self._changing, suppress(OSError):
            for sentence in self._sentences.news():
                self._tell(sentence)

    def not_ready(self, unready: list[str]) -> NoServerError:
        """Return what to say about services that do not get ready."""
        where = f" The end of {self.log_path}:\n{last_lines(self.log_path)}" if self.log_path else ""
        return NoServerError(f"Not ready: {', '.join(unready)}.{where}")

    def stop(self) -> None:
        """Let every service finish what it has in hand, kill those that take too long. Harmless when repeated."""
        with self._changing:
            self._stopping.set()
            for child in self._processes.values():
                child.terminate()
        deadline = time.monotonic() + STOP_DEADLINE_S
        for child in self._processes.values():
            try:
                child.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for keeper in self._keepers:
            keeper.join()
        self._family.end()

    def _spawn(self, service: str) -> None:
        with self._changing:
            if self._stopping.is_set():
                return
            with open_log(self.log_path) if self.log_path else nullcontext() as output:
                self._processes[service] = self._family.start(
                    self._command(service), environment=tallywire_environment(), output=output
                )

    def _keep(self, service: str) -> None:
        """Start the service again whenever it ends."""
        attempt = 0
        while True:
            started_at = time.monotonic()
            exit_code = self._processes[service].wait()
            if exit_code > 0:
                self.pass_on()
            if time.monotonic() - started_at > STEADY_S:
                attempt = 0
            delay_s = RESTART_DELAYS_S[min(attempt, len(RESTART_DELAYS_S) - 1)]
            attempt += 1
            if self._stopping.wait(delay_s):
                return
            try:
                self._spawn(service)
            except OSError as error:
                log.error("service.not_started", service=service, error=str(error), retry_in_s=delay_s)  # noqa: TRY400  # its text says it all
                continue
            log.warning("service.restarted", service=service, exit_code=exit_code, delay_s=delay_s)
