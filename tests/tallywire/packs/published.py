"""Results that others published, as tables to make packs of, and as labels to compare with.

Labels are not ours to ship: the folder with these files lies beside the checkout, or where the environment variable
TALLYWIRE_PUBLISHED_DATA says. No pack is made of a label: who won last time is in another column.
"""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.tallywire.packs.tables import Cells, Tables

FOLDER = Path(os.environ.get("TALLYWIRE_PUBLISHED_DATA") or Path(__file__).parents[4] / "shared" / "data")

_PARTIES = {
    "Con": "PP52",
    "Lab": "PP53",
    "LD": "PP90",
    "Green": "PP63",
    "PC": "PP77",
    "RUK": "PP7931",
    "SNP": "PP102",
    "Ind": "ynmp-party:2",
}
"""Who won last time, as the tables abbreviate it; the label has other columns."""


def published(file: str) -> list[Cells]:
    """Return the rows of a published file; the test that asks is skipped where there is none."""
    path = FOLDER / file
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in {FOLDER}: labels that others published are not shipped")
    with path.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def published_labels(rows: Iterable[Cells]) -> dict[str, str]:
    """Return the published label by ballot id."""
    return {row["ballot_id"]: row["published_label"] for row in rows}


def published_winners(rows: Iterable[Cells]) -> dict[str, set[str]]:
    """Return the names of those elected by ballot id."""
    winners: dict[str, set[str]] = {}
    for row in rows:
        winners.setdefault(row["ballot_id"], set()).update([row["candidate"]] if row["elected"] == "true" else [])
    return winners


def tables_of(rows: Iterable[Cells]) -> Tables:
    """Return published rows, one a candidate, as tables for ``pack build``; no label is read."""
    rows = list(rows)
    beaten = {(row["ballot_id"], row.get("votes")) for row in rows if row["elected"] != "true"}
    seats = {row["ballot_id"]: row.get("seats_contested") or "1" for row in rows}
    contests = {row["ballot_id"]: _contest(row, seats[row["ballot_id"]]) for row in rows}
    return {
        "candidates": [
            {
                "person_id": row.get("dc_person_id", ""),
                "person_name": row["candidate"],
                "ballot_paper_id": row["ballot_id"],
                "party_id": _party_id(row),
                "party_name": row["party_name"],
                "votes_cast": row.get("votes") or row.get("first_prefs", ""),
                "final_round_votes": row.get("final_round_votes", ""),
                "elected": row["elected"],
                "tied_vote_winner": str(
                    row["elected"] == "true" and "votes" in row and (row["ballot_id"], row["votes"]) in beaten
                ),
            }
            for row in rows
        ],
        "contests": list(contests.values()),
    }


def _contest(row: Cells, seats: str) -> Cells:
    before = row.get("prev_ge_winner") or row.get("previous_holder_party")
    region = row["region"]
    return {
        "ballot_paper_id": row["ballot_id"],
        "contest_name": row["contest_name"],
        "office": row["ballot_id"].partition(".")[0],
        "voting_system": "supplementary-vote" if "first_prefs" in row else "first-past-the-post",
        "seats": seats,
        "electorate": row.get("electorate", ""),
        "gss": row.get("area_gss", ""),
        "regions": region,
        "rejected": row.get("invalid_votes", ""),
        "previous_election": _PARTIES[before] if before else "",
    }


def _party_id(row: Cells) -> str:
    adjunct = row.get("party_ec_adjunct_id")
    if not adjunct:
        return row["party_ec_id"]
    return f"joint-party:{row['party_ec_id'].removeprefix('PP')}-{adjunct.removeprefix('PP')}"
