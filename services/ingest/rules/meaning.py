"""What an event says, however it is written.

The order of keys, white space, escapes, the offset of a time and attributes about its transport are how it is written.
"""

import json
from datetime import UTC
from typing import Any, Final

from schemas.declaration import DeclaredFigures
from schemas.events import LedgerEvent, RegisterEvent, type_name
from schemas.wire import moment
from services.ingest.rules.intake import digest

MOMENTS: Final = frozenset({"declared_at", "expected_at", "valid_from", "valid_until"})
"""Fields of ``data``, and of the contests in it, that hold a moment: it may be written with several offsets."""

UNORDERED: Final = frozenset({"elected", "lot", "contests", "entries"})
"""Fields of ``data`` that hold a list whose order says nothing (``Declaration.figures``); ``areas`` is one, too."""

_REGISTER: Final = type_name(RegisterEvent)
_ENCODE: Final = json.JSONEncoder(sort_keys=True).encode


def meaning(event: LedgerEvent) -> str:
    """Return the digest of what an event says: its type, its subject, whether it is a rehearsal, and its data.

    A field that is left out says the same as one that is null or has its default. Who sent it and under which id is its
    ``event_key``; ``time`` is when it was sent, and may be another one when it is sent again.
    """
    if event.type == _REGISTER:
        return register_meaning(event.subject, event.data.model_dump(mode="json", exclude_unset=True), test=event.test)
    data = event.data.model_dump(mode="json", exclude_defaults=True, exclude={"areas"})
    if isinstance(event.data, DeclaredFigures) and event.data.local_counts is not None:
        data["areas"] = digest(event.data.local_counts)
    for name in UNORDERED & data.keys():
        data[name].sort(key=_ENCODE)
    return _digest(event.type, event.subject, data, test=event.test)


def register_meaning(subject: str, data: dict[str, Any], *, test: bool) -> str:
    """Return the digest of what a register says, from its JSON: to validate it would take seconds.

    Of a register, a default that is left out is another thing than one that is stated.

    Raises:
        ValueError: a moment in it is none.
        AttributeError: it has a contest that is none.
    """
    contests = {ballot_id: _in_utc(contest) for ballot_id, contest in data["contests"].items()}
    return _digest(_REGISTER, subject, data | {"contests": contests}, test=test)


def source_digest(source: str) -> str:
    """Return what tells one source of a sender from another."""
    return digest(source.encode())[:8]


def _digest(event_type: str, subject: str, data: dict[str, Any], *, test: bool) -> str:
    return digest(_ENCODE([event_type, subject, test, _in_utc(data)]).encode())


def _in_utc(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what is stated in fields, with their moments in UTC."""
    return {
        name: moment(value).astimezone(UTC).isoformat() if name in MOMENTS and isinstance(value, str) else value
        for name, value in fields.items()
        if value is not None
    }
