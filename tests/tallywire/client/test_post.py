"""What is posted gets its receipt, as a value: nothing is printed, and nobody is ended."""

import json
from typing import cast

import pytest
from redis import Redis
from typer.testing import CliRunner

from schemas.events import ReceiptEvent
from schemas.receipt import Receipt
from tallywire.cli import app
from tallywire.client.connection import Connection
from tallywire.client.errors import NoReceiptError
from tallywire.client.post import Posted, await_receipts, post, send
from tallywire.client.submissions import Submission
from tallywire.embedded.server import EmbeddedServer

ELECTION = "pcc.2030-05-02"


def answer(redis_client: Redis, entry_id: str) -> bytes:
    """Publish a receipt for an entry, as ingest does, and return it."""
    data = Receipt(status="accepted", entry_id=entry_id, event_id="x", reasons=(), ledger_sequence=7)
    event = ReceiptEvent(id=f"receipt-{entry_id}", source="/tallywire/ingest", subject="x", data=data).encode()
    redis_client.xadd(f"{{{ELECTION}}}:receipts", {"data": event})
    return event


def test_each_message_gets_its_own_receipt(connection: Connection, redis_client: Redis) -> None:
    """Promise: receipts are matched by entry, in the order in which they come; those of others are passed over."""
    answer(redis_client, "1-0")
    posted = post(connection, ELECTION, [b"first", b"second"])
    answer(redis_client, "2-0")
    redis_client.xadd(f"{{{ELECTION}}}:receipts", {"data": "no receipt"})
    second, first = (answer(redis_client, entry_id) for entry_id in reversed(posted.entry_ids))
    replies = list(await_receipts(connection, posted, timeout_s=10))
    assert [(reply.number, reply.event, reply.safe) for reply in replies] == [(1, second, True), (0, first, True)]
    assert replies[0].receipt.data.ledger_sequence == 7


def test_receipts_that_do_not_come_are_not_waited_for_for_ever(connection: Connection, redis_client: Redis) -> None:
    """Promise: what came in time is handed over, and then it ends."""
    posted = post(connection, ELECTION, [b"first", b"second"])
    answer(redis_client, posted.entry_ids[0])
    assert [reply.number for reply in await_receipts(connection, posted, timeout_s=0.05)] == [0]
    assert list(await_receipts(connection, Posted(ELECTION, (), "0-0"), timeout_s=10)) == []


def test_whoever_sends_is_told_what_has_no_receipt(connection: Connection) -> None:
    """Promise: the error says how many wait, and that a repeat is harmless."""
    sent = send(connection, [Submission("line 1", b"{}")], [ELECTION], timeout_s=0)
    with pytest.raises(NoReceiptError, match=r"for 1 of 1 sent. Waiting for ingest: 1,.*is harmless"):
        next(sent)


def test_no_receipt_in_time_is_told_apart_from_a_refusal(
    server: EmbeddedServer, connection: Connection, redis_client: Redis
) -> None:
    """Promise: exit code 4; the entry is on the stream byte for byte, and a repeat is said to be harmless."""
    connection.announce(ELECTION)
    arguments = ["declare", "-", "--timeout", "0", "--redis", server.url]
    result = CliRunner().invoke(app, arguments, input=b'{"a" :1}')
    assert result.exit_code == 4
    assert "sending it again is harmless" in result.stderr
    posted = cast("list[tuple[bytes, dict[bytes, bytes]]]", redis_client.xrange(f"{{{ELECTION}}}:declarations"))
    assert [fields for _, fields in posted] == [{b"data": b'{"a" :1}'}]


def test_nothing_is_printed(connection: Connection, redis_client: Redis, capfd: pytest.CaptureFixture[str]) -> None:
    """Promise: the client is a library."""
    sent = send(
        connection, [Submission("", json.dumps({}).encode())], [ELECTION], timeout_s=0, announce=connection.announce
    )
    with pytest.raises(NoReceiptError):
        next(sent)
    assert connection.elections() == [ELECTION]
    assert capfd.readouterr() == ("", "")
