"""Packs of every voting system are made of tables, and what is wrong in a table is named where it stands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas.register import VotingSystem
from tallywire.cli.commands.packs import VotingSystemChoice
from tallywire.packs.pack import Pack, check_pack
from tests.tallywire.packs.tables import Cells, Tables, built, built_pack, candidate, contest, faults

DALE = "local.synthetic.dale.2030-05-02"
COUNCILS = "local.2030-05-02"

GLEN = "nia.synthetic-glen.2030-05-02"
ASSEMBLY = "nia.2030-05-02"

NORTH, EAST, TOP = "sp.c.synthetic-north.2030-05-02", "sp.c.synthetic-east.2030-05-02", "sp.r.synthetic.2030-05-02"
PARLIAMENT = "sp.2030-05-02"

HALL = "ref.synthetic.2030-05-02"

ANN, BOB, CLEO, DAN = "Ann Example", "Bob Example", "Cleo Example", "Dan Example"


def lines(pack: Pack) -> list[Any]:
    """What each line of a pack's declarations says."""
    return [json.loads(line)["data"] for line in pack.declarations]


def stage(number: int, **totals: str) -> list[Cells]:
    """The rows of one stage, by first names."""
    names = {"ann": ANN, "bob": BOB, "cleo": CLEO, "dan": DAN}
    return [
        {
            "ballot_paper_id": DALE,
            "stage": str(number),
            "candidate": names[one],
            "total": total,
            "action": "",
            "lot": "",
        }
        for one, total in totals.items()
    ]


def stv_tables() -> Tables:
    """A ward of two: Ann has the quota of 334 on first preferences, her surplus moves, and Dan is excluded."""
    return {
        "candidates": [
            candidate(DALE, ANN, "PP53", "400", "t", elected_at="1"),
            candidate(DALE, BOB, "PP52", "290", "t", elected_at="3"),
            candidate(DALE, CLEO, "PP102", "200", "f", elected_at=""),
            candidate(DALE, DAN, "PP90", "110", "f", elected_at=""),
        ],
        "contests": [
            contest(DALE, "Dale")
            | {"seats": "2", "voting_system": "single-transferable-vote", "country": "Scotland", "quota": "334"}
            | {"counting_rules": "", "declared_at": "2030-05-03T12:00:00+01:00"}
        ],
        "stages": [
            *stage(2, ann="334", bob="320.03", cleo="210.89", dan="116.93"),
            *stage(3, ann="334", bob="400.03", cleo="240.89", dan="0"),
        ],
    }


def announced_tables() -> Tables:
    """The same count in Northern Ireland, where each stage is announced; values have two decimals there."""
    tables = stv_tables()
    tables["contests"][0] |= {"counting_rules": "northern-ireland", "declared_at": "", "ballot_paper_id": GLEN}
    tables["stages"] = [
        *stage(2, ann="334", bob="329.6", cleo="214.3", dan="119.9"),
        *stage(3, ann="334", bob="409.6", cleo="244.3", dan="0"),
    ]
    for rows in (tables["candidates"], tables["stages"]):
        for row in rows:
            row["ballot_paper_id"] = GLEN
    tables["announcements"] = [
        {"ballot_paper_id": GLEN, "stage": str(number), "declared_at": f"2030-05-03T1{number + 1}:00:00+01:00"}
        for number in (1, 2, 3)
    ]
    return tables


