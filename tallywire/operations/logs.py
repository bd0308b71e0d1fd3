"""Where log events go: standard error, as lines of JSON, or coloured where a person is looking."""

import sys
from collections import Counter
from contextlib import suppress
from typing import Final, TextIO, cast

import structlog

COUNTED: Final = Counter[tuple[str, str]]()
"""How often each event was logged, by its name and level; for the metrics."""


def _count(
    _logger: structlog.types.WrappedLogger, level: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    COUNTED[event["event"], level] += 1
    return event


class _Lines:
    """A file for log lines. One that finds no room, on a disk that is full, is lost; whoever logs it works on.

    Args:
        file: where lines go.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, if there is room."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Flush, if there is room."""
        with suppress(OSError):
            self._file.flush()


def log_to_stderr() -> None:
    """Send the log events of this process to standard error; standard output is for what was asked for."""
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _count,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lines(sys.stderr))),
    )
