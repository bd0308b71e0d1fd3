"""Lays JSON out for people: what fits on a line stands on one, and a change of one fact is a change of one line."""

import json
from typing import Final

_LINE_MAX: Final = 120


def lay_out(value: object, indent: int = 0, lead: int = 0) -> str:
    """Return a value as JSON, without a line end.

    Args:
        value: what ``json`` can write.
        indent: how far the lines after the first are indented.
        lead: characters that stand before the first line.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or indent + lead + len(line) < _LINE_MAX:
        return line
    inner = indent + 2
    blanks = " " * inner
    if isinstance(value, list):
        parts = [lay_out(item, inner) for item in value]
        return f"[\n{blanks}" + f",\n{blanks}".join(parts) + f"\n{' ' * indent}]"
    keys = [json.dumps(key, ensure_ascii=False) for key in value]
    parts = [f"{key}: {lay_out(item, inner, len(key) + 2)}" for key, item in zip(keys, value.values(), strict=True)]
    return f"{{\n{blanks}" + f",\n{blanks}".join(parts) + f"\n{' ' * indent}}}"
