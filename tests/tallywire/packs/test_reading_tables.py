"""Tables are read however a program has saved them, and what cannot be read hides nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallywire.packs.building.build import Built, Sources, TablesError, build
from tallywire.packs.building.register import Naming
from tests.tallywire.packs.tables import ELECTION, FORD, MOUTH, Tables, built, faults, sources, synthetic_tables

NAMING = Naming(ELECTION, f"Synthetic {ELECTION}", test=True)


def saved(folder: Path, text: str, encoding: str = "utf-8") -> Built:
    """Build the synthetic tables, with the candidates saved as this text."""
    paths = sources(folder, synthetic_tables())
    paths.candidates.write_bytes(text.encode(encoding))
    return build(paths, NAMING)


def table_faults(folder: Path, candidates: str) -> list[str]:
    """The faults of the candidates saved as this text, a line each."""
    with pytest.raises(TablesError) as error:
        saved(folder, candidates)
    return [str(fault) for fault in error.value.faults]


def with_first_line(line: str) -> Callable[[str], str]:
    """Put a line above the header."""
    return lambda text: f"{line}\n{text}"


def with_last_line(line: str) -> Callable[[str], str]:
    """Put a line below the table."""
    return lambda text: f"{text}{line}\n"


WAYS: dict[str, tuple[Callable[[str], str], str]] = {
    "semicolons": (lambda text: text.replace(",", ";"), "utf-8"),
    "tabs": (lambda text: text.replace(",", "\t"), "utf-8"),
    "bars": (lambda text: text.replace(",", "|"), "utf-8"),
    "tabs in UTF-16, Excel's Unicode text": (lambda text: text.replace(",", "\t"), "utf-16"),
    "UTF-16 without its mark": (lambda text: text, "utf-16-le"),
    "two blanks for one, of two kinds": (lambda text: text.replace(" ", " \u00a0"), "utf-8"),
    "old line ends": (lambda text: text.replace("\n", "\r"), "utf-8"),
    "Excel's line that names the delimiter": (
        lambda text: "sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n"),
        "utf-8-sig",
    ),
    "a title": (with_first_line("Results as at 3 May,,,,,,\n,,,,,,"), "utf-8"),
    "a title without delimiters": (with_first_line("Results as at 3 May\n"), "utf-8"),
    "a remark": (with_last_line("Source: somebody, somewhere, 2030"), "utf-8"),
    "a sum": (with_last_line("Total,,,4150,,"), "utf-8"),
    "a second header": (lambda text: text + text.splitlines()[0] + "\n", "utf-8"),
    "cells too many, all empty": (lambda text: text.replace("\n", ",,,\n"), "utf-8"),
    "figures below": (with_last_line(",,,,,\nGrand total,,,4150,,\n,Rejected ballot papers,,12,,"), "utf-8"),
    "hyphens of a word processor": (lambda text: text.replace("2030-05-02", "2030\u201105\u201002"), "utf-8"),
    "a header as people type it": (
        lambda text: text.replace("ballot_paper_id,person_name", "Ballot-paper id,Person\u2013name:"),
        "utf-8",
    ),
    "a header in capitals": (lambda text: text.replace("ballot_paper_id", "Ballot Paper ID"), "utf-8"),
    "everything quoted": (
        lambda text: "".join(f'"{line}"\n'.replace(",", '" ,"') for line in text.splitlines()),
        "utf-8",
    ),
}


@pytest.mark.parametrize(("change", "encoding"), WAYS.values(), ids=WAYS.keys())
def test_the_same_table_makes_the_same_pack_however_it_was_saved(
    tmp_path: Path, change: Callable[[str], str], encoding: str
) -> None:
    """Promise: what a spreadsheet or another program makes of a table does not change what is read from it."""
    plain = built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    again = saved(tmp_path, change(text), encoding)
    assert (again.register, again.declarations) == (plain.register, plain.declarations)


def test_rows_that_are_none_are_reported(tmp_path: Path) -> None:
    """Promise: nothing is passed over in silence; its row is named as a spreadsheet counts."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    made = saved(tmp_path, f"Results\n{text}Source: somebody\n")
    assert made.notes == {"candidates.csv": ("1 (Results)", "7 (Source: somebody)")}


