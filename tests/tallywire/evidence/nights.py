"""A played election night, kept as it was, so that each test finds it untouched and may tamper with it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, cast

from redis import Redis
from typer.testing import CliRunner, Result

from streams.chain import link, origin
from streams.keys import Partition
from tallywire.cli import app
from tallywire.client.connection import open_connection
from tallywire.client.progress import behind
from tallywire.packs.pack import find_pack
from tests.pipeline.services import Nursery, Services
from tests.waiting import wait_until

ELECTION: Final = "pcc.2024-05-02"
DERIVED_STREAMS: Final = ("results", "tallies", "headlines")
STANDING: Final = (
    *("standing:register", "standing:contests", "standing:results", "standing:tallies", "standing:control"),
)

Entries = list[tuple[bytes, bytes]]
"""Ids and data of a stream."""


def key(part: str) -> str:
    """Return the name of one of the election's keys."""
    return Partition(ELECTION).key(part)


def tallywire(url: str, *arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"TALLYWIRE_REDIS_URL": url, "COLUMNS": "100"}).invoke(app, arguments)


def declarations() -> list[bytes]:
    """Return the pack's declarations, then a correction that turns a result round, a withdrawal, and what follows."""
    recorded = (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()
    first, second = json.loads(recorded[0]), json.loads(recorded[1])
    votes = first["data"]["votes"]
    ranked = sorted(votes, key=lambda candidate: -votes[candidate])
    turned = votes | {ranked[0]: votes[ranked[1]], ranked[1]: votes[ranked[0]]}
    return [
        *recorded,
        changed(first, revision=2, votes=turned, elected=[ranked[1]]),
        changed(second, revision=2, kind="withdrawn", votes=None, elected=None, reason="Synthetic: a bundle misread."),
        changed(second, revision=3),
    ]


def changed(event: dict[str, Any], **overrides: object) -> bytes:
    """Return an event about the same contest with other data."""
    data = {name: value for name, value in (event["data"] | overrides).items() if value is not None}
    return json.dumps(event | {"id": f"{event['id']}-{data['revision']}", "data": data}, separators=(",", ":")).encode()


def settle(url: str) -> None:
    """Wait until every service has read everything."""
    with open_connection(url) as connection:
        wait_until(
            lambda: connection.elections() and behind(connection, ELECTION) is None,
            deadline_s=30,
            what="the services",
        )


@contextmanager
def at_work(nursery: Nursery, url: str, folder: Path) -> Iterator[Services]:
    """Have the services at work."""
    with Services(nursery, Path(mkdtemp(dir=folder)), url) as services:
        for service in services.start_all():
            service.await_saying("service.started")
        yield services
        assert services.end() == [0, 0, 0]


def run_services(nursery: Nursery, url: str, folder: Path) -> None:
    """Run the services until they have read everything."""
    with at_work(nursery, url, folder):
        settle(url)


def play(nursery: Nursery, url: str, folder: Path) -> None:
    """Play the night: load the election and declare everything, with the services at work until they have read it."""
    sent = folder / "declarations.jsonl"
    sent.write_bytes(b"\n".join(declarations()))
    with at_work(nursery, url, folder):
        for command in (("election", "load", ELECTION), ("declare", str(sent))):
            done = tallywire(url, *command)
            assert done.exit_code == 0, done.output
        settle(url)


def entries(client: Redis, stream: str) -> Entries:
    """Return a stream as it is; an entry that was damaged may have no event."""
    found = cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key(stream)))
    return [(entry_id, fields.get(b"data", b"")) for entry_id, fields in found]


def payloads(client: Redis, stream: str) -> list[bytes]:
    """Return the events of a stream, byte for byte."""
    return [data for _, data in entries(client, stream)]


def derived(client: Redis) -> dict[str, Any]:
    """Return everything that follows from the ledger and that anyone may read, byte for byte."""
    tables = {table: client.hgetall(key(table)) for table in STANDING}
    return {stream: payloads(client, stream) for stream in DERIVED_STREAMS} | tables


def rewrite(client: Redis, stream: str, change: Callable[[Entries], Entries]) -> None:
    """Replace a stream by a changed one."""
    kept = change(entries(client, stream))
    client.delete(key(stream))
    for entry_id, data in kept:
        client.xadd(key(stream), {"data": data}, id=entry_id)


def chained(ledger: Entries, first: int = 1) -> Entries:
    """Return a ledger with places, from ``first`` on, and chain computed anew, as a forger would."""
    chain, forged = origin(ELECTION), []
    for place, (entry_id, data) in enumerate(ledger, start=first):
        sent, _, _ = data.rpartition(b',"sequence":')
        event, chain = link(chain, sent + b',"sequence":%d}' % place)
        forged.append((entry_id, event))
    return forged


def more_votes(ledger: Entries) -> Entries:
    """Give the first candidate of each declaration ten thousand votes or more on top."""
    first = re.compile(rb'("votes":\{"[^"]+":)')
    return [(entry_id, first.sub(rb"\g<1>1", data, count=1)) for entry_id, data in ledger]


def alter_first(stream: Entries) -> Entries:
    """Change one character of the first entry."""
    (entry_id, data), *rest = stream
    return [(entry_id, data.replace(b'"subject":"', b'"subject":"x', 1)), *rest]
