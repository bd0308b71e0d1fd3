"""A stage that has nothing to do with elections: it numbers words and says each one."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from streams.errors import Outdated
from streams.faststream_adapter import Broker, Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring

PARTITION: Final = "synthetic-partition"
POISON: Final = b"poison"
"""The word that the toy's rule fails on."""
HALT: Final = b"halt"
"""The word at which the toy's rule lets nothing go on."""


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON object as bytes."""

    value: bytes

    def encode(self) -> bytes:
        """Return it."""
        return self.value


@dataclass(frozen=True, slots=True)
class Count:
    """How often a word was seen."""

    number: int

    def encode(self) -> bytes:
        """Return it as digits."""
        return b"%d" % self.number

    @classmethod
    def decode(cls, value: bytes) -> "Count":
        """Return it from its digits."""
        return cls(int(value))


class Words:
    """How often each word was seen."""

    def __init__(self, partition: str) -> None:
        self.partition = partition
        self.seen: dict[str, int] = {}

    def keep(self, word: str, count: Count) -> None:
        """Remember how often a word was seen."""
        self.seen[word] = count.number


def say(words: Words, entry: Entry) -> Iterator[Effects]:
    """Count a word and say it with its count."""
    word = entry.fields[b"data"]
    if word == POISON:
        message = "this word is too much"
        raise RuntimeError(message)
    if word == HALT:
        raise Outdated("words", words.partition, "the word halt", "0")
    count = words.seen.get(word.decode(), 0) + 1
    said = Json(b'{"word":"%s","count":%d}' % (word, count))
    yield Effects((Record("toy:words", word.decode(), Count(count)),), (Emission("said", said),))


def set_aside(words: Words, entry: Entry, error: Exception) -> Effects:
    """Park a word."""
    return Effects(emissions=(Emission("set-aside", Json(b'{"entry":"%s"}' % entry.id.encode())),))


WIRING: Final = Wiring(
    stage="toy",
    reads="words",
    writes=("said", "set-aside"),
    state=Words,
    tables=(Table("toy:words", Count.decode, Words.keep),),
    park=set_aside,
    chained="said",
)


def toy_router() -> Router:
    """Return the stage, declared for a broker."""
    router = Router()
    router.fold(WIRING)(say)
    return router


@contextmanager
def running(broker: Broker) -> Iterator[None]:
    """Run a broker in a thread of its own until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(broker.start(), loop).result(10)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(broker.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