def test_a_row_with_a_contest_alone_is_no_remark(tmp_path: Path) -> None:
    """Promise: what may have been a row of the table is never taken for a remark."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    assert table_faults(tmp_path, f"{text}{FORD},,,,,\n") == [
        "candidates.csv:6: person_name is empty: it is needed in every row"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"votes_cast": "1,199"}, {"votes_cast": "1199"}),
        ({"votes_cast": "1199.0"}, {"votes_cast": "1199"}),
        ({"person_id": "900002.0"}, {"person_id": "900002"}),
        ({"elected": "No"}, {"elected": "f"}),
        ({"elected": "0"}, {"elected": "f"}),
        ({"elected": "Not elected"}, {"elected": "f"}),
    ],
)
def test_what_a_spreadsheet_makes_of_a_cell_is_read_where_it_is_certain(
    tmp_path: Path, written: dict[str, str], meant: dict[str, str]
) -> None:
    """Promise: a thousands separator, a fraction of zero and another word for true change nothing."""
    tables = synthetic_tables()
    tables["candidates"][1] |= meant
    plain = built(tmp_path, tables)
    tables["candidates"][1] |= written
    assert built(tmp_path, tables).declarations == plain.declarations


def test_times_are_read_as_programs_write_them(tmp_path: Path) -> None:
    """Promise: a blank for the T, no seconds and no colon in the offset are the same time."""
    tables = synthetic_tables()
    plain = built(tmp_path, tables)
    tables["contests"][0]["declared_at"] = "2030-05-03 02:10+0100"
    assert built(tmp_path, tables).declarations == plain.declarations


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("boundary_date", "02/05/2024", "2024-05-02 if the day is first"),
        ("boundary_date", "2024-02-30", "a day that does not exist"),
        ("declared_at", "03/05/2030 02:10", "2030-05-03 if the day is first"),
        ("declared_at", "2003-05-03T02:10:00+01:00", "before polling day, 2030-05-02"),
        ("declared_at", "2031-05-03T02:10:00+01:00", "more than 90 days after polling day"),
        ("expected_at", "2030-05-03", "a day without an hour"),
        ("expected_at", "2030-05-01T23:00:00+01:00", "before polling day"),
        ("past_winners", "2026:PP52|2031:PP53", "is 2031, after this election"),
        ("gss", "gss:E05000001", "write E05000001"),
        ("gss", "e05000001", "write E05000001"),
        ("gss", "E0500001", "a letter and eight digits"),
    ],
)
def test_a_day_or_a_code_that_cannot_be_is_named(tmp_path: Path, column: str, cell: str, reason: str) -> None:
    """Promise: time runs forward, and what a spreadsheet has made of a date is not guessed."""
    tables = synthetic_tables()
    tables["contests"][0] |= {column: cell}
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("contests.csv:2", column)
    assert reason in fault.reason


def test_a_quote_that_is_not_closed_is_named_by_its_line_and_hides_nothing(tmp_path: Path) -> None:
    """Promise: the line on which the quote opens is named, and the rows below it are read."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    found = table_faults(tmp_path, text.replace("Bob Example", '"Bob Example').replace("800", "many"))
    assert [line.partition(":  ")[0][:16] for line in found] == ["candidates.csv:3", "candidates.csv:4"]
    assert "a quote that opens on line 3" in found[0]
    assert "votes_cast is 'many'" in found[1]


