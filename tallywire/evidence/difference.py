"""The first place where what is there differs from what must be there, so that a person finds it."""

import json
from typing import Any, Final

SHOWN_LENGTH_MAX: Final = 160
"""Characters of a value repeated in a sentence: an event has kilobytes, of which one figure differs."""

_ABSENT: Final = "nothing"


class Difference(Exception):  # noqa: N818  # what was looked for, not an error of the program
    """Something is not as it follows from the ledger, or the ledger is not whole."""

    def __init__(self, where: str, what: str, expected: str = "", found: str = "", *, remedy: str = "") -> None:
        """Name the place, what is wrong there, both values where there are two, and a remedy where there is its own."""
        super().__init__(where, what, expected, found)
        self.where = where
        """``ledger entry 7 (id 1714700000000-0)``, ``standing:tallies, field wales``."""
        self.what = what
        """One sentence."""
        self.expected = expected
        self.found = found
        self.remedy = remedy
        """What to do about it; empty where ``advice`` knows it by the place."""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}"]
        if self.expected or self.found:
            lines += [f"  expected  {self.expected or _ABSENT}", f"  there is  {self.found or _ABSENT}"]
        return "\n".join(lines)


def unequal(where: str, expected: bytes, found: bytes) -> Difference:
    """Return the difference between two pieces of JSON (or of anything) that are not the same bytes."""
    try:
        path, wanted, given = _first(json.loads(expected), json.loads(found), "")
    except (ValueError, RecursionError):
        path, wanted, given = "", None, None
    if path and wanted != given:
        return Difference(where, f"{path} is another.", _shown(wanted), _shown(given))
    at = next(
        (n for n, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), min(map(len, (expected, found)))
    )
    start = max(0, at - 30)
    return Difference(
        where,
        f"It is written otherwise, from byte {at + 1} on.",
        _cut(repr(expected[start : start + SHOWN_LENGTH_MAX])),
        _cut(repr(found[start : start + SHOWN_LENGTH_MAX])),
    )


def excerpt(value: bytes) -> str:
    """Return the beginning of what is there, for a sentence."""
    return value[:SHOWN_LENGTH_MAX].decode(errors="backslashreplace")


class _Nothing:
    """A value that is not there."""


def _first(expected: Any, found: Any, path: str) -> tuple[str, Any, Any]:  # noqa: ANN401  # any JSON value
    """Return path and both values of the first difference; an empty path when there is none."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in dict.fromkeys((*expected, *found)):
            deeper = _first(expected.get(name, _Nothing), found.get(name, _Nothing), f"{path}.{name}".lstrip("."))
            if deeper[0]:
                return deeper
        return "", None, None
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            deeper = _first(one, other, f"{path}[{place}]")
            if deeper[0]:
                return deeper
        return "", None, None
    return ("", None, None) if expected == found and type(expected) is type(found) else (path or "it", expected, found)


def _shown(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return "" if value is _Nothing else _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH_MAX else text[: SHOWN_LENGTH_MAX - 1] + "…"
