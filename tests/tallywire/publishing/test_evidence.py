"""The ledger and its signed head over HTTP: the very bytes, for everybody, as far as they are shown."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest

from tallywire.embedded.server import EmbeddedServer, start_server
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.sender import Answered
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Feed, Publisher
from tests.tallywire.evidence.nights import tallywire
from tests.waiting import wait_until

NIGHT: Final = night(33, contests=6, declarations=12)
ELECTION: Final = NIGHT.election
LEDGER: Final = f"/v1/elections/{ELECTION}/ledger"
CHECKPOINT: Final = f"/v1/elections/{ELECTION}/checkpoint"

SHORT: Final = Fault(
    constants=(
        ("tallywire.publishing.ledger_pages:PAGE_BYTES", 100),
        ("tallywire.publishing.ledger_pages:CHUNK_BYTES", 1),
    )
)
"""Streams what is longer than 100 bytes, line by line."""


def in_the_hall(message: bytes) -> bytes:
    """Return a message that is not plain ASCII."""
    return message.replace(b"{", '{"hall":"Tŷ’r Cyngor, café ☃",'.encode(), 1)


@contextmanager
def played_on(server: EmbeddedServer, nursery: Nursery, folder: Path) -> Iterator[Pipeline]:
    """Play a night, of which one message is not plain ASCII."""
    with pipeline_on(server, nursery, folder) as pipeline:
        pipeline.start_all()
        centre = pipeline.open(NIGHT)
        first, *others = NIGHT.declarations
        for messages in ([in_the_hall(first)], others):
            # Each a group of its own.
            centre.send(messages)
            centre.settle(upto="ingest")
        centre.settle()
        yield pipeline


@pytest.fixture(scope="module")
def pipeline(server: EmbeddedServer, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Play the night for the tests of the module, which change nothing."""
    with played_on(server, nursery, tmp_path_factory.mktemp("services")) as pipeline:
        yield pipeline


@pytest.fixture
def alone(nursery: Nursery, tmp_path: Path) -> Iterator[Pipeline]:
    """Play it for one test, which may change it."""
    (folder := tmp_path / "alone").mkdir()
    with start_server(folder, ephemeral=True) as server, played_on(server, nursery, folder) as pipeline:
        yield pipeline


