"""Readers who are cut off again and again, while everything behind their feed is killed."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Copy, Feed, Publisher
from tests.storms.scale import FULL

CONTESTS: Final = 650 if FULL else 30
DECLARATIONS: Final = 1_000 if FULL else 90
READERS: Final = 20 if FULL else 4
CUTS: Final = 200 if FULL else 15
"""How often each reader is cut off at least."""
KILLS: Final = 24 if FULL else 8
"""In turn of a publishing process, aggregate, notify and the server."""
WORK_S: Final = 240
"""Seconds after which a reader has to be at the end."""
BLOCKS_MAX: Final = 40
"""Blocks that a reader takes at most before it is cut off."""

NIGHT: Final = night(41, contests=CONTESTS, declarations=DECLARATIONS)
EVENTS: Final = f"/v1/elections/{NIGHT.election}/events"


class Publishers:
    """Two processes that serve the same; one that is killed is replaced."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.all = [Publisher(pipeline), Publisher(pipeline)]

    def replace(self, place: int) -> None:
        """Kill one, and start another in its place."""
        self.all[place].service.kill()
        self.all[place] = Publisher(self.pipeline)


class Reader:
    """Follows the feed, at one process or the other, from where it was cut off."""

    def __init__(self, publishers: Publishers, seed: int) -> None:
        self.copy = Copy()
        self.cuts = 0
        self._publishers = publishers
        self._random = random.Random(seed)
        self.until = ""
        """The cursor at which it stops, once that is known."""

    def work(self) -> None:
        """Read until the end, and until it has been cut off often enough."""
        began = time.monotonic()
        # Without a pause, which would be longer each time: a reader that was cut off comes back at once.
        while not self._done():
            assert time.monotonic() - began < WORK_S, f"a reader is at {self.copy.cursor}, not at {self.until}"

    def _done(self) -> bool:
        self._read_some()
        return self.copy.cursor == self.until and self.cuts >= CUTS

    def _read_some(self) -> None:
        publisher = self._random.choice(self._publishers.all)
        left = self._random.randint(1, BLOCKS_MAX)
        try:
            with Feed(publisher, EVENTS, self.copy.cursor, timeout=2) as feed:
                if feed.answer.status != 200:
                    return
                for block in feed.blocks():
                    assert block.name != "resnapshot", block
                    self.copy.take(block)
                    left -= 1
                    if not left or self.copy.cursor == self.until:
                        break
        except (OSError, HTTPException):
            # Killed, or not there yet, or nothing has happened for two seconds.
            pass
        self.cuts += 1


def test_readers_who_are_cut_off_have_each_event_once(pipeline: Pipeline) -> None:
    """Promise: whatever is killed, every copy made of events equals the pages, and each event came once, in order."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    publishers = Publishers(pipeline)
    readers = [Reader(publishers, seed) for seed in range(READERS)]
    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(reader.work) for reader in readers]
        size = len(NIGHT.sent) // KILLS + 1
        for kill, begin in enumerate(range(0, len(NIGHT.sent), size)):
            centre.send(NIGHT.sent[begin : begin + size])
            match kill % 4:
                case 0:
                    publishers.replace(kill // 4 % 2)
                case 1 | 2:
                    name = ("aggregate", "notify")[kill % 4 - 1]
                    for service in pipeline.services.alive(name):
                        service.kill()
                    pipeline.start(name)
                case _:
                    pipeline.server.kill()
                    pipeline.server.start()
        centre.settle()
        publishers.all[0].await_ready()
        end = publishers.all[0].await_cursor(NIGHT.election, ledger=len(NIGHT.declarations) // 2)
        for reader in readers:
            reader.until = end
        for each in reading:
            each.result()
    assert min(reader.cuts for reader in readers) >= CUTS
    for reader in readers:
        reader.copy.require_equal(publishers.all[0], NIGHT.election)
