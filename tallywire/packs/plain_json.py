"""JSON written by hand: where it breaks, and which keys it repeats without anybody noticing."""

import json
from collections import Counter
from collections.abc import Iterator

Steps = tuple[str | int, ...]
"""The way to a value: keys of objects and places in arrays, from the outside in."""


class JsonError(ValueError):
    """The text is not JSON; the message says where and why."""


class _Object(dict[str, object]):
    """An object that remembers which of its keys were written more than once."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)


def read_json(raw: bytes) -> object:
    """Return the value written in ``raw``.

    Raises:
        JsonError: it is not UTF-8, not JSON, or cannot be held in memory as JSON usually is.
    """
    try:
        return json.loads(raw.decode(), object_pairs_hook=_Object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise JsonError(f"is not UTF-8: line {line} has the byte 0x{raw[error.start]:02x}") from None
    except json.JSONDecodeError as error:
        raise JsonError(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise JsonError("is nested too deeply") from None
    except ValueError as error:
        raise JsonError(f"is not JSON that can be used: {error}") from None


def repeated_keys(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the way to every key that one object has more than once; ``read_json`` kept the last value."""
    if isinstance(value, _Object):
        for key in value.repeated:
            yield (*steps, key)
    for step, inner in _inside(value):
        yield from repeated_keys(inner, (*steps, step))


def texts(value: object, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Yield every text in ``value`` with the way to it; keys are not texts."""
    if isinstance(value, str):
        yield steps, value
    for step, inner in _inside(value):
        yield from texts(inner, (*steps, step))


def dotted(steps: Steps) -> str:
    """Return the way to a value as people write it: ``parties.PP53.spoken``."""
    return ".".join(map(str, steps))


def _inside(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _refuse_constant(constant: str) -> object:
    message = f"{constant} is not a number in JSON"
    raise ValueError(message)
