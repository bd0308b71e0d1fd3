"""How cost grows: with the declarations of an election, and with its contests."""

import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from benchmarks.line import Line, deadline_s, judged, line, work_off, work_off_further
from benchmarks.processes import run
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import (
    LOOK_S,
    REVISIONS_MAX,
    Workload,
    check,
    contests_for,
    open_election,
    post,
    post_register,
    wait_for_seats,
)

DECLARATIONS: Final = (1_000, 10_000, 100_000, 1_000_000)
USUAL_MOST: Final = 30_000
"""As far as a run goes that does not ask for everything."""
CONTESTS: Final = (10, 100, 1_000, 10_000)
CORRECTED: Final = f"{CONTESTS[-1]:,}, declared before"
"""The most contests, each of which has a result already."""

MEMORY: Final = (
    *("rss_mb_ingest", "rss_mb_aggregate", "rss_mb_notify"),
    *("server_used_mb", "disk_mb"),
)


def grown(_declarations: int, *, size: int, workload: Workload, largest: bool) -> Round:
    """Work off an election of so many declarations, and weigh what is held then.

    Args:
        _declarations: not used; the size is this contender's own.
        size: how many declarations.
        workload: the election.
        largest: whether to try restarting, verifying and deriving again, too.
    """
    with line() as running:
        running.preload(size, workload)
        running.start()
        found = work_off(running, size, workload)
        details = {**found.details, **running.memory()}
        if not largest:
            return replace(found, details=details)
        details["restart_s"] = _restart(running, size, workload)
        details |= _verify(running, workload)
        details |= _rebuild(running, size + 1, workload)
        return judged([check(running.client, size + 1, workload)], found.seconds, size, details)


def broad(_declarations: int, *, size: int, workload: Workload, before: int = 0) -> Round:
    """Let the register be taken in, then work off so many declarations, and weigh what is held then.

    Args:
        _declarations: not used; the size is this contender's own.
        size: how many declarations.
        workload: the election.
        before: how many more are worked off first, and are not timed.
    """
    with line() as running:
        post_register(running.client, workload)
        running.start()
        started = time.perf_counter()
        open_election(running.client, workload)
        # Aggregate is the last to read the register, and then has a cursor. Not `Desk.behind`: every look would fetch
        # the last entries, and here that is the register, megabytes of it.
        while not running.client.hexists(workload.keys.key("aggregate"), "cursor"):
            time.sleep(LOOK_S)
        details = {"register_s": time.perf_counter() - started}
        if before:
            post(running.client, 0, before, workload)
            wait_for_seats(running.client, before, deadline_s(before), workload)
        found = work_off_further(running, before + size, workload, before=before)
        return replace(found, details={**details, **found.details, **running.memory()})


def _restart(line: Line, size: int, workload: Workload) -> float:
    """Kill all three services; return how long until each leads again and has passed one more declaration on."""
    started = time.perf_counter()
    # Each is started again by its supervisor.
    line.signal(signal.SIGKILL)
    post(line.client, size, size + 1, workload)
    wait_for_seats(line.client, size + 1, deadline_s(size), workload)
    return time.perf_counter() - started


def _verify(line: Line, workload: Workload) -> dict[str, float]:
    """Return what ``tallywire verify`` takes."""
    took = run(_tallywire(line, "verify", workload))
    return {"verify_s": took.seconds, "verify_rss_mb_max": took.rss_mb_max}


def _rebuild(line: Line, size: int, workload: Workload) -> dict[str, float]:
    """Return what ``tallywire rebuild`` takes, and then the services until the last headline is there again."""
    line.stop()
    took = run([*_tallywire(line, "rebuild", workload), "--force"])
    started = time.perf_counter()
    line.start()
    wait_for_seats(line.client, size, deadline_s(size), workload)
    return {"rebuild_command_s": took.seconds, "rebuild_s": took.seconds + time.perf_counter() - started}


def _tallywire(line: Line, command: str, workload: Workload) -> list[str]:
    return [sys.executable, "-m", "tallywire", command, "--redis", line.server.url, "--election", workload.election]


def by_declarations(options: Options) -> Mapping[str, Contender]:
    """Return one election after another, of as many contests, each with more declarations."""
    most = DECLARATIONS[-1] if options.everything else options.declarations
    sizes = sorted({size for size in DECLARATIONS if size < most} | {most})
    workload = Workload(contests=contests_for(sizes[-1]), candidates=options.candidates)
    return {
        f"{size:,} declarations": partial(grown, size=size, workload=workload, largest=size == sizes[-1])
        for size in sizes
    }


def by_contests(options: Options) -> Mapping[str, Contender]:
    """Return one election after another, with as many declarations, each with more contests."""
    size = min(options.declarations, CONTESTS[0] * REVISIONS_MAX)
    workloads = {contests: Workload(contests=contests, candidates=options.candidates) for contests in CONTESTS}
    return {
        f"{contests:,} contests": partial(broad, size=size, workload=workload)
        for contests, workload in workloads.items()
    } | {CORRECTED: partial(broad, size=size, workload=workloads[CONTESTS[-1]], before=CONTESTS[-1])}


GROWTH: Final = Benchmark(
    name="growth",
    question="Does a declaration cost the same, however many there were before it?",
    contenders=by_declarations,
    declarations=USUAL_MOST,
    rounds=1,
    columns=("cpu_us", "pace", *MEMORY, "restart_s", "rebuild_s", "verify_s", "verify_rss_mb_max"),
    # Not to the smallest: the register, which comes first, is a good part of its work.
    ratios=tuple(
        Ratio(f"{size:,} declarations", f"{DECLARATIONS[1]:,} declarations") for size in (USUAL_MOST, *DECLARATIONS[2:])
    ),
)

BREADTH: Final = Benchmark(
    name="contests",
    question="What does a contest cost in speed and memory?",
    contenders=by_contests,
    declarations=CONTESTS[0] * REVISIONS_MAX,
    rounds=5,
    columns=("cpu_us", "share_of_allowed", "pace", "register_s", *MEMORY),
    ratios=tuple(Ratio(of, f"{CONTESTS[0]:,} contests") for of in (f"{CONTESTS[-1]:,} contests", CORRECTED)),
)
