"""``kill -9`` of anything in mid-flow: what comes out is exact, and nobody has to do anything but start it again."""

from pathlib import Path

import pytest

from tallywire.embedded.server import start_server
from tests.flow.contract import check_exact
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import pipeline_on
from tests.flow.storm import OUTPUT, check_storm, moments, storm, strike


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_services_go_on_where_their_last_commit_was(tmp_path: Path, seed: int) -> None:
    """Each service twice among two thousand declarations: exact, every headline once, no number missing."""
    night = storm(f"pcc.2035-05-0{seed}", seed)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = pipeline.start_all()

        def restart(name: str) -> None:
            services[name].kill()
            services[name] = pipeline.start(name)

        pipeline.open(night.register)
        pipeline.post(night.election, night.sent)
        strike(pipeline, night, moments(night, seed, [*OUTPUT] * 2), restart)
        check_storm(pipeline, night)


@pytest.mark.parametrize("seed", [3, 4])
def test_a_killed_server_comes_back_with_all_it_acknowledged(tmp_path: Path, seed: int) -> None:
    """Four times, the last time with every service: those that are left wait for it, and nothing is lost.

    A count centre that got no answer sends again, which is harmless.
    """
    night = storm(f"pcc.2035-06-0{seed}", seed)
    half = len(night.sent) // 2
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        services = pipeline.start_all()

        def restart_server(_: str = "") -> None:
            server.kill()
            server.start()

        pipeline.open(night.register)
        acknowledged = pipeline.post(night.election, night.sent[:half])
        strike(pipeline, night, moments(night, seed, OUTPUT, until=0.4), restart_server)
        assert all(service.alive() for service in services.values())
        # Had the last hundred got no answer, they would be sent again.
        acknowledged += pipeline.post(night.election, night.sent[half - 100 :])
        for service in services.values():
            service.kill()
        restart_server()
        pipeline.start_all()
        check_storm(pipeline, night)
        assert set(acknowledged) <= pipeline.entries(night.election).keys()


def test_services_wait_for_their_server(tmp_path: Path) -> None:
    """Started before there is one they neither end nor need to be started again."""
    register = synthetic_register("pcc.2035-07-01", seed=5)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        server.stop()
        services = pipeline.start_all().values()
        for service in services:
            service.await_saying("service.started")
        server.start()
        pipeline.open(register)
        pipeline.post(register["election"], synthetic_declarations(register, 5, revisions=2))
        check_exact(pipeline, register)
        assert all(service.alive() for service in services)


@pytest.mark.parametrize("order", [("ingest", "aggregate", "notify"), ("notify", "aggregate", "ingest")])
def test_services_read_what_was_declared_before_they_started(tmp_path: Path, order: tuple[str, ...]) -> None:
    """Whichever of them comes first, they begin at the beginning."""
    register = synthetic_register("pcc.2035-08-01", seed=6)
    with start_server(tmp_path, ephemeral=True) as server, pipeline_on(server, tmp_path) as pipeline:
        pipeline.open(register)
        pipeline.post(register["election"], synthetic_declarations(register, 6, revisions=5))
        for name in order:
            pipeline.start(name)
        streams = check_exact(pipeline, register)
    assert len(streams["ledger"]) == 151
