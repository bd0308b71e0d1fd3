"""Child processes that do not outlive this one, even when it is killed with ``kill -9``.

One mechanism for Linux and macOS: the children share a process group whose first member is a shell that reads from
a pipe only this process holds open. However this process ends, the kernel closes the pipe, the read returns, and the
shell kills the group, itself included. Linux's ``PR_SET_PDEATHSIG`` was not chosen: it fires when the *thread* that
started the child ends, needs code between fork and exec (unsafe beside threads), and macOS has nothing like it.

Not covered: a fork of this process that never execs keeps a copy of the pipe, and the children, alive until it ends.
"""

import subprocess
from collections.abc import Mapping
from threading import Lock
from typing import IO, Final

_WATCH: Final = "trap '' HUP INT TERM; read -r line; kill -KILL 0"
_STDERR: Final = 2


class Family:
    """A process group that ends when this process does."""

    def __init__(self) -> None:
        self._watcher: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def start(
        self,
        command: list[str],
        *,
        environment: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
        pass_fds: tuple[int, ...] = (),
    ) -> "subprocess.Popen[bytes]":
        """Start a child in the group. A Ctrl-C in the terminal does not reach it; its input is empty.

        Args:
            command: the program and its arguments.
            environment: its environment variables; this process's when None.
            output: where both of its outputs go; this process's standard error when None.
            pass_fds: file descriptors that it inherits.

        Raises:
            OSError: the program cannot be run.
        """
        with self._lock:
            # Somebody may have killed the watcher alone: the next child starts a new group.
            if self._watcher is None or self._watcher.poll() is not None:
                self._close()
                self._watcher = subprocess.Popen(["/bin/sh", "-c", _WATCH], stdin=subprocess.PIPE, process_group=0)
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output or _STDERR,
                stderr=output or _STDERR,
                process_group=self._watcher.pid,
                pass_fds=pass_fds,
            )

    def end(self) -> None:
        """Kill whatever is left of the group."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._watcher is not None:
            self._watcher.communicate()
            self._watcher = None
