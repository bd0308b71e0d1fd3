"""``python -m benchmarks.posting``: how long a sender waits for a receipt over HTTP, and a reader for the result.

Alone, and at 200 posts a second. Unsigned and signed in turn, each on a server of its own with ingest, aggregate
and the posting service; for readers with notify and the publishing service, too. The client keeps connections open,
posts at fixed moments, and counts from the moment at which it should have posted.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.machine import conditions, fresh_server
from benchmarks.workload import ELECTION, KEYS, LOOK_S, declaration, enrolment, open_election, register, signed
from tallywire.client.signing import SigningKey
from tallywire.embedded.supervisor import POSTING, SERVICES, Supervisor, service_command
from tallywire.operations.endpoint import Endpoint

IDLE_POSTS: Final = 200
"""Posts one after the other."""

RATE: Final = 200
"""Posts a second under load."""

SECONDS: Final = 10
"""Of load."""

CONNECTIONS: Final = 40
"""Kept open: each carries five posts a second."""

PORT: Final = 18480


class Client:
    """A connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls) -> "Client":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", PORT))

    async def post(self, fields: dict[str, bytes | str]) -> int:
        """Post a message and return the status of the answer."""
        content = fields["data"]
        assert isinstance(content, bytes)  # noqa: S101  # as `workload` makes it
        signature = f"Tallywire-Signature: {fields['signature']!s}\r\n" if "signature" in fields else ""
        head = (
            f"POST /v1/elections/{ELECTION}/declarations HTTP/1.1\r\nHost: localhost\r\n{signature}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in answered.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await self._reader.readexactly(int(lengths[0].split(b":")[1]))
        return int(answered.split()[1])


async def idle(messages: Sequence[dict[str, bytes | str]]) -> list[float]:
    """Return how long each post took, one after the other, in seconds."""
    client, took = await Client.open(), []
    for message in messages:
        began = time.perf_counter()
        if await client.post(message) != 200:  # taken
            raise RuntimeError(message)
        took.append(time.perf_counter() - began)
    return took


async def loaded(messages: Sequence[dict[str, bytes | str]]) -> list[float]:
    """Return how long each post took at ``RATE`` a second, from when it was due, in seconds."""
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await Client.open())
    began = time.perf_counter()

    async def one(number: int, message: dict[str, bytes | str]) -> float:
        due = began + number / RATE
        await asyncio.sleep(due - time.perf_counter())
        client = await free.get()
        if await client.post(message) != 200:  # taken
            raise RuntimeError(message)
        free.put_nowait(client)
        return time.perf_counter() - due

    return list(await asyncio.gather(*(one(*each) for each in enumerate(messages))))


async def _feed() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection to the feed of results, as soon as the publishing service has read the election."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=2**20)
        writer.write(f"GET /v1/elections/{ELECTION}/events/results HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if b" 200 " in await reader.readline():
            await reader.readuntil(b"\nid: ")
            return reader, writer
        writer.close()
        await asyncio.sleep(LOOK_S)


def _result_of(message: dict[str, bytes | str]) -> bytes:
    """Return how the result that follows from a declaration begins, as far as it is told from all others."""
    return b'"type":"tallywire.result.v1","subject":"%b"' % json.loads(message["data"])["subject"].encode()


async def followed(messages: Sequence[dict[str, bytes | str]]) -> list[float]:
    """Return how long it took from each post, one after the other, until a reader of the feed had its result."""
    client, took = await Client.open(), []
    reader, writer = await _feed()
    for message in messages:
        began = time.perf_counter()
        posted = asyncio.create_task(client.post(message))
        # The contest's own: results of posts before may still be on their way.
        await reader.readuntil(_result_of(message))
        took.append(time.perf_counter() - began)
        if await posted != 200:  # taken
            raise RuntimeError(message)
    writer.close()
    return took


def measure(*, sign: bool) -> tuple[list[float], list[float], list[float]]:
    """Return how long posts took alone, under load, and, with all services, until a reader had the result."""
    operator, system = SigningKey.draw(), SigningKey.draw()
    posts = [declaration(number) for number in range(IDLE_POSTS + RATE * SECONDS)]
    messages: list[dict[str, bytes | str]] = [signed(post, system) if sign else {"data": post} for post in posts]
    first: list[dict[str, bytes | str]] = [{"data": register()}]
    if sign:
        first = [signed(register(operator.public_key), operator), signed(enrolment(system), operator)]

    async def posted() -> tuple[list[float], list[float]]:
        return await idle(messages[:IDLE_POSTS]), await loaded(messages[IDLE_POSTS:])

    with served(first, publishing=False):
        alone, under_load = asyncio.run(posted())
    with served(first, publishing=True):
        told = asyncio.run(followed(messages[:IDLE_POSTS]))
    return alone, under_load, told


@contextmanager
def served(first: Sequence[dict[str, bytes | str]], *, publishing: bool) -> Iterator[None]:
    """Run a server with an election, and services on it.

    Args:
        first: what is sent to the election to begin with.
        publishing: also notify, and the publishing service at the address of the posting service.
    """
    with fresh_server() as fresh, tempfile.TemporaryDirectory() as folder:
        for message in first:
            fresh.client.xadd(KEYS.key("declarations"), dict(message))  # type: ignore[arg-type]  # redis-py's invariant dict
        open_election(fresh.client)
        everything = service_command(fresh.server.url, http=Endpoint("127.0.0.1", PORT))

        def alone(service: str) -> list[str]:
            return [word for word in everything(service) if word != "--publishing"]

        names = (*SERVICES, POSTING) if publishing else ("ingest", "aggregate", POSTING)
        command, log = everything if publishing else alone, Path(folder) / "services.log"
        with Supervisor(fresh.server.url, log, command=command, services=names) as services:
            services.start()
            services.wait_ready(120)
            while not fresh.client.exists(KEYS.key("standing:register")):
                time.sleep(LOOK_S)
            yield


def line(name: str, took: Sequence[float]) -> str:
    """Return a row of the table."""
    hundredths = statistics.quantiles(took, n=100)
    return f"| {name} | {1e3 * hundredths[49]:.1f} | {1e3 * hundredths[98]:.1f} |"


def main() -> int:
    """Measure, and print what was measured as Markdown."""
    machine = conditions(IDLE_POSTS + RATE * SECONDS)
    rows = []
    for name, sign in (("unsigned", False), ("signed", True)):
        alone, under_load, told = measure(sign=sign)
        rows += [line(f"{name}, alone", alone), line(f"{name}, {RATE} posts a second", under_load)]
        rows += [line(f"{name}, alone, until a reader of the feed has the result", told)]
    print("\n".join(["| | p50 ms | p99 ms |", "| --- | ---: | ---: |", *rows, "", f"*{machine}.*"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
