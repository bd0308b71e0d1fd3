"""What an event says, however it is written.

The order of keys, white space, escapes, the offset of a time and attributes about its transport are how it is written.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from schemas.events import LedgerEvent, RegisterEvent, type_name
from schemas.wire import moment
from services.ingest.rules.intake import digest

MOMENTS: Final = frozenset({"declared_at", "expected_at"})
"""Fields of ``data`` that hold a moment: the same one may be written with several offsets."""

_REGISTER: Final = type_name(RegisterEvent)


def meaning(event: LedgerEvent) -> str:
    """Return the digest of what an event says: its type, its subject, whether it is a rehearsal, and its data.

    A field that is left out says the same as one that is null or has its default. Who sent it and under which id is its
    ``event_key``; ``time`` is when it was sent, and may be another one when it is sent again.
    """
    if event.type == _REGISTER:
        return register_meaning(event.subject, event.data.model_dump(mode="json", exclude_unset=True), test=event.test)
    return _digest(
        event.type, event.subject, event.data.model_dump(mode="json", exclude_defaults=True), test=event.test
    )


def register_meaning(subject: str, data: Mapping[str, object], *, test: bool) -> str:
    """Return the digest of what a register says, from its JSON: to validate it would take seconds.

    Of a register, a default that is left out is another thing than one that is stated.

    Raises:
        ValueError: a moment in it is none.
    """
    return _digest(_REGISTER, subject, data, test=test)


def _digest(event_type: str, subject: str, data: Mapping[str, object], *, test: bool) -> str:
    return digest(json.dumps([event_type, subject, test, _in_utc(data)], sort_keys=True).encode())


def _in_utc(value: Any) -> Any:  # noqa: ANN401  # JSON
    """Return JSON without nulls, and with its moments in UTC."""
    if isinstance(value, Mapping):
        return {
            name: moment(within).astimezone(UTC).isoformat()
            if name in MOMENTS and isinstance(within, str)
            else _in_utc(within)
            for name, within in value.items()
            if within is not None
        }
    return [_in_utc(item) for item in value] if isinstance(value, list) else value
