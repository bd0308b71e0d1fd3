"""What the tests of limits and metrics stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallywire.embedded.server import EmbeddedServer
from tests.flow.pipeline import Pipeline, pipeline_on


@pytest.fixture
def pipeline(server: EmbeddedServer, tmp_path: Path) -> Iterator[Pipeline]:
    """Prepare a pipeline for one test, on a server that was emptied, without a service yet."""
    with pipeline_on(server, tmp_path) as prepared:
        prepared.client.flushall()
        yield prepared
