"""What many tests need: a real server of their own, and a client of it."""

import signal
from collections.abc import Iterator
from contextlib import closing

import pytest
import structlog
from redis import Redis

from tallywire.embedded.server import EmbeddedServer, start_server

# A run that was started in the background, or with nohup, ignores these signals, and so would every process it starts:
# tests that interrupt one would wait in vain.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Run a server for the tests of one module; it dies with the test run, however that ends."""
    with start_server(tmp_path_factory.mktemp("server"), ephemeral=True) as started:
        yield started


@pytest.fixture
def redis_client(server: EmbeddedServer) -> Iterator[Redis]:
    """Connect to the module's server, emptied (data and functions) for this test."""
    with closing(Redis.from_url(server.url)) as client:
        client.flushall()
        client.function_flush()
        yield client


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Undo what a command that ran inside a test did to the logs: its standard error is gone afterwards."""
    yield
    structlog.reset_defaults()
