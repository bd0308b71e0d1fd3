"""Declarations posted over HTTP, to a real posting service, a real server and real services behind it."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

import pytest

from schemas.streams import LEDGER
from streams.keys import CATALOGUE, Partition
from streams.lag import LAST_ID
from tallywire.client.connection import open_connection
from tallywire.client.errors import NoReceiptError
from tallywire.client.post import send
from tallywire.client.submissions import Submission
from tests.pipeline.faults import Fault
from tests.pipeline.night import marker, night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.waiting import wait_until

NIGHT: Final = night(19, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)
BALLOT: Final = next(iter(NIGHT.contests))


@pytest.fixture
def posting(pipeline: Pipeline) -> Sender:
    """Return a sender to a posting service on the pipeline's server."""
    return Sender(pipeline)


@pytest.fixture
def opened(pipeline: Pipeline) -> Pipeline:
    """Open the night on a pipeline with ingest at work."""
    centre = pipeline.open(NIGHT)
    pipeline.start("ingest")
    centre.settle(upto="ingest")
    return pipeline


def changed(message: bytes, **data: int) -> bytes:
    """Return a message with other data."""
    event = json.loads(message)
    event["data"].update(data)
    return json.dumps(event).encode()


def test_what_is_answered_as_accepted_is_on_the_ledger(opened: Pipeline, posting: Sender) -> None:
    """Promise: 200 comes with the receipt as published, and the ledger has the bytes as they were posted."""
    answer = posting.post(ELECTION, NIGHT.declarations[0])
    assert (answer.status, answer.headers["content-type"]) == (200, "application/cloudevents+json")
    assert answer.json["data"]["status"] == "accepted"
    assert answer.json["data"]["ledger_sequence"] == 2
    last = opened.client.xrevrange(KEYS.key(LEDGER.name), count=1)[0][1][b"data"]
    assert last.startswith(NIGHT.declarations[0].rstrip().removesuffix(b"}"))


def test_the_same_bytes_again_are_answered_with_what_became_of_the_first(opened: Pipeline, posting: Sender) -> None:
    """Promise: a blind retry is harmless, and says where the first one stands."""
    first, again = (posting.post(ELECTION, NIGHT.declarations[0]) for _ in range(2))
    assert (again.status, again.json["data"]["status"]) == (200, "duplicate")
    assert again.json["data"]["ledger_sequence"] == first.json["data"]["ledger_sequence"]


def test_what_is_refused_is_answered_with_every_reason(opened: Pipeline, posting: Sender) -> None:
    """Promise: 422 is a problem (RFC 9457) with the reasons of the receipt; 409 says that an id was used before."""
    wrong = posting.post(ELECTION, changed(NIGHT.declarations[0], revision=0, papers_counted=-1))
    assert (wrong.status, wrong.headers["content-type"]) == (422, "application/problem+json")
    assert len(wrong.codes) == 2
    assert posting.post(ELECTION, NIGHT.declarations[0]).status == 200
    other = posting.post(ELECTION, changed(NIGHT.declarations[0], revision=5))
    assert (other.status, other.codes) == (409, ["id.reused"])


def test_two_posting_services_answer_each_its_own_senders(opened: Pipeline, posting: Sender) -> None:
    """Promise: any number of processes serve one election, with many senders at once, and each gets its receipt."""
    second = Sender(opened)
    with ThreadPoolExecutor(8) as senders:
        turns = [(posting, second)[place % 2] for place in range(len(NIGHT.declarations))]
        answers = list(
            senders.map(lambda turn: turn[0].post(ELECTION, turn[1]), zip(turns, NIGHT.declarations, strict=True))
        )
    assert [answer.status for answer in answers] == [200] * len(answers)
    ids = [answer.json["data"]["event_id"] for answer in answers]
    assert ids == [json.loads(declaration)["id"] for declaration in NIGHT.declarations]


NO_EVENTS: Final[tuple[tuple[dict[str, str], bytes, int, str], ...]] = (
    ({"Content_Type": "text/plain"}, b"{}", 415, "Content-Type: application/cloudevents+json"),
    ({"Content_Type": "application/cloudevents-batch+json"}, b"[]", 415, "one a request"),
    ({"ce_id": "1"}, b"{}", 415, "a signature covers the whole event"),
    ({"Content_Encoding": "gzip"}, b"\x1f\x8b", 415, "compressed"),
    ({"Content_Type": "application/json; charset=latin-1"}, b"{}", 415, "UTF-8"),
    ({}, b"", 400, "The body is empty"),
    ({}, b" " * 300_000, 413, "262,144 bytes"),
)


