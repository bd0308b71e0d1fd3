"""How the oracle runs: quietly, the same nights each time."""

import logging
import os
from collections.abc import Iterator
from typing import Final

import pytest
import structlog
from hypothesis import HealthCheck, settings

NORMAL_RUN: Final = 400
EXAMPLES_WANTED: Final = int(os.environ.get("ORACLE_EXAMPLES", str(NORMAL_RUN)))
"""How many nights are tried. The normal run repeats itself; a longer one (``ORACLE_EXAMPLES=100000``) tries others
each time, and prints what reproduces a failure."""

settings.register_profile(
    "oracle",
    max_examples=EXAMPLES_WANTED,
    derandomize=EXAMPLES_WANTED <= NORMAL_RUN,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(autouse=True)
def _quiet_services() -> Iterator[None]:
    """Ingest logs what it refuses, and it is sent thousands of things to refuse."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
