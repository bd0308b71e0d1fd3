"""A played night, a key to sign its head, and a store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallywire.evidence.key_files import make_keys
from tests.tallywire.backups.store import running_store
from tests.tallywire.evidence.conftest import night, played

__all__ = ["night", "played"]

BUCKET = "backups"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Make the key that signs heads."""
    make_keys(tmp_path / "night.key", "results.example.org")
    return tmp_path / "night.key"


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run a store that speaks S3."""
    with running_store(tmp_path_factory.mktemp("store") / "s3", BUCKET) as settings:
        yield settings
