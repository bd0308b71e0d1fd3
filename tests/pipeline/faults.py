"""One service with a fault: it dies or freezes at a named step, fails on some entries, or is slow.

Nothing of this is in the product: its hooks are called at each step of a batch, and those here may send this very
process a signal. One step more is seen here than the hooks have: ``sent``, when a commit has left for the server and
nobody knows yet what became of it.
"""

import gc
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Final, Literal

from redis.asyncio.connection import AbstractConnection

from services.aggregate.service import aggregate_ledger
from services.ingest.service import ingest_declarations
from services.notify.service import notify_of_results
from services.shell import serve
from streams.errors import StageFailed
from streams.faststream_adapter import Broker, Router
from streams.fold import Batch, Effects, Entry, Rule
from streams.hooks import ServiceHooks, StageHooks
from tallywire.embedded.supervisor import POSTING
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.logs import log_to_stderr
from tallywire.operations.metrics import Metrics
from tallywire.operations.traces import TracedService, tracing
from tallywire.operations.web import application, served
from tallywire.posting import server as posting_server
from tallywire.posting.settings import Settings as PostingSettings
from tallywire.publishing import server as publishing_server
from tallywire.publishing.settings import Settings
from tallywire.webhooks import worker as webhooks_worker

SERVICES: Final = ("ingest", "aggregate", "notify")
RULES: Final[dict[str, Rule[Any]]] = {
    "ingest": ingest_declarations,
    "aggregate": aggregate_ledger,
    "notify": notify_of_results,
}
STEPS: Final = ("read", "decided", "sent", "committed")
"""Steps of a batch, in their order; beside them there is ``refused``, by the fence."""

COMMAND_NAME_END: Final = 40
"""The name of a command is within so many first bytes of it."""

_FAULT: Final = "a fault of ours, put here by a test"
REASON: Final = f"ZeroDivisionError: {_FAULT}"
"""Why an entry is parked that the rule fails on."""

TELEPHONE: Final = "01632 960 112"
"""The desk's number, as the posting service is told: Ofcom keeps it for drama."""

FAILED: Final = 1
"""Exit code of a service that stopped for good."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a service. By default, nothing."""

    action: Literal["", "kill", "freeze"] = ""
    """What it does to itself: SIGKILL or SIGSTOP."""
    step: str = ""
    """At which step."""
    occurrence: int = 1
    """At which occurrence of the step, counted from 1."""
    reconnect: bool = False
    """Once thawed it commits over a fresh connection: what keeps it out is then the fence and not a broken socket."""
    poison: tuple[str, ...] = ()
    """Its rule fails on entries that hold one of these texts."""
    held_until: str = ""
    """A path: its rule holds the event loop, with an entry in hand, until there is a file."""
    slow_s: float = 0
    """How much longer than need be it takes over each batch, with the batch in hand."""
    clock_shift_s: float = 0
    """How far its clock is ahead."""
    replica: bool = False
    """Whether the publishing service reads a stand-by; no fault."""
    proxies: tuple[str, ...] = ()
    """Reverse proxies that the posting service believes; no fault."""
    desk: bool = False
    """Whether the posting service serves the desk; no fault."""
    port: int = 0
    """Where the posting or publishing service answers; any free port when 0. No fault."""
    api_keys: str = ""
    """The file of the API keys that the publishing service asks for; no fault."""
    constants: tuple[tuple[str, float], ...] = ()
    """Constants with other values, each as ``module:NAME``: a limit that a test cannot wait to be reached."""
    environment: tuple[tuple[str, str], ...] = ()
    """Environment variables; no fault."""


@dataclass(slots=True)
class Steps(StageHooks):
    """Writes each step to the journal, and acts on the fault."""

    service: str
    fault: Fault
    journal: int
    """Descriptor of a file that is only appended to, a line a step: a kill loses nothing of it."""
    occurred: int = 0
    freeze_next: bool = False
    """Whether SIGUSR1 has asked it to freeze at the next ``decided``."""

    def read(self, _entries: int, /) -> None:
        """A batch has been read."""
        self.reach("read")

    def folded(self, _batch: Batch) -> None:
        """It is about to be committed."""
        self.reach("decided")

    def committed(self, *_: object) -> None:
        """It is committed."""
        self.reach("committed")

    def fenced(self) -> None:
        """Another worker was first."""
        self.reach("refused")

    def reach(self, step: str) -> None:
        """Write a step; it may be the last thing that this process does."""
        self.write(step)
        if step == "read" and self.fault.slow_s:
            time.sleep(self.fault.slow_s)
        if step == self.fault.step:
            self.occurred += 1
            if self.occurred == self.fault.occurrence:
                self.write(f"{self.fault.action}:{step}")
                os.kill(os.getpid(), signal.SIGKILL if self.fault.action == "kill" else signal.SIGSTOP)
        if self.freeze_next and step == "decided":
            self.freeze_next = False
            os.kill(os.getpid(), signal.SIGSTOP)

    def write(self, what: str) -> None:
        """Write a line."""
        os.write(self.journal, f"{os.getpid()} {self.service} {what}\n".encode())

    def ask_to_freeze(self, _number: int, _frame: FrameType | None) -> None:
        """Freeze at the next ``decided``."""
        self.freeze_next = True
        self.write("asked")

    def collect(self, _number: int, _frame: FrameType | None) -> None:
        """Collect circular garbage, and write how many objects were collected so far."""
        gc.collect()
        self.write(f"collected:{sum(generation['collected'] for generation in gc.get_stats())}")


