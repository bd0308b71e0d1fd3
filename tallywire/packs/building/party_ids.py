"""Ids of parties, however a table writes them."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
"""Characters that people type or paste for a hyphen."""

_NUMBERED: Final = re.compile(r"(?:pp[\s:-]*|party:\s*)(\d{1,9})")
_JOINT: Final = re.compile(
    r"(?:joint[\s-]*party:\s*(?:pp|party:)?|pp|party:)\s*\d{1,9}(?:\s*[-/+]\s*(?:pp|party:)?\s*\d{1,9})+"
)
_ADDRESS: Final = re.compile(r"https?://search\.electoralcommission\.org\.uk/\S*/(?=pp\d+/?$)")
"""What stands before an id in the address of a party's registration, which councils publish for its id."""
_DEMOCRACY_CLUB: Final = re.compile(r"ynmp[\s-]*party:\s*(\d{1,9})")


def canonical_id(text: str) -> str:
    """Return an id as lists of parties write it; any other text as it is.

    ``pp53``, ``PP 53``, Democracy Club's older ``party:53`` and the address of the registration are ``PP53``. The
    numbers of a joint description are in rising order: ``joint-party:119-53`` is ``joint-party:53-119``.
    """
    folded = DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold().strip()
    folded = _ADDRESS.sub("", folded).rstrip("/")
    if found := _NUMBERED.fullmatch(folded):
        return f"PP{int(found[1])}"
    if found := _DEMOCRACY_CLUB.fullmatch(folded):
        return f"ynmp-party:{int(found[1])}"
    numbers = sorted(set(map(int, re.findall(r"\d+", folded)))) if _JOINT.fullmatch(folded) else ()
    return f"joint-party:{'-'.join(map(str, numbers))}" if len(numbers) > 1 else text


def is_registered_id(key: str) -> bool:
    """Whether a canonical id is one that the Electoral Commission or Democracy Club gives."""
    return re.fullmatch(r"PP\d+|ynmp-party:\d+|joint-party:\d+(?:-\d+)+", key) is not None


def parts_of_joint(key: str) -> tuple[str, ...]:
    """Return the ids of the parties of a joint description, in rising order; none for any other id."""
    numbers = key.removeprefix("joint-party:")
    return () if numbers == key else tuple(f"PP{number}" for number in numbers.split("-"))


def near_id(text: str, known: Collection[str]) -> str | None:
    """Return the known id that ``text`` writes in another way, ``pp53`` or ``joint-party:119-53``; None for others."""
    meant = canonical_id(text).casefold()
    return next((key for key in known if canonical_id(key).casefold() == meant and key != text), None)
