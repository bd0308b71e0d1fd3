"""Every fault of the tables is named: the file, the row, the column, what to do; and then nothing is written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tallywire.cli.commands.packs import pack_app
from tallywire.packs.building import sheet as reading
from tallywire.packs.building.build import TablesError, build
from tallywire.packs.building.register import Naming
from tests.tallywire.packs.tables import (
    ELECTION,
    FORD,
    MOUTH,
    Cells,
    Tables,
    candidate,
    contest,
    faults,
    sources,
    synthetic_tables,
)

Change = Callable[[Tables], object]

FIRST, BOB, CLEO, DAN = range(4)
"""Rows of the candidates; in a file they are rows 2 to 5."""
OF_MOUTH, OF_FORD = range(2)
"""Rows of the contests; in a file they are rows 2 and 3."""


def candidates(number: int, **cells: str) -> Change:
    """Change cells of one candidate."""
    return lambda tables: tables["candidates"][number].update(cells)


def contests(number: int, **cells: str) -> Change:
    """Change cells of one contest."""
    return lambda tables: tables["contests"][number].update(cells)


def more(table: str, *rows: Cells) -> Change:
    """Add rows to a table."""
    return lambda tables: tables.setdefault(table, []).extend(rows)


def correction(**cells: str) -> Change:
    """Add a correction: Zoë O'Example had 1,210 votes first."""
    row = {"ballot_paper_id": FORD, "corrected_on": "2030-05-10", "candidate": "900001", "column": "votes_cast"}
    return more("corrections", row | {"before": "1210", "after": "1201"} | cells)


BODY = {"slug": "moot", "name": "Synthetic Moot", "seats": "30"}

