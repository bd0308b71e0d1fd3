"""Where log events go: standard error, as lines of JSON, or coloured where a person is looking."""

import sys
from collections import Counter
from typing import Final

import structlog

COUNTED: Final = Counter[tuple[str, str]]()
"""How often each event was logged, by its name and level; for the metrics."""


def _count(
    _logger: structlog.types.WrappedLogger, level: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    COUNTED[event["event"], level] += 1
    return event


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
