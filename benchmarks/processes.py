"""What a process has used: on Linux from /proc, elsewhere from ``ps``."""

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LINUX: Final = sys.platform == "linux"
_TICKS_PER_S: Final[int] = os.sysconf("SC_CLK_TCK")
_UTIME: Final = 11
"""Place of the ticks in user mode in /proc/PID/stat, counted behind the name; those in the kernel follow."""


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used so far, all of its threads, in seconds."""
    if LINUX:
        # The name, in parentheses, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[_UTIME]) + int(fields[_UTIME + 1])) / _TICKS_PER_S
    minutes, _, seconds = _ps("time", pid).rpartition(":")
    return float(seconds) + sum(int(part) * 60.0**place for place, part in enumerate(minutes.split(":")[::-1], 1))


def rss_mb(pid: int) -> float:
    """Return the memory that a process holds, in megabytes."""
    if LINUX:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6
    return int(_ps("rss", pid)) * 1_024 / 1e6


def _ps(column: str, pid: int) -> str:
    return subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, check=True, text=True).stdout


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took."""

    seconds: float
    rss_mb_max: float


def run(command: list[str]) -> Ran:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        said = process.stdout.read()
        # The one call that tells what a single child has used.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(command)} ended with {process.returncode}: {said.decode('utf-8', 'replace')}"
        raise RuntimeError(message)
    return Ran(time.perf_counter() - started, usage.ru_maxrss * (1_024 if LINUX else 1) / 1e6)
