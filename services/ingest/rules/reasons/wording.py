"""How values, places and names are put into a sentence: short, and nothing in it that cannot be seen."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from services.ingest.rules import limits

LIKENESS_MIN: Final = 0.8
"""Likeness from which a name may have been meant: the letters that two names share, in their order, as a part of all
their letters. Below it, the ids of one election are all like each other."""

ERRORS_MAX: Final = 4
"""Letters too many or missing up to which a name may have been meant, however long it is: two typing errors. A wrong
letter is one too many and one missing."""

_DIGITS_PER_BIT: Final = math.log10(2)
_SHOWN_BITS_MAX: Final = 1_000
"""Bits of a number of which digits are shown: 300 digits."""

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
    # One more than are shown, so that a step which is cut is seen to be.
    steps = (step[: limits.PATH_LENGTH_MAX + 1] if isinstance(step, str) else str(step) for step in loc)
    return escaped(".".join(steps), limits.PATH_LENGTH_MAX)


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
    if value.bit_length() > _SHOWN_BITS_MAX:
        # How many digits it has would take as long to find as its square.
        return f"a number of some {int(value.bit_length() * _DIGITS_PER_BIT) + 1:,} digits"
    digits = str(value)
    if len(digits) <= limits.SHOWN_DIGITS_MAX:
        return digits
    return f"{digits[: limits.SHOWN_DIGITS_MAX]}… ({len(digits.lstrip('-'))} digits)"


def listed(names: Iterable[str], what: str = "candidates") -> str:
    """Return names as spoken: ``Ann Example, Bob Sample and Cay Specimen``; of too many, how many of ``what``."""
    given = list(names)
    if not given:
        return "nobody"
    if len(given) > limits.NAMES_LISTED_MAX:
        return f"{len(given):,} {what}"
    told = [escaped(name) for name in given]
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
    typed = word[: limits.SHOWN_LENGTH_MAX].casefold()
    found, fewest = None, ERRORS_MAX + 1
    for name in known:
        folded = name.casefold()
        # Without the small addition, 0.2 of 5 letters would be less than one.
        most = min(fewest - 1, int((1 - likeness_min) * (len(typed) + len(folded)) + 1e-9))
        errors = _errors(typed, folded, most)
        if errors is not None:
            found, fewest = name, errors
    return found


def _errors(one: str, other: str, most: int) -> int | None:
    """Return how many letters one text has and the other has not, in their order; None when more than ``most``.

    Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. The work is bounded by ``most`` times
    the length.
    """
    if abs(len(one) - len(other)) > most:
        return None
    reached = {1: 0}
    for errors in range(most + 1):
        for ahead in range(-errors, errors + 1, 2):
            skip = ahead == -errors or (ahead != errors and reached[ahead - 1] < reached[ahead + 1])
            at = reached[ahead + 1] if skip else reached[ahead - 1] + 1
            while at < len(one) and at - ahead < len(other) and one[at] == other[at - ahead]:
                at += 1
            reached[ahead] = at
            if at >= len(one) and at - ahead >= len(other):
                return errors
    return None