@dataclass(frozen=True, slots=True)
class Hooks(ServiceHooks):
    """The same hooks for every stage."""

    steps: Steps

    def stage(self, _stage: str, _partition: str, /) -> StageHooks:
        """Return the hooks of a stage."""
        return self.steps


def run(service: str, url: str, journal: int, fault: Fault, *, metrics: bool) -> int:
    """Run a service in this process, and return its exit code; with metrics, its steps are not in the journal."""
    log_to_stderr()
    steps = Steps(service, fault, journal)
    signal.signal(signal.SIGUSR1, steps.ask_to_freeze)
    signal.signal(signal.SIGUSR2, steps.collect)
    for place, value in fault.constants:
        _change(place, value)
    os.environ.update(fault.environment)
    if fault.clock_shift_s:
        _shift_clock(fault.clock_shift_s)
    asked = Endpoint("127.0.0.1", 0) if metrics else None
    if service == POSTING:
        settings = PostingSettings(desk=url if fault.desk else "", telephone=TELEPHONE)
        posting_server.serve(url, Endpoint("127.0.0.1", fault.port), fault.proxies, settings, metrics=asked)
        return 0
    if service == publishing_server.SERVICE:
        publishing_server.serve(
            url,
            Endpoint("127.0.0.1", fault.port),
            Settings(api_keys=Path(fault.api_keys) if fault.api_keys else None),
            fault.proxies,
            replica=fault.replica,
            metrics=asked,
        )
        return 0
    if service == webhooks_worker.SERVICE:
        webhooks_worker.serve(url, asked)
        return 0
    _see_commits_leave(steps)
    module = import_module(f"services.{service}.service")
    router = module.router
    if fault.poison or fault.held_until:
        router = Router()
        # A folder is there always.
        rule = held(RULES[service], Path(fault.held_until or "."))
        router.fold(module.WIRING)(poisoned(rule, fault.poison))
    counted = Metrics(service)
    hooks: ServiceHooks = counted if metrics else Hooks(steps)
    try:
        with tracing(service) as traces:
            broker = Broker(url, router, hooks if traces is None else TracedService(hooks, traces))
            if metrics:
                with served(Endpoint("127.0.0.1", 0), application(broker.status, counted)):
                    serve(broker, service)
            else:
                serve(broker, service)
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


def held(rule: Rule[Any], until: Path) -> Rule[Any]:
    """Return the rule, holding the event loop until there is a file."""

    def holding(state: Any, entry: Entry) -> Iterator[Effects]:  # noqa: ANN401  # any stage's state
        while not until.exists():
            sum(range(1_000))
        yield from rule(state, entry)

    return holding


def _change(place: str, value: float) -> None:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    found: Any = import_module(module)
    for owner in owners:
        found = getattr(found, owner)
    # A constant that was renamed would be changed in vain: getattr fails.
    setattr(found, name, type(getattr(found, name))(value))


def _shift_clock(seconds: float) -> None:
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + int(seconds * 1e9)


def _see_commits_leave(steps: Steps) -> None:
    """Observe ``sent``: when the whole of a commit has been handed to the kernel, so that it outlives this process."""
    send = AbstractConnection.send_packed_command

    async def send_and_tell(
        connection: AbstractConnection, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        commits = not isinstance(command, bytes | str) and b"EVALSHA" in next(iter(command))[:COMMAND_NAME_END]
        if commits and steps.fault.reconnect and steps.occurred == steps.fault.occurrence:
            await connection.disconnect()
        await send(connection, command, check_health)
        if commits:
            writer = connection._writer
            assert writer is not None
            # Draining lets some wait in this process, unless told otherwise. TLS does not say when it has sent all.
            if writer.transport.get_extra_info("sslcontext") is None:
                writer.transport.set_write_buffer_limits(0)
                await writer.drain()
            steps.reach("sent")

    AbstractConnection.send_packed_command = send_and_tell  # type: ignore[assignment,method-assign]  # the one place to see it