def list_tables() -> Tables:
    """A region of three list seats over two constituencies; Ann stands for Labour in one of them and on the list."""

    def single(ballot_id: str, name: str) -> Cells:
        row = contest(ballot_id, name, body="house", declared_at="2030-05-03T01:00:00+01:00")
        return row | dict.fromkeys(("constituencies", "seats_before", "elected_order", "threshold_per_cent"), "")

    def on_list(party: str, place: str, person: str, name: str) -> Cells:
        row = {"ballot_paper_id": TOP, "party_list": "", "party_id": party, "party_name": ""}
        return row | {"party_list_position": place, "person_id": person, "person_name": name}

    return {
        "candidates": [
            candidate(NORTH, ANN, "PP53", "900", "t", person_id="1"),
            candidate(NORTH, BOB, "PP52", "800", person_id="2"),
            candidate(EAST, CLEO, "PP53", "700", "t", person_id="3"),
            candidate(EAST, DAN, "PP52", "600", person_id="4"),
            candidate(TOP, "Labour", "PP53", "1500", "", person_id="lab"),
            candidate(TOP, "Conservative", "PP52", "1300", "", person_id="con"),
            candidate(TOP, "Eve Example", "ynmp-party:2", "700", "", person_id="5"),
        ],
        "contests": [
            single(NORTH, "North"),
            single(EAST, "East"),
            single(TOP, "Synthetic")
            | {"seats": "3", "voting_system": "additional-member", "declared_at": "2030-05-03T05:00:00+01:00"}
            | {"constituencies": f"{NORTH}|{EAST}", "seats_before": "PP53:1|Conservatives:2"}
            | {"elected_order": "con|Eve Example|PP52"},
        ],
        "bodies": [{"slug": "house", "name": "Synthetic House", "kind": "parliament", "seats": "5"}],
        "people": [
            on_list("PP53", "2", "6", "Fred Example"),
            on_list("PP53", "1", "1", ANN),
            on_list("Conservatives", "1", "7", "Gwen Example"),
            on_list("PP52", "2", "8", "Huw Example"),
            on_list("ynmp-party:2", "", "5", "Eve Example"),
        ],
    }


def referendum_tables() -> Tables:
    """A question with two answers; of one answer somebody knows the colour."""
    asked = contest(HALL, "Synthetic Town") | {"office": "referendum", "voting_system": "referendum"}
    return {
        "candidates": [candidate(HALL, "Yes", "", "600", "t"), candidate(HALL, "No", "", "400")],
        "contests": [asked | {"question": "Should the Synthetic Town have a mayor?"}],
        "parties": [{"party_id": "answer:yes", "name": "Yes", "colour": "#00AA00"}],
    }


def test_a_region_without_the_order_of_its_seats_is_told_the_column(tmp_path: Path) -> None:
    """Promise: advice names a column of the tables, not a field of what is made of them."""
    tables = list_tables()
    tables["contests"][-1] |= {"elected_order": ""}
    (fault,) = faults(tmp_path, tables, PARLIAMENT)
    assert (fault.file, fault.path) == ("contests.csv:4", "elected_order")
    assert "Name in the column elected_order the list of each seat" in fault.reason


def test_the_order_of_list_seats_is_corrected_by_the_names_that_the_contests_table_has(tmp_path: Path) -> None:
    """Promise: a correction names a list by id, name or party, and what fits is told in the same way."""
    tables = list_tables()
    cells = {"ballot_paper_id": TOP, "corrected_on": "2030-05-04", "before": "400", "after": "700"}
    order = {"candidate": "", "column": "elected_order", "before": "PP52|Conservative|Labour"}
    tables["corrections"] = [
        cells | {"candidate": "Eve Example", "column": "votes_cast"},
        cells | order | {"after": "PP52|5|Conservative"},
    ]
    said = [json.loads(line)["data"] for line in built(tmp_path, tables, PARLIAMENT).declarations.splitlines()]
    assert [one["elected"] for one in said if one["ballot_id"] == TOP] == [["con", "con", "lab"], ["con", "5", "con"]]
    tables["corrections"][1]["before"] = "PP52|PP90|Labour"
    (fault,) = faults(tmp_path, tables, PARLIAMENT)
    assert (fault.file, fault.path) == ("corrections.csv:3", "before")
    assert "'PP90', which is no list of the contest" in fault.reason


def test_a_count_that_ends_on_a_day_is_declared_before_it_is_corrected_on_it(tmp_path: Path) -> None:
    """Promise: revisions come in their order, also where the hour of the last announcement is unknown."""
    tables = announced_tables()
    tables["contests"][0] |= {"declared_at": "2030-05-03", "rejected": "6"}
    del tables["announcements"][-1]
    tables["corrections"] = [
        {"ballot_paper_id": GLEN, "corrected_on": "2030-05-03T19:00:00+01:00", "column": "rejected"}
        | {"before": "5", "after": "6"}
    ]
    said = [json.loads(line)["data"] for line in built(tmp_path, tables, ASSEMBLY).declarations.splitlines()]
    assert [(one["revision"], one["rejected"]) for one in said] == [(1, 5), (2, 5), (3, 5), (4, 6)]


