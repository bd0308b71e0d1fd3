"""What the storms need, and what they tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallywire.embedded.server import start_server
from tests.storms.line import Line
from tests.storms.scale import SAID
from tests.storms.workers import Workers


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Run a server of its own for one test, with a nursery of services beside it."""
    with start_server(tmp_path, ephemeral=True) as server, Workers(tmp_path, server.url) as workers:
        yield Line(server, workers)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the storms did, so that a failure can be played again."""
    if SAID:
        terminalreporter.section("storms; STORM_SEED=n plays one again")
        for words in SAID:
            terminalreporter.write_line(words)
