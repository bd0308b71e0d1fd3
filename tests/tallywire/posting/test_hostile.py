"""What is sent to the posting service by those who mean no good, and the honest post beside it.

``HOSTILE_REQUESTS`` says how many requests are drawn; `make hostile` draws 10,000 of each kind.
"""

import json
import os
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import pytest

from streams.keys import Partition
from tallywire.embedded.server import start_server
from tallywire.posting.rates import ADDRESS_POSTS_MAX, WINDOW_S
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.sender import JSON_TYPE, Sender
from tests.pipeline.services import Nursery
from tests.tallywire.posting.fuzzing import STRANGE_TEXTS, bodies, heads
from tests.waiting import wait_until

SEED: Final = 8481
REQUESTS: Final = int(os.environ.get("HOSTILE_REQUESTS", "300"))
SENDERS: Final = 8
NIGHT: Final = night(SEED, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)
PATH: Final = f"/v1/elections/{ELECTION}/declarations"
JSON_TYPES: Final = ("application/json", "application/problem+json", "application/cloudevents+json")

NOBODYS: Final[dict[str, Any]] = {
    **json.loads(NIGHT.declarations[0]),
    "id": "nobodys",
    "subject": "local.nowhere.2030-05-02",
    "note": "an attribute",
}
"""An event about a contest that is not in the election: whatever is changed in it, nothing of it may be taken."""
NOBODYS["data"] = {**NOBODYS["data"], "ballot_id": NOBODYS["subject"]}


