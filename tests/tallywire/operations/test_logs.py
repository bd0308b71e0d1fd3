"""What is logged, and what becomes of whoever logs."""

import io
import sys
from pathlib import Path

import pytest
import structlog

from tallywire.operations.logs import COUNTED, log_to_stderr


def test_a_log_on_a_full_disk_costs_its_lines_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: who logs works on where the log finds no room; a service that did not would stand still for good."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(full, write_through=True))
        log_to_stderr()
        before = COUNTED["stage.interrupted", "warning"]
        try:
            structlog.get_logger().warning("stage.interrupted")
        except OSError as error:
            raise AssertionError("who logs is ended by it") from error
        assert COUNTED["stage.interrupted", "warning"] == before + 1
