"""The server is away, full, or emptied: never is accepted what was not kept."""

import json
import threading
import time

import pytest

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import FAILED, SERVICES
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.storms.scale import AWAY_S
from tests.waiting import wait_until

ROOM_BYTES = 150_000
"""What a full server had room for before it was full: some of the night, not all of it."""

STOP_S = 60.0
"""How long a service may take, on a busy machine, to see that the server has been emptied: it looks every other
second."""


@pytest.mark.timeout(120 + 3 * AWAY_S)
def test_a_server_that_is_away_is_waited_for(pipeline: Pipeline) -> None:
    """Promise: a server that is away ends no service and costs no declaration.

    It is away when the services start, and again in the middle of the night, while senders keep on trying: the same
    processes go on as soon as it is back. Asked to end while it is away, they end.
    """
    sent = night(9, contests=30, declarations=400)
    half = len(sent.sent) // 2
    centre = pipeline.open(sent)
    pipeline.server.kill()
    services = pipeline.start_all()
    _away(pipeline, centre, sent.sent[:half])
    centre.settle()
    pipeline.server.kill()
    _away(pipeline, centre, sent.sent[half:])
    centre.settle()
    assert pipeline.services.alive() == services
    assert centre.repeated > 0
    centre.check_exact(sent)
    pipeline.server.kill()
    assert pipeline.services.end() == [0, 0, 0]


def _away(pipeline: Pipeline, centre: CountCentre, messages: tuple[bytes, ...]) -> None:
    """Let some time pass before the server is started again; messages are sent all the while."""
    sending = threading.Thread(target=centre.send, args=[messages])
    sending.start()
    time.sleep(AWAY_S)
    pipeline.server.start()
    sending.join()


def test_a_full_server_accepts_nothing_that_it_does_not_keep(pipeline: Pipeline) -> None:
    """Promise: a full server delays, it loses nothing.

    With no memory left (maxmemory, noeviction) senders are told so and services wait; every receipt that says accepted
    has its entry on the ledger. With more memory everybody goes on, and everything is exact.
    """
    # Far more than there is room for: the server gives back what answers in flight took, and has room anew.
    sent = night(10, contests=30, declarations=1_500)
    centre = pipeline.open(sent)
    pipeline.start_all()
    centre.settle()
    client = pipeline.client
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", client.info("memory")["used_memory"] + ROOM_BYTES)
    unsent = list(sent.sent)
    while unsent and len(lost := centre.try_to_send(unsent[:100])) < 100:
        unsent = lost + unsent[100:]
    assert unsent, "the server was never full"
    wait_until(
        lambda: "used memory > 'maxmemory'" in pipeline.services.log(), what="a service to find that the server is full"
    )
    _assert_accepted_is_kept(centre)

    client.config_set("maxmemory", 0)
    centre.send(unsent)
    centre.settle()
    assert pipeline.services.end() == [0, 0, 0]
    centre.check_exact(sent)


def test_a_server_that_was_emptied_under_load_accepts_nothing_any_more(pipeline: Pipeline) -> None:
    """Promise: nobody goes on as if nothing had been there, also when more is sent at once: nothing is accepted."""
    sent = night(13, contests=30, declarations=400)
    half = len(sent.sent) // 2
    centre = pipeline.open(sent)
    services = pipeline.start_all()
    centre.send(sent.sent[:half])
    centre.settle()
    pipeline.client.flushall()
    centre.send(sent.sent[half:])
    assert [service.await_end(STOP_S) for service in services] == [FAILED] * len(SERVICES)
    assert all(f"has lost {sent.election}" in service.log() for service in services)
    assert _accepted(centre) == []


def _accepted(centre: CountCentre) -> list[str]:
    """Return the ids of the entries that were accepted, by their receipts."""
    receipts = [json.loads(fields[b"data"])["data"] for _, fields in centre.client.xrange(centre.key("receipts"))]
    return [receipt["entry_id"] for receipt in receipts if receipt["status"] == "accepted"]


def _assert_accepted_is_kept(centre: CountCentre) -> None:
    """Check that each accepted entry is on the declarations stream and on the ledger, as it was sent."""
    declarations = dict(centre.client.xrange(centre.key("declarations")))
    ledger = [fields[b"data"] for _, fields in centre.client.xrange(centre.key("ledger"))]
    accepted = _accepted(centre)
    assert len(accepted) == len(ledger)
    for entry_id, entry in zip(accepted, ledger, strict=True):
        assert entry.startswith(declarations[entry_id.encode()][b"data"][:-1])
