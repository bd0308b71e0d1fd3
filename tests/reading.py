"""Reading what the services wrote, as JSON."""

import json
from typing import Any, cast

from redis import Redis


def events(client: Redis, key: str) -> list[dict[str, Any]]:
    """Return every event on a stream, in order."""
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key))
    return [json.loads(fields[b"data"]) for _, fields in entries]


def documents(client: Redis, key: str) -> dict[str, dict[str, Any]]:
    """Return every field of a table of JSON documents."""
    stored = cast("dict[bytes, bytes]", client.hgetall(key))
    return {field.decode(): json.loads(value) for field, value in stored.items()}
