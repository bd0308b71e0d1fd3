"""What many tests need: a real server of their own, a client of it, and services that work on it."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import structlog
from hypothesis import settings
from redis import Redis

from tallywire.embedded.server import EmbeddedServer, start_server

if TYPE_CHECKING:
    from tests.pipeline.pipeline import Pipeline
    from tests.pipeline.services import Nursery

# A run that was started in the background, or with nohup, ignores these signals, and so would every process it starts:
# tests that interrupt one would wait in vain.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# To collect the tests is to import everything, and nothing of that is garbage: to look for some at every 700 objects
# takes a third of the time. What is there at the end is not looked at again.
GARBAGE_AFTER: Final = 50_000
gc.set_threshold(GARBAGE_AFTER)

# How long an example takes is the machine's business.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

LONGEST: Final = (
    "tests/storms/",
    "tests/oracle/test_nights.py",
    "tests/flow/test_run.py",
    "tests/flow/",
    "tests/pages/",
    "tests/benchmarks/",
    "tests/cluster/",
    "tests/tallywire/test_wheel.py",
    "tests/deploy/",
    "tests/tallywire/evidence/",
)
"""Where the tests are that take longest."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Run a server for the tests of one module; it dies with the test run, however that ends."""
    with start_server(tmp_path_factory.mktemp("server"), ephemeral=True) as started:
        yield started


@pytest.fixture
def redis_client(server: EmbeddedServer) -> Iterator[Redis]:
    """Connect to the module's server, emptied (data and scripts) for this test."""
    with closing(Redis.from_url(server.url)) as client:
        client.flushall()
        client.script_flush()
        yield client


@pytest.fixture(scope="session")
def nursery() -> "Iterator[Nursery]":
    """Run the process that starts services in some milliseconds."""
    from tests.pipeline.services import Nursery  # noqa: PLC0415  # imports every service: only who needs them waits

    with Nursery() as started:
        yield started


@pytest.fixture
def pipeline(nursery: "Nursery", tmp_path: Path) -> "Iterator[Pipeline]":
    """Run a server of its own for one test, on which it may start services."""
    from tests.pipeline.pipeline import pipeline_on  # noqa: PLC0415  # as above

    with start_server(tmp_path, ephemeral=True) as started, pipeline_on(started, nursery, tmp_path) as prepared:
        yield prepared


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes share the tests: two for each core, as tests often wait for servers and services."""
    return 2 * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    """Let processes that share the tests take the files in their order, not those with the most tests first."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, so that processes that share the tests end at the same time.

    What `make pages` is for is left out elsewhere.
    """
    if os.environ.get("PAGES") != "all":
        items[:] = [item for item in items if item.get_closest_marker("pages") is None]
    items.sort(
        key=lambda item: next((n for n, part in enumerate(LONGEST) if item.nodeid.startswith(part)), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later search for garbage."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have recorded for people, under the title that they gave it."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    told: dict[str, list[object]] = {}
    for report in reports:
        for title, words in report.user_properties:
            told.setdefault(title, []).append(words)
    for title, lines in told.items():
        terminalreporter.section(title)
        for words in lines:
            terminalreporter.write_line(str(words))


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Undo what a command that ran inside a test did to the logs: its standard error is gone afterwards."""
    yield
    structlog.reset_defaults()
