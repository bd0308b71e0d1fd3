"""Tables for spreadsheets: the same figures as the JSON pages, and nothing that a spreadsheet would calculate."""

import csv
import io
import json
from typing import Final

import pytest

from services.aggregate.rules.percentages import percent
from tallywire.publishing.documents import View
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.filters import Filter
from tallywire.publishing.history import History
from tallywire.publishing.spreadsheets.columns import COLUMNS
from tallywire.publishing.spreadsheets.tables import Tables
from tallywire.publishing.spreadsheets.writing import cell
from tests.tallywire.publishing.histories import (
    RECOUNT,
    SECOND,
    SILENT,
    STRANGE,
    STRANGE_NAMES,
    UNCONTESTED,
    WARD,
    Json,
    of_pack,
    strange_night,
    view,
)
from tests.tallywire.publishing.spreadsheets_document import DOCUMENT, document
from tests.tallywire.publishing.systems import ASKED, CLOSED, COUNTING, REGION, SEAT, every_system
from tests.tallywire.publishing.systems import WARD as TRANSFERABLE

NIGHTS: Final = ("mayor.2021-05-06", "nia.2016-05-05", "parl.2026-06-18", "sp.2031-05-01", "strange", "systems")
"""One for each thing that a table may have to say."""

TABLES: Final = Tables()
"""As one service has them: what was shown before must not show again."""


def night(name: str) -> History:
    """Return a bundled election's night, the one with strange names, or the one with every voting system."""
    by_hand = {"strange": strange_night, "systems": every_system}
    return by_hand[name]() if name in by_hand else of_pack(name)


def rows(content: bytes) -> list[dict[str, str]]:
    """Read a table as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def said(value: object) -> str:
    """Return what stands in a cell for a value of the JSON pages."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in set("=+-@＝") else str(value)  # noqa: RUF001  # so it is


@pytest.mark.parametrize(
    ("name", "place"), [*((name, -1) for name in NIGHTS), ("nia.2016-05-05", 0.5), ("strange", 0.5), ("systems", 0.5)]
)
def test_contests_and_candidates_are_those_of_the_page(name: str, place: float) -> None:
    """Promise: tables of contests and candidates say what the JSON page of the same cursor says, row for row."""
    shown = view(night(name), -1 if place < 0 else int(len(night(name).moments) * place))
    page = json.loads(shown.contests_document())["contests"]
    contests = rows(TABLES.contests(shown))
    assert [row["ballot_paper_id"] for row in contests] == list(page)
    candidates = rows(TABLES.candidates(shown))
    by_contest: dict[str, list[dict[str, str]]] = {ballot_id: [] for ballot_id in page}
    for row in candidates:
        by_contest[row["ballot_paper_id"]].append(row)
    for row in contests:
        one = page[row["ballot_paper_id"]]
        result = one["result"]["data"] if one["result"] else {}
        assert row["post_label"] == said(one["contest"]["name"])
        assert row["total_electorate"] == said(one["contest"]["electorate"])
        assert row["status"] == said(result.get("kind"))
        for column, member in (
            ("majority", "majority"),
            ("valid_votes", "valid_votes"),
            ("spoilt_ballots", "rejected"),
        ):
            assert row[column] == said(result.get(member))
        assert row["turnout_percentage"] == said((result.get("turnout") or {}).get("papers"))
        assert row["elected_person_ids"] == "; ".join(result.get("elected", ()))
        of_contest = by_contest[row["ballot_paper_id"]]
        assert {each["person_id"] for each in of_contest} == set(one["contest"]["candidates"])
        _same_candidates(of_contest, result)
    assert {row["cursor"] for row in (*contests, *candidates)} == {str(shown.moment.cursor)}


