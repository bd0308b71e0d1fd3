"""The context of a trace, beside an event: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header."""

import re
from collections.abc import Mapping
from typing import Final

CONTEXT: Final = b"traceparent"
"""The field of an entry beside its event. It proves nothing, and nothing is decided by it."""

_WRITTEN: Final = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def is_context(value: bytes) -> bool:
    """Whether a value is the context of a trace, as this release writes it: 55 characters, and nothing else."""
    return _WRITTEN.fullmatch(value) is not None


def without_context(fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the fields of an entry without the context of a trace; what only looks like one stays."""
    return {name: value for name, value in fields.items() if name != CONTEXT or not is_context(value)}
