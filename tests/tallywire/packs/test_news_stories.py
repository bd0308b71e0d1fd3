"""Figures from news stories, in contests whose candidates' names we do not know."""

from pathlib import Path

from tests.tallywire.packs.nights import fold_pack
from tests.tallywire.packs.tables import built_pack, candidate, contest


def test_a_district_by_election_is_held(tmp_path: Path) -> None:
    """Stanton and Flamville: a Conservative hold by 1,651 votes to 552. Day and names are synthetic."""
    ballot_id = "local.blaby.stanton-and-flamville.by.2030-05-02"
    tables = {
        "candidates": [
            candidate(ballot_id, "Synthetic Winner", "PP52", "1651", "t"),
            candidate(ballot_id, "Synthetic Second", "PP53", "552"),
        ],
        "contests": [contest(ballot_id, "Stanton and Flamville", previous_election="PP52")],
    }
    night = fold_pack(built_pack(tmp_path, tables))
    assert night.labels() == {ballot_id: "Con hold"}
    assert night.results[ballot_id]["majority"] == 1099
