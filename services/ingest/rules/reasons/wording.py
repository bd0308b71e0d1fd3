"""How values, places and names are put into a sentence: short, and nothing in it that cannot be seen."""

import difflib
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.ingest.rules import limits

LIKENESS_MIN: Final = 0.8
"""Likeness (difflib's ratio) from which a name may have been meant: one or two typing errors. Below it, the ids of one
election are all like each other, and the search is slow."""

Loc = tuple[str | int, ...]
"""Where something is in an event: names of fields and places in lists, outermost first."""


def escaped(text: str, length_max: int = limits.SHOWN_LENGTH_MAX) -> str:
    r"""Return ``text``, cut to ``length_max`` characters, with escapes (``\u202e``) for what cannot be seen."""
    cut = text if len(text) <= length_max else text[: length_max - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() else _escape(char) for char in cut)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # last of the four-digit ones


def path_of(loc: Loc) -> str:
    """Return ``loc`` as people write it: ``data.votes.ann-example``."""
    return escaped(".".join(map(str, loc)), limits.PATH_LENGTH_MAX)


def shown(value: object) -> str:
    """Return a value as the sender wrote it, cut short; a list or an object only by what it is."""
    if isinstance(value, str):
        return f'"{escaped(value)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "too large to be read"
    return "a list" if isinstance(value, list) else "an object"


def _integer(value: int) -> str:
    digits = str(value)
    if len(digits) <= limits.SHOWN_DIGITS_MAX:
        return digits
    return f"{digits[: limits.SHOWN_DIGITS_MAX]}… ({len(digits.lstrip('-'))} digits)"


def listed(names: Iterable[str], what: str = "candidates") -> str:
    """Return names as spoken: ``Ann Example, Bob Sample and Cay Specimen``; of too many, how many of ``what``."""
    told = [escaped(name) for name in names]
    if not told:
        return "nobody"
    if len(told) > limits.NAMES_LISTED_MAX:
        return f"{len(told):,} {what}"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A value, put into words only when its sentence is written: of 40,000 faults we tell fifty."""

    value: object

    def __str__(self) -> str:
        return shown(self.value)


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """A hint at the known name most like ``word``, or nothing; looked for only when its sentence is written."""

    word: str
    known: Collection[str]
    likeness_min: float = LIKENESS_MIN

    def __str__(self) -> str:
        found = nearest(self.word, self.known, self.likeness_min)
        return "" if found is None else f" Did you mean {escaped(found)}?"


def nearest(word: str, known: Collection[str], likeness_min: float = LIKENESS_MIN) -> str | None:
    """Return the known name most like ``word``; None when none is like it, or there are too many to look through.

    Args:
        word: what was written.
        known: what may have been meant.
        likeness_min: how like it must be: from 0, nothing in common, to 1, the same.
    """
    if len(known) > limits.NEAREST_AMONG_MAX:
        return None
    folded = {name.casefold(): name for name in known}
    typed = word[: limits.SHOWN_LENGTH_MAX].casefold()
    found: Sequence[str] = difflib.get_close_matches(typed, folded, n=1, cutoff=likeness_min)
    return folded[found[0]] if found else None
