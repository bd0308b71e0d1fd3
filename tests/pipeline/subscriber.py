"""A subscriber over HTTP, written from docs/subscribing.md alone: follows a feed, and keeps a copy of what it was told.

It uses nothing of the product.
"""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Answered
from tests.pipeline.services import NO_FAULT, Service, Services
from tests.waiting import wait_until

TABLES: Final = {"result": "contests", "tally": "regions", "control": "bodies"}
"""Where a snapshot has what an event of each name says."""


class Block(NamedTuple):
    """A block of a stream of events."""

    name: str
    """``message`` where it has none."""
    id: str
    """Empty where it has none."""
    data: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """Its data as JSON."""
        return json.loads(self.data)


class Publisher:
    """A publishing service, asked over HTTP."""

    def __init__(
        self, place: Pipeline | Services, fault: Fault = NO_FAULT, url: str = "", *, metrics: bool = False
    ) -> None:
        self.service: Service = (place.services if isinstance(place, Pipeline) else place).start(
            "publishing", fault, url=url, metrics=metrics
        )
        self.service.await_saying("service.started")
        served = next(urlsplit(line["url"]) for line in self.service.said() if line["event"] == "http.served")
        self.host, self.port = str(served.hostname), int(served.port or 0)

    @classmethod
    def ready(cls, place: Pipeline | Services) -> Self:
        """Start one, and return it once it shows every election."""
        publisher = cls(place)
        publisher.await_ready()
        return publisher

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"

    def await_ready(self) -> None:
        """Wait until it shows every election."""
        wait_until(lambda: self.get("/health/ready").status == 200, what="the publishing service to be ready")

    def get(self, path: str, method: str = "GET", **headers: str) -> Answered:
        """Get a page."""
        connection = HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def page(self, election: str, page: str) -> Any:  # noqa: ANN401  # any JSON
        """Return a page of an election as JSON, which must be there."""
        answer = self.get(f"/v1/elections/{election}/{page}")
        assert answer.status == 200, answer.body
        return answer.json

    def await_cursor(self, election: str, **counts: int) -> str:
        """Wait until an election shows so many entries or events, and return its cursor."""

        def cursor() -> str:
            answer = self.get(f"/v1/elections/{election}/headlines?last=0")
            found = answer.json["cursor"] if answer.status == 200 else ""
            parts = dict(zip(("ledger", "results", "tallies", "headlines"), _counts(found), strict=False))
            return found if found and all(parts[name] >= count for name, count in counts.items()) else ""

        return wait_until(cursor, what=f"{election} to show {counts}")


def _counts(cursor: str) -> list[int]:
    return [int(part[1:]) for part in cursor.partition("-")[0].split(".")] if cursor else []


class Feed:
    """A connection to a stream of events, as a context manager that hangs up."""

    def __init__(self, publisher: Publisher, path: str, last_event_id: str = "", *, timeout: float = 60) -> None:
        self._connection = HTTPConnection(publisher.host, publisher.port, timeout=timeout)
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_event_id} if last_event_id else {})}
        self._connection.request("GET", path, headers=headers)
        self.answer: HTTPResponse = self._connection.getresponse()

    def blocks(self) -> Iterator[Block]:
        """Yield blocks until the stream ends."""
        fields: dict[str, str] = {}
        for raw in self.answer:
            line = raw.decode().rstrip("\r\n")
            if not line:
                if fields.keys() - {"retry"}:
                    yield Block(fields.get("event", "message"), fields.get("id", ""), fields.get("data", ""))
                fields = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        # At once, not when what is on its way has been read.
        if self._connection.sock is not None:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self.answer.close()
        self._connection.close()


@dataclass
class Copy:
    """What a subscriber knows of an election, from events alone."""

    cursor: str = "0"
    events: dict[str, list[int]] = field(default_factory=lambda: {"results": [], "tallies": [], "headlines": []})
    """Numbers of the events that came, by stream, in the order in which they came."""
    standing: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in TABLES})
    """The last event of each subject, by its name."""
    headlines: list[Any] = field(default_factory=list)

    def take(self, block: Block) -> None:
        """Take a block in."""
        if block.name in TABLES or block.name == "headline":
            event = block.json
            stream = {"result": "results", "control": "results", "tally": "tallies"}.get(block.name, "headlines")
            self.events[stream].append(event["sequence"])
            if block.name == "headline":
                self.headlines.append(event)
            else:
                self.standing[block.name][event["subject"]] = event
        if block.id:
            self.cursor = block.id

    def follow(self, feed: Feed, until: str) -> None:
        """Follow a feed until a cursor is reached."""
        for block in feed.blocks():
            assert block.name != "resnapshot", block
            self.take(block)
            if self.cursor == until:
                return
        raise AssertionError(f"the stream ended at {self.cursor}, before {until}")

    def require_equal(self, publisher: Publisher, election: str) -> None:
        """See that every event has come once, in order, and that the pages show the same at this cursor."""
        for stream, numbers in self.events.items():
            assert numbers == list(range(1, len(numbers) + 1)), stream
        for name, page in TABLES.items():
            shown = publisher.page(election, f"{page}?at={self.cursor}")[page]
            assert {subject: one[name] for subject, one in shown.items() if one[name]} == self.standing[name]
        assert publisher.page(election, f"headlines?at={self.cursor}")["headlines"] == self.headlines
