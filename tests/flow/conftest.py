"""The running pipeline that most tests of the flow share; each of them has an election of its own on it."""

from collections.abc import Iterator

import pytest

from tallywire.embedded.server import EmbeddedServer
from tests.flow.pipeline import Pipeline, pipeline_on


@pytest.fixture(scope="module")
def pipeline(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Run one of each service for a module. None may end or log an error, whatever the tests send."""
    with pipeline_on(server, tmp_path_factory.mktemp("services")) as running:
        services = running.start_all().values()
        yield running
        assert [service.end() for service in services] == [0, 0, 0]
        assert [line for service in services for line in service.said() if line["level"] == "error"] == []
