"""Services that speak HTTP, or send over it, are measured like the others, on a port of their own."""

import json
from typing import Final

import pytest

from tallywire.posting.rates import ADDRESS_POSTS_MAX
from tests.pipeline.faults import Fault
from tests.pipeline.hooks import Hooks
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Receiver
from tests.pipeline.sender import Sender
from tests.pipeline.served import Served
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until

NIGHT: Final = night(6, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
SOON: Final = Fault(constants=(("services.heartbeat:LAG_EVERY_S", 0), ("services.heartbeat:BEAT_EVERY_S", 0)))


@pytest.fixture
def at_work(pipeline: Pipeline) -> Pipeline:
    """Return a pipeline with the night opened and everything at work behind it."""
    centre = pipeline.open(NIGHT)
    pipeline.start_all()
    centre.settle()
    return pipeline


def test_what_the_posting_service_does_is_measured(at_work: Pipeline) -> None:
    """Promise: answers by route, the wait for receipts and who was turned away can be read, and not in public."""
    sender = Sender(at_work, SOON, metrics=True)
    posting = Served(sender.service)
    for message in NIGHT.declarations[:2]:
        assert sender.post(ELECTION, message).status == 200
    at_work.client.set(f"{{{ELECTION}}}:posting:address:127.0.0.1", ADDRESS_POSTS_MAX, ex=60)
    assert sender.post(ELECTION, NIGHT.declarations[2]).status == 429
    assert sender.get("/metrics").status == 404
    assert sender.get(f"/v1/elections/{ELECTION}/secret-{'x' * 50}").status == 404
    route = "/v1/elections/{election}/declarations"
    named = {"service": "posting", "route": route, "method": "POST"}
    posting.await_value(1, "tallywire_http_requests_total", status="429", **named)
    assert posting.value("tallywire_http_requests_total", status="200", **named) == 2
    assert posting.value("tallywire_http_requests_total", route="none", status="404") == 2
    assert b"secret" not in posting.get("/metrics").body
    assert posting.value("tallywire_receipt_seconds_count", election=ELECTION) == 2
    assert posting.value("tallywire_posts_total", election=ELECTION, status="accepted") == 2
    assert posting.value("tallywire_limit_reached_total", limit="rate.address", election=ELECTION) == 1
    assert posting.value("tallywire_log_events_total", event="rate.reached", level="warning") == 1
    assert posting.value("tallywire_build_info", service="posting") == 1
    assert (posting.value("tallywire_live"), posting.value("tallywire_ready")) == (1, 1)
    posting.await_value(1, "tallywire_server_reachable")
    assert abs(posting.value("tallywire_server_clock_ahead_seconds") or 9) < 5
    assert posting.value("tallywire_server_may_lose_data", why="appendonly") is not None


def test_a_server_that_takes_no_writes_is_not_ready(at_work: Pipeline) -> None:
    """Promise: while its server answers and refuses every write, a service that writes says that it is not ready."""
    sender = Sender(at_work, SOON, metrics=True)
    posting = Served(sender.service)
    posting.await_ready()
    assert sender.get("/health/ready").status == 200
    assert sender.request("HEAD", "/health/ready", None, {}).status == 200
    at_work.client.config_set("min-replicas-to-write", 1)
    try:
        wait_until(lambda: posting.get("/health/ready").status == 503, what="the operations port to say so")
        wait_until(lambda: sender.get("/health/ready").status == 503, what="the public port to say so")
        said = json.loads(sender.get("/health/ready").body)
        assert said["reasons"][0].startswith("The server takes no writes: ")
        assert posting.value("tallywire_ready") == 0
    finally:
        at_work.client.config_set("min-replicas-to-write", 0)
    posting.await_ready()
    assert sender.get("/health/ready").status == 200


def test_what_the_publishing_service_shows_is_measured(at_work: Pipeline) -> None:
    """Promise: readers, how far the feed is behind the ledger, and what was kept of pages.

    Of an election that the server has lost readers keep what was known, and every list says that it is not live.
    """
    reader = Publisher(at_work, SOON, metrics=True)
    service, publishing = reader.service, Served(reader.service)
    publishing.await_ready()
    assert publishing.get("/health/ready").json["elections"] == {ELECTION: "live"}
    at_work.centre(ELECTION).send(NIGHT.declarations)
    at_work.centre(ELECTION).settle()
    wait_until(lambda: publishing.value("tallywire_feed_entries_behind") == 0, what="everything to be shown")
    assert publishing.value("tallywire_feed_live", election=ELECTION) == 1
    assert publishing.value("tallywire_feed_behind_seconds", election=ELECTION) == 0
    assert (publishing.value("tallywire_feed_newest_timestamp_seconds", election=ELECTION) or 0) > 1e9
    assert publishing.value("tallywire_readers", election=ELECTION) == 0
    for one in at_work.services.alive():
        if one is not service:
            one.kill()
            one.await_end()
    before = reader.get("/v1/elections").json["elections"][0]
    assert (before["state"], before["reason"]) == ("live", None)
    at_work.client.flushall()
    wait_until(lambda: publishing.get("/health/ready").status == 503, what="publishing to see that all is gone")
    wait_until(lambda: "emptied" in " ".join(publishing.get("/health/ready").json["reasons"]), what="it to say so")
    wait_until(lambda: publishing.value("tallywire_feed_live", election=ELECTION) == 0, what="it to be live no more")
    lost = "The server has lost this election: nothing of it is there. What was known is shown."
    assert reader.get("/v1/elections").json["elections"] == [before | {"state": "broken", "reason": lost}]
    assert lost in reader.get("/elections").body.decode()


def test_how_far_each_endpoint_is_is_measured(at_work: Pipeline) -> None:
    """Promise: what an endpoint has not taken has an age, by its name, until it is taken."""
    with Receiver(lambda _: 500) as receiver:
        hooks = Hooks(at_work)
        hooks.add(receiver, "newsroom")
        worker = Served(at_work.start("webhooks", SOON, metrics=True))
        worker.await_value(1, "tallywire_leading", stage="webhooks")
        at_work.centre(ELECTION).send(NIGHT.declarations[:1])
        worker.await_value(0.1, "tallywire_webhook_oldest_undelivered_seconds", endpoint="newsroom")
        worker.await_value(1, "tallywire_webhook_failed_total", endpoint="newsroom")
