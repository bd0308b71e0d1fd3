"""One service that may die or freeze at a named step: the service as it is, with a hook where it says how far it is.

Nothing of this is in the product: its hooks are called at each step of a batch, and those here may send this very
process a signal. One step more is seen here than the hooks have: ``sent``, when a commit has left for the server and
nobody knows yet what became of it.
"""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import FrameType
from typing import Any, Final, Literal

from redis.asyncio.connection import AbstractConnection

from services.aggregate.service import aggregate_ledger
from services.ingest.service import ingest_declarations
from services.notify.service import notify_of_results
from services.shell import serve
from streams.errors import StageFailed
from streams.faststream_adapter import Broker, Router
from streams.fold import Effects, Entry, Rule
from streams.hooks import ServiceHooks, StageHooks
from tallywire.operations.logs import log_to_stderr

SERVICES: Final = ("ingest", "aggregate", "notify")
RULES: Final[dict[str, Rule[Any]]] = {
    "ingest": ingest_declarations,
    "aggregate": aggregate_ledger,
    "notify": notify_of_results,
}
STEPS: Final = ("read", "decided", "sent", "committed")
"""Where a batch is in hand, in their order; beside them there is ``refused``, by the fence."""

COMMAND_NAME_END: Final = 40
"""The name of a command is among so many first bytes of it."""

Deed = Literal["", "kill", "freeze"]

_FAULT: Final = "a fault of ours, put here by a test"
REASON: Final = f"ZeroDivisionError: {_FAULT}"
"""Why poison is parked."""

FAILED: Final = 1
"""Exit code of a service that stopped for good."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to happen to a service. By default, nothing."""

    deed: Deed = ""
    """What it does to itself: SIGKILL or SIGSTOP."""
    step: str = ""
    """At which step."""
    passing: int = 1
    """At the how-manieth passing of it."""
    reconnect: bool = False
    """Once thawed it commits over a fresh connection: what keeps it out is then the fence and not a broken socket."""
    poison: tuple[str, ...] = ()
    """Its rule fails on entries that hold one of these texts."""
    drag_s: float = 0
    """How much longer than need be it takes over each batch, with the batch in hand."""
    clock_shift_s: float = 0
    """How far its clock is ahead."""


@dataclass(slots=True)
class Hand:
    """Notes each step in the journal, and does the deed."""

    service: str
    fate: Fate
    journal: int
    """Descriptor of a file that is only added to, a line a step: a kill loses nothing of it."""
    passed: int = 0
    asked: bool = False
    """Whether somebody has asked by SIGUSR1 to freeze at the next ``decided``."""

    def observe(self, step: str) -> None:
        """Note a step; it may be the last thing that this process does."""
        self.note(step)
        if step == "read" and self.fate.drag_s:
            time.sleep(self.fate.drag_s)
        if step == self.fate.step:
            self.passed += 1
            if self.passed == self.fate.passing:
                self.note(f"{self.fate.deed}:{step}")
                os.kill(os.getpid(), signal.SIGKILL if self.fate.deed == "kill" else signal.SIGSTOP)
        if self.asked and step == "decided":
            self.asked = False
            os.kill(os.getpid(), signal.SIGSTOP)

    def note(self, what: str) -> None:
        """Write a line."""
        os.write(self.journal, f"{os.getpid()} {self.service} {what}\n".encode())

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """Freeze at the next ``decided``."""
        self.asked = True
        self.note("asked")


class Hooks(ServiceHooks):
    """The same hooks for every stage."""

    def __init__(self, hand: Hand) -> None:
        self.steps = Steps(hand)

    def stage(self, _stage: str, _partition: str, /) -> StageHooks:
        """Return the hooks that do the deed."""
        return self.steps


class Steps(StageHooks):
    """Hands each step of a batch to the hand."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand

    def read(self, _entries: int, /) -> None:
        """A batch is in hand."""
        self.hand.observe("read")

    def folded(self) -> None:
        """It is about to be committed."""
        self.hand.observe("decided")

    def committed(self, *_: object) -> None:
        """It is committed."""
        self.hand.observe("committed")

    def fenced(self) -> None:
        """Another worker was first."""
        self.hand.observe("refused")


def live(service: str, url: str, journal: int, fate: Fate) -> int:
    """Run a service in this process, and return its exit code."""
    log_to_stderr()
    hand = Hand(service, fate, journal)
    signal.signal(signal.SIGUSR1, hand.ask)
    if fate.clock_shift_s:
        _shift_clock(fate.clock_shift_s)
    _see_commits_leave(hand)
    module = import_module(f"services.{service}.service")
    router = module.router
    if fate.poison:
        router = Router()
        router.fold(module.WIRING)(poisoned(RULES[service], fate.poison))
    try:
        serve(Broker(url, router, Hooks(hand)), service)
    except StageFailed:
        return FAILED
    return 0


def poisoned(rule: Rule[Any], poison: Iterable[str]) -> Rule[Any]:
    """Return the rule with a fault in it: it fails on entries that hold one of the texts."""
    texts = [text.encode() for text in poison]

    def failing(state: Any, entry: Entry) -> Iterator[Effects]:  # noqa: ANN401  # any stage's state
        if any(text in entry.fields[b"data"] for text in texts):
            raise ZeroDivisionError(_FAULT)
        yield from rule(state, entry)

    return failing


def _shift_clock(seconds: float) -> None:
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + int(seconds * 1e9)


def _see_commits_leave(hand: Hand) -> None:
    """Observe ``sent``: when the whole of a commit has been handed to the kernel, so that it outlives this process."""
    send = AbstractConnection.send_packed_command

    async def send_and_tell(
        connection: AbstractConnection, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        commits = not isinstance(command, bytes | str) and b"FCALL" in next(iter(command))[:COMMAND_NAME_END]
        if commits and hand.fate.reconnect and hand.passed == hand.fate.passing:
            await connection.disconnect()
        await send(connection, command, check_health)
        if commits:
            writer = connection._writer
            assert writer is not None
            # Draining lets some wait in this process, unless told otherwise.
            writer.transport.set_write_buffer_limits(0)
            await writer.drain()
            hand.observe("sent")

    AbstractConnection.send_packed_command = send_and_tell  # type: ignore[assignment,method-assign]  # the one place to see it
