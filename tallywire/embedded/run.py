"""``tallywire run``: server and services together, until they are asked to end."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import structlog
from rich.console import Console

from tallywire.cli.screen import plain
from tallywire.embedded.errors import FolderInUse, ServerTrouble
from tallywire.embedded.folder_lock import hold
from tallywire.embedded.server import EmbeddedServer, Progress
from tallywire.embedded.supervisor import READY_DEADLINE_S, RESTART_DELAYS_S, SERVICES, Supervisor, service_command
from tallywire.operations.endpoint import Endpoint
from tallywire.trouble import Exit

DATA_DIR: Final = Path("tallywire-data")
"""Where data is kept unless another folder is named: in the current folder."""

PORT: Final = 7379
"""Where the server listens unless told otherwise; every command looks there. Redis's own 6379 stays free."""

LOOK_S: Final = 0.1
"""Between two looks whether the server lives."""

CUT: Final = (
    "The server's log ended in the middle of a write. What stands before that is kept; what was written after is gone.",
    "Have every sender send again what it has sent: what is known is a duplicate.",
    "Whether a head that was signed before still holds: tallywire verify --checkpoint FILE --public-key FILE",
)
"""What to do when the server has lost the end of its log, which it mentions only in its own."""

log = structlog.get_logger()


def run(
    console: Console, server: EmbeddedServer, *, leave_server: bool = False, metrics: Endpoint | None = None
) -> None:
    """Run server and services until SIGINT, SIGTERM or SIGHUP; whatever ends in between is started again.

    A server that lives on the folder already, because an earlier run was killed or left it, is used.

    Args:
        console: where to say what is running.
        server: the server, not yet started.
        leave_server: let the server live on at the end.
        metrics: where the first service serves its metrics, the others on the ports after it; None for nowhere.

    Raises:
        Trouble: the server or the services cannot be started, or another run has the folder.
    """
    with ExitStack() as stack:
        asked = stack.enter_context(_asked_to_end())
        if metrics:
            for place in range(len(SERVICES)):
                metrics.beside(place).require_free()
        server.make_folder()
        stack.enter_context(_only_run(server.data_dir))
        console.print(f"Starting on {server.data_dir}", soft_wrap=True)
        _start(console, server, _loading(console, asked))
        if not leave_server:
            stack.callback(server.stop)
        command = service_command(server.url, metrics)
        supervisor = Supervisor(
            server.url, server.data_dir / "services.log", command=command, tell=lambda said: _say(console, said)
        )
        stack.enter_context(supervisor).start()
        if _await_ready(supervisor, asked):
            _announce(console, server, supervisor, metrics)
        _watch(console, server, asked)
        console.print("Ending.")


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


def _loading(console: Console, asked: threading.Event) -> Progress:
    """Return what tells how far a server is that reads its data back, each tenth once."""
    said = 0

    def tell(percent: float) -> None:
        nonlocal said
        if asked.is_set():
            raise KeyboardInterrupt
        if percent >= said + 10:
            said = int(percent // 10) * 10
            console.print(f"Reading back what is there: {said} %")

    return tell


@contextmanager
def _only_run(folder: Path) -> Iterator[None]:
    """Keep a second run off the folder.

    Raises:
        FolderInUse: this is the second.
    """
    path = folder / "run.lock"
    with hold(path) as lock:
        if lock is None:
            raise FolderInUse(
                f"tallywire run (process {path.read_text('ascii')}) is running on {folder}. "
                "Use that one, end it, or name another folder and port.",
                Exit.REFUSED,
            )
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield


def _await_ready(supervisor: Supervisor, asked: threading.Event) -> bool:
    """Wait until the services are at work; false when asked to end before.

    Raises:
        Trouble: they do not get ready.
    """
    deadline = time.monotonic() + READY_DEADLINE_S
    while unready := supervisor.unready():
        if asked.wait(0.01):
            return False
        if time.monotonic() > deadline:
            raise supervisor.not_ready(unready)
    return True


def _announce(console: Console, server: EmbeddedServer, supervisor: Supervisor, metrics: Endpoint | None) -> None:
    """Say what is running, and what to do next."""
    port = server.url.removeprefix("redis://127.0.0.1:").removesuffix("/0")
    option = "" if port == str(PORT) else f" --redis {server.url}"
    for line in (
        "",
        "Tallywire is running. Ctrl-C ends it.",
        "",
        f"  Server    {server.described}",
        f"  Data      {server.data_dir}, kept between runs",
        f"  Services  {', '.join(SERVICES)}; they log to {supervisor.log_path}",
        *_metrics_lines(metrics),
        "",
        "In another terminal:",
        "",
        f"  tallywire election load elections/pcc.2024-05-02{option}",
        f"  tallywire watch{option}",
        "",
    ):
        console.print(line, soft_wrap=True)


def _metrics_lines(metrics: Endpoint | None) -> Iterator[str]:
    if metrics:
        endpoints = (str(metrics.beside(place)) for place in range(len(SERVICES)))
        yield f"  Metrics   {', '.join(f'http://{endpoint}/metrics' for endpoint in endpoints)}"


def _start(console: Console, server: EmbeddedServer, on_loading: Progress | None = None) -> None:
    """Start the server, and say when it has lost the end of what it kept.

    Raises:
        ServerTrouble: with the reason, and what to do.
    """
    server.start(on_loading)
    if server.cut:
        _say(console, *CUT)


def _say(console: Console, *sentences: str) -> None:
    for sentence in sentences:
        console.print(plain(sentence), soft_wrap=True)


def _watch(console: Console, server: EmbeddedServer, asked: threading.Event) -> None:
    """Start the server again whenever it ends, until asked to end."""
    attempt = 0
    while not asked.wait(LOOK_S):
        if server.alive():
            attempt = 0
            continue
        delay_s = RESTART_DELAYS_S[min(attempt, len(RESTART_DELAYS_S) - 1)]
        attempt += 1
        try:
            _start(console, server)
        except ServerTrouble as trouble:
            log.error("server.not_started", reason=str(trouble), retry_in_s=delay_s)  # noqa: TRY400  # its text says it all
            asked.wait(delay_s)
        else:
            log.warning("server.restarted", server=server.described)
