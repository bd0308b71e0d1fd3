"""The parties that a pack describes: those that its tables name, as the lists of parties know them."""

import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Final

from schemas.register import Party
from schemas.slugs import slug
from tallywire.packs.building.columns import CandidateRow, PartyRow
from tallywire.packs.building.tables import Table, read_table

INDEPENDENT: Final = "ynmp-party:2"
"""Democracy Club's id of all who stand for no party."""

_JOINT: Final = re.compile(r"joint-party:(\d+)-\d+")


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
    """What is known about parties, and which of them were asked for."""

    def __init__(self, rows: Iterable[PartyRow]) -> None:
        """Know what the rows say; of two rows about one party the later one counts."""
        self._known = {row.party_id: row for row in rows}
        self._used: dict[str, Party] = {}
        self.unlisted: set[str] = set()
        """Keys of parties that no list has."""
        self.unspoken: set[str] = set()
        """Keys of listed parties of which no list says how they are spoken of."""

    def of_candidate(self, row: CandidateRow) -> str:
        """Return the key of the party or description that a candidate stands for.

        Raises:
            ValueError: the row names none; the message says what to do.
        """
        key = row.party_id
        if key is None and row.party_name is None:
            raise ValueError("is empty, and party_name too: write one; for an independent, ynmp-party:2")
        if key is None:
            independent = self._known.get(INDEPENDENT)
            name = (row.party_name or "").casefold()
            if independent is not None and name == independent.name.casefold():
                key = INDEPENDENT
            elif not (made := slug(row.party_name or "")):
                raise ValueError(f"is empty, and no id can be made of the name {row.party_name!r}: write one")
            else:
                key = f"local:{made}"
        if key not in self._used:
            self._describe(key, row.party_name)
        words = row.party_description_text
        if words is None or words.casefold() in self._names(key) or not slug(words):
            return key
        own_words = f"{key}:{slug(words)}"
        if own_words not in self._used:
            update = {"name": words, "counts_as": self.main(key)}
            self._used[own_words] = self._used[key].model_copy(update=update)
        return own_words

    def named(self, key: str) -> str:
        """Return the key of a party that a table names by its id alone.

        Raises:
            ValueError: nobody described it; the message says what to do.
        """
        if key not in self._used:
            if key not in self._known and _JOINT.fullmatch(key) is None:
                raise ValueError(
                    f"names the party {key}, which no candidate stands for and no list of parties has: "
                    "mend the id, or describe the party in a table given with --parties"
                )
            self._describe(key, None)
        return key

    def main(self, key: str) -> str:
        """Return the key of the party that one is counted as; its own when nobody described it."""
        return (self._used[key].counts_as if key in self._used else None) or key

    def described(self) -> dict[str, Party]:
        """Return every party that was asked for, by key, the Electoral Commission's ids first, in their order."""
        return {key: self._used[key] for key in sorted(self._used, key=_rank)}

    def _names(self, key: str) -> set[str]:
        party = self._used[key]
        return {party.name.casefold(), party.spoken.casefold()}

    def _describe(self, key: str, name: str | None) -> None:
        row = self._known.get(key)
        if row is None:
            self.unlisted.add(key)
            said = name or key
            joint = _JOINT.fullmatch(key)
            main = None
            if joint is not None:
                # The first of the two is the one under whose name the other stands.
                main = self._main_of(f"PP{joint[1]}")
            like = self._used[main] if main else None
            self._used[key] = Party(
                name=said,
                spoken=like.spoken if like else said,
                number=like.number if like else "singular",
                abbreviation=like.abbreviation if like else said,
                colour=like.colour if like else None,
                ec_id=None if key.startswith("local:") else key,
                counts_as=main,
            )
            return
        if row.spoken is None:
            self.unspoken.add(key)
        main = self._main_of(row.counts_as) if row.counts_as else None
        self._used[key] = Party(
            name=row.name,
            spoken=row.spoken or row.name,
            number=row.number or "singular",
            abbreviation=row.abbreviation or row.spoken or row.name,
            colour=row.colour,
            ec_id=None if key.startswith("local:") else key,
            counts_as=main,
        )

    def _main_of(self, key: str) -> str:
        if key not in self._used:
            self._describe(key, None)
        return self.main(key)


def _rank(key: str) -> tuple[int, int, str]:
    numbered = re.fullmatch(r"PP(\d+)(.*)", key)
    return (0, int(numbered[1]), numbered[2]) if numbered else (1, 0, key)