def test_every_voting_system_can_be_chosen() -> None:
    """Promise: no system of the register is left out of the command."""
    assert get_args(VotingSystemChoice) == get_args(VotingSystem)


def test_a_count_by_stages_says_what_was_done_as_it_follows_from_the_totals(tmp_path: Path) -> None:
    """Promise: a result sheet, typed in as it is printed, makes the declaration: nobody types whose surplus it was."""
    pack = built_pack(tmp_path, stv_tables(), COUNCILS)
    (said,) = lines(pack)
    assert pack.register.contests[DALE].counting_rules == "scotland"
    assert said["quota"] == 334
    assert said["stages"] == [
        {
            "action": "surplus",
            "of": ["ann-example"],
            "totals": {
                "ann-example": "334",
                "bob-example": "320.03",
                "cleo-example": "210.89",
                "dan-example": "116.93",
            },
            "elected": [],
        },
        {
            "action": "exclusion",
            "of": ["dan-example"],
            "totals": {"ann-example": "334", "bob-example": "400.03", "cleo-example": "240.89", "dan-example": "0"},
            "elected": ["bob-example"],
        },
    ]
    assert said["elected"] == ["ann-example", "bob-example"]
    assert check_pack(pack.path) == ()


def test_what_was_done_at_a_stage_can_be_said(tmp_path: Path) -> None:
    """Promise: who had no votes falls nowhere when excluded: then the table says it."""
    tables = stv_tables()
    for row, votes, elected_at in zip(
        tables["candidates"], ("400", "290", "310", "0"), ("1", "", "4", ""), strict=True
    ):
        row |= {"votes_cast": votes, "elected": "t" if elected_at else "f", "elected_at": elected_at}
    tables["stages"] = [
        *stage(2, ann="334", bob="306.335", cleo="326.5", dan="0"),
        *stage(3, ann="334", bob="306.335", cleo="326.5", dan="0"),
        *stage(4, ann="334", bob="0", cleo="426.5"),
    ]
    assert [(fault.file, fault.path) for fault in faults(tmp_path, tables, COUNCILS)] == [("stages.csv:6", "action")]
    tables["stages"][7] |= {"action": "exclusion"}
    (said,) = lines(built_pack(tmp_path, tables, COUNCILS))
    assert [(one["action"], one["of"]) for one in said["stages"]] == [
        ("surplus", ["ann-example"]),
        ("exclusion", ["dan-example"]),
        ("exclusion", ["bob-example"]),
    ]


def test_who_were_all_elected_on_first_preferences_had_no_further_stage(tmp_path: Path) -> None:
    """Promise: no stages, and stages that are not known, are told apart."""
    tables = stv_tables()
    for row, votes in zip(tables["candidates"], ("400", "350", "150", "100"), strict=True):
        row |= {"votes_cast": votes, "elected_at": "1" if row["elected"] == "t" else ""}
    del tables["stages"]
    (said,) = lines(built_pack(tmp_path, tables, COUNCILS))
    assert said["stages"] == []


def test_a_count_that_is_announced_stage_by_stage_is_revisions_that_grow(tmp_path: Path) -> None:
    """Promise: each announcement is a revision at its own time, and the last stage's is the declaration."""
    tables = announced_tables()
    said = lines(built_pack(tmp_path, tables, ASSEMBLY))
    assert [(one["revision"], one.get("kind"), len(one.get("stages") or ())) for one in said] == [
        (1, "stage", 0),
        (2, "stage", 1),
        (3, None, 2),
    ]
    assert [one["elected"] for one in said] == [["ann-example"], ["ann-example"], ["ann-example", "bob-example"]]
    assert [one["declared_at"] for one in said] == [f"2030-05-03T1{hour}:00:00+01:00" for hour in (2, 3, 4)]