def test_a_quote_that_closes_too_early_is_told_how_to_write_it(tmp_path: Path) -> None:
    """Promise: the advice works when it is followed: the whole cell in quotes, those in it twice."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    (found,) = table_faults(tmp_path, text.replace("Bob Example", '"Bob" Example'))
    assert found.startswith("candidates.csv:3: has a cell on line 3 that goes on behind the quote that closes it")
    advice = found.rpartition("like ")[2]
    assert b'"name": "\\"Bob\\" Example"' in saved(tmp_path, text.replace("Bob Example", advice)).register


def test_a_file_of_which_every_row_is_one_cell_is_told_so(tmp_path: Path) -> None:
    """Promise: the quotes around whole rows are the cause that is named, not names of columns that are missing."""
    built(tmp_path, synthetic_tables())
    lines = (tmp_path / "candidates.csv").read_text("utf-8").splitlines()
    (found,) = table_faults(tmp_path, "".join(f'"{line}"\n' for line in lines))
    assert found.startswith("candidates.csv:1: is one cell, for all of it stands in quotes")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("Zo\u00c3\u00ab O'Example", 'it says "Zoë O\'Example"'),
        ("Zoë O&#39;Example", 'write "Zoë O\'Example"'),
        ("Zo\ufffd O'Example", "where a letter was lost"),
    ],
)
def test_letters_that_a_program_has_spoilt_are_named(tmp_path: Path, cell: str, says: str) -> None:
    """Promise: no name goes out as a program has garbled it, and what it was is said where that can be known."""
    tables = synthetic_tables()
    tables["candidates"][0]["person_name"] = cell
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:2", "person_name")
    assert says in fault.reason


def test_a_spoilt_name_of_a_party_is_no_unknown_party(tmp_path: Path) -> None:
    """Promise: the cause is told, and nobody is asked to describe a party that does not exist."""
    tables = synthetic_tables()
    tables["candidates"][1] |= {"party_id": "", "party_name": "Aont\ufffd"}
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:3", "party_name")
    assert "where a letter was lost" in fault.reason


def test_a_dash_in_an_id_is_told_from_a_hyphen(tmp_path: Path) -> None:
    """Promise: what looks right and is not is named by its code."""
    tables = synthetic_tables()
    tables["candidates"][1]["ballot_paper_id"] = FORD.replace("-", "\u2013")
    (fault,) = faults(tmp_path, tables)
    assert "which has U+2013 in it" in fault.reason


def test_a_merged_cell_is_told_as_one(tmp_path: Path) -> None:
    """Promise: whoever saves a spreadsheet in which cells were merged reads why all rows but the first lack one."""
    tables = synthetic_tables()
    tables["candidates"][1]["ballot_paper_id"] = ""
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:3", "ballot_paper_id")
    assert "merged cell" in fault.reason


def test_a_line_break_within_a_cell_is_no_fault(tmp_path: Path) -> None:
    """Promise: candidates' statements in an export run over several lines, and rows are still counted as rows."""
    tables = synthetic_tables()
    for row in tables["candidates"]:
        row["statement_to_voters"] = 'I care,\nand I "always" did.'
    tables["candidates"][2]["votes_cast"] = "many"
    (fault,) = faults(tmp_path, tables)
    assert fault.file == "candidates.csv:4"


