"""``python -m benchmarks.fanout``: events a second to 100, 1,000 and 10,000 readers, side by side.

Needs gcc for the readers, which are C, and nginx with nchan (Debian: gcc, nginx-light, libnginx-mod-nchan); who is not
there takes no part. Readers and server share the machine, so figures compare servers, and say little of one alone.
"""

import argparse
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.fanout import ours
from benchmarks.machine import cpu_s

PORT: Final = 18_900

MODULE: Final = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

FILES: Final = 30_000
"""Files open at once, in servers and readers."""

START_S: Final = 20.0
"""How long a server may take to listen."""

PAUSE_S: Final = 0.05
"""Between two looks whether it does."""

COLUMNS: Final = (
    *("server", "readers", "events a second", "delivered a second", "of those expected", "p50 ms", "p99 ms"),
    *("µs CPU a delivery", "KB a reader"),
)

CONFIGURATION: Final = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
load_module {module};
worker_processes 2;
worker_rlimit_nofile {files};
events {{ worker_connections 15000; }}
http {{
  access_log off;
  nchan_message_buffer_length 20;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location = /events {{ nchan_subscriber eventsource; nchan_channel_id night; }}
    location = /publish {{ nchan_publisher; nchan_channel_id night; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a server."""

    readers: int
    rate: float
    """Events a second."""
    seconds: float
    size: int
    """Bytes of an event."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server of events."""

    name: str
    command: Callable[[Path, int], Sequence[str]]
    """Its command line, for a folder and a port."""
    paths: tuple[str, ...]
    """The feed; and what every tenth reader asks for, where it has filters."""
    publish: str = "/publish"
    readers_max: int = 10_000
    processes: int = 1
    """So many are started, at ports one after the other, and each has its part of the readers."""


def _nginx(folder: Path, port: int) -> Sequence[str]:
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, module=MODULE, files=FILES, port=port), "utf-8")
    return ("/usr/sbin/nginx", "-c", str(configuration))


def _python(module: str) -> Callable[[Path, int], Sequence[str]]:
    return lambda _folder, port: (sys.executable, "-m", f"benchmarks.fanout.{module}", str(port))


CONTENDERS: Final = (
    Contender("Tallywire, one process", _python("ours"), (ours.FEED, ours.FILTERED), ours.PUBLISH_PATH),
    Contender("Tallywire, two processes", _python("ours"), (ours.FEED, ours.FILTERED), ours.PUBLISH_PATH, processes=2),
    Contender("nginx with nchan, two workers", _nginx, ("/events",)),
    Contender("sse-starlette, one process", _python("usual"), ("/events",), readers_max=1_000),
)


def main() -> int:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fanout", description="Many readers of one feed.")
    parser.add_argument("--readers", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rates", type=float, nargs="+", default=[1.0, 10.0], help="events a second")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement")
    parser.add_argument("--bytes", type=int, default=1_024, help="of an event")
    parser.add_argument("--usual", type=int, default=1_000, help="most readers for sse-starlette")
    chosen = parser.parse_args()
    if shutil.which("gcc") is None:
        print("The readers are C, and there is no gcc.", file=sys.stderr)
        return 2
    _allow_files()
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.2f}; events of {chosen.bytes:,} bytes\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "readers"
        source = Path(__file__).with_name("readers.c")
        subprocess.run(["gcc", "-O2", "-pthread", str(source), "-o", str(program)], check=True)
        for readers in chosen.readers:
            for rate in chosen.rates:
                for contender in CONTENDERS:
                    if contender.name.startswith("nginx") and not MODULE.exists():
                        continue
                    if readers > max(contender.readers_max, chosen.usual if "sse" in contender.name else 0):
                        continue
                    print(_measured(contender, program, Load(readers, rate, chosen.seconds, chosen.bytes)), flush=True)
    return 0


def _measured(contender: Contender, program: Path, load: Load) -> str:
    """Return a line of the table."""
    with tempfile.TemporaryDirectory() as folder, _served(contender, Path(folder)) as server:
        before = _memory_kb(server)
        asked = (
            *(load.readers, PORT, contender.processes),
            *(contender.publish, load.rate, load.seconds, load.size, *contender.paths),
        )
        with subprocess.Popen(
            [str(program), *map(str, asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdin is not None  # noqa: S101  # both are pipes
            assert running.stdout is not None  # noqa: S101
            running.stdout.readline()
            a_reader = (_memory_kb(server) - before) / load.readers
            used = _cpu_s(server)
            running.stdin.write("\n")
            running.stdin.flush()
            found: dict[str, Any] = json.loads(running.stdout.readline())
            used = _cpu_s(server) - used
    part = found["delivered"] / max(1, found["expected"])
    deliveries = max(1, found["posted_in_all"] * load.readers * part)
    figures = (
        *(f"{load.readers:,}", f"{load.rate:g}", f"{found['delivered'] / load.seconds:,.0f}", f"{100 * part:.1f} %"),
        *(f"{found['p50_ms']:.0f}", f"{found['p99_ms']:.0f}", f"{1e6 * used / deliveries:.1f}", f"{a_reader:.1f}"),
    )
    return f"| {' | '.join((contender.name, *figures))} |"


@contextmanager
def _served(contender: Contender, folder: Path) -> Iterator[list[int]]:
    """Run a server, and yield the ids of its processes."""
    quiet = subprocess.DEVNULL
    with ExitStack() as stack:
        started: list[int] = []
        for port in range(PORT, PORT + contender.processes):
            process = stack.enter_context(subprocess.Popen(contender.command(folder, port), stdout=quiet, stderr=quiet))
            stack.callback(process.terminate)
            deadline = time.monotonic() + START_S
            while not _listens(port):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit(f"{contender.name} does not listen.")
                time.sleep(PAUSE_S)
            started += [process.pid, *_children(process.pid)]
        yield started


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _cpu_s(pids: Sequence[int]) -> float:
    return sum(map(cpu_s, pids))


def _memory_kb(pids: Sequence[int]) -> float:
    """Return what processes take of memory, what they share counted in parts."""
    lines = (line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines())
    return float(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")))


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))


if __name__ == "__main__":
    sys.exit(main())