@pytest.fixture(scope="module")
def played(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows it."""
    publisher = Publisher(pipeline)
    publisher.await_ready()
    return publisher


def stored(pipeline: Pipeline) -> list[bytes]:
    """Return the ledger as it is on the server."""
    key = pipeline.centre(ELECTION).key
    return [fields[b"data"] for _, fields in pipeline.client.xrange(key("ledger"))]


def entries(answer: Answered) -> list[bytes]:
    """Return the bytes of the entries in an answer, whose lines are numbered without a gap."""
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.decode().split("\n")[:-1]]
    numbers = [line["sequence"] for line in lines]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    return [line["entry"].encode() for line in lines]


def test_the_ledger_is_given_byte_for_byte(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: the text of each line, as UTF-8, is the entry's bytes; ranges are by sequence, both ends included."""
    ledger = stored(pipeline)
    whole = played.get(LEDGER)
    assert entries(whole) == ledger
    assert any(ord(character) > 127 for character in b"".join(ledger).decode()), "a night of plain ASCII proves less"
    assert whole.body.isascii()
    assert whole.headers["tallywire-cursor"] == played.await_cursor(ELECTION)
    assert entries(played.get(f"{LEDGER}?from=3&to=5")) == ledger[2:5]
    assert entries(played.get(f"{LEDGER}?from=4")) == ledger[3:]
    assert entries(played.get(f"{LEDGER}?to=2")) == ledger[:2]
    assert entries(played.get(f"{LEDGER}?from=2&to=9999")) == ledger[1:]
    beyond = played.get(f"{LEDGER}?from={len(ledger) + 1}")
    assert (beyond.status, beyond.body) == (200, b"")


@pytest.mark.parametrize(
    "query", ["from=0", "to=0", "from=x", "from=-1", "from=5&to=4", "to=1.5", "from=", "form=2", "to=2&to=3"]
)
def test_a_range_that_cannot_be_is_a_problem(played: Publisher, query: str) -> None:
    """Promise: what is no range of entries is answered with 400 and a sentence."""
    answer = played.get(f"{LEDGER}?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_range_is_tagged_and_compressed(played: Publisher) -> None:
    """Promise: HEAD, conditional requests and gzip work as on every page; at a cursor a range never changes."""
    cursor = played.await_cursor(ELECTION)
    path = f"{LEDGER}?from=2&to=6"
    answer = played.get(path)
    head = played.get(path, "HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    assert head.headers["content-length"] == str(len(answer.body))
    assert played.get(path, If_None_Match=answer.headers["etag"]).status == 304
    packed = played.get(path, Accept_Encoding="gzip")
    assert gzip.decompress(packed.body) == answer.body
    assert packed.headers["etag"] != answer.headers["etag"]
    pinned = played.get(f"{path}&at={cursor}")
    assert (pinned.body, pinned.headers["etag"]) == (answer.body, answer.headers["etag"])
    assert "immutable" in pinned.headers["cache-control"]
    # The same numbers would be other entries, should a server be lost with its last ones.
    assert "immutable" not in answer.headers["cache-control"]
    assert played.get(f"{path}&at={cursor[:-8]}00000000").status == 410


def test_the_ledger_at_a_cursor_ends_there(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: ``at`` gives the ledger as it was; a time leads to the cursor."""
    ledger, end = stored(pipeline), played.await_cursor(ELECTION)
    with Feed(played, f"/v1/elections/{ELECTION}/events?after=0") as feed:
        cursors = {block.id for block in takewhile(lambda block: block.id != end, feed.blocks())}
    sizes = set()
    for cursor in sorted(cursors)[:20]:
        size = int(cursor.partition(".")[0][1:])
        answer = played.get(f"{LEDGER}?at={cursor}")
        assert entries(answer) == ledger[:size]
        sizes.add(size)
    assert len(sizes) > 1
    moved = played.get(f"{LEDGER}?at=2099-01-01T00:00:00Z")
    assert (moved.status, moved.headers["cache-control"]) == (307, "no-store")
    assert entries(played.get(moved.headers["location"])) == stored(pipeline)


def test_a_long_range_is_streamed_as_fast_as_it_is_taken(pipeline: Pipeline) -> None:
    """Promise: of a long range little is made before its reader has taken what came before; it is tagged as well."""
    publisher = Publisher(pipeline, SHORT)
    publisher.await_ready()
    ledger = stored(pipeline)
    whole = publisher.get(LEDGER)
    assert entries(whole) == ledger
    assert whole.headers["transfer-encoding"] == "chunked"
    assert publisher.get(LEDGER, If_None_Match=whole.headers["etag"]).status == 304
    head = publisher.get(LEDGER, "HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    assert "content-length" not in head.headers


def test_no_head_is_shown_that_nobody_has_deposited(played: Publisher) -> None:
    """Promise: without one the answer is 404, and says how one comes there."""
    answer = played.get(CHECKPOINT)
    assert answer.status == 404
    assert "--deposit" in answer.json["detail"]


def deposit(pipeline: Pipeline, folder: Path) -> str:
    """Sign the head of the ledger and deposit it."""
    key = folder / "night.key"
    if not key.exists():
        assert tallywire("", "keys", "note", str(key), "--name", "results.example.org").exit_code == 0
    done = tallywire(pipeline.server.url, "checkpoint", "--key", str(key), "--election", ELECTION, "--deposit")
    assert done.exit_code == 0, done.output
    return done.stdout


def shown(publisher: Publisher, note: str) -> Answered:
    """Wait until a signed head is shown, and return the answer."""
    wait_until(lambda: publisher.get(CHECKPOINT).body == note.encode(), what="the head to be shown")
    return publisher.get(CHECKPOINT)


def test_a_deposited_head_is_shown_with_its_age(played: Publisher, pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: the signed head is shown as it was deposited, with its size and age, as text or as JSON."""
    note = deposit(pipeline, tmp_path)
    answer = shown(played, note)
    size = len(stored(pipeline))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["tallywire-checkpoint-size"] == str(size)
    assert int(answer.headers["tallywire-checkpoint-age"]) < 60
    assert played.get(CHECKPOINT, If_None_Match=answer.headers["etag"]).status == 304
    described = played.get(CHECKPOINT, Accept="application/json")
    assert "Accept" in described.headers["vary"]
    found = described.json
    assert (found["note"], found["size"], found["election"]) == (note, size, ELECTION)
    assert 0 <= found["age_s"] < 60


def test_a_head_that_cannot_be_of_this_ledger_is_not_shown(
    played: Publisher, pipeline: Pipeline, tmp_path: Path
) -> None:
    """Promise: a head of another election, of more entries than are shown, or none at all is refused."""
    note = deposit(pipeline, tmp_path)
    shown(played, note)
    key = pipeline.centre(ELECTION).key("checkpoint")
    size = f"\n{len(stored(pipeline))}\n"
    for other, said in (
        (note.replace(f"tallywire.{ELECTION}", "tallywire.other.2024-05-02"), "a head of other.2024-05-02"),
        (note.replace(size, "\n9999\n"), "of 9,999 entries"),
        ("no note", "is no head"),
    ):
        pipeline.client.hset(key, "note", other)
        wait_until(lambda: played.get(CHECKPOINT).status == 409, what="it to be refused")
        wait_until(lambda said=said: said in played.get(CHECKPOINT).body.decode(), what=said)  # type: ignore[misc]  # bound


def test_nothing_is_deposited_that_contradicts_what_was(alone: Pipeline, tmp_path: Path) -> None:
    """Promise: the signer finds a ledger that was cut since the head before, and lets that head stand."""
    before = deposit(alone, tmp_path)
    key = alone.centre(ELECTION).key
    for service in alone.services.alive():
        service.kill()
    last = alone.client.xrevrange(key("ledger"), count=2)
    alone.client.xdel(key("ledger"), last[0][0])
    size = len(stored(alone))
    chain = json.loads(last[1][1][b"data"])["chain"]
    alone.client.hset(key("ingest"), mapping={"sequence:ledger": size, "chain": chain})
    command = ("checkpoint", "--key", str(tmp_path / "night.key"), "--election", ELECTION)
    assert tallywire(alone.server.url, *command).exit_code == 0
    done = tallywire(alone.server.url, *command, "--deposit")
    assert done.exit_code == 1
    assert "the ledger was cut" in done.stderr
    assert alone.client.hget(key("checkpoint"), "note") == before.encode()
