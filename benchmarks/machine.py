"""The machine: a server of one's own on it, what a process uses, and what it was like when something was measured."""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from redis import Redis

from tallywire.embedded.server import EmbeddedServer, start_server

LINUX: Final = sys.platform == "linux"
CORES: Final = len(os.sched_getaffinity(0)) if LINUX else (os.cpu_count() or 1)
"""Cores that the processes may use."""

FLUSHES: Final = 200
FLUSHED_BYTES: Final = 4_096
_TICKS_PER_S: Final[int] = os.sysconf("SC_CLK_TCK")
_UTIME: Final = 11
"""Place of the ticks in user mode in /proc/PID/stat, counted behind the name; those in the kernel follow."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A server of one's own."""

    server: EmbeddedServer
    client: Redis
    folder: Path
    """For logs."""


@contextmanager
def fresh_server() -> Iterator[Fresh]:
    """Start an empty server with the settings of ``tallywire run``: durable, flushed at every write."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        start_server(Path(folder) / "server", ephemeral=True) as server,
        closing(Redis.from_url(server.url)) as client,
    ):
        yield Fresh(server, client, Path(folder))


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used so far, all of its threads, in seconds."""
    if LINUX:
        # The name, in parentheses, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[_UTIME]) + int(fields[_UTIME + 1])) / _TICKS_PER_S
    used = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, check=True, text=True).stdout
    minutes, _, seconds = used.rpartition(":")
    return float(seconds) + sum(int(part) * 60.0**place for place, part in enumerate(minutes.split(":")[::-1], 1))


def conditions(declarations: int) -> str:
    """Return what to say of the machine and the software, and of how busy the machine is now."""
    with fresh_server() as fresh:
        info = fresh.client.info()
        appendfsync = fresh.client.config_get("appendfsync")["appendfsync"]
    name = info.get("server_name", "redis")
    return (
        f"{declarations:,} declarations a round; {CORES} cores, {_processor()}, load before {os.getloadavg()[0]:.2f}, "
        f"a flushed write {_flush_us():.0f} µs; {platform.python_implementation()} {platform.python_version()}, "
        f"{name} {info.get(f'{name}_version', info['redis_version'])}, appendfsync {appendfsync}, "
        f"FastStream {version('faststream')}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8", "replace").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _flush_us() -> float:
    """Return the median time of one small write that is flushed to the disk, in microseconds."""
    took_us = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(FLUSHES):
            started = time.perf_counter()
            file.write(bytes(FLUSHED_BYTES))
            os.fsync(file.fileno())
            took_us.append(1e6 * (time.perf_counter() - started))
    return statistics.median(took_us)
