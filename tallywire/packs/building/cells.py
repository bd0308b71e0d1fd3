"""How the text of a cell is read, and what is said of text that cannot be.

An empty cell never gets here: it means that nobody knows.
"""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Annotated, Final

from pydantic import BeforeValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from schemas.register import Count
from schemas.wire import CandidateId, Name, PartyId, Timestamp, Transfer, TransferredVotes, Votes
from tallywire.packs.building.party_ids import canonical_id

NONE: Final = "none"
"""In a column of holders: it is known that there was none. An empty cell means that it is not known."""

_TIMESTAMP: Final = TypeAdapter[str](Timestamp)

SEPARATOR: Final = "|"
"""Between the items of a cell that holds several."""


def _refuse(sentence: str) -> PydanticCustomError:
    # A brace in somebody's cell is no field of the sentence.
    return PydanticCustomError("column", "{sentence}", {"sentence": sentence})


def whole(text: str) -> int:
    """Return a whole number; a spreadsheet's 1,234 and 1234.0 are one as well."""
    digits = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", digits):
        digits = digits.replace(",", "")
    if re.fullmatch(r"[0-9]{1,12}", digits):
        return int(digits)
    if re.fullmatch(r"[0-9.,]+E\+?[0-9]+", text, re.IGNORECASE):
        raise _refuse(f"is {text!r}, which a spreadsheet has rounded: write the whole number in digits only")
    raise _refuse(f"is {text!r}: write a whole number in digits only, like 52445; leave it empty where unknown")


_TRUE: Final = frozenset({"t", "true", "1", "1.0", "y", "yes", "elected"})
_FALSE: Final = frozenset({"f", "false", "0", "0.0", "n", "no", "not elected"})


def truth(text: str) -> bool:
    """Return whether a cell says yes."""
    if text.casefold() not in _TRUE | _FALSE:
        raise _refuse(f"is {text!r}: write t or f; leave it empty where unknown")
    return text.casefold() in _TRUE


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
            if not colon or not name or not re.fullmatch(r"[0-9][0-9.,]{,15}", number):
                raise _refuse(f"has the item {item!r}: write {what}:number, with {SEPARATOR} between two")
            if name in counts:
                raise _refuse(f"names {name} twice")
            counts[name] = whole(number)
        return counts

    return read


_NOBODY: Final = frozenset({"new", "new seat", "new ward", "new division", "vacant", "vacancy", "n/a", "-", "unknown"})
"""What people write for a seat without a holder, or one of whom they do not know it."""


def _holders(text: str) -> tuple[str, ...]:
    if text.lower() == NONE:
        return ()
    held = tuple(item.strip() for item in text.split(SEPARATOR))
    if nobody := [item for item in held if item.casefold() in _NOBODY]:
        raise _refuse(
            f"has {nobody[0]!r}, which is no party: write {NONE} when nobody held it before; where it is vacant, whose "
            "it was last; leave the cell empty where that is unknown"
        )
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
        if re.search(r"[,;]\s*[0-9]{4}\s*:", found[2]):
            raise _refuse(f"has the item {item!r}, which names two years: write {SEPARATOR} between two")
        won.append((int(found[1]), found[2]))
    return tuple(won)


def _listed(text: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in text.split(SEPARATOR))
    if not all(items):
        raise _refuse(f"has an empty item in {text!r}: write one {SEPARATOR} between two items")
    return items


_TRANSFERRED: Final = re.compile(r"([+-]?)([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?")


def transferred(text: str) -> str:
    """Return votes with their fractions, as digits alone: 1,234.50 is 1234.5."""
    found = _TRANSFERRED.fullmatch(text)
    if found is None:
        raise _refuse(f"is {text!r}: write votes with at most five decimals, like 806.07214")
    sign, votes, fraction = found[1], str(int(found[2].replace(",", ""))), (found[3] or "").rstrip("0")
    if len(fraction) > _DECIMALS:
        raise _refuse(
            f"is {text!r}, which has more than five decimals: a spreadsheet has calculated it; write it as printed"
        )
    digits = f"{votes}.{fraction}" if fraction else votes
    return f"-{digits}" if sign == "-" and digits != "0" else digits


_DECIMALS: Final = 5
"""Decimals of a transferred vote at most (Scotland)."""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(whole, _items(text)))


def _party(text: str) -> str:
    # Democracy Club's older exports write party:52 for what the Electoral Commission calls PP52.
    return re.sub(r"^party:(\d+)$", r"PP\1", text)


def _person(text: str) -> str:
    # A spreadsheet that takes ids for numbers saves 12345 as 12345.0.
    return re.sub(r"^(\d+)\.0$", r"\1", text)


_NO_CANDIDATE: Final = re.compile(
    r"(total |number of )*((rejected|spoilt|spoiled|invalid|void|valid)( votes?| (ballots?|ballot papers?|papers?))?"
    r"|votes?( cast)?|turnout|electorate|majority|ballot papers?( issued)?|total)( ?\(?%\)?)?:?"
    # How declarations of result list the papers that were rejected, and seats that nobody stood for.
    r"|(rejected|spoilt|spoiled|unmarked)\b.*|vacan(t|cy)( seat)?"
    r"|.*\b(ballot papers?|official mark|void for uncertainty|more candidates than|could be identified)\b.*",
    re.IGNORECASE,
)