@pytest.fixture(scope="module")
def pipeline(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Run a server with an election and ingest at work."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with start_server(folder, ephemeral=True) as started, pipeline_on(started, nursery, folder) as prepared:
        centre = prepared.open(NIGHT)
        prepared.start("ingest")
        centre.settle(upto="ingest")
        yield prepared


@pytest.fixture(scope="module")
def sender(pipeline: Pipeline) -> Sender:
    """Return a sender to a posting service on that server."""
    return Sender(pipeline)


@pytest.fixture(autouse=True)
def honest(sender: Sender, pipeline: Pipeline, request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold that nothing was done to the ledger, and that an honest post is answered afterwards, by the same process."""
    before = pipeline.client.xlen(KEYS.key("ledger"))
    yield
    assert pipeline.client.xlen(KEYS.key("ledger")) in {before, before + 1}
    sender.address = f"127.0.1.{random.Random(request.node.name).randrange(1, 250)}"
    assert sender.post(ELECTION, NIGHT.declarations[0]).status == 200
    assert pipeline.client.xlen(KEYS.key("ledger")) == 2
    assert sender.service.alive()
    assert '"error"' not in sender.service.log()
    assert "Traceback" not in sender.service.log()


def addresses(number: int) -> Iterator[str]:
    """Yield addresses of this machine, so that no limit is reached by one of them."""
    for place in range(number):
        yield f"127.0.{2 + place // 250}.{1 + place % 250}"


def post_all(sender: Sender, address: str, sent: list[bytes]) -> list[tuple[int, str, bytes]]:
    """Post over one connection, opened anew when it was closed; return status, type and body of each answer."""
    answers = []
    connection = HTTPConnection(sender.host, sender.port, timeout=60, source_address=(address, 0))
    with closing(connection):
        for body in sent:
            connection.request("POST", PATH, body, {"Content-Type": JSON_TYPE})
            answer = connection.getresponse()
            answers.append((answer.status, answer.headers["content-type"], answer.read()))
    return answers


def test_no_body_is_taken_or_brings_the_service_down(sender: Sender) -> None:
    """Promise: whatever is in a body, it is refused with a problem; none is 500, and none changes the ledger."""
    drawn = list(bodies(NOBODYS, random.Random(SEED), REQUESTS))
    parts = [drawn[first :: 4 * SENDERS] for first in range(4 * SENDERS)]
    with ThreadPoolExecutor(SENDERS) as senders:
        answered = senders.map(lambda turn: post_all(sender, *turn), zip(addresses(len(parts)), parts, strict=False))
        found = [answer for part in answered for answer in part]
    assert len(found) == len(drawn)
    assert {status for status, _, _ in found} <= {409, 413, 422}
    assert {kind for _, kind, _ in found} == {"application/problem+json"}
    assert all(json.loads(body)["detail"] for _, _, body in found)


def test_text_that_would_steer_a_screen_comes_back_as_data(sender: Sender) -> None:
    """Promise: HTML, right-to-left marks and escapes of terminals in any field are told back as escaped JSON."""
    sender.address = "127.0.1.251"
    for text in STRANGE_TEXTS:
        for event in (
            {**NOBODYS, "id": text, "source": text},
            {**NOBODYS, "data": {**NOBODYS["data"], "votes": {text: 1}, text: 1}},
        ):
            answer = sender.post(ELECTION, json.dumps(event).encode())
            assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json"), text
            told = answer.json["detail"] + "".join(reason["message"] for reason in answer.json["reasons"])
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", told), (
                text
            )


def heard(sender: Sender, address: str, raw: bytes) -> bytes:
    """Say something over a connection of its own, and return all that is answered until it is closed."""
    answered = b""
    with closing(socket.create_connection((sender.host, sender.port), 60, (address, 0))) as connection:
        # Closed or reset before all was said: that is an answer, too.
        with suppress(OSError):
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while part := connection.recv(65_536):
                answered += part
    return answered


def test_no_head_brings_the_service_down(sender: Sender) -> None:
    """Promise: whatever is in a head, the answer is one of HTTP, as JSON, and never 500; or it is hung up on."""
    whole = json.dumps(NOBODYS).encode()
    drawn = list(heads(PATH.encode(), whole, random.Random(SEED + 1), REQUESTS))
    turns = [(address, raw) for raw, address in zip(drawn, list(addresses(40)) * len(drawn), strict=False)]
    with ThreadPoolExecutor(SENDERS) as senders:
        answered = list(senders.map(lambda turn: heard(sender, *turn), turns))
    for raw, answer in zip(drawn, answered, strict=True):
        if answer:
            found = re.match(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n", answer, re.DOTALL)
            assert found is not None, (raw[:300], answer[:300])
            assert found[1] < b"500", (raw[:300], answer[:300])
            kind = re.search(rb"content-type: ([^\r;]+)", found[2], re.IGNORECASE)
            assert found[1] == b"100" or (kind and kind[1].decode() in JSON_TYPES), (raw[:300], answer[:300])


def test_a_thousand_posts_at_once_from_one_address_stop_nobody_else(sender: Sender, pipeline: Pipeline) -> None:
    """Promise: the flood is answered with 429 and appended no more; an honest post beside it is answered meanwhile."""
    allowed = 100 if REQUESTS < ADDRESS_POSTS_MAX else ADDRESS_POSTS_MAX
    pipeline.client.set(KEYS.key("posting:address:127.0.1.252"), ADDRESS_POSTS_MAX - allowed, ex=WINDOW_S)
    before = pipeline.client.xlen(KEYS.key("declarations"))
    sender.address = "127.0.1.253"
    flood = [b"{}"] * ((allowed + 3 * REQUESTS // 2) // SENDERS)
    with ThreadPoolExecutor(SENDERS) as senders:
        flooding = [senders.submit(post_all, sender, "127.0.1.252", flood) for _ in range(SENDERS)]
        beside = [sender.post(ELECTION, NIGHT.declarations[0]).status for _ in range(10)]
        answered = Counter(status for each in flooding for status, _, _ in each.result())
    assert set(beside) == {200}
    # Where it takes more than a minute, another minute has begun.
    assert set(answered) == {422, 429}
    assert answered[429] >= 100
    assert pipeline.client.xlen(KEYS.key("declarations")) == before + answered[422] + len(beside)


def test_slow_and_half_open_connections_make_room(pipeline: Pipeline) -> None:
    """Promise: beyond the limit of connections those go that keep us waiting; who waits for a receipt stays."""
    sender = Sender(pipeline, Fault(constants=(("tallywire.posting.server:Connection.connections_max", 30.0),)))
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: 500\r\n".encode()
    with ExitStack() as stack:
        opened = []
        for place in range(100):
            connection = stack.enter_context(socket.create_connection((sender.host, sender.port), 30))
            with suppress(OSError):
                connection.sendall((b"", head, head + b"\r\n{")[place % 3])
            opened.append(connection)
        sender.address = "127.0.1.254"
        assert sender.post(ELECTION, NIGHT.declarations[0]).status == 200
        gone = 0
        for connection in opened[:60]:
            with suppress(ConnectionError):
                assert connection.recv(1_000) == b""
            gone += 1
    assert gone == 60


def test_too_many_that_wait_at_once_are_told_to_come_again(pipeline: Pipeline) -> None:
    """Promise: 503 with Retry-After, as a problem like every other; those that wait are answered."""
    sender = Sender(pipeline, Fault(constants=(("tallywire.posting.crowd:REQUESTS_MAX", 2.0),)))
    (ingest,) = pipeline.services.alive("ingest")
    ingest.freeze()
    before = pipeline.client.xlen(KEYS.key("declarations"))
    try:
        with ThreadPoolExecutor(2) as senders:
            waiting = [senders.submit(sender.post, ELECTION, NIGHT.declarations[0], Prefer="wait=30") for _ in range(2)]
            wait_until(lambda: pipeline.client.xlen(KEYS.key("declarations")) == before + 2, what="two to wait")
            turned_away = sender.post(ELECTION, NIGHT.declarations[0])
            assert (turned_away.status, turned_away.headers["content-type"]) == (503, "application/problem+json")
            assert int(turned_away.headers["retry-after"]) > 0
            ingest.thaw()
            assert [each.result().status for each in waiting] == [200, 200]
    finally:
        ingest.thaw()
