"""``python -m benchmarks.sizing [ELECTION ...]``: what a night needs of disk, memory, processor and network.

Each bundled election is played on a server of its own with everything that ``tallywire run`` starts: first in one go,
then one declaration after another, as a real night has them; the table has the larger figure of the two.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx2
from redis import Redis

from benchmarks.machine import cpu_s
from tallywire.packs.pack import find_pack, read_pack

ELECTIONS: Final = ("pcc.2024-05-02", "local.2017-05-04", "parl.2024-07-04")
PORT: Final = 17_990
EVERY_S: Final = 0.1
"""Between two declarations: each is a group of its own, with tallies of its own, which is most."""

ROWS: Final = (
    "declarations",
    "log of the server, MB",
    "of a declaration, kB",
    "memory of the server, MB",
    "memory of all processes, MB",
    "of the largest, MB",
    "processor time of all, s",
    "snapshot, KB (brotli)",
    "all contests, KB (brotli)",
    "whole feed, MB",
)


def main() -> int:
    """Measure, and print a table in Markdown."""
    elections = sys.argv[1:] or ELECTIONS
    found = {}
    for election in elections:
        at_once, by_turns = played(election, 0.0), played(election, EVERY_S)
        found[election] = [max(pair) for pair in zip(at_once, by_turns, strict=True)]
    print(f"| | {' | '.join(elections)} |\n|---|{'---|' * len(elections)}")
    for place, row in enumerate(ROWS):
        print(f"| {row} | {' | '.join(f'{found[each][place]:,.{0 if place == 0 else 1}f}' for each in elections)} |")
    return 0


def played(election: str, pause_s: float) -> list[float]:
    """Play an election, with a pause after each declaration; return the figures of ``ROWS``."""
    lines = read_pack(find_pack(election)).declarations
    with tempfile.TemporaryDirectory() as folder, everything(Path(folder)) as (process, url, http):
        tallywire("election", "load", election, "--redis", url)
        sender = subprocess.Popen(
            [sys.executable, "-m", "tallywire", "declare", "-", "--election", election, "--redis", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        assert sender.stdin is not None  # noqa: S101  # asked for above
        for line in lines:
            sender.stdin.write(line + b"\n")
            sender.stdin.flush()
            time.sleep(pause_s)
        sender.stdin.close()
        sender.wait()
        base = f"{http}/v1/elections/{election}"
        await_all(base, len(lines))
        pids = [process.pid, *below(process.pid)]
        memory = [resident_mb(pid) for pid in pids]
        with Redis.from_url(url) as client:
            used = float(client.info("memory")["used_memory"])
        log = sum(file.stat().st_size for file in Path(folder).rglob("*.aof"))
        return [
            len(lines),
            log / 1e6,
            log / 1e3 / len(lines),
            used / 1e6,
            sum(memory),
            max(memory),
            sum(cpu_s(pid) for pid in pids),
            fetched(f"{base}/snapshot") / 1e3,
            fetched(f"{base}/contests") / 1e3,
            feed(f"{base}/events?after=0") / 1e6,
        ]


@contextmanager
def everything(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str, str]]:
    """Run server and services; yield the process, and where server and publishing are."""
    where = ("--data", str(folder / "data"), "--port", str(PORT), "--http", str(PORT + 1))
    process = subprocess.Popen(
        [sys.executable, "-m", "tallywire", "run", *where, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None  # noqa: S101  # asked for above
        for line in process.stdout:
            if json.loads(line)["happened"] == "running":
                break
        yield process, f"redis://127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT + 1}"
    finally:
        process.terminate()
        process.wait()


def tallywire(*words: str) -> None:
    """Run a command."""
    subprocess.run([sys.executable, "-m", "tallywire", *words], check=True, stdout=subprocess.DEVNULL)


def await_all(base: str, declarations: int) -> None:
    """Wait until everything that was declared is published: the cursor's place on the ledger tells."""
    while True:
        with suppress(httpx2.HTTPError):
            cursor = str(httpx2.get(f"{base}/snapshot").json().get("cursor", "l0."))
            if int(cursor.partition(".")[0].removeprefix("l")) > declarations:
                return
        time.sleep(0.1)


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that these have started."""
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [one for child in map(int, said) for one in (child, *below(child))]


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def fetched(url: str) -> int:
    """Return how many bytes an answer has on the wire."""
    return httpx2.get(url, headers={"Accept-Encoding": "br"}).num_bytes_downloaded


def feed(url: str) -> int:
    """Return how many bytes a feed has until nothing more comes."""
    read = 0
    with suppress(httpx2.ReadTimeout), httpx2.stream("GET", url, timeout=3.0) as answer:
        for chunk in answer.iter_raw():
            read += len(chunk)
    return read


if __name__ == "__main__":
    sys.exit(main())