def test_a_region_is_made_of_its_constituencies_lists_and_seats(tmp_path: Path) -> None:
    """Promise: lists have their people in order, and the declaration the lists in the order of the seats.

    Wherever a table names a list its id, its name or its party will do.
    """
    pack = built_pack(tmp_path, list_tables(), PARLIAMENT)
    region = pack.register.contests[TOP]
    assert region.constituencies == (NORTH, EAST)
    assert region.seats_before == {"PP52": 2, "PP53": 1}
    people = {key: one.people and [person.name for person in one.people] for key, one in region.candidates.items()}
    assert people == {"lab": [ANN, "Fred Example"], "con": ["Gwen Example", "Huw Example"], "5": None}
    assert lines(pack)[-1]["elected"] == ["con", "5", "con"]
    assert check_pack(pack.path) == ()


def test_answers_of_a_referendum_need_no_party(tmp_path: Path) -> None:
    """Promise: an answer is its own party, with a colour where somebody gives one."""
    pack = built_pack(tmp_path, referendum_tables(), "ref.2030-05-02")
    parties = pack.register.parties
    assert {key: (party.name, party.colour) for key, party in parties.items()} == {
        "answer:no": ("No", None),
        "answer:yes": ("Yes", "#00AA00"),
    }
    assert pack.register.contests[HALL].question == "Should the Synthetic Town have a mayor?"
    assert check_pack(pack.path) == ()


Change = Callable[[Tables], object]


def change(table: str, number: int, **cells: str) -> Change:
    """Change cells of one row."""
    return lambda tables: tables[table][number].update(cells)


def leave_out(table: str, number: int) -> Change:
    """Leave one row out."""
    return lambda tables: tables[table].pop(number)


def add(table: str, **cells: str) -> Change:
    """Add a row like the first one of its table."""
    return lambda tables: tables[table].append(tables[table][0] | cells)


STV_FAULTS: dict[str, tuple[Change, tuple[str, str, str]]] = {
    "a total that a spreadsheet has calculated": (
        change("stages", 1, total="320.0300000001"),
        ("stages.csv:3", "total", "more than five decimals"),
    ),
    "a total that is no number": (change("stages", 1, total="many"), ("stages.csv:3", "total", "five decimals")),
    "somebody who does not stand": (
        change("stages", 1, candidate="Zoe Example"),
        ("stages.csv:3", "candidate", "'Zoe Example', which is nobody in that contest"),
    ),
    "somebody twice at a stage": (
        change("stages", 1, candidate=ANN),
        ("stages.csv:3", "candidate", "is on row 2 of the same stage too"),
    ),
    "a row that is missing": (leave_out("stages", 2), ("stages.csv:2", "candidate", f"without a row of {CLEO}")),
    "a stage that is missing": (
        lambda tables: tables["stages"].__delitem__(slice(4)),
        ("stages.csv:2", "stage", "is 3, but the contest has no stage 2"),
    ),
    "a total that falls to nothing known": (
        change("stages", 0, total="335"),
        ("stages.csv:2", "total", "Ann Example fell from 400, neither to 0 (excluded) nor, alone, to the quota of 334"),
    ),
    "a stage at which two things are done": (
        lambda tables: [tables["stages"][0].update(action="surplus"), tables["stages"][1].update(action="exclusion")],
        ("stages.csv:3", "action", "but surplus on row 2 of the same stage"),
    ),
    "a sum that is wrong": (change("stages", 6, total="300.89"), ("stages.csv:", "", "")),
    "a stage of election of who was not elected": (
        change("candidates", 2, elected_at="2"),
        ("candidates.csv:4", "elected_at", "elected is f"),
    ),
    "elected at a stage that there was not": (
        change("candidates", 1, elected_at="9"),
        ("candidates.csv:3", "elected_at", "ends with stage 3"),
    ),
    "rules of nobody": (
        change("contests", 0, country=""),
        ("contests.csv:2", "counting_rules", "write scotland or northern-ireland"),
    ),
    "a quota that is another one": (change("contests", 0, quota="333"), ("", "", "")),
    "stages of a contest that is not there": (
        add("stages", ballot_paper_id=HALL),
        ("stages.csv:10", "ballot_paper_id", "which is no contest here"),
    ),
    "stages of a contest with one count": (
        lambda tables: [
            tables["contests"][0].update(voting_system="first-past-the-post", quota=""),
            [row.update(elected_at="") for row in tables["candidates"]],
        ],
        ("stages.csv:2", "ballot_paper_id", "whose voting system is first-past-the-post"),
    ),
}