ONE_FAULT: dict[str, tuple[Change, tuple[str, str, str]]] = {
    "votes in words": (candidates(BOB, votes_cast="many"), ("candidates.csv:3", "votes_cast", "digits only")),
    "votes with a comma in the wrong place": (
        candidates(BOB, votes_cast="11,99"),
        ("candidates.csv:3", "votes_cast", "digits only"),
    ),
    "votes that a spreadsheet has rounded": (
        candidates(BOB, votes_cast="1.2E+05"),
        ("candidates.csv:3", "votes_cast", "has rounded"),
    ),
    "votes below zero": (candidates(BOB, votes_cast="-1"), ("candidates.csv:3", "votes_cast", "digits only")),
    "more votes than there are people": (
        candidates(BOB, votes_cast="99999999999"),
        ("candidates.csv:3", "votes_cast", "less than or equal"),
    ),
    "elected, perhaps": (candidates(BOB, elected="perhaps"), ("candidates.csv:3", "elected", "write t or f")),
    "no name": (candidates(BOB, person_name=""), ("candidates.csv:3", "person_name", "is needed in every row")),
    "a name that makes no id": (
        candidates(CLEO, person_name="张伟"),
        ("candidates.csv:4", "person_name", "give the candidate a person_id"),
    ),
    "no party": (candidates(BOB, party_id=""), ("candidates.csv:3", "party_id", "ynmp-party:2")),
    "a party that nobody knows": (
        candidates(BOB, party_id="", party_name="Labor Party"),
        ("candidates.csv:3", "party_name", "Nearest: Labour Party (PP53)"),
    ),
    "a party whose name is no name": (
        candidates(BOB, party_id="", party_name="???"),
        ("candidates.csv:3", "party_name", "given with --parties"),
    ),
    "an own id that no table describes": (
        candidates(BOB, party_id="local:residents", party_name="Ford Residents"),
        ("candidates.csv:3", "party_id", "the party local:residents"),
    ),
    "an id without a name that no list has": (
        candidates(BOB, party_id="joint-party:11000-12000"),
        ("candidates.csv:3", "party_id", "the party joint-party:11000-12000"),
    ),
    "a name that two parties share": (
        candidates(BOB, party_id="", party_name="Workers Party"),
        ("candidates.csv:3", "party_name", "The Workers' Party (PP127) or Workers Party of Britain (PP11382)"),
    ),
    "a new party spoken of as a known one": (
        lambda tables: (
            candidates(BOB, party_id="local:labour")(tables),
            more("parties", {"party_id": "local:labour", "name": "The Labour Party"})(tables),
        ),
        ("contests.csv:3", "", "as two parties, but both are called"),
    ),
    "a person twice": (candidates(BOB, person_id="900001"), ("candidates.csv:3", "person_id", "row 2")),
    "a name that makes somebody's id": (
        candidates(CLEO, person_id="dan-example"),
        ("candidates.csv:5", "person_name", "row 4"),
    ),
    "a candidate of no contest": (
        more("candidates", candidate("local.synthetic.sea.2030-05-02", "Eve", "PP53")),
        ("candidates.csv:6", "ballot_paper_id", "add the contest"),
    ),
    "a candidate of another election": (
        candidates(BOB, election_id="local.synthetic.2031-05-02"),
        ("candidates.csv:3", "election_id", "no part of local.2030-05-02"),
    ),
    "somebody else elected": (
        lambda tables: (candidates(FIRST, elected="f")(tables), candidates(BOB, elected="t")(tables)),
        ("candidates.csv:2", "elected", "Zoë O'Example"),
    ),
    "a tie without a lot": (
        candidates(BOB, votes_cast="1201"),
        ("candidates.csv:2", "tied_vote_winner", "in the column tied_vote_winner"),
    ),
    "a contest twice": (
        more("contests", contest(FORD, "Ford again")),
        ("contests.csv:4", "ballot_paper_id", "is on row 3 too"),
    ),
    "a contest without candidates": (
        more("contests", contest("local.synthetic.sea.2030-05-02", "Sea")),
        ("contests.csv:4", "ballot_paper_id", "has no candidates"),
    ),
    "a voting system of our own": (
        contests(OF_FORD, voting_system="FPTP"),
        ("contests.csv:3", "voting_system", "'closed-list' or 'referendum'"),
    ),
    "no seat": (contests(OF_FORD, seats="0"), ("contests.csv:3", "seats", "greater than or equal to 1")),
    "two seats under the supplementary vote": (
        contests(OF_FORD, seats="2", voting_system="supplementary-vote", previous_election=""),
        ("contests.csv:3", "", "elects one person"),
    ),
    "a time without offset": (
        contests(OF_FORD, declared_at="2030-05-03T00:40:00"),
        ("contests.csv:3", "declared_at", "has no offset"),
    ),
    "a day that does not exist": (
        contests(OF_FORD, expected_at="2030-02-30T00:40:00Z"),
        ("contests.csv:3", "expected_at", "does not exist"),
    ),
    "more papers than electors": (
        contests(OF_FORD, electorate="2000"),
        ("candidates.csv:2", "votes_cast", "2,000"),
    ),
    "papers that do not add up": (contests(OF_FORD, papers="2399"), ("candidates.csv:2", "votes_cast", "2,399")),
    "a region nobody knows": (
        contests(OF_FORD, regions="Atlantis"),
        ("contests.csv:3", "regions", "a table given with --regions"),
    ),
    "a country nobody knows": (contests(OF_FORD, country="Mercia"), ("contests.csv:3", "country", "'England'")),
    "a region twice": (contests(OF_FORD, regions="Wales|Wales"), ("contests.csv:3", "regions", "twice")),
    "a body nobody describes": (contests(OF_FORD, body="moot"), ("contests.csv:3", "body", "given with --bodies")),
    "a holder nobody describes": (
        contests(OF_FORD, previous_election="Tory"),
        ("contests.csv:3", "previous_election", "the party Tory"),
    ),
    "two holders of one seat": (
        contests(OF_FORD, previous_election="PP52|PP53"),
        ("contests.csv:3", "previous_election", "for 1 seats"),
    ),
    "a holder too many words long": (
        contests(OF_FORD, sitting="PP52 PP53"),
        ("contests.csv:3", "sitting", "the party PP52 PP53"),
    ),
    "a holder of nothing": (
        contests(OF_FORD, sitting="PP52|"),
        ("contests.csv:3", "sitting", "none when nobody held it"),
    ),
    "a notional nothing": (
        contests(OF_FORD, previous_election="", previous_notional="t"),
        ("contests.csv:3", "previous_notional", "which is empty"),
    ),
    "a past winner without a year": (
        contests(OF_FORD, past_winners="PP52"),
        ("contests.csv:3", "past_winners", "2016:PP52"),
    ),
    "past winners without the last one": (
        contests(OF_FORD, past_winners="2022:PP52|2026:PP90"),
        ("contests.csv:3", "past_winners", "won by Labour Party (PP53)"),
    ),
    "nobody won before, and somebody held it": (
        contests(OF_FORD, past_winners="none"),
        ("contests.csv:3", "past_winners", "none at all, but previous_election"),
    ),
    "somebody won before, and nobody held it": (
        contests(OF_FORD, past_winners="2026:PP53", previous_election="none"),
        ("contests.csv:3", "past_winners", "nobody held it before"),
    ),
    "a winner who is still to come": (
        contests(OF_FORD, past_winners="2026:PP53|2031:PP53"),
        ("contests.csv:3", "past_winners", "is 2031, after this election"),
    ),
    "votes last time of nobody": (
        contests(OF_FORD, previous_votes="PP52"),
        ("contests.csv:3", "previous_votes", "party:number"),
    ),
    "a body with too few seats": (
        lambda tables: (contests(OF_FORD, body="moot")(tables), more("bodies", BODY | {"not_up": "PP53:30"})(tables)),
        ("bodies.csv:2", "seats", "30 are not up and 1 are up"),
    ),
    "a body under nobody": (
        more("bodies", BODY | {"control_before": "PP99999"}),
        ("bodies.csv:2", "control_before", "the party PP99999"),
    ),
    "a body under a new party spoken of as a known one": (
        lambda tables: (
            contests(OF_FORD, body="moot")(tables),
            more("bodies", BODY | {"not_up": "local:cons:29", "control_before": "local:cons"})(tables),
            more("parties", {"party_id": "local:cons", "name": "Conservatives of Ford", "spoken": "Conservatives"})(
                tables
            ),
        ),
        ("bodies.csv:2", "", "local:cons and PP52 as two parties"),
    ),
    "a stage of election where there are no stages": (
        candidates(FIRST, elected_at="2"),
        ("candidates.csv:2", "elected_at", "voting system is first-past-the-post"),
    ),
    "local counts of a contest without areas": (
        candidates(FIRST, areas="North:1201"),
        ("candidates.csv:2", "areas", "has no areas in contests.csv: name them there"),
    ),
    "local counts of some candidates alone": (
        lambda tables: (contests(OF_FORD, areas="North")(tables), candidates(FIRST, areas="North:1201")(tables)),
        ("candidates.csv:3", "areas", "is empty, but not on row 2"),
    ),
    "a body twice": (more("bodies", BODY | {"not_up": "PP53:30"}, BODY), ("bodies.csv:3", "slug", "as on row 2")),
    "a region of two kinds": (
        more("regions", {"name": "Testing", "kind": "media"}, {"name": "Testing", "kind": "council"}),
        ("regions.csv:3", "name", "as on row 2"),
    ),
    "a party twice": (
        more("parties", {"party_id": "PP99998", "name": "One"}, {"party_id": "pp99998", "name": "Other"}),
        ("parties.csv:3", "party_id", "as on row 2"),
    ),
    "a region of no kind": (
        more("regions", {"name": "Media Testing", "kind": "television"}),
        ("regions.csv:2", "kind", "'media'"),
    ),
    "a main party that counts as another": (
        more("parties", {"party_id": "local:a", "name": "A", "counts_as": "PP51"}),
        ("parties.csv:2", "counts_as", "name the main party"),
    ),
    "a main party that is nowhere": (
        more("parties", {"party_id": "local:a", "name": "A", "counts_as": "PP99999"}),
        ("parties.csv:2", "counts_as", "add it"),
    ),
    "a party that counts as itself": (
        more("parties", {"party_id": "local:a", "name": "A", "counts_as": "local:a"}),
        ("parties.csv:2", "counts_as", "name the main party"),
    ),
    "a correction of what is not there": (
        correction(after="1300"),
        ("corrections.csv:2", "after", "what stands there after it is 1201"),
    ),
    "a correction of nothing that is known": (
        correction(candidate="", column="papers", before="1", after="2"),
        ("corrections.csv:2", "after", "is nothing"),
    ),
    "a correction in words": (correction(before="few"), ("corrections.csv:2", "before", "digits only")),
    "a correction of no contest": (
        correction(ballot_paper_id="local.synthetic.sea.2030-05-02"),
        ("corrections.csv:2", "ballot_paper_id", "no contest here"),
    ),
    "a correction of nobody": (correction(candidate=""), ("corrections.csv:2", "candidate", "is empty")),
    "a correction of a stranger": (correction(candidate="Eve"), ("corrections.csv:2", "candidate", "nobody")),
    "a candidate's correction of a contest": (
        correction(column="electorate"),
        ("corrections.csv:2", "candidate", "leave it empty"),
    ),
    "a correction before the declaration": (
        correction(corrected_on="2030-05-03T00:30:00Z"),
        ("corrections.csv:2", "corrected_on", "before Ford was declared"),
    ),
    "a correction on a day before the declaration": (
        correction(corrected_on="2030-05-02"),
        ("corrections.csv:2", "corrected_on", "before Ford was declared"),
    ),
    "a correction that corrects nothing": (
        correction(before="1201"),
        ("corrections.csv:2", "after", "is 1201, and so is before"),
    ),
    "a correction without the local counts": (
        lambda tables: (
            contests(OF_FORD, areas="North|South")(tables),
            candidates(FIRST, areas="North:601|South:600")(tables),
            candidates(BOB, areas="North:599|South:600")(tables),
            correction()(tables),
        ),
        ("corrections.csv:2", "before", "If areas was said otherwise first as well, add a row for it"),
    ),
    "a correction without the lot of then": (
        lambda tables: (candidates(BOB, votes_cast="1200")(tables), correction(before="1200")(tables)),
        ("corrections.csv:2", "before", "If tied_vote_winner was said otherwise"),
    ),
    "a correction without the papers of then": (
        lambda tables: (contests(OF_FORD, papers="2412", rejected="12")(tables), correction(before="2210")(tables)),
        ("corrections.csv:2", "before", "If papers was said otherwise"),
    ),
    "a candidate who was added after the declaration": (
        correction(column="stands", before="f", after="t"),
        ("corrections.csv:2", "after", "can be changed only before"),
    ),
    "the id of another candidate": (
        correction(column="person_id", before="900002", after="900001"),
        ("corrections.csv:2", "before", "the id of another candidate"),
    ),
    "seats that changed": (
        contests(OF_FORD, previous_election="PP53|PP53|PP52", previous_notional="t"),
        ("contests.csv:3", "previous_election", "leave both empty where that is unknown"),
    ),
    "a correction on no day": (
        correction(corrected_on="2030-02-30"),
        ("corrections.csv:2", "corrected_on", "does not exist"),
    ),
}


