"""What a process has used: on Linux from /proc, elsewhere from ``ps``."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LINUX: Final = sys.platform == "linux"
LOOK_S: Final = 0.05
"""Between two looks at what a command holds."""
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
    """The most memory it was seen to hold, in megabytes."""


def run(command: list[str]) -> Ran:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    started = time.perf_counter()
    rss_mb_max = 0.0
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT) as process,
    ):
        # Looked at again and again: the kernel's own figure for a child (ru_maxrss) begins with what its parent held,
        # and a benchmark that has checked a million headlines holds more than the command.
        while process.poll() is None:
            rss_mb_max = max(rss_mb_max, rss_mb(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_S)
        seconds = time.perf_counter() - started
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    if process.returncode:
        message = f"{' '.join(command)} ended with {process.returncode}: {words}"
        raise RuntimeError(message)
    return Ran(seconds, rss_mb_max)
