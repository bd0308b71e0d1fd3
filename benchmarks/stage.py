"""One stage: ours as the service runs it, a hand-written loop, and the same commits without any Python.

All three find the same entries under the same ids on a fresh server, and must leave the same bytes.
"""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.handwritten import STAGES, work
from benchmarks.line import READY_DEADLINE_S, Line, deadline_s, line
from benchmarks.processes import cpu_s
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import CHUNK, LOOK_S, Workload, contests_for
from streams.commit import load_function
from streams.keys import CATALOGUE, Partition, alive_key
from tallywire.embedded.child_processes import Family
from tallywire.embedded.logfile import last_lines
from tallywire.embedded.supervisor import service_command

OURS: Final = "our service"
HANDWRITTEN: Final = "hand-written loop"
CEILING: Final = "recorded commits, no Python"

Entries = list[tuple[bytes, dict[bytes, bytes]]]
Command = tuple[Any, ...]
Process = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Task:
    """What a stage has to do, and what must come of it."""

    partition: Partition
    entries: Entries
    """What it reads."""
    commits: list[Command]
    """Its commits, as commands."""
    written: int
    """Entries on the stream it is there for, afterwards."""
    digest: str
    """Of everything it writes."""


class Recorder(AsyncRedis):
    """A client that remembers the commits sent through it."""

    commits: list[Command]

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # redis-py's signature
        """Send a command."""
        if args[0] == "FCALL":
            self.commits.append(args)
        return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # as redis-py has it


@cache
def prepared(stage: str, declarations: int, candidates: int) -> Task:
    """Let the stages before this one do their work, then this one, and keep what it read, sent and wrote."""
    workload = Workload(contests=contests_for(declarations), candidates=candidates)
    commits: list[Command] = []
    names = list(STAGES)
    with line() as running:
        running.preload(declarations, workload)
        for name in names[: names.index(stage) + 1]:
            commits = asyncio.run(_recorded(running, workload.keys, name))
        entries = cast("Entries", running.client.xrange(workload.keys.key(STAGES[stage][0].reads)))
        return Task(workload.keys, entries, commits, *_outcome(running.client, workload.keys, stage))


async def _recorded(line: Line, partition: Partition, stage: str) -> list[Command]:
    last = line.desk.last_id(partition.name, STAGES[stage][0].reads)
    async with cast("Recorder", Recorder.from_url(line.server.url, socket_timeout=None)) as client:
        client.commits = []
        await work(client, client, partition, stage, last)
        return client.commits


def _outcome(client: Redis, partition: Partition, stage: str) -> tuple[int, str]:
    """Return how much the stage has written on its first stream, and a digest of all it has written."""
    digest = sha256()
    writes = STAGES[stage][0].writes
    for stream in writes:
        for _, fields in cast("Entries", client.xrange(partition.key(stream))):
            digest.update(b"%s\n%s\n" % (stream.encode(), fields[b"data"]))
    return client.xlen(partition.key(writes[0])), digest.hexdigest()


def _judged(client: Redis, task: Task, stage: str, seconds: float, details: dict[str, Any]) -> Round:
    written, digest = _outcome(client, task.partition, stage)
    missing, doubled = max(0, task.written - written), max(0, written - task.written)
    return Round(seconds, digest == task.digest, missing, doubled, details)


def as_process(declarations: int, *, stage: str, candidates: int, handwritten: bool) -> Round:
    """Start the stage as a process, open the election, and time it until its last commit."""
    task = prepared(stage, declarations, candidates)
    with line() as running:
        url = running.server.url
        for start in range(0, len(task.entries), CHUNK):
            with running.client.pipeline(transaction=False) as pipeline:
                for entry_id, fields in task.entries[start : start + CHUNK]:
                    pipeline.xadd(task.partition.key(STAGES[stage][0].reads), cast("Any", fields), id=entry_id)
                pipeline.execute()
        alone = [sys.executable, "-m", "benchmarks.handwritten", url, stage]
        log_path, family = running.folder / "stage.log", Family()
        try:
            with log_path.open("wb") as log:
                process = family.start(alone if handwritten else service_command(url)(stage), output=log)
            alive = alive_key(stage, socket.gethostname(), process.pid)
            _await(lambda: running.client.exists(alive), READY_DEADLINE_S, process, log_path)
            seconds, used_s = _timed(running, task, stage, process, deadline_s(declarations))
        finally:
            family.end()
        details = {
            "cpu_us_python": 1e6 * used_s[0] / declarations,
            "cpu_us_server": 1e6 * used_s[1] / declarations,
        }
        return _judged(running.client, task, stage, seconds, details)


def _timed(line: Line, task: Task, stage: str, process: Process, limit_s: float) -> tuple[float, tuple[float, float]]:
    """Return how long the stage takes, and the processor time it and the server use."""
    last, key = task.entries[-1][0], task.partition.key(stage)
    before = cpu_s(process.pid), cpu_s(line.server.pid)
    started = time.perf_counter()
    line.client.xadd(CATALOGUE, {"election": task.partition.name})
    _await(lambda: line.client.hget(key, "cursor") == last, limit_s, process, line.folder / "stage.log")
    seconds = time.perf_counter() - started
    return seconds, (cpu_s(process.pid) - before[0], cpu_s(line.server.pid) - before[1])


def _await(condition: Callable[[], object], limit_s: float, process: Process, log_path: Path) -> None:
    """Look until something is so.

    Raises:
        RuntimeError: it is not within ``limit_s`` seconds, or the process has ended; with the end of its log.
    """
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline or process.poll() is not None:
            message = f"the stage does not come to its end:\n{last_lines(log_path)}"
            raise RuntimeError(message)
        time.sleep(LOOK_S)


def ceiling(declarations: int, *, stage: str, candidates: int) -> Round:
    """Send the recorded commits, packed beforehand, without waiting for an answer between them."""
    task = prepared(stage, declarations, candidates)
    with line() as running, closing(Redis.from_url(running.server.url)) as client:
        asyncio.run(_load(running.server.url))
        # A connection without the client: what it is given has been packed beforehand. redis-py has no types for it.
        connection: Any = client.connection_pool.get_connection()
        packed = [part for commit in task.commits for part in connection.pack_command(*commit)]
        used_s = cpu_s(running.server.pid)
        started = time.perf_counter()
        connection.send_packed_command(packed)
        for _ in task.commits:
            connection.read_response()
        seconds = time.perf_counter() - started
        used_s = cpu_s(running.server.pid) - used_s
        client.connection_pool.release(connection)
        return _judged(running.client, task, stage, seconds, {"cpu_us_server": 1e6 * used_s / declarations})


async def _load(url: str) -> None:
    async with AsyncRedis.from_url(url) as client:
        await load_function(client)


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return ours, the loop, and the ceiling."""
    started = partial(as_process, stage=options.stage, candidates=options.candidates)
    return {
        OURS: partial(started, handwritten=False),
        HANDWRITTEN: partial(started, handwritten=True),
        CEILING: partial(ceiling, stage=options.stage, candidates=options.candidates),
    }


BENCHMARK: Final = Benchmark(
    name="stage",
    question="What does the frame cost: one stage against a loop without it, and against the server alone?",
    contenders=contenders,
    declarations=20_000,
    rounds=5,
    columns=("cpu_us_python", "cpu_us_server"),
    ratios=(Ratio(OURS, HANDWRITTEN, 0.9), Ratio(OURS, CEILING)),
)