def _same_candidates(found: list[dict[str, str]], result: Json) -> None:
    by_id = {row["person_id"]: row for row in found}
    assert [row["person_id"] for row in found][: len(result.get("candidates", ()))] == [
        one["candidate"] for one in result.get("candidates", ())
    ]
    for one in result.get("candidates", ()):
        row = by_id[one["candidate"]]
        assert row["person_name"] == said(one["name"])
        assert row["party_id"] == one["party"]
        assert row["party_name"] == result["parties"][one["party"]]["name"]
        assert row["main_party_id"] == result["parties"][one["party"]]["counts_as"]
        assert row["votes_cast"] == said(one["votes"])
        assert row["votes_final_round"] == said(one["final_votes"])
        settled = one["elected"] or one["excluded_at"] if result["kind"] == "stage" else result["elected"]
        assert row["elected"] == (str(one["candidate"] in result["elected"]) if settled else "")


@pytest.mark.parametrize("name", NIGHTS)
def test_regions_bodies_and_headlines_are_those_of_the_pages(name: str) -> None:
    """Promise: the other tables say what their JSON pages say; a region or body without news has a row, too."""
    shown = view(night(name))
    tallies = {slug: one["tally"] for slug, one in json.loads(shown.regions_document())["regions"].items()}
    found = rows(TABLES.regions(shown))
    assert list(dict.fromkeys(row["region"] for row in found)) == list(tallies)
    for row in found:
        tally = tallies[row["region"]]
        party = tally["data"]["parties"].get(row["party_id"], {}) if tally else {}
        if row["party_id"]:
            for member in ("won", "held", "gained", "lost", "net", "votes"):
                assert row[member] == str(party.get(member, 0))
    assert len(found) == sum(len(tally["data"]["parties"]) or 1 if tally else 1 for tally in tallies.values())
    control = {slug: one["control"] for slug, one in json.loads(shown.bodies_document())["bodies"].items()}
    for row in rows(TABLES.bodies(shown)):
        state = control[row["body"]]["data"]
        assert (row["control_now"], row["label"]) == (said(state["now"]), said(state["label"]))
        if row["party_id"]:
            assert row["party_seats"] == str(state["composition"].get(row["party_id"], 0))
    headlines = json.loads(shown.headlines_document(Filter()))["headlines"]
    told = rows(TABLES.headlines(shown, Filter()))
    assert [(row["event"], row["text"], row["supersedes"]) for row in told] == [
        (one["id"], said(one["data"]["text"]), said(one["data"]["supersedes"])) for one in headlines
    ]


def test_headlines_are_filtered_like_the_page() -> None:
    """Promise: the table of headlines takes the filters that the page takes."""
    shown = view(strange_night())
    loud = rows(TABLES.headlines(shown, Filter(kinds=frozenset({"correction", "withdrawal"}))))
    assert [row["kind"] for row in loud] == ["correction", "withdrawal"]
    assert len(rows(TABLES.headlines(shown, Filter(), last=2))) == 2


@pytest.mark.parametrize("table", COLUMNS)
def test_nothing_is_calculated(table: str) -> None:
    """Promise: whatever people and places are called, no text begins like a formula, and numbers stay numbers."""
    content = getattr(TABLES, table)(view(strange_night()))
    for row in rows(content):
        for text in row.values():
            assert not text.startswith(("=", "+", "@", "\t", "＝"))  # noqa: RUF001  # so spreadsheets read it
            assert not text.startswith("-") or float(text) < 0


def test_numbers_stay_numbers() -> None:
    """Promise: a number is written as one, below zero, too; the same characters as text are not."""
    assert [cell(value) for value in (-3, -1.5, 0, True, None, "-3")] == [
        *("-3", "-1.5", "0", "True", "", "'-3"),
    ]


def test_every_name_comes_through() -> None:
    """Promise: apostrophes, Welsh letters, Arabic, HTML and 200 characters are in the table as they were printed."""
    of_contest = [row for row in rows(TABLES.candidates(view(strange_night()))) if row["ballot_paper_id"] == STRANGE]
    assert {row["person_name"].removeprefix("'") for row in of_contest} == set(STRANGE_NAMES)


