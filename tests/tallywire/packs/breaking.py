"""Ways to break a good pack, each in one place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

REGISTER = "register.json"
LINES = "declarations.jsonl"

Break = Callable[[Path], object]
"""Breaks the pack in a folder."""


def register(change: Callable[[Any], object]) -> Break:
    """Break the register by a change to its JSON value."""

    def apply(pack: Path) -> None:
        value = json.loads((pack / REGISTER).read_bytes())
        change(value)
        (pack / REGISTER).write_text(json.dumps(value), encoding="utf-8")

    return apply


def norfolk(change: Callable[[Any], object]) -> Break:
    """Break one contest of the register."""
    return register(lambda value: change(value["contests"]["pcc.norfolk.2024-05-02"]))


def text(file: str, old: str, new: str) -> Break:
    """Break a file by replacing the first occurrence of a text."""

    def apply(pack: Path) -> None:
        before = (pack / file).read_text(encoding="utf-8")
        assert old in before
        (pack / file).write_text(before.replace(old, new, 1), encoding="utf-8")

    return apply


def content(file: str, raw: bytes) -> Break:
    """Break a file by putting something else in its place."""
    return lambda pack: (pack / file).write_bytes(raw)


def event(number: int, change: Callable[[Any], object]) -> Break:
    """Break the event on one line of the declarations."""

    def apply(pack: Path) -> None:
        lines = (pack / LINES).read_text(encoding="utf-8").splitlines()
        value = json.loads(lines[number - 1])
        change(value)
        lines[number - 1] = json.dumps(value)
        (pack / LINES).write_text("\n".join(lines) + "\n", encoding="utf-8")

    return apply


def another(number: int, change: Callable[[Any], object]) -> Break:
    """Send the event on one line again, changed, on a line after all others."""

    def apply(pack: Path) -> None:
        lines = (pack / LINES).read_text(encoding="utf-8").splitlines()
        value = json.loads(lines[number - 1])
        change(value)
        (pack / LINES).write_text("\n".join([*lines, json.dumps(value)]) + "\n", encoding="utf-8")

    return apply


def declared_at(number: int, time: str) -> Break:
    """Give the declaration on one line a time."""
    return event(number, lambda value: value["data"].update(declared_at=time))


def both(*breaks: Break) -> Break:
    """Break a pack in more than one place."""

    def apply(pack: Path) -> None:
        for apply_one in breaks:
            apply_one(pack)

    return apply
