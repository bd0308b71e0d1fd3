"""The embedded server: a Valkey (or Redis) that keeps in one folder everything it has acknowledged.

The law: at most one server lives on a folder. The server itself holds a lock on ``server.lock`` in the folder for as
long as it lives (it inherits the locked file), and that file says where it listens. So "is one alive?" has a sure
answer, whoever was killed when. ``server.pid`` is for people.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from tallywire.embedded.child_processes import Family
from tallywire.embedded.damage import WHAT_TO_DO, is_unreadable, require_listed, was_cut
from tallywire.embedded.errors import FolderInUse, FolderUnusable, ServerFailed
from tallywire.embedded.folder_lock import hold, is_held
from tallywire.embedded.logfile import last_lines, open_log, since
from tallywire.embedded.program import address, find_server_binary, require_free, server_command
from tallywire.embedded.server_info import ServerInfo, ask, connect
from tallywire.embedded.stoppable import Stoppable

START_DEADLINE_S: Final = 10.0
"""How long a server may say nothing while it starts."""

STOP_DEADLINE_S: Final = 10.0
"""How long a server may take to end; then it is killed, which loses nothing that it acknowledged."""

PAUSE_S: Final = 0.005
"""Between two looks at a server that starts or ends: either takes it some ten milliseconds."""

Progress = Callable[[float], None]
"""Told, in percent, how much of its data a starting server has read back."""


class EmbeddedServer(Stoppable):
    """The server of one data folder. As a context manager it stops the server at the end.

    Args:
        data_dir: where it keeps its data; made when missing.
        port: the loopback TCP port it listens on; None for a unix socket that only this user may open.
        ephemeral: it must not outlive this process, even one that is killed.
        options: more of its own options, as on its command line.
    """

    def __init__(
        self, data_dir: Path, *, port: int | None = None, ephemeral: bool = False, options: tuple[str, ...] = ()
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.url = ""
        """Where it listens: ``redis://127.0.0.1:7379/0`` or ``unix:///path/server.sock``."""
        self.pid = 0
        """Its process id."""
        self.attached = False
        """True when it was running already."""
        self.cut = False
        """True when the end of its log was cut off before we started it: what it had written last may be gone."""
        self._port = port
        self._ephemeral = ephemeral
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._family = Family()

    @property
    def described(self) -> str:
        """Address and process, for a person."""
        return f"{self.url} (process {self.pid}{', which was running' if self.attached else ''})"

    @property
    def log_path(self) -> Path:
        """Its log file."""
        return self.data_dir / "server.log"

    @property
    def _lock_path(self) -> Path:
        return self.data_dir / "server.lock"

    def start(self, on_loading: Progress | None = None) -> None:
        """Start the server, or attach to the one that lives on the folder, and wait until it is ready.

        It may be called again once the server has ended; the address stays the same.

        Raises:
            EmbeddedServerError: with the reason, and what to do.
        """
        self.make_folder()
        deadline = time.monotonic() + START_DEADLINE_S
        # Somebody else may be starting it at this moment, and may fail: whoever gets the lock starts it.
        while not (self._launch(on_loading) or self._attach(on_loading)):
            self._pause_until(deadline)

    def alive(self) -> bool:
        """Say whether the server's process lives."""
        if self._process is not None:
            return self._process.poll() is None
        return is_held(self._lock_path)

    def stop(self) -> None:
        """Let the server end by itself, kill it if it does not. Harmless when it has ended."""
        deadline = time.monotonic() + STOP_DEADLINE_S
        agreed = False
        while self.alive() and time.monotonic() < deadline:
            # One that begins its log anew, as after `CONFIG SET appendonly yes`, refuses until it has: it is asked
            # again.
            agreed = agreed or self._agrees_to_end()
            time.sleep(PAUSE_S)
        self.kill()

    def kill(self) -> None:
        """Kill the server (SIGKILL); what it acknowledged is in its folder."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
            self._gone()
        self._family.end()

    def _agrees_to_end(self) -> bool:
        """Ask the server to end; false when it refuses, or does not answer."""
        with closing(connect(self.url)) as client, suppress(RedisError, OSError):
            client.shutdown()
            return True
        return False

    def make_folder(self) -> None:
        """Make the data folder when it is missing, and see that it can be written.

        Raises:
            FolderUnusable: it cannot.
        """
        try:
            # What is declared may not be public yet: the folder is for its owner.
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.data_dir = self.data_dir.resolve()
            open_log(self.log_path).close()
            str(self.data_dir).encode()
        except (OSError, UnicodeEncodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its name is not UTF-8"
            raise FolderUnusable(
                f"The data folder {self.data_dir} cannot be used: {reason}. Name another one."
            ) from error

    def _launch(self, on_loading: Progress | None) -> bool:
        """Start a server; false when one lives on the folder."""
        with hold(self._lock_path) as lock:
            if lock is None:
                return False
            binary = find_server_binary()
            require_listed(self.data_dir)
            if self._port is not None:
                require_free(self._port)
            self.url = address(self.data_dir, self._port)
            listening = self.url.encode()
            # Where it says so already nothing is written: the disk may be full.
            if os.pread(lock, len(listening) + 1, 0) != listening:
                os.ftruncate(lock, 0)
                os.pwrite(lock, listening, 0)
            said_before = self.log_path.stat().st_size
            process = self._spawn(binary, lock)
        try:
            self.pid = self._ready(process, said_before, on_loading).pid
        except BaseException:
            process.kill()
            process.wait()
            self._family.end()
            raise
        self._process, self.attached = process, False
        self.cut = was_cut(since(self.log_path, said_before))
        return True

    def _spawn(self, binary: Path, lock: int) -> "subprocess.Popen[bytes]":
        command = server_command(binary, self.data_dir, self._port, self._options)
        try:
            with open_log(self.log_path) as log:
                if self._ephemeral:
                    return self._family.start(command, output=log, pass_fds=(lock,))
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Neither Ctrl-C nor a closed terminal reaches it.
                    start_new_session=True,
                    pass_fds=(lock,),
                )
        except OSError as error:
            self._family.end()
            raise ServerFailed(
                f"The server program {binary} cannot be run: {error.strerror}. Put a valkey-server or redis-server "
                "(7.0 or newer) on PATH, or name a running server with --redis URL."
            ) from error

    def _ready(self, process: "subprocess.Popen[bytes]", said_before: int, on_loading: Progress | None) -> ServerInfo:
        """Wait until the server that we started is ready, and return what it says.

        Args:
            process: the server.
            said_before: bytes that its log had.
            on_loading: as in ``start``.

        Raises:
            ServerFailed: it ended, is too old, or does not answer.
        """
        deadline = time.monotonic() + START_DEADLINE_S
        while True:
            answer = ask(self.url)
            if process.poll() is not None:
                what_to_do = f"\n{WHAT_TO_DO}" if is_unreadable(since(self.log_path, said_before)) else ""
                raise ServerFailed(
                    f"The server ended with code {process.returncode} while it was starting. "
                    f"The end of its log, {self.log_path}:\n{last_lines(self.log_path)}{what_to_do}"
                )
            if answer is not None and answer.pid == process.pid:
                answer.require_new_enough()
                if answer.loaded_percent is None:
                    return answer
                # One that reads its data is at work, however long that takes.
                deadline = time.monotonic() + START_DEADLINE_S
                if on_loading is not None:
                    on_loading(answer.loaded_percent)
            self._pause_until(deadline)

    def _attach(self, on_loading: Progress | None) -> bool:
        """Use the server that lives on the folder, once it is ready and says that the folder is its own."""
        url = self._lock_path.read_text("utf-8")
        while answer := ask(url) if url else None:
            if answer.folder != self.data_dir:
                return False
            if self._ephemeral:
                raise FolderInUse(
                    f"A server (process {answer.pid}) is running on {self.data_dir}. Name another folder."
                )
            if answer.loaded_percent is None:
                self.url, self.pid, self.attached, self._process, self.cut = url, answer.pid, True, None, False
                return True
            if on_loading is not None:
                on_loading(answer.loaded_percent)
            time.sleep(PAUSE_S)
        return False

    def _pause_until(self, deadline: float) -> None:
        """Pause a little.

        Raises:
            ServerFailed: the deadline has passed.
        """
        if time.monotonic() > deadline:
            pid_path = self.data_dir / "server.pid"
            pid = pid_path.read_text("ascii").strip() if pid_path.exists() else "unknown"
            raise ServerFailed(
                f"The server on {self.data_dir} (process {pid}) lives but has not answered for "
                f"{START_DEADLINE_S:.0f} s. End that process and start again: what it acknowledged is kept. "
                f"Its log is {self.log_path}."
            )
        time.sleep(PAUSE_S)

    def _gone(self) -> bool:
        """Wait for the process to end; false when it has not within the deadline."""
        deadline = time.monotonic() + STOP_DEADLINE_S
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        return True


def start_server(
    data_dir: Path, *, port: int | None = None, ephemeral: bool = False, on_loading: Progress | None = None
) -> EmbeddedServer:
    """Start the server of a folder, or attach to the one that lives on it, and wait until it is ready.

    Args:
        data_dir: where it keeps its data; made when missing.
        port: the loopback TCP port it listens on; None for a unix socket that only this user may open. A server
            that lives already keeps its address: see ``url``.
        ephemeral: it must not outlive this process, even one that is killed.
        on_loading: told, in percent, how much of its data a starting server has read back.

    Raises:
        EmbeddedServerError: with the reason, and what to do.
    """
    server = EmbeddedServer(data_dir, port=port, ephemeral=ephemeral)
    server.start(on_loading)
    return server