def test_a_spreadsheet_opens_it() -> None:
    """Promise: UTF-8 with its mark, one header, lines that end as in RFC 4180, as many cells in each."""
    for table, columns in COLUMNS.items():
        content = getattr(TABLES, table)(view(strange_night()))
        assert content.startswith(b"\xef\xbb\xbfelection_id,")
        assert content.endswith(b"\r\n")
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        assert lines[0] == list(columns)
        assert {len(line) for line in lines} == {len(columns)}


def test_what_stands_of_each_kind() -> None:
    """Promise: a row for each contest whatever was said of it; what is unknown is empty and never 0."""
    by_id = {row["ballot_paper_id"]: row for row in rows(TABLES.contests(view(strange_night())))}
    assert (by_id[SILENT]["status"], by_id[SILENT]["valid_votes"], by_id[SILENT]["lot"]) == ("", "", "")
    assert (by_id[RECOUNT]["counts"], by_id[RECOUNT]["elected_person_ids"]) == ("False", "")
    assert (by_id[UNCONTESTED]["cancelled_poll"], by_id[UNCONTESTED]["valid_votes"]) == ("True", "")
    assert by_id[WARD]["elected_person_ids"] == "w0; w1; w2"
    candidates = rows(TABLES.candidates(view(strange_night())))
    assert {row["elected"] for row in candidates if row["ballot_paper_id"] == RECOUNT} == {""}
    second = [row for row in candidates if row["ballot_paper_id"] == SECOND]
    assert [(row["votes_cast"], row["votes_final_round"], row["rank"]) for row in second] == [
        ("390", "520", "2"),
        ("400", "450", "1"),
        ("300", "", "3"),
    ]


@pytest.mark.parametrize("name", NIGHTS)
def test_papers_are_those_of_the_turnout(name: str) -> None:
    """Promise: where papers are counted, they are what the published turnout was computed from."""
    for result in (json.loads(event.content)["data"] for event in night(name).events["results"]):
        if "candidates" in result and (papers := papers_counted(result)) is not None and result["electorate"]:
            assert percent(papers, result["electorate"]) == result["turnout"]["papers"]


def test_papers_that_were_verified_count() -> None:
    """Promise: where a returning officer has verified other papers than the votes need, those are what is counted."""
    shown = view(strange_night(), 2)
    row = next(row for row in rows(TABLES.contests(shown)) if row["ballot_paper_id"] == STRANGE)
    assert (row["valid_votes"], row["spoilt_ballots"], row["turnout_reported"]) == ("5500", "12", "5514")
    assert row["turnout_percentage"] == "5.51"


def test_a_region_is_shown_seat_by_seat() -> None:
    """Promise: lists stand once for each seat, with whose it is; order, divisor, figure, lot and who was next."""
    contests, candidates, seats = (
        {ballot: [row for row in rows(table) if row["ballot_paper_id"] == ballot] for ballot in (REGION, CLOSED)}
        for table in (getattr(TABLES, name)(view(every_system())) for name in ("contests", "candidates", "seats"))
    )
    (region,), (closed,) = contests[REGION], contests[CLOSED]
    assert (region["elected_person_ids"], region["elected_person_names"]) == ("lab; lab", "Bob Sample; Cay Specimen")
    assert (region["elected_party_ids"], region["seat_changes"]) == ("PP53; PP53", "PP53 +1; PP52 -1")
    assert [
        (row["person_id"], row["people"], row["seats"], row["constituency_seats"]) for row in candidates[REGION]
    ] == [
        ("lab", "Bob Sample; Cay Specimen", "2", "0"),
        ("con", "Ann Example", "0", "1"),
        ("ind", "", "0", "0"),
    ]
    figures = ("seat", "given", "list_id", "person_name", "divisor", "figure", "by_lot")
    assert [tuple(row[name] for name in figures) for row in seats[REGION]] == [
        ("1", "True", "lab", "Bob Sample", "1", "700.0", "False"),
        ("2", "True", "lab", "Cay Specimen", "2", "350.0", "True"),
        ("3", "False", "con", "", "2", "250.0", "False"),
    ]
    assert (closed["allocation_checked"], closed["waits_for"]) == ("False", SEAT)
    assert closed["elected_person_names"] == "Dan Trial; Conservatives"
    assert [tuple(row[name] for name in figures) for row in seats[CLOSED]] == [
        ("1", "True", "ind", "", "", "", ""),
        ("2", "True", "con", "", "", "", ""),
    ]


