"""A primary with a stand-by, as an operator sets them up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.pair import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Run a primary with a stand-by for one test."""
    with Pair(tmp_path) as started:
        yield started
