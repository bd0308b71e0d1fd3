"""A steady feed, and a reader: each a process of its own, as a count centre and a newsroom would be.

Both tell the time by the same clock: ``time.monotonic`` is the machine's, not the process's.
"""

import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final, cast

from redis import Redis

from benchmarks.line import Line
from benchmarks.workload import USUAL, declaration, open_election, post, post_register, wait_for_seats

PAUSE_S: Final = 0.002
"""The least between two posts; at a high rate those that are due go out together."""

WARM_UP: Final = USUAL.contests
"""Declarations before the feed, not counted: every contest once, and all code has run once."""

BLOCK_MS: Final = 500
"""How long the reader's blocking read waits before it asks whether it is too late."""

READING: Final = "benchmarks:reading"
"""Key by which the reader says that it is at its post."""

Headline = tuple[bytes, dict[bytes, bytes]]
"""An entry as the client returns it: id and fields."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a feed."""

    posted_s: list[float]
    """When each declaration was posted, in order."""
    waits_s: list[float]
    """How long each waited for its headline, in the same order; those that have none are left out."""

    @property
    def rate(self) -> float:
        """Declarations posted a second."""
        return (len(self.posted_s) - 1) / (self.posted_s[-1] - self.posted_s[0])


def send(url: str, rate: float, count: int) -> list[float]:
    """Post so many declarations beyond those of the warm-up, and return when each was posted.

    The feed is open: it does not wait for what becomes of them.
    """
    events = [declaration(number) for number in range(WARM_UP, WARM_UP + count)]
    posted_s: list[float] = []
    with closing(Redis.from_url(url)) as client:
        began = time.monotonic()
        while len(posted_s) < count:
            due = min(count, int((time.monotonic() - began) * rate) + 1)
            with client.pipeline(transaction=False) as pipeline:
                for event in events[len(posted_s) : due]:
                    pipeline.xadd(USUAL.keys.key("declarations"), {"data": event})
                now = time.monotonic()
                pipeline.execute()
            posted_s += [now] * (due - len(posted_s))
            time.sleep(max(PAUSE_S, began + len(posted_s) / rate - time.monotonic()))
    return posted_s


def receive(url: str, after: str, count: int, deadline_s: float) -> list[tuple[float, str, int]]:
    """Read headlines until there are so many, and return when each came, its ballot and its revision."""
    came: list[tuple[float, bytes]] = []
    key = USUAL.keys.key("headlines")
    deadline = time.monotonic() + deadline_s
    with closing(Redis.from_url(url)) as client:
        client.set(READING, 1)
        while len(came) < count and time.monotonic() < deadline:
            answer = cast("list[tuple[bytes, list[Headline]]]", client.xread({key: after}, block=BLOCK_MS))
            now = time.monotonic()
            for _, entries in answer:
                after = entries[-1][0].decode()
                came += [(now, fields[b"data"]) for _, fields in entries]
    headlines = [(now, json.loads(data)["data"]) for now, data in came]
    return [(now, data["ballot_id"], data["revision"]) for now, data in headlines]


@contextmanager
def hands() -> Iterator[ProcessPoolExecutor]:
    """Have two processes ready, one to send and one to read."""
    # Spawned: a fork would take this process's connections along.
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def warm_up(line: Line) -> None:
    """Open the election on a line whose services run, and declare every contest once."""
    post_register(line.client)
    open_election(line.client)
    post(line.client, 0, WARM_UP)
    wait_for_seats(line.client, WARM_UP, deadline_s=60)


def feed(line: Line, rate: float, seconds: float) -> Fed:
    """Feed a line that is warm at a steady rate, and read what comes of it."""
    count = max(2, round(rate * seconds))
    after = line.desk.last_id(USUAL.election, "headlines")
    with hands() as pool:
        reader = pool.submit(receive, line.server.url, after, count, deadline_s=30 + 3 * seconds)
        while not line.client.delete(READING):
            time.sleep(PAUSE_S)
        posted_s = pool.submit(send, line.server.url, rate, count).result()
        headlines = reader.result()
    numbers = {USUAL.subject(WARM_UP + number): number for number in range(count)}
    first: dict[int, float] = {}
    for came_s, ballot, revision in headlines:
        first.setdefault(numbers[ballot, revision], came_s)
    return Fed(posted_s, [first[number] - posted_s[number] for number in sorted(first)])
