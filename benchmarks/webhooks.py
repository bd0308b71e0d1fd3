"""``python -m benchmarks.webhooks``: how many events a second webhooks carry.

To one endpoint, and to 20 of which one takes a second for each answer. The headlines are there before the endpoints
are added; time is counted from the first that a receiver gets until all but the slow one have had all of them.
Receivers and worker share the machine.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from benchmarks.machine import Fresh, conditions, cpu_s, fresh_server
from benchmarks.workload import open_election, post, wait_for_headlines
from tallywire.client.connection import open_connection
from tallywire.embedded.supervisor import SERVICES, WEBHOOKS, Supervisor
from tallywire.webhooks import administration

DECLARATIONS: Final = 1_000
"""One more headline says that all contests are declared."""

ENDPOINTS: Final = 20

SLOW_S: Final = 1.0
"""How long the slow endpoint takes for an answer."""

FILTER: Final = (("type", "headline"),)
"""Of which there is one for each declaration, however many were taken in one step."""

WAIT_S: Final = 300.0
"""How long all of it may take."""

ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(slots=True)
class Receiver:
    """Takes events."""

    pause_s: float = 0
    """How long it takes for each."""
    taken: set[bytes] = field(default_factory=set)
    """The ids of what it has taken."""
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    first: float = 0
    """When the first event came."""

    async def listen(self) -> str:
        """Begin to listen, and return the URL."""
        server = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
                head = dict(line.lower().split(b": ", 1) for line in lines if b": " in line)
                await reader.readexactly(int(head[b"content-length"]))
                self.first = self.first or time.perf_counter()
                if self.pause_s:
                    await asyncio.sleep(self.pause_s)
                self.taken.add(head[b"webhook-id"])
                writer.write(ANSWER)
                if len(self.taken) > DECLARATIONS:
                    self.complete.set()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # The worker has stopped, or all of it is over.
            writer.close()


@contextmanager
def published() -> Iterator[Fresh]:
    """Run a server with an election that is declared."""
    with fresh_server() as fresh:
        post(fresh.client, DECLARATIONS)
        with Supervisor(fresh.server.url, fresh.folder / "services.log", services=SERVICES) as services:
            services.start()
            services.wait_ready(WAIT_S)
            open_election(fresh.client)
            wait_for_headlines(fresh.client, DECLARATIONS)
        yield fresh


async def deliver(fresh: Fresh, fast: int, slow: int) -> tuple[float, float, int]:
    """Deliver every headline to so many endpoints, which are added while the worker runs.

    Returns:
        Events a second, microseconds of one core that the worker took for each, and how many the slow one has had.
    """
    receivers = [*(Receiver() for _ in range(fast)), *(Receiver(SLOW_S) for _ in range(slow))]
    urls = {f"receiver-{number}": await receiver.listen() for number, receiver in enumerate(receivers)}
    with (
        open_connection(fresh.server.url) as connection,
        Supervisor(fresh.server.url, fresh.folder / "webhooks.log", services=(WEBHOOKS,)) as services,
    ):

        def add_all() -> None:
            for name, url in urls.items():
                administration.add(connection, name, url, parameters=FILTER, from_start=True, allow_private=True)

        services.start()
        await asyncio.to_thread(services.wait_ready, WAIT_S)
        before_s = cpu_s(services.pids[WEBHOOKS])
        await asyncio.to_thread(add_all)
        async with asyncio.timeout(WAIT_S):
            for receiver in receivers[:fast]:
                await receiver.complete.wait()
        seconds = time.perf_counter() - min(receiver.first for receiver in receivers)
        used_s = cpu_s(services.pids[WEBHOOKS]) - before_s
        for name in urls:
            administration.remove(connection, name)
    events = sum(len(receiver.taken) for receiver in receivers)
    return events / seconds, 1e6 * used_s / events, sum(len(receiver.taken) for receiver in receivers[fast:])


def main() -> int:
    """Measure, and print what was measured as Markdown."""
    machine = conditions(DECLARATIONS)
    print("| endpoints | events a second | µs CPU an event |\n| --- | ---: | ---: |")
    with published() as fresh:
        for name, fast, slow in (("one", 1, 0), (f"{ENDPOINTS}, one of them slow", ENDPOINTS - 1, 1)):
            rate, cpu_us, behind = asyncio.run(deliver(fresh, fast, slow))
            had = f" (it had {behind})" if slow else ""
            print(f"| {name}{had} | {rate:,.0f} | {cpu_us:,.0f} |", flush=True)
    print(f"\n*{machine}.*")
    return 0


if __name__ == "__main__":
    sys.exit(main())
