"""Ballot papers as files: the BLT format of counting programs, and a table of preference profiles. Pure.

BLT (OpenSTV, OpaVote): the numbers of candidates and seats; perhaps ``-3`` for who has withdrawn; lines of papers and
preferences that end with 0; a line 0; the names in quotes or one a line, the title last. Files that went through a
spreadsheet have commas at the ends of their lines, and quotes in quotes doubled. A table has the columns ``papers`` and
``preferences`` (numbers, first to last), and perhaps ``contest``.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_BLT_NUMBER: Final = re.compile(r"#[^\n]*|[^\s,]+")
_BLT_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_PAPERS_MAX: Final = 10**9
_CANDIDATES_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class BallotFile:
    """The papers of a contest."""

    ballots: dict[tuple[str, ...], int]
    """How many papers have which preferences: numbers of candidates, first to last."""
    candidates: tuple[str, ...]
    """The numbers of everybody who stands, in order."""
    names: dict[str, str] = field(default_factory=dict)
    """Names by number, where the file has them."""
    seats: int | None = None
    """How many are elected, where the file says so."""


def read_ballots(text: str, contest: str | None = None) -> BallotFile:
    """Read ballot papers, a table or BLT by their first line.

    Args:
        text: the file.
        contest: which contest's, of a table with several.

    Raises:
        ValueError: it is neither, with the line or the word that is not.
    """
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return _from_table(text, contest) if "preferences" in first else _from_blt(text)


def _from_table(text: str, contest: str | None) -> BallotFile:
    ballots: Counter[tuple[str, ...]] = Counter()
    contests = set()
    for number, row in enumerate(csv.DictReader(text.lstrip("\ufeff").splitlines()), start=2):
        if contest is not None and row.get("contest") != contest:
            continue
        contests.add(row.get("contest"))
        preferences = tuple((row.get("preferences") or "").split())
        where = f"line {number}"
        ballots[_checked(preferences, where)] += _number(row.get("papers") or "", where, _PAPERS_MAX)
    if len(contests) != 1:
        message = "the table has no papers of that contest" if not contests else "the table has several contests"
        raise ValueError(message)
    everybody = sorted({one for preferences in ballots for one in preferences}, key=lambda one: (len(one), one))
    return BallotFile(dict(ballots), tuple(everybody))


def _from_blt(text: str) -> BallotFile:
    words = [word for word in _BLT_NUMBER.finditer(text.lstrip("\ufeff")) if not word[0].startswith("#")]
    place = 0

    def following() -> str:
        nonlocal place
        if place == len(words):
            message = "the file ends before its papers do"
            raise ValueError(message)
        place += 1
        return words[place - 1][0]

    standing = _number(following(), "the number of candidates", _CANDIDATES_MAX)
    seats = _number(following(), "the number of seats", _CANDIDATES_MAX)
    withdrawn, ballots = set(), Counter[tuple[str, ...]]()
    while (word := following()) != "0":
        if word.startswith("-"):
            withdrawn.add(word[1:])
            continue
        papers = _number(word, f"{word!r} papers", _PAPERS_MAX)
        preferences = []
        while (preference := following()) != "0":
            preferences.append(preference)
            if _number(preference, "a preference", _CANDIDATES_MAX) > standing:
                message = f"a preference for candidate {preference}, of {standing}"
                raise ValueError(message)
        counted = tuple(one for one in preferences if one not in withdrawn)
        if counted:
            ballots[_checked(counted, f"a line of {papers} papers")] += papers
    numbers = [str(number) for number in range(1, standing + 1)]
    names = dict(zip(numbers, _names(text.lstrip("\ufeff")[words[place - 1].end() :]), strict=False))
    return BallotFile(dict(ballots), tuple(one for one in numbers if one not in withdrawn), names, seats)


def _names(text: str) -> Iterator[str]:
    """Yield the names after the papers: in quotes, perhaps several on a line; or else one a line."""
    for line in text.splitlines():
        if line.lstrip().startswith('"'):
            yield from (name.replace('""', '"').strip() for name in _BLT_QUOTED.findall(line))
        elif line.strip(" ,\t"):
            yield line.strip(" ,\t")


def _number(text: str, where: str, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:12]) > most:
        message = f"{where}: {text[:20]!r} is no such number"
        raise ValueError(message)
    return int(text[:12])


def _checked(preferences: tuple[str, ...], where: str) -> tuple[str, ...]:
    if not preferences or len(set(preferences)) < len(preferences):
        message = f"{where}: no preference, or one candidate twice"
        raise ValueError(message)
    return preferences
