"""How much of the cores there was. A virtual machine may share them with others, and nothing tells it.

Beside the work, on each core, a process of its own does the same small piece of work five times a second, and takes the
processor time of it. When a neighbour uses the other half of a core that nearly doubles. What we do ourselves does not
count: waiting for a core is not time on it, and each piece is done twice, first to find the caches as it left them.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import fmean
from typing import Final

CORES: Final = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else list(range(os.cpu_count() or 1))
"""Cores that the line, and whatever feeds and reads it, may use."""

PAUSE_S: Final = 0.2
"""Between two pairs of pieces; a pair takes two milliseconds, one per cent of a core."""

STEPS: Final = 1_500
"""Of a piece: long enough to be timed, short enough to be seldom interrupted."""

PIECES: Final = "pieces_ns"
"""The detail of a round under which they are kept until all rounds are done."""

OWN_PACE: Final = 0.1
"""The fastest tenth of the pieces of a run had the core for themselves: even in a bad hour there are such moments. Were
there none, the pace would be said to be better than it was."""


def own_ns(took_ns: Sequence[int]) -> int:
    """Return what a piece takes on a core that nobody else uses, of all the pieces of a run."""
    return sorted(took_ns)[int(OWN_PACE * len(took_ns))]


def share(took_ns: Sequence[int], own: int) -> float:
    """Return how much of the cores' own pace there was on average while these pieces were done; 1 is all of it."""
    return fmean(min(1.0, own / took) for took in took_ns)


def probe(core: int) -> subprocess.Popen[bytes]:
    """Start doing pieces of work on a core: a line for each says what it took, until standard input is closed."""
    command = [sys.executable, "-m", "benchmarks.pace", str(core)]
    # Not buffered: a line that is read takes nothing of the next one with it.
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


@contextmanager
def pieces() -> Iterator[list[int]]:
    """Do pieces of work on all cores while the context lasts; how many nanoseconds each took is known afterwards."""
    took_ns: list[int] = []
    probes = [probe(core) for core in CORES]
    said = b""
    try:
        for one in probes:
            assert one.stdout is not None  # noqa: S101  # it was asked for
            said += one.stdout.readline()
        yield took_ns
    finally:
        for one in probes:
            said += one.communicate()[0]
            if one.returncode:
                raise RuntimeError("the pace of a core could not be watched")
        took_ns += map(int, said.split())


def main() -> None:
    """Do pieces of work on one core until standard input ends, and print what each took."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {int(sys.argv[1])})
    done = False
    while not done:
        _piece()
        print(_piece(), flush=True)
        done = bool(select.select([sys.stdin], [], [], PAUSE_S)[0])


def _piece() -> int:
    """Return the processor time, in nanoseconds, of work like that of the rules: tuples, dictionaries and texts."""
    began_ns = time.thread_time_ns()
    texts: dict[tuple[int, str], str] = {}
    for number in range(STEPS):
        key = (number % 100, "votes")
        texts[key] = f"{number:,} {texts.get(key, '')[:10]}"
    return time.thread_time_ns() - began_ns


if __name__ == "__main__":
    main()
