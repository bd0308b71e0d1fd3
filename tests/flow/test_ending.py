"""Asked to end, a service commits what it has in hand and leaves in order."""

from functools import partial

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.waiting import wait_until


def connections(pipeline: Pipeline, command: str = "") -> set[str]:
    """Return the connections to the server, those alone whose last command was ``command`` if one is given."""
    return {client["id"] for client in pipeline.client.client_list() if client["cmd"].startswith(command)}


def two_readers(pipeline: Pipeline) -> set[str]:
    """Return the connections that read, once there are two of them."""
    found = connections(pipeline, "xread")
    return found if len(found) > 1 else set()


def test_the_batch_in_hand_is_committed_before_a_service_ends(pipeline: Pipeline) -> None:
    """Promise: the server holds the commit back; the service, asked to end, waits for it instead of leaving it."""
    sent = night(4, contests=30, declarations=30)
    service = pipeline.start("ingest")
    centre = pipeline.open(sent)
    wait_until(lambda: centre.length("receipts"), what="the register's receipt")
    reading = wait_until(partial(two_readers, pipeline), what="the service to read elections and declarations")
    # In one step: a declaration arrives, and from then on nothing is written.
    with pipeline.client.pipeline(transaction=True) as together:
        together.xadd(centre.key("declarations"), {"data": sent.declarations[0]})
        together.client_pause(60_000, all=False)
        entry_id, _ = together.execute()
    wait_until(partial(connections, pipeline, "evalsha"), what="the commit to wait")
    service.terminate()
    wait_until(lambda: reading - connections(pipeline), what="the service to hang up on the list of elections")
    pipeline.client.client_unpause()
    assert service.await_end() == 0
    assert centre.cursors()["ingest"] == entry_id
    assert centre.length("receipts") == 2
    said = service.said()
    assert [line["event"] for line in (said[0], said[-1])] == ["service.started", "service.stopped"]
    assert {line["level"] for line in said} == {"info"}
