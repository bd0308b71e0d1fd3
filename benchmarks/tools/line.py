"""One tool's line at work: a server, what was sent, and a worker process for each step that may be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from redis import Redis

from benchmarks.tools.work import REGISTER, STEP, STEPS, URL, WRITES, ready_key
from benchmarks.workload import KEYS, register
from tallywire.embedded.child_processes import Family
from tallywire.embedded.logfile import last_lines, open_log

READY_DEADLINE_S: Final = 60.0
"""How long a worker may take to start, on a busy machine."""

PAUSE_S: Final = 0.01
"""Between two looks."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, and how its tutorial starts a worker."""

    name: str
    distribution: str
    """The package to install."""
    module: str
    """Which of the modules here."""
    command: Callable[[str], tuple[str, ...]]
    """Arguments of ``python -m`` that start the worker of a step."""
    gives_back: str
    """When what a killed worker had taken comes back by itself, with the tool's defaults."""


class Line:
    """A tool's workers on one server. As a context manager it kills them at the end."""

    def __init__(self, tool: Tool, url: str, log: Path) -> None:
        self.tool = tool
        self.log = log
        # Also while a busy disk keeps the server waiting.
        self.client = Redis.from_url(url, socket_timeout=60)
        self._settings = [f"{URL}={url}?db=0", "PYTHONWARNINGS=ignore"]
        self._workers: dict[str, tuple[Family, subprocess.Popen[bytes]]] = {}

    def send(self, declarations: int) -> None:
        """Send so many declarations, the way the tool sends.

        Raises:
            RuntimeError: it could not.
        """
        self.client.set(REGISTER, register())
        with open_log(self.log) as output:
            code = f"from benchmarks.tools.{self.tool.module} import send; send({declarations})"
            command = ["env", *self._settings, sys.executable, "-c", code]
            if subprocess.run(command, stdout=output, stderr=output, check=False).returncode:
                raise RuntimeError(self._trouble("cannot send"))

    def start(self, step: str) -> None:
        """Start the worker of a step."""
        family = Family()
        command = ["env", *self._settings, f"{STEP}={step}", sys.executable, "-m", *self.tool.command(step)]
        with open_log(self.log) as output:
            self._workers[step] = (family, family.start(command, output=output))

    def start_all(self) -> None:
        """Start every worker, the last step first, so that what is measured waits for nobody's imports.

        Raises:
            RuntimeError: one does not get ready.
        """
        for step in reversed(STEPS):
            if step == STEPS[0]:
                self._wait_for(STEPS[1:])
            self.start(step)

    def kill(self, step: str) -> None:
        """Kill the worker of a step, and whatever processes it has started (SIGKILL)."""
        family, process = self._workers.pop(step)
        family.end()
        process.wait()

    def progress(self) -> dict[str, int]:
        """Return how much each step has written."""
        pipeline = self.client.pipeline(transaction=False)
        for stream in WRITES.values():
            pipeline.xlen(KEYS.key(stream))
        return dict(zip(WRITES, pipeline.execute(), strict=True))

    def require_work(self) -> None:
        """See that the workers do anything at all.

        Raises:
            RuntimeError: nothing has come of what was sent.
        """
        if not all(self.progress().values()):
            raise RuntimeError(self._trouble("has workers that do nothing"))

    def _wait_for(self, steps: tuple[str, ...]) -> None:
        deadline = time.monotonic() + READY_DEADLINE_S
        while not all(self.client.exists(ready_key(step)) for step in steps):
            if time.monotonic() > deadline:
                raise RuntimeError(self._trouble("has workers that do not start"))
            time.sleep(PAUSE_S)

    def _trouble(self, what: str) -> str:
        return f"{self.tool.name} {what}. The end of its log:{os.linesep}{last_lines(self.log)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for step in tuple(self._workers):
            self.kill(step)
        self.client.close()
