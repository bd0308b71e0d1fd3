"""Tables for spreadsheets: the same figures as the JSON pages, and nothing that a spreadsheet would calculate."""

import csv
import io
import json
from typing import Final

import pytest

from services.aggregate.rules.percentages import percent
from tallywire.packs.pack import bundled_packs
from tallywire.publishing import spreadsheets
from tallywire.publishing.documents import View
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.filters import Filter
from tallywire.publishing.history import History
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

NIGHTS: Final = (*bundled_packs(), "strange")

TABLES: Final = spreadsheets.Tables()
"""As one service has them: what was shown before must not show again."""


def night(name: str) -> History:
    """Return a bundled election's night, or the one with strange names."""
    return strange_night() if name == "strange" else of_pack(name)


def rows(content: bytes) -> list[dict[str, str]]:
    """Read a table as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def said(value: object) -> str:
    """Return what stands in a cell for a value of the JSON pages."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in set("=+-@＝") else str(value)  # noqa: RUF001  # so it is


@pytest.mark.parametrize("name", NIGHTS)
@pytest.mark.parametrize("place", [-1, 0.5], ids=["at the end", "in mid-night"])
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
        assert row["elected"] == (str(one["candidate"] in result["elected"]) if result["elected"] else "")


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


@pytest.mark.parametrize("table", spreadsheets.COLUMNS)
def test_nothing_is_calculated(table: str) -> None:
    """Promise: whatever people and places are called, no text begins like a formula, and numbers stay numbers."""
    content = getattr(TABLES, table)(view(strange_night()))
    for row in rows(content):
        for text in row.values():
            assert not text.startswith(("=", "+", "@", "\t", "＝"))  # noqa: RUF001  # so spreadsheets read it
            assert not text.startswith("-") or float(text) < 0


def test_numbers_stay_numbers() -> None:
    """Promise: a number is written as one, below zero, too; the same characters as text are not."""
    assert [spreadsheets.cell(value) for value in (-3, -1.5, 0, True, None, "-3")] == [
        *("-3", "-1.5", "0", "True", "", "'-3"),
    ]


def test_every_name_comes_through() -> None:
    """Promise: apostrophes, Welsh letters, Arabic, HTML and 200 characters are in the table as they were printed."""
    of_contest = [row for row in rows(TABLES.candidates(view(strange_night()))) if row["ballot_paper_id"] == STRANGE]
    assert {row["person_name"].removeprefix("'") for row in of_contest} == set(STRANGE_NAMES)


def test_a_spreadsheet_opens_it() -> None:
    """Promise: UTF-8 with its mark, one header, lines that end as in RFC 4180, as many cells in each."""
    for table, columns in spreadsheets.COLUMNS.items():
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


def test_what_is_kept_of_contests_changes_nothing() -> None:
    """Promise: a table is the same whichever moments and elections were shown before."""
    for name in ("strange", "pcc.2024-05-02"):
        for place in (1, -1, 4, 0):
            shown = view(night(name), place)
            for table in ("contests", "candidates"):
                assert getattr(TABLES, table)(shown) == getattr(spreadsheets.Tables(), table)(shown)


def test_before_everything_there_are_headers() -> None:
    """Promise: an election of which nothing is known yet has empty tables."""
    shown = View(History("local.2030-05-02"), 0, "")
    for table in spreadsheets.COLUMNS:
        assert rows(getattr(TABLES, table)(shown)) == []


def test_the_document_names_every_column() -> None:
    """Promise: docs/spreadsheets.md is what the code says.

    ``python -m tests.tallywire.publishing.spreadsheets_document`` writes it anew.
    """
    assert DOCUMENT.read_text("utf-8") == document()
