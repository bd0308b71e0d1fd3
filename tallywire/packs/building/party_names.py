"""Finds the party that a table means: by its id, by any of its names, or by what a ballot paper calls it.

A name is compared step by step. First as it is registered; then letter by letter, but for capitals, accents, signs and
spaces: ``Sinn Fein``, ``LABOUR & CO-OPERATIVE PARTY``; then without words that tell no party from another: ``The``,
``Party``, ``Candidate``, a plural, a remark in brackets. Two parties that a name leads to are none.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from schemas.register import INDEPENDENT
from tallywire.packs.building.columns import PartyRow
from tallywire.packs.building.party_ids import DASHES, canonical_id

_NEAREST_LENGTH_MAX: Final = 80
"""Characters of a name for which the nearest are looked for: longer than any party's."""

_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_REMARK: Final = re.compile(r"\s*\([^()]*\)\s*$")
_ACRONYM: Final = re.compile(r"\(([^()a-z]*)\)")
_SEVERAL: Final = re.compile(r"\s*[/|]\s*|\s+-\s+")
_SAYS_NOTHING: Final = frozenset({"party", "candidate", "candidates", "councillor", "councillors"})
_PLURAL_LENGTH_MIN: Final = 4


def exact_form(name: str) -> str:
    """Return a name without capitals, accents, signs, spaces, and ``The`` before it."""
    words = _words(name)
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=10_000)
def loose_form(name: str) -> str:
    """Return what is left of a name without plurals, and without words that tell no party from another."""
    words = _words(name)
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _SAYS_NOTHING:
        words.pop()
    return "".join(
        word[:-1] if len(word) >= _PLURAL_LENGTH_MIN and word.endswith("s") and not word.endswith("ss") else word
        for word in words
    )


def _as_registered(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _words(name: str) -> list[str]:
    unfolded = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter for letter in unfolded if not unicodedata.combining(letter))
    letters = _APOSTROPHES.sub("", letters).replace("&", " and ").replace("+", " and ")
    return re.findall(r"[^\W_]+", letters)


@dataclass(slots=True)
class PartyNames:
    """Every name of every party in the lists."""

    lists: Sequence[PartyRow]
    """The lists' rows; of two about one party the later one counts, and the names of both are known."""
    rows: dict[str, PartyRow] = field(default_factory=dict)
    """The row that counts, by canonical id."""
    _names: dict[str, list[str]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _registered: dict[str, list[str]] = field(default_factory=dict)
    _exact: dict[str, list[str]] = field(default_factory=dict)
    _loose: dict[str, list[str]] = field(default_factory=dict)
    _found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index every name."""
        for row in self.lists:
            key = row.party_id
            self.rows[key] = row
            self._ids[key.casefold()] = key
            names = [row.name, *filter(None, [row.spoken]), *(row.also or ())]
            self._names.setdefault(key, []).extend(names)
            _put(self._registered, _as_registered(row.name), key)
            # Of parties that everybody speaks of, everybody knows the abbreviation, too: Lab, Con, Ind.
            short = [row.abbreviation] if row.spoken and row.abbreviation else []
            for name in (*names, *short):
                _put(self._exact, exact_form(name), key)
            # A list's remark may tell parties apart, Independent Alliance (Kent), unless it is an acronym: (UKIP).
            names = [_ACRONYM.sub("", name) for name in names]
            for name in (*names, *(_SEVERAL.split(name)[0] for name in names)):
                _put(self._loose, loose_form(name), key)

    def by_id(self, text: str) -> str | None:
        """Return the party of which ``text`` is the id, in whatever case; None where no list has it."""
        return self._ids.get(canonical_id(text).casefold())

    def find(self, text: str) -> str | None:
        """Return the party that ``text`` is the id or a name of; None where no list has it, or two parties share it."""
        found = self.candidates(text)
        return found[0] if len(found) == 1 else None

    def candidates(self, text: str) -> tuple[str, ...]:
        """Return the parties that ``text`` may mean: none, the one, or several that cannot be told apart by it."""
        known = self._found.get(text)
        if known is None:
            known = self._found[text] = self._look_up(text)
        return known

    def exactly(self, text: str) -> str | None:
        """Return the party of which ``text`` is the id or, letter by letter, a name."""
        key = self.by_id(text)
        found = self._told_apart(self._exact.get(exact_form(text), ()))
        return key or (found[0] if len(found) == 1 else None)

    def main(self, key: str) -> str:
        """Return the party that one counts as, its own where no list has it."""
        row = self.rows.get(key)
        return (row.counts_as if row is not None else None) or key

    def names_of(self, key: str) -> Sequence[str]:
        """Return every name of a listed party."""
        return self._names[key]

    def nearest(self, text: str, number: int) -> tuple[str, ...]:
        """Return up to ``number`` parties whose names are most like ``text``, the likest first; perhaps none."""
        short = [key for key, row in self.rows.items() if exact_form(row.abbreviation or "") == exact_form(text)]
        text = text[:_NEAREST_LENGTH_MAX]
        like = difflib.get_close_matches(exact_form(text), self._exact, n=2 * number)
        like += difflib.get_close_matches(loose_form(text), self._loose, n=2 * number)
        # A known name with more words behind it may be little like it as a whole.
        whole = loose_form(text)
        begins = [form for form in self._loose if len(form) > _PLURAL_LENGTH_MIN and whole.startswith(form)]
        like += sorted(begins, key=len, reverse=True)
        keys = [*short, *(key for form in like for key in (self._exact.get(form) or self._loose[form]))]
        return tuple(dict.fromkeys(keys))[:number]

    def _look_up(self, text: str) -> tuple[str, ...]:
        if key := self.by_id(text):
            return (key,)
        for form, index in (
            (_as_registered(text), self._registered),
            (exact_form(text), self._exact),
            (loose_form(text), self._loose),
            (loose_form(_REMARK.sub("", text)), self._loose),
        ):
            if form and (keys := index.get(form)):
                return self._told_apart(keys)
        # Several names of one party side by side: Welsh Labour / Llafur Cymru. Behind a dash there may be a slogan.
        first, *more = _SEVERAL.split(DASHES.sub("-", text))
        if not more or (key := self.find(first)) is None:
            return ()
        others = [self.find(name) for name in more]
        if all(other is not None and self.main(other) == self.main(key) for other in others):
            return (key,)
        # "Independent - Save Our Hospital" may be a party of its own.
        slogan = "/" not in text and "|" not in text and not any(others) and self.main(key) != INDEPENDENT
        return (key,) if slogan else ()

    def _told_apart(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return one key for each party: parties that count as one are one, and so is one that registered again."""
        by_main: dict[str, str] = {}
        for key in keys:
            main = self.main(key)
            by_main[main] = main if main in keys else by_main.get(main, key)
        names = {exact_form(self.rows[key].name) for key in by_main.values()}
        # The last registration is the one that may stand today.
        return tuple(by_main.values())[-1:] if len(names) == 1 else tuple(by_main.values())


def _put(index: dict[str, list[str]], form: str, key: str) -> None:
    keys = index.setdefault(form, [])
    if form and key not in keys:
        keys.append(key)
