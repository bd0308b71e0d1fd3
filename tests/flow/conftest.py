"""The running pipeline that most tests of the flow share; each of them has an election of its own on it."""

from collections.abc import Iterator

import pytest

from tallywire.embedded.server import EmbeddedServer
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.services import Nursery


@pytest.fixture(scope="module")
def running(server: EmbeddedServer, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Run one of each service for a module. None may end or log an error, whatever the tests send."""
    with pipeline_on(server, nursery, tmp_path_factory.mktemp("services")) as pipeline:
        services = pipeline.start_all()
        yield pipeline
        assert pipeline.services.end() == [0, 0, 0]
        assert [line for service in services for line in service.said() if line["level"] == "error"] == []
