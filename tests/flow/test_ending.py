"""Asked to end, a service commits what it has in hand and leaves in order."""

from functools import partial
from pathlib import Path

from streams.keys import Partition
from tallywire.embedded.server import start_server
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import Pipeline, pipeline_on
from tests.flow.storm import OUTPUT, check_storm, moments, storm, strike
from tests.waiting import wait_until


def connections(pipeline: Pipeline, command: str = "") -> set[str]:
    """Return the connections to the server, those alone whose last command was ``command`` if one is given."""
    return {client["id"] for client in pipeline.client.client_list() if client["cmd"].startswith(command)}


def two_readers(pipeline: Pipeline) -> set[str]:
    """Return the connections that read, once there are two of them."""
    found = connections(pipeline, "xread")
    return found if len(found) > 1 else set()


def test_services_end_in_mid_flow_and_their_successors_go_on(tmp_path: Path) -> None:
    """Within five seconds, with exit code 0 and nothing but log lines in their output; the election comes out exact."""
    night = storm("pcc.2037-05-01", seed=1)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = pipeline.start_all()

        def end(name: str) -> None:
            assert services[name].end() == 0
            said = services[name].said()
            expected = ["operations.served", "service.started", "service.stopped"]
            assert [line["event"] for line in (*said[:2], said[-1])] == expected
            assert {line["level"] for line in said} == {"info"}
            pipeline.start(name)

        pipeline.open(night.register)
        pipeline.post(night.election, night.sent)
        strike(pipeline, night, moments(night, 1, OUTPUT), end)
        check_storm(pipeline, night)


def test_the_batch_in_hand_is_committed_before_a_service_ends(tmp_path: Path) -> None:
    """The server holds the commit back; the service, asked to end, waits for it instead of leaving it."""
    register = synthetic_register("pcc.2037-06-01", seed=4)
    key = Partition(register["election"]).key
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        service = pipeline.start("ingest")
        pipeline.open(register)
        wait_until(lambda: pipeline.length(register["election"], "receipts"), what="the register's receipt")
        reading = wait_until(partial(two_readers, pipeline), what="the service to read elections and declarations")
        # In one step: a declaration arrives, and from then on nothing is written.
        with pipeline.client.pipeline(transaction=True) as together:
            together.xadd(key("declarations"), {"data": synthetic_declarations(register, 4, revisions=1)[0]})
            together.client_pause(60_000, all=False)
            entry_id, _ = together.execute()
        wait_until(partial(connections, pipeline, "fcall"), what="the commit to wait")
        service.process.terminate()
        wait_until(lambda: reading - connections(pipeline), what="the service to hang up on the list of elections")
        pipeline.client.client_unpause()
        assert service.await_end() == 0
        assert pipeline.client.hget(key("ingest"), "cursor") == entry_id
        assert pipeline.length(register["election"], "receipts") == 2


def test_services_that_wait_for_their_server_end_as_well(tmp_path: Path) -> None:
    """Whether it was never there or went away."""
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        before = pipeline.start_all().values()
        for service in before:
            service.await_saying("service.started")
        server.kill()
        after = pipeline.start_all().values()
        for service in after:
            service.await_saying("service.started")
        for service in (*before, *after):
            assert service.end() == 0
            assert {line["level"] for line in service.said()} <= {"info", "warning"}
