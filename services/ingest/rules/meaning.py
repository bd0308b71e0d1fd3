"""What an event says, however it is written.

The order of keys, white space, escapes, the offset of a time and attributes about its transport are how it is written.
"""

import json
from datetime import UTC
from typing import Any, Final

from schemas.events import LedgerEvent
from schemas.wire import moment
from services.ingest.rules.intake import digest

MOMENTS: Final = frozenset({"declared_at", "expected_at"})
"""Fields of ``data`` that hold a moment: the same one may be written with several offsets."""


def meaning(event: LedgerEvent) -> str:
    """Return the digest of what an event says: its type, its subject, whether it is a rehearsal, and its data.

    A field that is left out says the same as one that has its default. Who sent it and under which id is its
    ``event_key``; ``time`` is when it was sent, and may be another one when it is sent again.
    """
    said = _in_utc(event.data.model_dump(mode="json", exclude_defaults=True))
    return digest(json.dumps([event.type, event.subject, event.test, said], sort_keys=True).encode())


def _in_utc(value: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(value, dict):
        return {
            name: moment(within).astimezone(UTC).isoformat()
            if name in MOMENTS and isinstance(within, str)
            else _in_utc(within)
            for name, within in value.items()
        }
    return [_in_utc(item) for item in value] if isinstance(value, list) else value
