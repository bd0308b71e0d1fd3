"""One stage: ours as the service runs it, and a hand-written loop.

Both find the same entries under the same ids on a server of their own, and must leave the same bytes: ingest, which
notes when it read an entry, but for such times.
"""

import asyncio
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.handwritten import STAGES, work
from benchmarks.machine import Fresh, cpu_s, fresh_server
from benchmarks.rounds import Round
from benchmarks.workload import CHUNK, KEYS, LOOK_S, Entries, open_election, post
from streams.keys import alive_key
from tallywire.embedded.child_processes import Family
from tallywire.embedded.logfile import last_lines
from tallywire.embedded.supervisor import service_command

DEADLINE_S: Final = 600.0
"""How long a stage may take to start, or to work."""

_OF_THE_MOMENT: Final = re.compile(rb'"(?:time|acceptedtime|chain)":"[^"]*"|"groupend":true,')
"""What ingest takes from the clock, from how much it had read at once, and what covers that."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a stage has written."""

    entries: int
    """On the stream that it is there for."""
    digest: str
    """Of everything on the streams that it writes; of a stage that looks at the clock, but for ``_OF_THE_MOMENT``."""


@cache
def prepared(stage: str, declarations: int) -> tuple[Entries, Written]:
    """Return what a stage reads, and what it must write. The hand-written loop does the work up to there."""
    names = list(STAGES)
    with fresh_server() as fresh:
        post(fresh.client, declarations)
        for before in names[: names.index(stage)]:
            _work(fresh, before)
        return _work(fresh, stage), written(fresh.client, stage)


def _work(fresh: Fresh, stage: str) -> Entries:
    """Do the work of a stage, and return what it has read."""
    entries = cast("Entries", fresh.client.xrange(KEYS.key(STAGES[stage][0].reads)))

    async def loop() -> None:
        async with AsyncRedis.from_url(fresh.server.url, socket_timeout=None) as client:
            await work(client, client, KEYS, stage, entries[-1][0].decode())

    asyncio.run(loop())
    return entries


def written(client: Redis, stage: str) -> Written:
    """Return what a stage has written so far."""
    digest = sha256()
    wiring = STAGES[stage][0]
    for stream in wiring.writes:
        for _, fields in cast("Entries", client.xrange(KEYS.key(stream))):
            event = _OF_THE_MOMENT.sub(b"", fields[b"data"]) if wiring.timed else fields[b"data"]
            digest.update(b"%s\n%s\n" % (stream.encode(), event))
    return Written(client.xlen(KEYS.key(wiring.writes[0])), digest.hexdigest())


def one_stage(declarations: int, *, stage: str, handwritten: bool) -> Round:
    """Start the stage as a process, open the election, and time it until its last commit."""
    entries, expected = prepared(stage, declarations)
    with fresh_server() as fresh:
        url, log_path, family = fresh.server.url, fresh.folder / "stage.log", Family()
        _put(fresh.client, KEYS.key(STAGES[stage][0].reads), entries)
        loop = [sys.executable, "-m", "benchmarks.handwritten", url, stage]
        try:
            with log_path.open("wb") as log:
                process = family.start(loop if handwritten else service_command(url)(stage), output=log)
            alive = alive_key(stage, socket.gethostname(), process.pid)
            _await(lambda: fresh.client.exists(alive), process, log_path)
            pids = {"Python": process.pid, "server": fresh.server.pid}
            before = {name: cpu_s(pid) for name, pid in pids.items()}
            started = time.perf_counter()
            open_election(fresh.client)
            _await(lambda: fresh.client.hget(KEYS.key(stage), "cursor") == entries[-1][0], process, log_path)
            seconds = time.perf_counter() - started
            cpu_us = {name: 1e6 * (cpu_s(pid) - before[name]) / declarations for name, pid in pids.items()}
        finally:
            family.end()
        found = written(fresh.client, stage)
    return Round(
        declarations,
        seconds,
        missing=max(0, expected.entries - found.entries),
        doubled=max(0, found.entries - expected.entries),
        right=found == expected,
        cpu_us=cpu_us,
    )


def _put(client: Redis, key: str, entries: Entries) -> None:
    for start in range(0, len(entries), CHUNK):
        pipeline = client.pipeline(transaction=False)
        for entry_id, fields in entries[start : start + CHUNK]:
            pipeline.xadd(key, cast("Any", fields), id=entry_id)
        pipeline.execute()


def _await(condition: Callable[[], object], process: "subprocess.Popen[bytes]", log_path: Path) -> None:
    """Look until something is so.

    Raises:
        RuntimeError: the process has ended, or the deadline has passed; with the end of the process's log.
    """
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline or process.poll() is not None:
            message = f"the stage does not come to its end:\n{last_lines(log_path)}"
            raise RuntimeError(message)
        time.sleep(LOOK_S)
