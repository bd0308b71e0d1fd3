"""One night played by the real services; each test gets it back as it was."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from tallywire.embedded.server import EmbeddedServer, start_server
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.nights import at_work, play, tallywire


@dataclass(frozen=True)
class Night:
    """A server with the night on it, and no service running."""

    url: str
    client: Any  # redis-py types every answer as "or awaitable"


def first_difference(night: Night, *arguments: str) -> dict[str, str]:
    """Return what verify names, and see that it says so in its exit code."""
    done = tallywire(night.url, "verify", "--json", *arguments)
    assert done.exit_code == 1, done.output
    found = json.loads(done.stdout)
    assert not found["verified"]
    difference: dict[str, str] = found["difference"]
    return difference


@dataclass(frozen=True)
class _Played:
    url: str
    keys: dict[bytes, bytes]


@pytest.fixture(scope="session")
def played(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Played]:
    """Play the night once, stop the services, and keep every key."""
    folder = tmp_path_factory.mktemp("night")
    with start_server(folder / "server", ephemeral=True) as server, closing(Redis.from_url(server.url)) as client:
        play(nursery, server.url, folder)
        # The keys by which services say that they live are no part of it.
        kept = [key for key in cast("list[bytes]", client.keys()) if not key.startswith(b"tallywire:alive:")]
        yield _Played(server.url, {key: cast("bytes", client.dump(key)) for key in kept})


@pytest.fixture
def night(played: _Played) -> Iterator[Night]:
    """Put the night back as it was played."""
    with closing(Redis.from_url(played.url)) as client:
        client.flushall()
        for key, value in played.keys.items():
            client.restore(key, 0, value)
        yield Night(played.url, client)


@pytest.fixture
def services(server: EmbeddedServer, redis_client: Redis, nursery: Nursery, tmp_path: Path) -> Iterator[str]:
    """Run the three services on another server, which is empty, and return its URL."""
    with at_work(nursery, server.url, tmp_path):
        yield server.url


@pytest.fixture
def exported(night: Night, tmp_path: Path) -> Path:
    """Export the night."""
    path = tmp_path / "night.ledger"
    assert tallywire(night.url, "export", str(path)).exit_code == 0
    return path
