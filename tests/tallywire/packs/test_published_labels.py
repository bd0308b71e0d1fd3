"""What Tallywire makes of published figures is what those who do this for a living made of them."""

from collections import Counter
from pathlib import Path

import pytest

from tallywire.packs.pack import bundled_packs
from tests.tallywire.packs.nights import Night, fold_pack, shipped
from tests.tallywire.packs.published import published, published_labels, published_winners, tables_of
from tests.tallywire.packs.tables import Cells, built_pack

GENERAL = "parl.2024-07-04"

BY_ELECTION_DAYS = 22
BY_ELECTIONS = 29
WARDS = 144

FINAL_ROUND_ONLY = {"pcc.derbyshire.2021-05-06", "pcc.nottinghamshire.2021-05-06", "pcc.wiltshire.by.2021-08-19"}
"""Contests of which the first preferences are not all known, and the final round is."""


@pytest.fixture
def general() -> Night:
    """The general election of 2024 as it is shipped."""
    return shipped(GENERAL)


def night_of(folder: Path, rows: list[Cells], day: str) -> Night:
    """Build packs of the rows of one polling day, one for each kind of office, and fold them together."""
    kinds = {row["ballot_id"].partition(".")[0] for row in rows}
    (kind,) = kinds
    folder.mkdir(exist_ok=True)
    night = fold_pack(built_pack(folder, tables_of(rows), f"{kind}.{day}"))
    assert (night.refusals, night.parked) == ([], [])
    return night


def by_day(rows: list[Cells]) -> dict[str, list[Cells]]:
    """Rows by kind of office and polling day."""
    days: dict[str, list[Cells]] = {}
    for row in rows:
        kind, *_, day = row["ballot_id"].split(".")
        days.setdefault(f"{kind} {day}", []).append(row)
    return days


def names_elected(night: Night) -> dict[str, set[str]]:
    """The names of those elected, by ballot id."""
    return {
        ballot_id: {person["name"] for person in result["candidates"] if person["elected"]}
        for ballot_id, result in night.results.items()
    }


def test_the_general_election_has_the_labels_of_the_house_of_commons_library(general: Night) -> None:
    """650 of 650, the Speaker among them."""
    expected = published_labels(published("ge2024.csv"))
    assert len(expected) == 650
    assert general.labels() == expected


def test_the_regions_of_the_general_election_have_the_labels_of_the_library(general: Night) -> None:
    """In each official region and each country every label is as frequent as it was published."""
    contests = {row["ballot_id"]: row for row in published("ge2024.csv")}
    expected = Counter((row["region"], row["published_label"]) for row in contests.values())
    expected += Counter(
        (row["country"], row["published_label"]) for row in contests.values() if row["country"] == "England"
    )
    names = {slug: tally["name"] for slug, tally in general.tallies.items() if slug != "uk"}
    found = Counter(
        (names[region], general.labels()[ballot_id])
        for ballot_id, result in general.results.items()
        for region in result["regions"]
        if region != "uk"
    )
    assert found == expected


def test_the_figures_of_the_general_election_end_as_the_library_has_them(general: Night) -> None:
    """After the last correction every candidate's votes, electorate and rejected papers are the corrected ones."""
    rows = published("ge2024.csv")
    assert {row["ballot_id"] for row in rows} == general.results.keys()
    for row in rows:
        result = general.results[row["ballot_id"]]
        (person,) = [one for one in result["candidates"] if one["candidate"] == row["dc_person_id"]]
        assert (person["votes"], person["name"]) == (int(row["votes"]), row["candidate"])
        assert (result["electorate"], result["rejected"]) == (int(row["electorate"]), int(row["invalid_votes"]))
        assert (result["valid_votes"], result["majority"]) == (int(row["valid_votes"]), int(row["majority"]))


