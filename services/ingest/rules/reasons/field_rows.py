"""Reasons that many fields share: a text where a number belongs, a time without an offset, a field left out.

Each field has a code of its own, so that a code says what to look for: ``votes.text``, ``papers.text``.
"""

from collections.abc import Mapping
from typing import Final

from schemas.events import OURS
from services.ingest.rules.reasons.row import ReasonRow

_VOTES: Final = ("votes", "final_round", "area", "rejected_by_head")
_COUNTS: Final = (*_VOTES, "revision", "rejected", "papers", "quota", "register", "amendment", "confirmation")
_NAMES: Final = (
    "id",
    "source",
    "subject",
    "area",
    "returning_officer",
    "reason",
    "note",
    "register",
    "amendment",
    "key",
)
_TIMES: Final = ("time", "declared_at", "register", "key")
_IDS: Final = ("ballot_id", "election", "elected", "lot", "stages", "entries", "register", "amendment", "key")
_REQUIRED: Final = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "data",
    "ballot_id",
    "revision",
    "area",
    "stages",
    "register",
    "amendment",
    "confirmation",
)
_NEEDED: Final = ("votes", "elected", "areas", "reason")
NOT_FOR_ALL: Final = (
    "votes",
    "final_round",
    "elected",
    "lot",
    "quota",
    "stages",
    "rejected",
    "rejected_by_head",
    "papers",
    "areas",
    "reason",
)
"""The fields of a declaration that are not for every kind."""

_FAMILIES: Final[tuple[tuple[tuple[str, ...], str, str, str], ...]] = (
    # The fields that can have the fault, its name, its meaning, its sentence.
    (
        _COUNTS,
        "text",
        "a text where a whole number belongs",
        "{place} {value}, a text. Write a whole number without quotes or commas{instead}.",
    ),
    (
        _COUNTS,
        "fraction",
        "a number with a decimal point or an exponent",
        "{place} {value}. Write a whole number, without a decimal point or exponent{instead}.",
    ),
    (
        _COUNTS,
        "true_or_false",
        "true or false for a number",
        "{place} {value}. Write a whole number.",
    ),
    (
        (*_VOTES, "revision", "register", "confirmation"),
        "null",
        "null for a number that must be given",
        "{place} null. Write a whole number.",
    ),
    (
        _COUNTS,
        "not_a_number",
        "a list or an object for a number",
        "{place} {value}. Write a whole number.",
    ),
    (
        tuple(part for part in _COUNTS if part not in ("revision", "confirmation")),
        "negative",
        "a number below 0",
        "{place} {value}. A count cannot be below 0.",
    ),
    (
        ("revision", "register", "confirmation"),
        "too_small",
        "a number below the smallest possible",
        "{place} {value}. The smallest possible is {limit}.",
    ),
    (
        _COUNTS,
        "too_large",
        "a number above the largest possible",
        "{place} {value}. The largest possible is {limit}.",
    ),
    (
        (*_NAMES, *_TIMES, "dataschema", "ballot_id", "election", "elected", "lot", "stages", "entries"),
        "not_text",
        "something else where a text belongs",
        "{place} {value}. Write a text, in quotes.",
    ),
    (_NAMES, "empty", "a text without a character", "{place} empty. Write at least one character."),
    (
        (*_NAMES, "dataschema", "ballot_id", "election", "candidate", "elected", "lot", "stages"),
        "too_long",
        "a text above the longest possible",
        "{place} {length} characters long. At most {limit} are possible.",
    ),
    (
        _IDS,
        "malformed",
        "an id that is not written as such ids are",
        "{place} {value}. Write it like {like}.",
    ),
    (
        _TIMES,
        "not_a_time",
        "not a time, or not written as RFC 3339 has it",
        "{place} {value}, which is not a time. Write it like 2024-05-03T03:12:00+01:00.",
    ),
    (
        _TIMES,
        "no_such_moment",
        "a day or an hour that does not exist",
        "{place} {value}, a day or an hour that does not exist. Check the date.",
    ),
    (
        _TIMES,
        "no_offset",
        "a time without an offset from UTC",
        "{place} {value}, without an offset from UTC. Add +01:00 in British summer, Z in winter.",
    ),
    (
        ("elected", "lot", "stages", "areas", "entries", "register", "amendment", "key"),
        "not_a_list",
        "something else where a list belongs",
        "{place} {value}. Write a list, in square brackets.",
    ),
    (
        ("data", *_VOTES, "stages", "register", "amendment"),
        "not_an_object",
        "something else where an object belongs",
        "{place} {value}. Write an object, in curly brackets.",
    ),
    (
        ("test", "register", "amendment"),
        "not_true_or_false",
        "something else where true or false belongs",
        "{place} {value}. Write true or false, without quotes.",
    ),
    (
        _REQUIRED,
        "missing",
        "a field that must be given",
        "{path} is missing. Add it{like}.",
    ),
    (
        _NEEDED,
        "missing",
        "a field that a message of its kind must have",
        "A message of kind {kind} must have {path}{like}.",
    ),
    (
        NOT_FOR_ALL,
        "not_for_kind",
        "a field that a message of its kind must not have",
        "{path} is not for a message of kind {kind}. Leave it out, or mend the kind.",
    ),
    (
        ("stages", "key", "confirmation"),
        "not_one_of",
        "a word that is not one of those possible",
        "{place} {value}.{hint} Write one of: {choices}.",
    ),
    (
        OURS,
        "not_yours",
        "an attribute that Tallywire gives",
        "{path} is for Tallywire to give. Leave it out.",
    ),
)


FIELD_ROWS: Final[Mapping[str, ReasonRow]] = {
    f"{part}.{name}": ReasonRow(f"`{part}`: {meaning}", sentence)
    for parts, name, meaning, sentence in _FAMILIES
    for part in parts
}
"""By code, for every field that can have the fault."""
