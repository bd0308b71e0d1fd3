"""From the fields of a stream entry to a JSON object, or what keeps them from being one."""

import json
import re
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any, Final

import jiter

from services.ingest.rules import limits
from services.ingest.rules.event.room import Room
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown, listed

_AGAIN: Final = b"\n\0\n"
"""Between the values of a field that an entry has more than once. Cannot be in JSON, so that no two make one event."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_POSITION = re.compile(r"line (\d+) column (\d+)$")
_DUPLICATE = re.compile(r'Detected duplicate key "(.*)" at line \d+ column \d+$', re.DOTALL)
_NEAR_BYTES: Final = 15


def read(
    fields: Mapping[bytes, bytes], bytes_max: Mapping[str, int], room: Room
) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Read the event in the entry's field ``data``; other fields are not looked at.

    Args:
        fields: the entry's fields.
        bytes_max: how many bytes an event of some types may have, by type.
        room: how large an event of any other type may be.

    Returns:
        The event and no fault; or what could be read of it, if anything, and every fault found so far.
    """
    raw = fields.get(b"data")
    if raw is None:
        return None, [fault("entry.no_data", fields=_named(fields))]
    if refused := _size(raw, bytes_max, room):
        return None, [refused]
    try:
        event = jiter.from_json(raw, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        event, faults = _read_with_patience(raw, str(error))
        if faults and event is None:
            return None, faults
    else:
        faults = []
    if not isinstance(event, dict):
        return None, [*faults, fault("json.not_an_object", value=Shown(event))]
    if len(raw) > room.bytes:
        limit = bytes_max.get(str(event.get("type")), room.bytes)
        if len(raw) > limit:
            return None, [_too_large(raw, limit)]
    return event, faults


def _named(fields: Mapping[bytes, bytes]) -> str:
    if len(fields) > limits.NAMES_LISTED_MAX:
        return f"more than {limits.NAMES_LISTED_MAX} fields"
    return listed(f'"{name[: limits.PATH_LENGTH_MAX].decode("utf-8", "replace")}"' for name in fields)


def _size(raw: bytes, bytes_max: Mapping[str, int], room: Room) -> Fault | None:
    """Check bytes and values before they are parsed; beyond ``room`` the limits are those of the types named there."""
    values, values_max = raw.count(b",") + raw.count(b"[") + raw.count(b"{"), room.values
    if len(raw) > room.bytes or values > room.values:
        named = [most for name, most in bytes_max.items() if name.encode() in raw]
        limit = max((room.bytes, *named))
        if len(raw) > limit:
            return _too_large(raw, limit)
        if named:
            values_max = max(room.values, min(limits.REGISTER_VALUES_MAX, len(raw) // limits.VALUE_BYTES_MIN))
    if not raw or raw.isspace():
        return fault("entry.empty")
    if values > values_max:
        return fault("entry.too_many_values", size=f"{values:,}", limit=f"{values_max:,}")
    return None


def _too_large(raw: bytes, limit: int) -> Fault:
    return fault("entry.too_large", size=f"{len(raw):,}", limit=f"{limit:,}")


def _read_with_patience(raw: bytes, problem: str) -> tuple[Any, list[Fault]]:
    """Read what the strict parser refused: a field given twice is a fault, and its last value is read.

    Of an event that is much larger than a declaration only the first such field is told: the parser has named it.
    """
    try:
        event = jiter.from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        return None, [fault("entry.data_twice") if _AGAIN in raw else _not_json(raw, str(error))]
    first = _DUPLICATE.match(problem) if len(raw) > limits.REPEATED_BYTES_MAX else None
    repeated = (first[1],) if first else islice(_repeated(raw), limits.FAULTS_MAX + 1)
    return event, [fault("json.duplicate_key", value=Shown(name)) for name in repeated]


def _repeated(raw: bytes) -> Collection[str]:
    """Return the names that one object has more than once, each once."""
    found: dict[str, None] = {}
    objects = 0

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal objects
        if len(pairs) == len(dict(pairs)) or objects > limits.FAULTS_MAX:
            return
        objects += 1
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found[name] = None
            seen.add(name)

    # Numbers stay text: what they say does not matter here, and the longest ones cannot be converted.
    json.loads(raw, object_pairs_hook=look, parse_int=str, parse_float=str)
    return found


def _not_json(raw: bytes, problem: str) -> Fault:
    if raw.startswith(_BYTE_ORDER_MARK):
        return fault("text.byte_order_mark")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return fault("text.not_utf8", position=f"{error.start + 1:,}", byte=f"{raw[error.start]:02x}")
    if problem.startswith("recursion limit"):
        return fault("json.too_deep")
    found = _POSITION.search(problem)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    if problem.startswith("EOF"):
        return fault("json.cut_off", line=line, column=column)
    if problem.startswith("number out of range"):
        return fault("json.number_too_long", line=line, column=column)
    text = raw.split(b"\n")[line - 1]
    near = text[max(0, column - _NEAR_BYTES) : column + _NEAR_BYTES]
    return fault("json.invalid", line=line, column=column, near=Shown(near.decode("utf-8", "replace")))
