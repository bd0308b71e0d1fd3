"""The parties that a pack describes: those that its tables name, as the lists of parties know them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Final

from schemas.register import INDEPENDENT, Party
from schemas.slugs import slug
from tallywire.packs.building.columns import CandidateRow, PartyRow, PersonRow
from tallywire.packs.building.party_ids import canonical_id, is_registered_id, parts_of_joint
from tallywire.packs.building.party_names import PartyNames, exact_form, loose_form
from tallywire.packs.building.tables import Table, read_table

_NO_PARTIES: Final = frozenset({"-", "?", "n/a", "none", "unknown", "vacant", "tbc"})
"""What people write where they know of no party: nobody is to describe one of that name."""

_SHOWN_MAX: Final = 60

_OFFERED_MAX: Final = 3
"""Parties offered for a name that is unknown, or several parties'."""

_SOUGHT_MAX: Final = 100
"""Unknown names for which the nearest parties are offered; a report shows no more faults than that at once."""


class UnknownPartyError(ValueError):
    """A cell names a party that cannot be found; the message says what to do."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        """Say why; ``column`` is the cell's, where it is not the one that the caller has in mind."""
        super().__init__(reason)
        self.column = column


def bundled_parties() -> Table[PartyRow]:
    """Return the list of parties that comes with Tallywire: the Electoral Commission's, with names as spoken.

    Raises:
        LookupError: the list itself has a fault, which is ours.
    """
    package = Path(str(resources.files("tallywire")))
    # A wheel carries it within the package; in a checkout it lies beside it.
    paths = [folder / "elections" / "parties.csv" for folder in (package, package.parent)]
    table, faults = read_table(next((path for path in paths if path.is_file()), paths[0]), PartyRow)
    if faults:
        raise LookupError("; ".join(map(str, faults)))
    return table