def is_no_candidate(text: str) -> bool:
    """Whether these are the words for a figure that is listed with the candidates: ``Rejected ballot papers``."""
    return _NO_CANDIDATE.fullmatch(text) is not None


def _person_name(text: str) -> str:
    if is_no_candidate(text):
        raise _refuse(
            f"is {text!r}, no candidate: leave the row out; such figures are columns of the table of contests"
        )
    return text


def _gss(text: str) -> str:
    code = text.upper().removeprefix("GSS:").strip()
    if text != code or not re.fullmatch(r"[A-Z][0-9]{8}", text):
        like = f": write {code}" if re.fullmatch(r"[A-Z][0-9]{8}", code) else ", which has a letter and eight digits"
        raise _refuse(f"is {text!r}, not a GSS code as it is written{like}")
    return text


def _day(text: str) -> str:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise _refuse(f"is {text!r}, a day that does not exist") from None
        return text
    if turned := re.fullmatch(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})(.*)", text):
        day = f"{turned[3]}-{int(turned[2]):02}-{int(turned[1]):02}"
        raise _refuse(
            f"is {text!r}, as a spreadsheet shows a day: write year, month and day, {day} if the day is first"
        )
    raise _refuse(f"is {text!r}: write a day as year, month and day, like 2024-05-30")


def _shown_day(text: str) -> str:
    """Return a day that is only compared, as a spreadsheet or a program shows it; empty where that is another way."""
    if turned := re.fullmatch(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})", text):
        return f"{turned[3]}-{int(turned[2]):02}-{int(turned[1]):02}"
    found = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=$|[T ])", text)
    return found[0] if found else ""


_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?([ ]?Z|[ ]?[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def _moment(text: str) -> str:
    """Return a time as RFC 3339 has it: with a T, seconds, and a colon in the offset."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        if re.match(r"[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}", text):
            return _day(text)
        return text
    offset = (found[4] or "").strip().upper()
    if len(offset) == len("+0100"):
        offset = f"{offset[:3]}:{offset[3:]}"
    return f"{_day(found[1])}T{found[2]}{found[3] or ':00'}{offset}"


def is_day(text: str) -> bool:
    """Whether a day is written without its hour."""
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


def _day_or_moment(text: str) -> str:
    if is_day(text):
        return _day(text)
    try:
        return _TIMESTAMP.validate_python(_moment(text))
    except ValidationError as error:
        raise _refuse(f"{error.errors(include_url=False)[0]['msg']} (here {text!r})") from None


def _expected(text: str) -> str:
    if is_day(text):
        raise _refuse(f"is {text!r}, a day without an hour: add the hour, or leave it empty where unknown")
    return _moment(text)


_ENTITY: Final = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z]+[0-9]*);", re.IGNORECASE)


def garbled(text: str) -> str | None:
    """Return what a program has done to the letters of a cell; None where they are most likely as they were written."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        return "has \N{REPLACEMENT CHARACTER} where a letter was lost: take it from the original"
    if _ENTITY.search(text) and unescape(text) != text:
        return f"is {text!r}, as a web page has it: write {unescape(text)!r}"
    if text.isascii():
        return None
    try:
        meant = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
    return f"is {text!r}, UTF-8 that a program took for Windows-1252: open the original as UTF-8, it says {meant!r}"


Whole = Annotated[Votes, BeforeValidator(whole)]
Seats = Annotated[Count, BeforeValidator(whole)]
Truth = Annotated[bool, BeforeValidator(truth)]
Items = Annotated[tuple[Name, ...], BeforeValidator(_items)]
Numbers = Annotated[tuple[Count, ...], BeforeValidator(_numbers)]
Listed = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Transferred = Annotated[Transfer, BeforeValidator(transferred)]
TransferredTotal = Annotated[TransferredVotes, BeforeValidator(transferred)]
NewParty = Annotated[PartyId, BeforeValidator(canonical_id)]
Party = Annotated[Name, BeforeValidator(canonical_id)]
Holders = Annotated[tuple[Name, ...], BeforeValidator(_holders)]
Winners = Annotated[tuple[tuple[int, Party], ...], BeforeValidator(_winners)]
SeatsByParty = Annotated[dict[Party, Count], BeforeValidator(_counted("party"))]
VotesByParty = Annotated[dict[Party, Votes], BeforeValidator(_counted("party"))]
VotesByArea = Annotated[dict[Name, Votes], BeforeValidator(_counted("area"))]
Person = Annotated[CandidateId, BeforeValidator(_person)]
PersonName = Annotated[Name, BeforeValidator(_person_name)]
GssCode = Annotated[Name, BeforeValidator(_gss)]
Day = Annotated[str, BeforeValidator(_day)]
ShownDay = Annotated[str, BeforeValidator(_shown_day)]
Expected = Annotated[Timestamp, BeforeValidator(_expected)]
DayOrMoment = Annotated[str, BeforeValidator(_day_or_moment)]
"""``2030-05-03`` where the hour is unknown, else RFC 3339."""