def test_a_short_row_is_blamed_for_a_cell_that_is_missing(tmp_path: Path) -> None:
    """Promise: the cause that is named is the true one, not a comma that nobody wrote."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8")
    (found,) = table_faults(tmp_path, text.replace("PP52,1199", "PP52"))
    assert found.startswith("candidates.csv:3: has 5 cells for 6 columns: a cell is missing")


def test_a_file_in_another_encoding_is_named_with_its_other_faults(tmp_path: Path) -> None:
    """Promise: an encoding that nobody can be certain of is a fault, and the rows are looked at all the same."""
    built(tmp_path, synthetic_tables())
    text = (tmp_path / "candidates.csv").read_text("utf-8").replace("800", "many")
    (tmp_path / "candidates.csv").write_bytes(text.encode("cp1252"))
    with pytest.raises(TablesError) as error:
        build(Sources(tmp_path / "candidates.csv", tmp_path / "contests.csv"), NAMING)
    assert [fault.file for fault in error.value.faults] == ["candidates.csv", "candidates.csv:4"]
    assert "is not UTF-8 on line 2" in error.value.faults[0].reason


def test_columns_of_older_exports_and_of_others_are_recognised(tmp_path: Path) -> None:
    """Promise: whoever has another table is told which column to rename, and where to get what is missing."""
    old = (
        "id,name,election,party_id,party_name,post_id,post_label,elected,gss_code,party_ec_id,cancelled_poll\n"
        f"11,Tom Example,{ELECTION},party:63,Green Party,1,Ford,,,PP63,False\n"
    )
    found = table_faults(tmp_path, old)
    of_header = [line for line in found if line.startswith("candidates.csv:1")]
    assert [line.split()[1] for line in of_header] == [
        "ballot_paper_id",
        "person_name",
        "person_id",
        "election_id",
        "gss",
    ]
    assert "exports of today have it" in of_header[0]
    assert "rename name" in of_header[1]
    assert "id is there, as older exports call it" in of_header[2]


def test_faults_below_an_older_header_are_named_in_the_same_run(tmp_path: Path) -> None:
    """Promise: a header to be mended hides nothing: its rows are read as they most likely are meant, by its names."""
    tables = synthetic_tables()
    for row in tables["candidates"]:
        row["name"], row["id"] = row.pop("person_name"), row.pop("person_id", "")
    tables["candidates"][1] |= {"party_id": "PP52 or so", "id": "No 7"}
    tables["contests"][0] |= {"papers": "9000", "rejected": "3"}
    for row in tables["contests"]:
        row["Ward"] = row.pop("contest_name")
    assert {(fault.file, fault.path) for fault in faults(tmp_path, tables)} == {
        ("candidates.csv:1", "person_name"),
        ("candidates.csv:1", "person_id"),
        ("candidates.csv:3", "id"),
        ("candidates.csv:3", "party_id"),
        ("contests.csv:1", "contest_name"),
        ("contests.csv:2", "papers"),
    }


def test_what_columns_may_mean_is_told_with_those_that_are_missing(tmp_path: Path) -> None:
    """Promise: a council's table is mended in one go: each of its columns that has another name here is named."""
    found = table_faults(tmp_path, "Ward,Candidate,Party,Votes,elected\nFord,Zoë Example,PP53,1201,t\n")
    assert [line.split(":", 2)[2].split(",")[0].strip() for line in found] == [
        "ballot_paper_id is missing: add this column (Democracy Club's exports of today have it",
        "person_name is missing: add this column",
        "post_label is missing",
        "party_name is missing",
        "votes_cast is missing",
    ]
    assert "rename Candidate" in found[1]
    assert "Votes is there: rename that column where that is it" in found[4]


def test_the_papers_of_a_ward_are_no_votes_of_a_candidate(tmp_path: Path) -> None:
    """Promise: in the schema that councils publish by, VotesWon are a candidate's votes, and VotesCast are papers."""
    found = table_faults(tmp_path, "ElectoralAreaLabel,CandidateSurname,VotesCast,VotesWon\nFord,Example,3288,777\n")
    assert [line for line in found if "Votes" in line] == [
        "candidates.csv:1: votes_cast is missing, but VotesWon is there: rename that column where that is it"
    ]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_header_of_other_names_is_found_above_rows_that_name_a_column(tmp_path: Path, delimiter: str) -> None:
    """Promise: neither the row that is taken for the header nor the delimiter depends on our names of columns."""
    rows = ("contest,candidate,name,party,status", "ford,1,Zoë Example,Lab,Elected", "ford,2,Bob Example,Con,Excluded")
    found = table_faults(tmp_path, "".join(f"{row}\n" for row in rows).replace(",", delimiter))
    assert {line.partition(": ")[0] for line in found} == {"candidates.csv:1"}
    assert "rename candidate where that is it" in found[1]


@pytest.mark.parametrize(
    ("table", "cells", "says"),
    [
        ("contests", {"previous_election": "vacant"}, "where it is vacant, whose it was last"),
        ("contests", {"sitting": "New"}, "write none when nobody held it before"),
        ("contests", {"past_winners": "2022:PP52, 2026:PP53"}, "names two years: write | between two"),
        ("contests", {"regions": "Wales, London"}, "where these are several, write | between two"),
        ("candidates", {"party_id": "", "party_name": "N/A"}, "for an independent, ynmp-party:2"),
    ],
)
def test_nobody_is_asked_to_describe_what_is_no_party_and_no_region(
    tmp_path: Path, table: str, cells: dict[str, str], says: str
) -> None:
    """Promise: advice is true when it is followed: no seat is won from a party called Vacant, or The New Party."""
    tables = synthetic_tables()
    tables[table][1] |= cells
    (fault,) = faults(tmp_path, tables)
    assert fault.file == f"{table}.csv:3"
    assert says in fault.reason