class PartyBook:
    """What is known about parties, and which of them were asked for.

    A party that a list has is found by its id or by any of its names. One that no list has is described only where the
    Electoral Commission or Democracy Club gave its id and a candidate's row gives its name; any other one needs a row
    in a table of parties.
    """

    def __init__(self, rows: Sequence[PartyRow], standing: Iterable[CandidateRow | PersonRow] = ()) -> None:
        """Know what the rows say; of two rows about one party the later one counts.

        Args:
            rows: the lists of parties.
            standing: those who stand, on lists, too: their rows may name a party that others give by its id alone.
        """
        self._names: Final = PartyNames(rows)
        self._given: Final[dict[str, str]] = {}
        for row in standing:
            name = row.party_name or (row.party_description_text if isinstance(row, CandidateRow) else None)
            if row.party_id is not None and name is not None:
                self._given.setdefault(canonical_id(row.party_id), name)
        self._used: dict[str, Party] = {}
        self._sought: Final[set[str]] = set()
        self.unlisted: set[str] = set()
        """Keys of parties that no list has."""
        self.unspoken: set[str] = set()
        """Keys of listed parties of which no list says how they are spoken of."""
        self.misnamed: dict[str, None] = {}
        """Ids beside the name of another party, in the order of their rows: the id counts."""

    def of_candidate(self, row: CandidateRow) -> str:
        """Return the key of the party or description that a candidate stands for.

        Raises:
            UnknownPartyError: the row names none, or one that nobody knows; the message says what to do.
        """
        key = self._of_id(row) if row.party_id is not None else self._of_name(row)
        self._describe(key)
        words = row.party_description_text
        if words is None or exact_form(words) in self._own_names(key) or not slug(words):
            return key
        own_words = f"{key}:{slug(words)}"
        if own_words not in self._used:
            update = {"name": words, "counts_as": self.main(key)}
            self._used[own_words] = self._used[key].model_copy(update=update)
        return own_words

    def named(self, text: str) -> str:
        """Return the key of a party that a table names by its id or its name.

        Raises:
            UnknownPartyError: nobody described it; the message says what to do.
        """
        key = self._names.find(text) or self._registered(canonical_id(text))
        if key is None:
            raise self._unknown(text)
        self._describe(key)
        return key

    def holder(self, text: str) -> tuple[str, str | None]:
        """Return the key of a party and the name behind it in brackets: ``ynmp-party:2 (Ann Example)``.

        Raises:
            UnknownPartyError: nobody described the party; the message says what to do.
        """
        # A party's own name may end with brackets: Scottish National Party (SNP).
        if self._names.exactly(text) is None:
            for bracket in re.finditer(r"\s*\(", text):
                party, name = text[: bracket.start()].strip(), text[bracket.end() :].strip()
                known = self._names.find(party) or self._registered(canonical_id(party))
                if known and (holder := _bracketed(name)):
                    return self.named(party), holder
        return self.named(text), None

    def main(self, key: str) -> str:
        """Return the key of the party that one is counted as; its own when nobody described it."""
        return (self._used[key].counts_as if key in self._used else None) or key

    def described(self) -> dict[str, Party]:
        """Return every party that was asked for, by key, the Electoral Commission's ids first, in their order."""
        return {key: self._used[key] for key in sorted(self._used, key=_rank)}

    def _of_id(self, row: CandidateRow) -> str:
        text, name = row.party_id or "", row.party_name
        key = self._names.find(text)
        if key is not None:
            if name is not None and self._is_of_another(key, name):
                self.misnamed[f"{text}: {name}"] = None
            return key
        if (key := self._registered(canonical_id(text))) is not None:
            return key
        # An id of somebody else's scheme: the name decides.
        if name is not None and (key := self._names.find(name)) is not None:
            return key
        raise self._unknown(text)

    def _of_name(self, row: CandidateRow) -> str:
        names = [name for name in (row.party_name, row.party_description_text) if name is not None]
        if not names:
            raise UnknownPartyError("is empty, and party_name too: write one; for an independent, ynmp-party:2")
        for name in names:
            key = self._names.find(name)
            if key is not None:
                return key
        column = "party_description_text" if row.party_name is None else "party_name"
        raise self._unknown(names[0], column)

    def _registered(self, key: str) -> str | None:
        """Return the party with an id that no list has: a known one that goes by the name given, or one of that name.

        None where nobody gave that id, or nobody said its name.
        """
        name = self._given.get(key)
        if name is None or not is_registered_id(key):
            return None
        known = self._names.exactly(name)
        joint = self._main_of_joint(key)
        return key if known is None or joint not in (None, self._names.main(known)) else known

    def _is_of_another(self, key: str, name: str) -> bool:
        """Whether a name is another party's, and none that this one might go by, too: three are called Green Party."""
        other = self._names.find(name)
        if other is None or self._names.main(other) == self._names.main(key):
            return False
        form, mine = loose_form(name), [loose_form(own) for own in self._names.names_of(key)]
        return not any(form in own or own in form for own in mine)

    def _unknown(self, text: str, column: str | None = None) -> UnknownPartyError:
        if several := self._names.candidates(text):
            meant = " or ".join(map(self._shown_party, several[:_OFFERED_MAX]))
            return UnknownPartyError(f"names the party {_shown(text)}, which may be {meant}: write its id", column)
        if text.casefold() in _NO_PARTIES:
            reason = f"is {text!r}, no party: write its id or name; for an independent, {INDEPENDENT}"
            return UnknownPartyError(reason, column)
        self._sought.add(text)
        # In a table whose columns are shifted every name is unknown, and to look for the nearest takes its time.
        near = self._names.nearest(text, _OFFERED_MAX) if len(self._sought) <= _SOUGHT_MAX else ()
        offered = f" Nearest: {', '.join(map(self._shown_party, near))}." if near else ""
        reason = (
            f"names the party {_shown(text)}, which no list of parties has.{offered} "
            "Write the id or the name of a known party, or describe this one in a table given with --parties"
        )
        return UnknownPartyError(reason, column)

    def _shown_party(self, key: str) -> str:
        row = self._names.rows.get(key)
        return key if row is None else f"{row.name} ({key})"

    def _own_names(self, key: str) -> Iterator[str]:
        party = self._used[key]
        return map(exact_form, (party.name, party.spoken))

    def _main_of_joint(self, key: str) -> str | None:
        """Return the main party of a joint description that no list has: its first that a list has."""
        parts = (self._names.by_id(part) for part in parts_of_joint(key))
        return next((self._names.main(part) for part in parts if part is not None), None)

    def _describe(self, key: str) -> None:
        if key in self._used:
            return
        row = self._names.rows.get(key)
        if row is None:
            self.unlisted.add(key)
            said = self._given[key]
            main = self._main_of_joint(key)
            if main is not None:
                self._describe(main)
            like = self._used[main] if main else None
            self._used[key] = Party(
                name=said,
                spoken=like.spoken if like else said,
                number=like.number if like else "singular",
                abbreviation=like.abbreviation if like else said,
                colour=like.colour if like else None,
                ec_id=key,
                counts_as=main,
            )
            return
        if row.spoken is None:
            self.unspoken.add(key)
        if row.counts_as is not None:
            self._describe(row.counts_as)
        self._used[key] = Party(
            name=row.name,
            spoken=row.spoken or row.name,
            number=row.number or "singular",
            abbreviation=row.abbreviation or row.spoken or row.name,
            colour=row.colour,
            ec_id=key if is_registered_id(key) else None,
            counts_as=row.counts_as,
        )


def _bracketed(text: str) -> str | None:
    """Return what stands before the last bracket, ``Ann (Annie) Example)``; None where other brackets are open."""
    inside, closed, rest = text.rpartition(")")
    depth = 0
    for sign in re.findall(r"[()]", inside):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return None
    return inside.strip() if closed and not rest and depth == 0 else None


def _shown(text: str | None) -> str:
    said = text or ""
    return said if len(said) <= _SHOWN_MAX else f"{said[:_SHOWN_MAX]}…"


def _rank(key: str) -> tuple[int, int, str]:
    numbered = re.fullmatch(r"PP(\d+)(.*)", key)
    return (0, int(numbered[1]), numbered[2]) if numbered else (1, 0, key)
