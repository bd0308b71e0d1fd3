"""Faults that many fields share: a text where a number belongs, a time without offset, a field left out.

Each is a sort of its own for every field, so that two faults seldom have one code: ``votes.text``, ``papers.text``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of fault: one row of the table of reasons."""

    meaning: str
    """For the document: what it means, whoever sent it."""
    sentence: str
    """For the sender: what is wrong and what to do; the names in braces are the fault's facts."""
    example: Mapping[str, object] = field(default_factory=dict)
    """Facts for the sentence shown in the document."""


_EXAMPLE_PLACES: Final = {
    "votes": "Ann Example's votes are",
    "revision": "The revision is",
    "rejected": "The number of rejected papers is",
    "papers": "The number of papers is",
    "register": "data.contests.pcc.testshire.2030-05-02.name is",
    "amendment": "data.electorate is",
    "elected": "data.elected.0 is",
    "lot": "data.lot.0 is",
    "time": "time is",
    "candidate": 'The candidate id "Ann Example" is',
    **{name: f"{name} is" for name in ("id", "source", "subject", "dataschema", "data", "test")},
    **{name: f"data.{name} is" for name in ("ballot_id", "declared_at", "returning_officer", "note")},
}

_COUNTS: Final = ("votes", "revision", "rejected", "papers", "register", "amendment")
_NAMES: Final = ("id", "source", "subject", "returning_officer", "note", "register", "amendment")
_TIMES: Final = ("time", "declared_at")
_IDS: Final = ("ballot_id", "elected", "lot", "register", "amendment")
_REQUIRED: Final = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "data",
    "ballot_id",
    "revision",
    "votes",
    "register",
)

_FAMILIES: Final[tuple[tuple[tuple[str, ...], str, str, str, dict[str, object]], ...]] = (
    # The parts that can have the fault; the fault; its meaning; its sentence; the facts of an example.
    (
        _COUNTS,
        "text",
        "a text where a whole number belongs",
        "{place} {value}, a text. Write a whole number without quotes or commas{instead}.",
        {"value": '"1,833"', "instead": ": 1833"},
    ),
    (
        _COUNTS,
        "fraction",
        "a number with a decimal point or an exponent",
        "{place} {value}. Write a whole number, without a decimal point or exponent{instead}.",
        {"value": "1833.0", "instead": ": 1833"},
    ),
    (
        _COUNTS,
        "true_or_false",
        "true or false for a number",
        "{place} {value}. Write a whole number.",
        {"value": "true"},
    ),
    (
        ("votes", "revision", "register"),
        "null",
        "null for a number that must be given",
        "{place} null. Write a whole number.",
        {},
    ),
    (
        _COUNTS,
        "not_a_number",
        "a list or an object for a number",
        "{place} {value}. Write a whole number.",
        {"value": "a list"},
    ),
    (
        tuple(part for part in _COUNTS if part != "revision"),
        "negative",
        "a number below 0",
        "{place} {value}. A count cannot be below 0.",
        {"value": "-77"},
    ),
    (
        ("revision", "register"),
        "too_small",
        "a number below the smallest possible",
        "{place} {value}. The smallest possible is {limit}.",
        {"value": "0", "limit": "1"},
    ),
    (
        _COUNTS,
        "too_large",
        "a number above the largest possible",
        "{place} {value}. The largest possible is {limit}.",
        {"value": "10000000000", "limit": "1,000,000,000"},
    ),
    (
        (*_NAMES, *_TIMES, "dataschema", "ballot_id", "elected", "lot"),
        "not_text",
        "something else where a text belongs",
        "{place} {value}. Write a text, in quotes.",
        {"value": "17"},
    ),
    (_NAMES, "empty", "a text without a character", "{place} empty. Write at least one character.", {}),
    (
        (*_NAMES, "dataschema", "ballot_id", "candidate", "elected", "lot"),
        "too_long",
        "a text above the longest possible",
        "{place} {length} characters long. At most {limit} are possible.",
        {"length": "5,000", "limit": "200"},
    ),
    (
        _IDS,
        "malformed",
        "an id that is not written as such ids are",
        "{place} {value}. Write it like {like}.",
        {"value": '"Testshire!"', "like": '"pcc.testshire.2030-05-02"'},
    ),
    (
        _TIMES,
        "not_a_time",
        "not a time, or not written as RFC 3339 has it",
        "{place} {value}, which is not a time. Write it like 2024-05-03T03:12:00+01:00.",
        {"value": '"3 a.m."'},
    ),
    (
        _TIMES,
        "no_such_moment",
        "a day or an hour that does not exist",
        "{place} {value}, a day or an hour that does not exist. Check the date.",
        {"value": '"2030-02-30T03:12:00Z"'},
    ),
    (
        _TIMES,
        "no_offset",
        "a time without an offset from UTC",
        "{place} {value}, without an offset from UTC. Add +01:00 in British summer, Z in winter.",
        {"value": '"2030-05-03T03:12:00"'},
    ),
    (
        ("elected", "lot", "register"),
        "not_a_list",
        "something else where a list belongs",
        "{place} {value}. Write a list, in square brackets.",
        {"value": '"ann-example"'},
    ),
    (
        ("data", "votes", "register", "amendment"),
        "not_an_object",
        "something else where an object belongs",
        "{place} {value}. Write an object, in curly brackets.",
        {"value": "a list"},
    ),
    (
        ("test", "register"),
        "not_true_or_false",
        "something else where true or false belongs",
        "{place} {value}. Write true or false, without quotes.",
        {"value": '"yes"'},
    ),
    (
        _REQUIRED,
        "missing",
        "a field that must be given",
        "{path} is missing. Add it{like}.",
        {"like": ", like 1"},
    ),
    (
        ("sequence", "acceptedtime", "groupend"),
        "not_yours",
        "an attribute that Tallywire gives",
        "{path} is for Tallywire to give. Leave it out.",
        {},
    ),
)


def family_rows() -> Iterator[tuple[str, Sort]]:
    """Yield code and sort for every field that can have a fault of a family."""
    for parts, name, meaning, sentence, example in _FAMILIES:
        for part in parts:
            facts = {"place": _EXAMPLE_PLACES.get(part, part), "path": part, **example}
            yield f"{part}.{name}", Sort(f"{part}: {meaning}", sentence, facts)