def test_a_table_without_a_column_for_parties_is_told_so_once(tmp_path: Path) -> None:
    """Promise: a column that is not there is not called an empty cell, and what may be meant by it is offered."""
    tables = synthetic_tables()
    for row in tables["candidates"]:
        row["Party"] = row.pop("party_id")
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:1", "party_id")
    assert fault.reason.endswith("add one of them, or rename Party to party_name where that is it")


def test_a_misspelt_column_is_reported_with_what_may_be_meant(tmp_path: Path) -> None:
    """Promise: a column that nobody reads does not vanish."""
    tables = synthetic_tables()
    for row in tables["candidates"]:
        row["votes"] = row.pop("votes_cast")
    assert built(tmp_path, tables).passed_over == {"candidates.csv": ("votes (votes_cast?)",)}


def test_faults_of_every_kind_are_named_in_one_run(tmp_path: Path) -> None:
    """Promise: nothing that is wrong waits for a second run: cells, parties, figures, corrections, dates."""
    tables = synthetic_tables()
    tables["candidates"][0] |= {"person_name": "Zoë\u200bExample"}
    tables["candidates"][1] |= {"party_id": ""}
    tables["contests"][0] |= {"papers": "5000", "rejected": "3", "body": "moot", "regions": "Atlantis"}
    tables["contests"].append(tables["contests"][0] | {"ballot_paper_id": "local.synthetic.sea.2030-05-02"})
    tables["corrections"] = [
        {"ballot_paper_id": MOUTH, "corrected_on": "2030-04-01", "column": "rejected", "before": "4", "after": "3"},
        {"ballot_paper_id": FORD, "corrected_on": "2030-05-10", "column": "rejected", "before": "4", "after": "3"},
    ]
    places = {(fault.file, fault.path) for fault in faults(tmp_path, tables)}
    assert places == {
        ("candidates.csv:2", "person_name"),
        ("candidates.csv:3", "party_id"),
        ("contests.csv:2", "body"),
        ("contests.csv:2", "regions"),
        ("contests.csv:4", "ballot_paper_id"),
        ("corrections.csv:2", "corrected_on"),
        ("corrections.csv:3", "after"),
    }


def test_one_contest_that_cannot_be_hides_no_other(tmp_path: Path) -> None:
    """Promise: figures are judged of every contest whose rows can be read."""
    tables = synthetic_tables()
    tables["candidates"][0] |= {"person_name": ""}
    tables["contests"][0] |= {"papers": "9000", "rejected": "3"}
    assert {(fault.file, fault.path) for fault in faults(tmp_path, tables)} == {
        ("candidates.csv:2", "person_name"),
        ("contests.csv:2", "papers"),
    }


def test_a_contest_with_a_fault_does_not_make_its_candidates_strangers(tmp_path: Path) -> None:
    """Promise: what follows from a fault is not named as another."""
    tables = synthetic_tables()
    tables["contests"][1] |= {"seats": "many"}
    assert [(fault.file, fault.path) for fault in faults(tmp_path, tables)] == [("contests.csv:3", "seats")]


@pytest.mark.parametrize(
    ("candidate", "contest", "column", "says"),
    [
        ({"seats_contested": "2"}, {}, "seats_contested", "seats is 1 on row 3 of contests.csv"),
        ({"total_electorate": "5000"}, {"electorate": "6000"}, "total_electorate", "electorate is 6000"),
        ({"spoilt_ballots": "5"}, {"rejected": "6"}, "spoilt_ballots", "rejected is 6"),
        ({"gss": "E05000001"}, {"gss": "E05000002"}, "gss", "E05000002"),
        ({"cancelled_poll": "t"}, {}, "cancelled_poll", "has votes on row 2"),
        ({"election_date": "2029-05-03"}, {}, "election_date", "ballot_paper_id is local.synthetic.ford.2030-05-02"),
    ],
)
def test_columns_that_contradict_each_other_are_compared(
    tmp_path: Path, candidate: dict[str, str], contest: dict[str, str], column: str, says: str
) -> None:
    """Promise: what two tables say is the same, or both places are named."""
    tables = synthetic_tables()
    for row in tables["candidates"][:2]:
        row.update(candidate)
    tables["contests"][1] |= contest
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:2", column)
    assert says in fault.reason


