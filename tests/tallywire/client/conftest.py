"""What the tests of the client stand on."""

from collections.abc import Iterator

import pytest
from redis import Redis

from tallywire.client.connection import Connection, open_connection
from tallywire.embedded.server import EmbeddedServer


@pytest.fixture
def connection(server: EmbeddedServer, redis_client: Redis) -> Iterator[Connection]:
    """Connect to the module's server, which is empty."""
    with open_connection(server.url) as opened:
        yield opened