def test_what_is_not_one_event_is_not_taken(opened: Pipeline, posting: Sender) -> None:
    """Promise: the answer says what is wrong with the request, and nothing is appended."""
    before = opened.client.xlen(KEYS.key("declarations"))
    for headers, body, status, words in NO_EVENTS:
        answer = posting.post(ELECTION, body, **headers)
        assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
        assert words in answer.json["detail"]
    assert opened.client.xlen(KEYS.key("declarations")) == before


def test_an_election_that_is_not_there_gets_no_stream(opened: Pipeline, posting: Sender) -> None:
    """Promise: a misspelt election is 404, and leaves nothing behind."""
    for misspelt in ("pcc.2024-05-99", "..", "a%7Db"):
        assert posting.post(misspelt, NIGHT.declarations[0]).status == 404
    assert opened.client.keys("*pcc.2024-05-99*") == []


def test_a_receipt_that_takes_longer_can_be_asked_for(pipeline: Pipeline, posting: Sender) -> None:
    """Promise: 202 names a place that nobody can guess, and the place answers as the post would have."""
    pipeline.open(NIGHT)
    waiting = posting.post(ELECTION, NIGHT.declarations[0], Prefer="wait=0")
    assert (waiting.status, waiting.json["status"]) == (202, "waiting")
    place = waiting.headers["location"]
    assert len(place.rpartition("/")[2]) >= 32
    # Nor read off the names of keys, which more may list than may read receipts.
    assert place.rpartition("/")[2] not in str(pipeline.client.keys())
    assert posting.get(place).status == 202
    assert posting.get(place[:-1] + ("a" if place[-1] != "a" else "b")).status == 404
    pipeline.start("ingest")
    found = posting.get(place, Prefer="wait=30")
    assert (found.status, found.json["data"]["status"]) == (200, "accepted")


def test_what_ingest_has_set_aside_is_not_to_be_sent_again(pipeline: Pipeline, posting: Sender) -> None:
    """Promise: the sender of a message on which a rule of ours fails is told that we have it, and have to act."""
    centre = pipeline.open(NIGHT)
    bad = NIGHT.declarations[0]
    pipeline.start("ingest", Fault(poison=(marker(bad),)))
    centre.settle(upto="ingest")
    told = posting.post(ELECTION, bad, Prefer="wait=1")
    again = posting.post(ELECTION, bad, Prefer="wait=1")
    asked = posting.get(told.headers["location"], Prefer="wait=0")
    assert told.json == again.json == asked.json
    assert (asked.status, asked.json["status"]) == (202, "waiting")
    assert "Do not send it again" in asked.json["detail"]
    assert again.headers["location"] == told.headers["location"]
    # Not once more: a stage ends of which too many are set aside.
    assert pipeline.client.xlen(KEYS.key("parked-ingest")) == 1
    with (
        open_connection(pipeline.server.url) as connection,
        pytest.raises(NoReceiptError, match=r"Not judged: 1 of 1 sent. .* Do not send it again"),
    ):
        list(send(connection, [Submission("", bad)], [ELECTION], 1))


def test_a_server_that_is_away_is_said_so_and_waited_for(opened: Pipeline, posting: Sender) -> None:
    """Promise: 503 with Retry-After, never "accepted"; afterwards the same bytes are taken, once."""
    opened.server.kill()
    away = posting.post(ELECTION, NIGHT.declarations[0])
    assert (away.status, away.json["title"]) == (503, "Not available now")
    assert int(away.headers["retry-after"]) > 0
    assert posting.get("/health/live").status == 200
    assert posting.get("/health/ready").status == 503
    opened.server.start()
    wait_until(lambda: posting.post(ELECTION, NIGHT.declarations[0]).status == 200, what="it to be taken")
    assert opened.client.xlen(KEYS.key(LEDGER.name)) == 2


def test_a_server_that_was_emptied_takes_nothing(opened: Pipeline, posting: Sender) -> None:
    """Promise: where the election is gone nothing is taken as if it were there: 503, also in a new process."""
    assert posting.post(ELECTION, NIGHT.declarations[0]).status == 200
    opened.client.flushall()
    lost = posting.post(ELECTION, NIGHT.declarations[1])
    assert (lost.status, "retry-after" in lost.headers) == (503, True)
    assert posting.post(ELECTION, NIGHT.declarations[1]).status == 503
    assert opened.client.exists(KEYS.key("declarations"), CATALOGUE) == 0