@pytest.mark.parametrize(
    ("table", "cells", "column"),
    [
        ("contests", {"seats_contested": "2"}, "seats_contested"),
        ("contests", {"total_electorate": "5,000", "electorate": "6000"}, "total_electorate"),
        ("candidates", {"party_ec_id": "PP63"}, "party_ec_id"),
        ("candidates", {"legacy_party_id": "party:63"}, "legacy_party_id"),
    ],
)
def test_columns_of_one_table_that_contradict_each_other_are_compared(
    tmp_path: Path, table: str, cells: dict[str, str], column: str
) -> None:
    """Promise: a column that says the same as one that is read is not passed over where it says something else."""
    tables = synthetic_tables()
    tables[table][1] |= cells
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == (f"{table}.csv:3", column)


@pytest.mark.parametrize("cells", [{"party_ec_id": "PP52"}, {"legacy_party_id": "party:52"}])
def test_columns_of_one_table_that_agree_are_no_fault(tmp_path: Path, cells: dict[str, str]) -> None:
    """Promise: an export with the same fact in two columns is read, however either writes it."""
    tables = synthetic_tables()
    tables["candidates"][1] |= cells
    assert faults(tmp_path, tables) == ()


@pytest.mark.parametrize(("notional", "told"), [("f", 1), ("t", 0)])
def test_a_winner_with_fewer_votes_than_another_is_told(tmp_path: Path, notional: str, told: int) -> None:
    """Promise: no swing is worked out from votes of last time with which nobody can have won the constituency."""
    tables = synthetic_tables()
    for row in (*tables["candidates"], *tables["contests"]):
        row["ballot_paper_id"] = {FORD: "parl.ford.2030-05-02", MOUTH: "parl.mouth.2030-05-02"}[row["ballot_paper_id"]]
    tables["contests"][0] |= {"previous_votes": "PP52:100|PP53:200|ynmp-party:2:900", "previous_notional": notional}
    found = faults(tmp_path, tables, "parl.2030-05-02")
    assert [(fault.file, fault.path) for fault in found] == [("contests.csv:2", "previous_votes")] * told
    assert all("more for Labour Party (PP53)" in fault.reason for fault in found)


@pytest.mark.parametrize(
    "listed",
    [
        "Rejected ballot papers",
        "Rejected - unmarked",
        "want of an official mark",
        "Voting for more candidates than voter was entitled to",
        "Writing or mark by which voter could be identified",
        "Unmarked or void for uncertainty",
        "Number of ballot papers verified",
        "Vacant",
    ],
)
def test_a_sum_among_the_candidates_is_no_candidate(tmp_path: Path, listed: str) -> None:
    """Promise: rejected papers listed below the candidates, as declarations do, are told where they belong."""
    tables = synthetic_tables()
    tables["candidates"].append(tables["candidates"][0] | {"person_name": listed, "person_id": "", "party_id": ""})
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:6", "person_name")
    assert "columns of the table of contests" in fault.reason


def test_tables_without_rows_make_no_pack(tmp_path: Path) -> None:
    """Promise: a header alone is no election, and the table that has nothing else is the one that is named."""
    paths = sources(tmp_path, synthetic_tables())
    for path in (paths.candidates, tmp_path / "contests.csv"):
        path.write_text(path.read_text("utf-8").splitlines()[0], "utf-8")
        with pytest.raises(TablesError) as error:
            build(paths, NAMING)
        assert [fault.file for fault in error.value.faults] == ["candidates.csv:1"]
        assert "has no rows" in error.value.faults[0].reason


