"""How the oracle runs: quietly, the same nights each time."""

import logging
import os
from collections.abc import Iterator
from typing import Final

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

NORMAL_RUN: Final = 300
EXAMPLES_WANTED: Final = int(os.environ.get("ORACLE_EXAMPLES", str(NORMAL_RUN)))
"""How many nights are tried. The normal run repeats itself; a longer one (``ORACLE_EXAMPLES=100000``) tries others
each time, and prints what reproduces a failure."""


class EachByItself(HypothesisProvider):
    """Draws each night by itself, and the same ones whatever else is imported.

    By itself hypothesis makes five nights of parts of each that it draws, and draws numbers that stand in some source
    of ours: whether ties were met often enough was chance, and another one with every change anywhere.
    """

    def _maybe_draw_constant(self, *_: object, **__: object) -> None:
        return None


AVAILABLE_PROVIDERS["each-by-itself"] = EachByItself

settings.register_profile(
    "oracle",
    backend="each-by-itself",
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