def test_a_count_is_shown_stage_by_stage() -> None:
    """Promise: quota, transfers and votes with all their decimals, who is elected or excluded when."""
    shown = view(every_system())
    ward = [row for row in rows(TABLES.stages(shown)) if row["ballot_paper_id"] == TRANSFERABLE]
    figures = ("stage", "action", "person_id", "transfer", "votes", "elected", "excluded", "lot", "non_transferable")
    assert [tuple(row[name] for name in figures) for row in ward] == [
        ("1", "first-preferences", "ann", "", "40", "True", "False", "False", "0"),
        ("1", "first-preferences", "eve", "", "35", "False", "False", "False", "0"),
        ("1", "first-preferences", "flo", "", "25", "False", "False", "False", "0"),
        ("2", "surplus", "ann", "-6", "34", "False", "False", "False", "0.00006"),
        ("2", "surplus", "eve", "1.20010", "36.20010", "True", "False", "False", "0.00006"),
        ("2", "surplus", "flo", "4.79984", "29.79984", "False", "False", "False", "0.00006"),
        ("3", "exclusion", "ann", "", "34", "False", "False", "False", "16"),
        ("3", "exclusion", "eve", "13.79990", "50", "False", "False", "False", "16"),
        ("3", "exclusion", "flo", "-29.79984", "0", "False", "True", "True", "16"),
    ]
    candidates = [row for row in rows(TABLES.candidates(shown)) if row["ballot_paper_id"] in (TRANSFERABLE, COUNTING)]
    found = ("person_id", "elected", "elected_at", "excluded_at", "votes_last_stage")
    assert [tuple(row[name] for name in found) for row in candidates] == [
        ("ann", "True", "1", "", "34"),
        ("eve", "True", "2", "", "50"),
        ("flo", "False", "", "3", "29.79984"),
        ("ann", "True", "1", "", "40"),
        ("eve", "", "", "", "30"),
        ("flo", "False", "", "2", "20"),
    ]
    (counting,) = (row for row in rows(TABLES.contests(shown)) if row["ballot_paper_id"] == COUNTING)
    assert (counting["status"], counting["quota"], counting["stages"]) == ("stage", "34", "2")
    assert counting["counting_rules"] == "northern-ireland"


def test_a_referendum_has_a_question() -> None:
    """Promise: question, answers and the one that has won."""
    (asked,) = (row for row in rows(TABLES.contests(view(every_system()))) if row["ballot_paper_id"] == ASKED)
    assert (asked["question"], asked["elected_person_names"], asked["majority"]) == (
        "How should Testshire be run?",
        "By a mayor",
        "100",
    )


def test_what_is_kept_of_contests_changes_nothing() -> None:
    """Promise: a table is the same whichever moments and elections were shown before."""
    for name in ("strange", "pcc.2024-05-02", "systems"):
        for place in (1, -1, 2, 0):
            shown = view(night(name), place)
            for table in ("contests", "candidates", "stages", "seats"):
                assert getattr(TABLES, table)(shown) == getattr(Tables(), table)(shown)


def test_before_everything_there_are_headers() -> None:
    """Promise: an election of which nothing is known yet has empty tables."""
    shown = View(History("local.2030-05-02"), 0, "")
    for table in COLUMNS:
        assert rows(getattr(TABLES, table)(shown)) == []


def test_the_document_names_every_column() -> None:
    """Promise: docs/spreadsheets.md is what the code says.

    ``python -m tests.tallywire.publishing.spreadsheets_document`` writes it anew.
    """
    assert DOCUMENT.read_text("utf-8") == document()
