"""Five tools, each the way its tutorial does it: how long they take, and what is left when their workers are killed."""

import random
import tempfile
import time
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from benchmarks.rounds import Contender, Round
from benchmarks.tools.line import PAUSE_S, Line, Tool
from benchmarks.tools.said import Said, said
from benchmarks.tools.work import STEPS
from tallywire.embedded.server import start_server

FASTSTREAM: Final = ("faststream", "run", "benchmarks.tools.with_faststream:app")
DRAMATIQ: Final = ("dramatiq", "benchmarks.tools.with_dramatiq", "--processes", "1")
ARQ: Final = ("arq", "--custom-log-dict", "benchmarks.tools.with_arq.LOGS")
TASKIQ: Final = ("taskiq", "worker", "benchmarks.tools.with_taskiq:broker", "--workers", "1", "--log-level", "WARNING")

TOOLS: Final = (
    Tool("FastStream", "faststream", "with_faststream", lambda _: FASTSTREAM, "never"),
    Tool(
        "Celery",
        "celery",
        "with_celery",
        lambda step: ("celery", "-A", "benchmarks.tools.with_celery", "worker", "--concurrency", "1", "-Q", step),
        "what ran: never; what was fetched: after 1 h",
    ),
    Tool(
        "Dramatiq",
        "dramatiq",
        "with_dramatiq",
        lambda step: (*DRAMATIQ, "--threads", "1", "--queues", step),
        "some time after 60 s",
    ),
    Tool("arq", "arq", "with_arq", lambda _: (*ARQ, "benchmarks.tools.with_arq.IN_ORDER"), "after 310 s"),
    Tool(
        "taskiq",
        "taskiq-redis",
        "with_taskiq",
        lambda _: (*TASKIQ, "--max-async-tasks", "1"),
        "after 600 s, if messages come then",
    ),
    # The same without the two lines that it logs for each message.
    Tool(
        "FastStream, silent",
        "faststream",
        "with_faststream",
        lambda _: (*FASTSTREAM, "--log-level", "warning"),
        "never",
    ),
    # As many at once as they do by default. What keeps the order is then only that a contest's next declaration is a
    # hundred further on: with five, eight threads left 27 of 500 headlines out, and 100 tasks at once 31.
    Tool(
        "Dramatiq, 8 threads",
        "dramatiq",
        "with_dramatiq",
        lambda step: (*DRAMATIQ, "--queues", step),
        "some time after 60 s",
    ),
    Tool("arq, 10 at once", "arq", "with_arq", lambda _: (*ARQ, "benchmarks.tools.with_arq.AT_ONCE"), "after 310 s"),
    Tool(
        "taskiq, 100 at once",
        "taskiq-redis",
        "with_taskiq",
        lambda _: TASKIQ,
        "after 600 s, if messages come then",
    ),
)

SETTLE_S: Final = 1.0
"""With everything said, how long nothing more must follow."""

PATIENCE_S: Final = 30.0
"""How long nothing may follow before we say that the rest is missing: a newsroom does not wait longer either."""

KILLS: Final = 5
"""Of each of the three workers."""


def contenders() -> dict[str, Contender]:
    """Return each tool that is installed, undisturbed, by name."""
    return {tool.name: partial(run, tool) for tool in installed()}


def killed(kills: int = KILLS, seed: int = 1) -> dict[str, Contender]:
    """Return each tool that is installed, each of its workers killed so many times, by name.

    A worker is killed (SIGKILL) when it has written a certain number of events, and started again at once. The numbers
    are drawn from ``seed``.
    """
    return {tool.name: partial(run, tool, kills=kills, seed=seed) for tool in installed()}


def installed() -> list[Tool]:
    """Return the tools that are installed."""
    return [tool for tool in TOOLS if release(tool)]


def release(tool: Tool) -> str:
    """Return a tool's version; empty when it is not installed."""
    try:
        return version(tool.distribution)
    except PackageNotFoundError:
        return ""


def run(tool: Tool, declarations: int, *, kills: int = 0, seed: int = 1, patience_s: float = PATIENCE_S) -> Round:
    """Let a tool do the work once, on a server of its own with our settings, everything sent beforehand."""
    # Told apart by their place in the work, not by the clock: a slow machine is killed at the same messages.
    draw = random.Random(seed)
    fates = {step: sorted(draw.randrange(1, declarations) for _ in range(kills)) for step in STEPS}
    with tempfile.TemporaryDirectory() as folder, start_server(Path(folder), ephemeral=True) as server:
        log = Path(folder) / "workers.log"
        with Line(tool, server.url, log) as line:
            line.send(declarations)
            line.start_all()
            found = _watch(line, declarations, fates, patience_s)
            line.require_work()
    return Round(
        seconds=found.seconds,
        exact=found.exact,
        missing=found.missing,
        doubled=found.doubled,
        details={
            "version": release(tool),
            "out_of_order": found.out_of_order,
            "tally_right": found.tally_right,
            "kills": 3 * kills - sum(len(fate) for fate in fates.values()),
            "gives_back": tool.gives_back,
        },
    )


def _watch(line: Line, declarations: int, fates: dict[str, list[int]], patience_s: float) -> Said:
    """Kill whose time has come, until all is said or nothing more comes."""
    progress, since = line.progress(), time.monotonic()
    while True:
        time.sleep(PAUSE_S)
        now = line.progress()
        if now != progress:
            progress, since = now, time.monotonic()
        for step, fate in fates.items():
            if fate and now[step] >= fate[0]:
                fate.pop(0)
                line.kill(step)
                line.start(step)
                since = time.monotonic()
        quiet_s = time.monotonic() - since
        if quiet_s > patience_s:
            return said(line.client, declarations)
        if quiet_s > SETTLE_S and now[STEPS[-1]] >= declarations:
            found = said(line.client, declarations)
            if not found.missing:
                return found