def test_rows_of_one_contest_that_contradict_each_other_are_compared(tmp_path: Path) -> None:
    """Promise: an export that was put together of two is not read as one."""
    tables = synthetic_tables()
    tables["candidates"][0]["seats_contested"] = "1"
    tables["candidates"][1]["seats_contested"] = "2"
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:3", "seats_contested")


def test_a_person_whom_an_export_repeats_stands_once(tmp_path: Path) -> None:
    """Promise: a row for each of a candidate's web pages, as exports have it, makes one candidate."""
    tables = synthetic_tables()
    plain = built(tmp_path, tables)
    tables["candidates"].insert(1, dict(tables["candidates"][0]))
    assert built(tmp_path, tables).declarations == plain.declarations


def export() -> Tables:
    """Candidates as Democracy Club's export of results has them."""
    tables = synthetic_tables()
    names = {FORD: "Ford", MOUTH: "Mouth"}
    for row in tables["candidates"]:
        row |= {"post_label": names[row["ballot_paper_id"]], "seats_contested": "1", "cancelled_poll": "f"}
        row |= {"total_electorate": "5000", "spoilt_ballots": "12", "election_date": "2030-05-02"}
    return tables


def test_contests_may_be_left_out_where_the_export_says_what_is_needed(tmp_path: Path) -> None:
    """Promise: Democracy Club's export alone makes the pack that a table of contests with the same facts makes."""
    tables = export()
    tables["contests"] = [
        {
            "ballot_paper_id": ballot_id, "contest_name": name, "office": "councillor", "seats": "1",
            "voting_system": "first-past-the-post", "electorate": "5000", "rejected": "12",
        }
        for ballot_id, name in ((FORD, "Ford"), (MOUTH, "Mouth"))
    ]  # fmt: skip
    both = built(tmp_path, tables)
    alone = build(Sources(tmp_path / "candidates.csv"), NAMING)
    assert (alone.register, alone.declarations) == (both.register, both.declarations)


def test_an_export_that_calls_one_contest_by_two_names_is_told_so(tmp_path: Path) -> None:
    """Promise: what is printed as the name of a contest is not that of whichever row comes first."""
    tables = export()
    tables["candidates"][1]["post_label"] = "Fjord"
    del tables["contests"]
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path, fault.reason) == (
        "candidates.csv:3",
        "post_label",
        "is Fjord, but Ford on row 2 of the same contest",
    )


def test_an_export_without_seats_is_told_so_at_its_own_column(tmp_path: Path) -> None:
    """Promise: without a table of contests, what is missing is asked for where it is missing."""
    tables = export()
    for row in tables["candidates"][:2]:
        row["seats_contested"] = ""
    del tables["contests"]
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:2", "seats_contested")


def test_an_export_without_a_column_for_seats_is_told_so_once(tmp_path: Path) -> None:
    """Promise: what is missing in every row is one fault, and nothing is judged by a number that nobody said."""
    tables = export()
    for row in tables["candidates"]:
        del row["seats_contested"], row["post_label"]
        row["elected"] = "t"
    del tables["contests"]
    assert [(fault.file, fault.path) for fault in faults(tmp_path, tables)] == [
        ("candidates.csv:1", "post_label"),
        ("candidates.csv:1", "seats_contested"),
    ]


def test_the_voting_system_is_never_guessed(tmp_path: Path) -> None:
    """Promise: commissioners and mayors were elected in two ways: without a table somebody has to say which."""
    tables = export()
    del tables["contests"]
    for row in tables["candidates"]:
        row["ballot_paper_id"] = "pcc.synthetic-ford.2030-05-02"
        row |= {"elected": "t" if row["votes_cast"] == "1201" else "f", "post_label": "Ford", "gss": ""}
    (fault,) = faults(tmp_path, tables, "pcc.2030-05-02")
    assert (fault.file, fault.path) == ("candidates.csv:2", "ballot_paper_id")
    assert "--voting-system" in fault.reason
    made = build(Sources(tmp_path / "candidates.csv"), Naming("pcc.2030-05-02", "Synthetic"), "first-past-the-post")
    assert made.lines == 1
