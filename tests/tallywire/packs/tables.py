"""Synthetic tables to make packs of, each cell as a person would type it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tallywire.packs.building.build import Built, Sources, TablesError, build, write
from tallywire.packs.building.register import Naming
from tallywire.packs.pack import Pack, read_pack
from tallywire.packs.pack_fault import PackFault

FORD = "local.synthetic.ford.2030-05-02"
MOUTH = "local.synthetic.mouth.2030-05-02"
ELECTION = "local.2030-05-02"

Cells = dict[str, str]
Tables = dict[str, list[Cells]]
"""Rows by the name of the table: candidates, contests, bodies, regions, parties, corrections."""


def candidate(ballot_id: str, name: str, party: str, votes: str = "", elected: str = "f", **more: str) -> Cells:
    """One row of the candidates."""
    row = {"ballot_paper_id": ballot_id, "person_name": name, "party_id": party, "votes_cast": votes}
    return row | {"elected": elected} | more


def contest(ballot_id: str, name: str, **more: str) -> Cells:
    """One row of the contests: one seat, first past the post."""
    row = {"ballot_paper_id": ballot_id, "contest_name": name, "office": "councillor", "seats": "1"}
    return row | {"voting_system": "first-past-the-post"} | more


def synthetic_tables() -> Tables:
    """Two wards of a synthetic council; in Ford a person id and a joint description, in Mouth neither."""
    return {
        "candidates": [
            candidate(FORD, "Zoë O'Example", "joint-party:53-119", "1201", "t", person_id="900001"),
            candidate(FORD, "Bob Example", "PP52", "1199", person_id="900002"),
            candidate(MOUTH, "Cleo Example", "PP53", "800"),
            candidate(MOUTH, "Dan Example", "ynmp-party:2", "950", "t"),
        ],
        "contests": [
            contest(MOUTH, "Mouth", previous_election="PP52", declared_at="2030-05-03T02:10:00+01:00"),
            contest(FORD, "Ford", previous_election="PP53", declared_at="2030-05-03T00:40:00Z"),
        ],
    }


def write_table(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a table with every column that any of its rows has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def sources(folder: Path, tables: Tables) -> Sources:
    """Write tables as CSV files and say where they are."""
    return Sources(**{name: write_table(folder / f"{name}.csv", rows) for name, rows in tables.items()})


def built(folder: Path, tables: Tables, election: str = ELECTION) -> Built:
    """Make a pack of tables, in memory."""
    return build(sources(folder, tables), Naming(election, f"Synthetic {election}", test=True))


def built_pack(folder: Path, tables: Tables, election: str = ELECTION) -> Pack:
    """Make a pack of tables, write it and read it again."""
    write(built(folder, tables, election), folder / election)
    return read_pack(folder / election)


def faults(folder: Path, tables: Tables, election: str = ELECTION) -> tuple[PackFault, ...]:
    """Return the faults for which no pack can be made."""
    try:
        built(folder, tables, election)
    except TablesError as error:
        return error.faults
    return ()