@pytest.mark.parametrize(("change", "fault"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_a_fault_is_named_by_file_row_column_and_what_to_do(
    tmp_path: Path, change: Change, fault: tuple[str, str, str]
) -> None:
    """One wrong cell is one fault, at its place in the table that a person has open."""
    tables = synthetic_tables()
    assert faults(tmp_path, tables) == ()
    change(tables)
    (found,) = faults(tmp_path, tables)
    assert (found.file, found.path) == fault[:2]
    assert fault[2] in found.reason


def test_each_amendment_that_comes_too_late_is_blamed_on_its_own_row(tmp_path: Path) -> None:
    """A candidate added and an id changed after the declaration are two faults, each at its correction."""
    tables = synthetic_tables()
    correction(column="person_name", corrected_on="2030-05-20", before="Zoe O'Example", after="Zoë O'Example")(tables)
    correction(column="stands", corrected_on="2030-05-20", candidate="900002", before="f", after="t")(tables)
    correction(column="person_id", corrected_on="2030-05-21", before="900009", after="900001")(tables)
    found = [(fault.file, fault.path, fault.reason.partition(":")[2]) for fault in faults(tmp_path, tables)]
    assert found == [
        ("corrections.csv:3", "after", " the column stands can be changed only before. Leave it out."),
        ("corrections.csv:4", "after", " the column person_id can be changed only before. Leave it out."),
    ]


def test_an_unknown_party_is_one_fault_however_many_stand_for_it(tmp_path: Path) -> None:
    """Thirty candidates of a new party want one row in a table of parties."""
    tables = synthetic_tables()
    for number in (FIRST, BOB, DAN):
        candidates(number, party_id="", party_name="Synthetic Residents")(tables)
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("candidates.csv:2", "party_name")
    assert fault.reason.endswith("(and 2 more, from row 3 on)")


def test_all_faults_of_all_tables_are_named_at_once(tmp_path: Path) -> None:
    """A writer mends the tables in one go: no row hides another, in one file or across files."""
    tables = synthetic_tables()
    names = ["votes in words", "no seat", "a region of no kind", "a correction on no day"]
    for name in names:
        ONE_FAULT[name][0](tables)
    candidates(DAN, person_name="", elected="maybe")(tables)
    places = {(fault.file, fault.path) for fault in faults(tmp_path, tables)}
    mine = {("candidates.csv:5", "person_name"), ("candidates.csv:5", "elected")}
    assert places == {ONE_FAULT[name][1][:2] for name in names} | mine


def test_two_faults_in_one_row_are_both_named(tmp_path: Path) -> None:
    """A contest with one impossible day hides no other one of its own."""
    tables = synthetic_tables()
    contests(OF_FORD, expected_at="2029-05-02T23:00:00+01:00", past_winners="2026:PP53|2031:PP53")(tables)
    assert {(fault.file, fault.path) for fault in faults(tmp_path, tables)} == {
        ("contests.csv:3", "expected_at"),
        ("contests.csv:3", "past_winners"),
    }


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "is missing"),
        (b"", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"PK\x03\x04", "is a workbook or an archive, not CSV"),
        (b"<!DOCTYPE html>", "is a web page or XML, not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_one_fault(tmp_path: Path, raw: bytes | None, reason: str) -> None:
    """A mistyped path, or a spreadsheet saved as something else, is answered and not thrown back."""
    paths = sources(tmp_path, synthetic_tables())
    if raw is None:
        (tmp_path / "contests.csv").unlink()
    else:
        (tmp_path / "contests.csv").write_bytes(raw)
    with pytest.raises(TablesError) as error:
        build(paths, Naming(ELECTION, "Synthetic"))
    (fault,) = error.value.faults
    assert (fault.file, fault.path) == ("contests.csv", "")
    assert reason in fault.reason


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    """What cannot be read says why."""
    paths = sources(tmp_path, synthetic_tables())
    (tmp_path / "contests.csv").unlink()
    (tmp_path / "contests.csv").mkdir()
    with pytest.raises(TablesError, match="cannot be read"):
        build(paths, Naming(ELECTION, "Synthetic"))


def test_a_table_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's memory is filled by a mistyped path."""
    paths = sources(tmp_path, synthetic_tables())
    (tmp_path / "contests.csv").write_text((tmp_path / "contests.csv").read_text("utf-8") + "\n" * 100_000, "utf-8")
    monkeypatch.setattr(reading, "TABLE_BYTES_MAX", 100_000)
    with pytest.raises(TablesError) as error:
        build(paths, Naming(ELECTION, "Synthetic"))
    assert [str(fault) for fault in error.value.faults] == [
        "contests.csv: is too large: a table has 100,000 bytes at most"
    ]


def test_a_missing_column_is_one_fault_however_many_rows_lack_it(tmp_path: Path) -> None:
    """The header is to blame, and its fault says which names are known."""
    tables = synthetic_tables()
    for row in tables["contests"]:
        row["contest"] = row.pop("contest_name")
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("contests.csv:1", "contest_name")
    assert "add this column" in fault.reason


def test_a_column_twice_is_a_fault(tmp_path: Path) -> None:
    """Nobody guesses which of two columns was meant."""
    paths = sources(tmp_path, synthetic_tables())
    lines = (tmp_path / "contests.csv").read_text("utf-8").splitlines()
    (tmp_path / "contests.csv").write_text(
        "\n".join(f"{line},{'seats' if not n else 1}" for n, line in enumerate(lines)), "utf-8"
    )
    with pytest.raises(TablesError, match="the name of two columns"):
        build(paths, Naming(ELECTION, "Synthetic"))


def test_a_row_with_a_cell_too_many_is_a_fault(tmp_path: Path) -> None:
    """A comma that was not quoted shifts a row: it is not read as something else."""
    paths = sources(tmp_path, synthetic_tables())
    (tmp_path / "contests.csv").write_text(
        (tmp_path / "contests.csv").read_text("utf-8").replace("Ford", "Ford, Upper", 1), "utf-8"
    )
    with pytest.raises(TablesError) as error:
        build(paths, Naming(ELECTION, "Synthetic"))
    (fault,) = error.value.faults
    assert fault.file == "contests.csv:3"
    assert "quote a cell that has a comma" in fault.reason


@pytest.mark.parametrize("ballot_id", ["local.synthetic.ford.2031-05-02", "mayor.synthetic-ford.2030-05-02"])
def test_a_contest_of_another_day_or_kind_is_a_fault(tmp_path: Path, ballot_id: str) -> None:
    """One pack has one election."""
    tables = synthetic_tables()
    for row in (tables["candidates"][FIRST], tables["candidates"][BOB], tables["contests"][OF_FORD]):
        row["ballot_paper_id"] = ballot_id
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("contests.csv:3", "ballot_paper_id")


def test_a_polling_day_that_does_not_exist_is_told_as_one(tmp_path: Path) -> None:
    """Promise: a folder's name that looks right is told what is wrong with it."""
    told = [
        fault for fault in faults(tmp_path, synthetic_tables(), "local.2030-02-30") if fault.file == "local.2030-02-30"
    ]
    assert [fault.reason.partition(":")[0] for fault in told] == ["ends with a day that does not exist"]


def test_an_id_that_democracy_club_would_not_make_is_a_fault(tmp_path: Path) -> None:
    """Ids are how others find the same contest."""
    tables = synthetic_tables()
    for row in (tables["candidates"][FIRST], tables["candidates"][BOB], tables["contests"][OF_FORD]):
        row["ballot_paper_id"] = "local.a.b.c.d.2030-05-02"
    (fault,) = faults(tmp_path, tables)
    assert "Democracy Club's rules" in fault.reason
    (wrong,) = faults(tmp_path, synthetic_tables(), "my-election")
    assert "name the folder as Democracy Club would" in wrong.reason


def test_a_fault_of_one_candidate_is_at_the_candidate_s_row(tmp_path: Path) -> None:
    """Of many votes the wrong one is named: in the final round nobody has fewer than before."""
    ballot_id = "mayor.synthetic-ford.2030-05-02"
    tables = {
        "candidates": [
            candidate(ballot_id, "Ann", "PP53", "450", "t", final_round_votes="520"),
            candidate(ballot_id, "Bob", "PP52", "400", final_round_votes="399"),
            candidate(ballot_id, "Cay", "PP90", "150"),
        ],
        "contests": [contest(ballot_id, "Ford", voting_system="supplementary-vote")],
    }
    (fault,) = faults(tmp_path, tables, "mayor.2030-05-02")
    assert (fault.file, fault.path) == ("candidates.csv:3", "final_round_votes")


def run(*arguments: str) -> tuple[int, str]:
    """Run ``tallywire pack build`` and return its exit code and what it printed."""
    done = CliRunner().invoke(pack_app, ["build", *arguments])
    return done.exit_code, done.output


def test_nothing_is_written_when_there_are_faults(tmp_path: Path) -> None:
    """A faulty table leaves the pack that was there as it was, and the exit code is 1."""
    paths = sources(tmp_path, synthetic_tables())
    arguments = [str(paths.candidates), str(paths.contests), "--out", str(tmp_path / ELECTION), "--replace"]
    assert run(*arguments)[0] == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / ELECTION).iterdir()}
    tables = synthetic_tables()
    candidates(BOB, votes_cast="many")(tables)
    sources(tmp_path, tables)
    code, output = run(*arguments)
    assert (code, "candidates.csv:3" in output) == (1, True)
    assert {file.name: file.read_bytes() for file in (tmp_path / ELECTION).iterdir()} == before
    assert set(before) == {"register.json", "declarations.jsonl"}
    code, output = run(*arguments, "--json")
    assert json.loads(output)["file"] == "candidates.csv:3"


def test_a_pack_is_not_written_over_unless_told_so(tmp_path: Path) -> None:
    """Who names the wrong folder loses nothing."""
    paths = sources(tmp_path, synthetic_tables())
    arguments = [str(paths.candidates), str(paths.contests), "--out", str(tmp_path / ELECTION)]
    assert run(*arguments)[0] == 0
    before = (tmp_path / ELECTION / "register.json").read_bytes()
    assert run(*arguments, "--name", "Another")[0] != 0
    assert (tmp_path / ELECTION / "register.json").read_bytes() == before


def test_the_report_is_one_object_for_programs(tmp_path: Path) -> None:
    """A program finds every id of what is missing, where a person sees examples."""
    paths = sources(tmp_path, synthetic_tables())
    code, output = run(
        str(paths.candidates), str(paths.contests), "--out", str(tmp_path / ELECTION), "--json", "--test"
    )
    report = json.loads(output)
    assert code == 0
    assert (report["election"], report["contests"], report["candidates"], report["lines"]) == (ELECTION, 2, 4, 2)
    electorates = next(gap for gap in report["missing"] if "electorate" in gap["what"])
    assert (electorates["of"], electorates["where"]) == (2, [MOUTH, FORD])
