"""The machine that the doctor runs on: room, memory, files, clock, and how long its disk takes for a flushed write."""

import ctypes
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tallywire.doctor.finding import Finding, good, warning, wrong

DISK_BYTES_MIN: Final = 2_000_000_000
"""Room for a general election, many times over: 650 declarations at 40 kB, a log that is written anew, exports."""

MEMORY_BYTES_MIN: Final = 1_000_000_000
"""All services of a general election on one machine take 700 MB."""

FILES_MIN: Final = 4_096
"""Open files: each reader of a feed is one. A service raises its own limit as far as the host allows."""

FLUSH_S_SLOW: Final = 0.02
"""A declaration waits for three flushed writes. On a disk for which each takes 20 ms that alone is a sixteenth of a
second; a network disk that takes longer makes people wait."""

FLUSHES: Final = 20
"""Writes that are timed; the median counts."""

TIME_ERROR: Final = 5
"""What Linux answers of a clock that nothing keeps right: adjtimex(2)."""

HUGE_PAGES: Final = Path("/sys/kernel/mm/transparent_hugepage/enabled")
MEMORY: Final = Path("/proc/meminfo")


def host(data: Path) -> Iterator[Finding]:
    """Yield how this machine is.

    Args:
        data: the folder on the disk that the server writes to; need not be there yet.
    """
    folder = next(each for each in (data, *data.absolute().parents) if each.is_dir())
    yield _disk(folder)
    yield from _memory()
    yield _files()
    yield _flush(folder)
    yield from _clock()
    if HUGE_PAGES.is_file() and "[always]" in HUGE_PAGES.read_text("utf-8"):
        yield warning(
            "host",
            str(HUGE_PAGES),
            "Transparent huge pages are always on: a server that writes its log anew stops for moments. "
            f"echo madvise > {HUGE_PAGES}",
        )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:,.1f} GB free"
    if free < DISK_BYTES_MIN:
        return wrong(
            "host",
            str(folder),
            f"Only {said}: a full disk takes no declaration. Make room for at least {DISK_BYTES_MIN / 1e9:.0f} GB.",
        )
    return good("host", str(folder), f"{said}.")


def _memory() -> Iterator[Finding]:
    if not MEMORY.is_file():
        return
    kilobytes = dict(line.split(":", 1) for line in MEMORY.read_text("utf-8").splitlines())
    free = int(kilobytes["MemAvailable"].split()[0]) * 1024
    said = f"{free / 1e9:,.1f} GB of memory free"
    if free < MEMORY_BYTES_MIN:
        yield wrong(
            "host",
            "memory",
            f"Only {said}: server and services need {MEMORY_BYTES_MIN / 1e9:.0f} GB. End other programs.",
        )
    else:
        yield good("host", "memory", f"{said}.")


def _files() -> Finding:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES_MIN:
        return warning(
            "host",
            "open files",
            f"A process may open {most:,} files, and each reader is one. Set LimitNOFILE (systemd) or ulimits "
            f"(compose) to {FILES_MIN:,} or more.",
        )
    return good("host", "open files", "As many as readers need.")


def _clock() -> Iterator[Finding]:
    """Yield whether something keeps the clock right, as the alert HostClockOff asks; nothing where nobody can say."""
    asked = getattr(ctypes.CDLL(None), "adjtimex", None)
    # It is asked, not changed: of the structure, which is shorter, the first field says what is to be set.
    said = -1 if asked is None else asked(ctypes.create_string_buffer(1_024))
    if said == TIME_ERROR:
        yield warning("host", "clock", "Nothing keeps it right: sudo timedatectl set-ntp true")
    elif said >= 0:
        yield good("host", "clock", "Something keeps it right.")


def _flush(folder: Path) -> Finding:
    took = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(FLUSHES):
                started = time.perf_counter()
                file.write(bytes(4_096))
                file.flush()
                os.fsync(file.fileno())
                took.append(time.perf_counter() - started)
    except OSError as error:
        return wrong("host", str(folder), f"Nothing can be written there: {os.strerror(error.errno or 0).lower()}.")
    median = statistics.median(took)
    said = f"A flushed write takes {median * 1e3:.1f} ms"
    if median > FLUSH_S_SLOW:
        return warning(
            "host", str(folder), f"{said}, and a declaration waits for three: put the data on a disk of this machine."
        )
    return good("host", str(folder), f"{said}.")