def test_an_election_whose_last_id_is_used_up_says_so_and_goes_on(opened: Pipeline, posting: Sender) -> None:
    """Promise: nobody is told to try again in vain; and once the stream is begun anew, ingest takes what is sent."""
    stream, stage = KEYS.key("declarations"), KEYS.key("ingest")
    opened.client.xadd(stream, {"data": "{}"}, id=LAST_ID)
    ended = posting.post(ELECTION, NIGHT.declarations[0])
    assert ended.status == 503
    assert "Nothing more can be sent to this election" in ended.json["detail"]
    wait_until(lambda: opened.client.hget(stage, "cursor") == LAST_ID, what="ingest to have read it")
    opened.client.rename(stream, f"{stream}.ended")
    opened.client.xgroup_create(stream, "new", "0", mkstream=True)
    opened.client.hset(stage, "cursor", "0-0")
    assert posting.post(ELECTION, NIGHT.declarations[0]).status == 200


def test_a_message_that_the_server_lost_is_not_said_to_wait(pipeline: Pipeline, posting: Sender) -> None:
    """Promise: 202 is only said of a message that is still there."""
    pipeline.open(NIGHT)
    with ThreadPoolExecutor(1) as sender:
        answer = sender.submit(posting.post, ELECTION, NIGHT.declarations[0], Prefer="wait=2")
        wait_until(lambda: pipeline.client.xlen(KEYS.key("declarations")) == 2, what="the message to be appended")
        pipeline.client.xtrim(KEYS.key("declarations"), maxlen=0)
        assert answer.result().status == 503


def test_a_process_that_ends_answers_what_it_has_in_hand(pipeline: Pipeline, posting: Sender) -> None:
    """Promise: on SIGTERM whoever waits for a receipt is told at once where to ask for it; the exit code is 0."""
    pipeline.open(NIGHT)
    with ThreadPoolExecutor(1) as sender:
        answer = sender.submit(posting.post, ELECTION, NIGHT.declarations[0], Prefer="wait=60")
        wait_until(lambda: pipeline.client.xlen(KEYS.key("declarations")) == 2, what="the message to be appended")
        posting.service.terminate()
        assert answer.result().status == 202
    assert posting.service.await_end() == 0


def test_the_form_has_all_that_a_declaration_needs(opened: Pipeline, posting: Sender) -> None:
    """Promise: filled in with votes, it is a declaration that is accepted, and the next form has the next revision."""
    opened.start("aggregate")
    page = f"/v1/elections/{ELECTION}/contests/{BALLOT}/form"
    wait_until(lambda: posting.get(page).status == 200, what="the form")
    form = posting.get(page).json
    assert [one["candidate"] for one in form["candidates"]] == list(NIGHT.contests[BALLOT]["candidates"])
    votes = {one["candidate"]: 100 + place for place, one in enumerate(form["candidates"])}
    data = {"ballot_id": form["ballot_id"], "revision": form["next_revision"], "votes": votes}
    event = {
        "specversion": "1.0",
        "id": "typed-in",
        "source": "/count-centres/test",
        "type": "tallywire.declaration.v1",
        "subject": form["ballot_id"],
        "test": form["test"],
        "data": data,
    }
    assert posting.post(ELECTION, json.dumps(event).encode()).status == 200
    wait_until(lambda: posting.get(page).json["next_revision"] == 2, what="the next revision")
    assert posting.get(page.replace(BALLOT, "local.nowhere.2030-05-02")).status == 404


def test_a_connection_over_which_no_request_comes_is_closed(pipeline: Pipeline) -> None:
    """Promise: neither silence nor a head that never ends keeps a connection; one that waits for a receipt is kept."""
    pipeline.open(NIGHT)
    sender = Sender(pipeline, Fault(constants=(("tallywire.web.connections:HEAD_S", 0.3),)))
    for sent in (b"", b"GET /health/live HTTP/1.1\r\nHost: here\r\nX-Slow: "):
        with socket.create_connection((sender.host, sender.port), timeout=30) as connection:
            connection.sendall(sent)
            # Closed: nothing more comes, or the connection is reset.
            with suppress(ConnectionResetError):
                assert connection.recv(1_000) == b""
    assert sender.post(ELECTION, NIGHT.declarations[0], Prefer="wait=1").status == 202