@pytest.mark.parametrize(("wrong", "fault"), STV_FAULTS.values(), ids=STV_FAULTS.keys())
def test_a_fault_of_a_stage_is_named_where_it_stands(
    tmp_path: Path, wrong: Change, fault: tuple[str, str, str]
) -> None:
    """Promise: who copied a sheet wrongly is shown the row and the column, once."""
    tables = stv_tables()
    assert faults(tmp_path, tables, COUNCILS) == ()
    wrong(tables)
    found, *_ = faults(tmp_path, tables, COUNCILS)
    assert found.file.startswith(fault[0])
    assert fault[1] in ("", found.path)
    assert fault[2] in found.reason


LIST_FAULTS: dict[str, tuple[Change, tuple[str, str, str]]] = {
    "a list that is not there": (
        change("people", 0, party_id="PP90"),
        ("people.csv:2", "party_id", "no list of that contest has: it has Eve Example (5), Conservative (con), Labour"),
    ),
    "a party that nobody knows": (
        change("people", 0, party_id="Synthetic Ratepayers"),
        ("people.csv:2", "party_id", "which no list of parties has"),
    ),
    "a list by a name that it has not": (
        change("people", 0, party_list="Lab"),
        ("people.csv:2", "party_list", "'Lab', which is no list of the contest"),
    ),
    "a place twice": (
        change("people", 0, party_list_position="1"),
        ("people.csv:3", "party_list_position", "is 1, which Fred Example on row 2 has on that list, too"),
    ),
    "a place that is missing": (
        change("people", 0, party_list_position="3"),
        ("people.csv:2", "party_list_position", "nobody on that list has the place 2"),
    ),
    "no place": (change("people", 0, party_list_position=""), ("people.csv:2", "party_list_position", "is empty")),
    "an individual with a place": (
        change("people", 4, party_list_position="1"),
        ("people.csv:6", "party_list_position", "Eve Example is an individual"),
    ),
    "a seat of a list that is not there": (
        change("contests", 2, elected_order="con|PP90|con"),
        ("contests.csv:4", "elected_order", "'PP90', which is no list of the contest"),
    ),
    "a constituency that is not there": (
        change("contests", 2, constituencies=f"{NORTH}|{DALE}"),
        ("contests.csv:4", "constituencies", DALE),
    ),
    "seats before of a party that nobody knows": (
        change("contests", 2, seats_before="Synthetic Ratepayers:1"),
        ("contests.csv:4", "seats_before", "which no list of parties has"),
    ),
    "seats of a list where people are elected": (
        change("contests", 0, elected_order="1"),
        ("contests.csv:2", "elected_order", "is for contests by list"),
    ),
    "a threshold in a constituency": (
        change("contests", 0, threshold_per_cent="5"),
        ("contests.csv:2", "", "threshold_per_cent"),
    ),
    "another list than the rule has": (change("contests", 2, elected_order="con|5|lab"), ("contests.csv:4", "", "")),
}


@pytest.mark.parametrize(("wrong", "fault"), LIST_FAULTS.values(), ids=LIST_FAULTS.keys())
def test_a_fault_of_a_list_is_named_where_it_stands(tmp_path: Path, wrong: Change, fault: tuple[str, str, str]) -> None:
    """Promise: who typed a list wrongly is shown the row and the column."""
    tables = list_tables()
    assert faults(tmp_path, tables, PARLIAMENT) == ()
    wrong(tables)
    found, *_ = faults(tmp_path, tables, PARLIAMENT)
    assert found.file.startswith(fault[0])
    assert fault[1] in ("", found.path)
    assert fault[2] in found.reason


def test_a_referendum_needs_its_question(tmp_path: Path) -> None:
    """Promise: the missing cell is named."""
    tables = referendum_tables()
    tables["contests"][0]["question"] = ""
    (found,) = faults(tmp_path, tables, "ref.2030-05-02")
    assert found.file == "contests.csv:2"
    assert "question" in found.reason