def test_every_correction_of_the_general_election_is_played(general: Night) -> None:
    """What was said first is said first, and what was corrected is corrected on a later line."""
    by_name = {result["contest"]["name"]: ballot_id for ballot_id, result in general.results.items()}
    rows = published("ge2024_corrections.csv")
    fields = {"Electorate": "electorate", "Invalid votes": "rejected", "Valid votes": "valid_votes"}
    checked = 0
    for row in rows:
        versions = general.history[by_name[row["contest_name"]]]
        if row["field"] in fields:
            said = [version[fields[row["field"]]] for version in versions]
        elif row["field"] == "Votes":
            name = row["candidate"].partition(" (")[0]
            said = [one["votes"] for version in versions for one in version["candidates"] if one["name"] == name]
        else:
            continue
        assert (said[0], said[-1]) == (int(row["old"]), int(row["new"])), row
        checked += 1
    assert (checked, len(rows)) == (26, 38)


def test_by_elections_have_their_published_labels(tmp_path: Path) -> None:
    """All 29 since 2021, through tables and pack, whatever was held by whom since the general election."""
    rows = published("parl_by_elections.csv")
    found: dict[str, str | None] = {}
    elected: dict[str, set[str]] = {}
    days = by_day(rows)
    for day, on_the_day in days.items():
        night = night_of(tmp_path / day, on_the_day, day.split()[1])
        found |= night.labels()
        elected |= names_elected(night)
    assert (len(days), len(found)) == (BY_ELECTION_DAYS, BY_ELECTIONS)
    assert found == published_labels(rows)
    assert elected == published_winners(rows)


def test_supplementary_votes_have_their_published_labels(tmp_path: Path) -> None:
    """Every complete contest of 2021, those that the round-one leader lost among them, and the final rounds alone."""
    everything = published("sv2021.csv")
    rows = [row for row in everything if row["complete"] == "true" or row["ballot_id"] in FINAL_ROUND_ONLY]
    nights = [night_of(tmp_path / day, rows, day.split()[1]) for day, rows in by_day(rows).items()]
    found = {ballot_id: label or "" for night in nights for ballot_id, label in night.labels().items()}
    assert len(found) == 14
    assert found == published_labels(rows)
    assert {k: v for night in nights for k, v in names_elected(night).items()} == published_winners(rows)
    rounds = {ballot_id: result["rounds"] for night in nights for ballot_id, result in night.results.items()}
    final = {row["ballot_id"] for row in rows if row["final_round_votes"]}
    assert {ballot_id for ballot_id, number in rounds.items() if number == 2} == final


def test_wards_elect_whom_they_elected(tmp_path: Path) -> None:
    """144 wards with one, two and three seats; equal votes in Rockingham were decided by lot, and only there."""
    rows = published("south_yorkshire_wards.csv")
    nights = [night_of(tmp_path / day, rows, day.split()[1]) for day, rows in by_day(rows).items()]
    elected = {ballot_id: names for night in nights for ballot_id, names in names_elected(night).items()}
    assert len(elected) == WARDS
    assert elected == published_winners(rows)
    lots = {ballot_id for night in nights for ballot_id, result in night.results.items() if result["lot"]}
    assert lots == {"local.barnsley.rockingham.2021-05-06"}


LABELLED = [name for name in bundled_packs() if name.startswith(("pcc.", "mayor.", "parl.")) and name != GENERAL]
"""Nobody has published labels of counts by single transferable vote, nor of synthetic nights."""


@pytest.mark.parametrize("election", LABELLED)
def test_shipped_packs_have_the_published_labels(election: str) -> None:
    """What is shipped was not damaged on its way from the tables."""
    rows = [
        row
        for file in ("pcc2024.csv", "sv2021.csv", "parl_by_elections.csv")
        for row in published(file)
        if row["published_label"]
    ]
    expected = published_labels(rows)
    found = shipped(election).labels()
    assert {ballot_id: label for ballot_id, label in found.items() if label} == {
        ballot_id: label for ballot_id, label in expected.items() if ballot_id in found
    }
