"""How the text of a cell is read, and what is said of text that cannot be.

An empty cell never gets here: it means that nobody knows.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from schemas.register import Count
from schemas.wire import Name, PartyId, Timestamp, Votes
from tallywire.packs.building.party_ids import canonical_id

NONE: Final = "none"
"""In a column of holders: it is known that there was none. An empty cell means that it is not known."""

SEPARATOR: Final = "|"
"""Between the items of a cell that holds several."""


def _refuse(sentence: str) -> PydanticCustomError:
    # A brace in somebody's cell is no field of the sentence.
    return PydanticCustomError("column", "{sentence}", {"sentence": sentence})


def whole(text: str) -> int:
    """Return a whole number."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise _refuse(f"is {text!r}: write a whole number in digits only, like 52445; leave it empty where unknown")
    return int(text)


def _truth(text: str) -> bool:
    if text.lower() not in {"t", "f", "true", "false"}:
        raise _refuse(f"is {text!r}: write t or f; leave it empty where unknown")
    return text.lower().startswith("t")


def _items(text: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in text.split(SEPARATOR))
    if not all(items):
        raise _refuse(f"has an empty item in {text!r}: write one {SEPARATOR} between two items")
    if len(set(items)) < len(items):
        raise _refuse(f"names something twice in {text!r}")
    return items


def _counted(what: str) -> Callable[[str], dict[str, int]]:
    def read(text: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for item in map(str.strip, text.split(SEPARATOR)):
            name, colon, number = map(str.strip, item.rpartition(":"))
            if not colon or not name or not re.fullmatch(r"[0-9]{1,12}", number):
                raise _refuse(f"has the item {item!r}: write {what}:number, with {SEPARATOR} between two")
            if name in counts:
                raise _refuse(f"names {name} twice")
            counts[name] = int(number)
        return counts

    return read


def _holders(text: str) -> tuple[str, ...]:
    if text.lower() == NONE:
        return ()
    held = tuple(item.strip() for item in text.split(SEPARATOR))
    if not all(held):
        raise _refuse(
            f"has an empty item in {text!r}: write a party for each seat, with the holder's name in brackets "
            f"if you like, {SEPARATOR} between two, or {NONE} when nobody held it before"
        )
    return held


def _winners(text: str) -> tuple[tuple[int, str], ...]:
    if text.lower() == NONE:
        return ()
    won: list[tuple[int, str]] = []
    for item in map(str.strip, text.split(SEPARATOR)):
        found = re.fullmatch(r"([0-9]{4})\s*:\s*(.+)", item)
        if found is None:
            raise _refuse(f"has the item {item!r}: write year:party, like 2016:PP52, with {SEPARATOR} between two")
        won.append((int(found[1]), found[2]))
    return tuple(won)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(whole, _items(text)))


def _day_or_moment(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise _refuse(f"is {text!r}, a day that does not exist") from None
        # Noon by Greenwich is on the same day everywhere in the United Kingdom, summer and winter.
        return f"{text}T12:00:00Z"
    return text


Whole = Annotated[Votes, BeforeValidator(whole)]
Seats = Annotated[Count, BeforeValidator(whole)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Items = Annotated[tuple[Name, ...], BeforeValidator(_items)]
Numbers = Annotated[tuple[Count, ...], BeforeValidator(_numbers)]
NewParty = Annotated[PartyId, BeforeValidator(canonical_id)]
Party = Annotated[Name, BeforeValidator(canonical_id)]
Holders = Annotated[tuple[Name, ...], BeforeValidator(_holders)]
Winners = Annotated[tuple[tuple[int, Party], ...], BeforeValidator(_winners)]
SeatsByParty = Annotated[dict[Party, Count], BeforeValidator(_counted("party"))]
VotesByParty = Annotated[dict[Party, Votes], BeforeValidator(_counted("party"))]
VotesByArea = Annotated[dict[Name, Votes], BeforeValidator(_counted("area"))]
Moment = Annotated[Timestamp, BeforeValidator(_day_or_moment)]
