"""A known party is never a new one, however a table names it."""

from pathlib import Path

import pytest

from tallywire.packs.building.parties import bundled_parties
from tallywire.packs.building.party_names import PartyNames
from tests.tallywire.packs.nights import fold_pack
from tests.tallywire.packs.tables import ELECTION, FORD, MOUTH, built_pack, candidate, faults, synthetic_tables

NAMES = PartyNames(bundled_parties().rows)


@pytest.mark.parametrize(
    ("party", "spellings"),
    [
        ("PP53", ("PP53", "pp53", "PP 53", "PP-53", "PP053", "party:53", "Party:53")),
        (
            "joint-party:53-119",
            ("joint-party:119-53", "Joint-Party:53-119", "PP53-PP119", "pp119/pp53", "party:53-119"),
        ),
        ("ynmp-party:2", ("YNMP-Party:2", "ynmp party: 2")),
        ("PP53", ("Labour Party", "The Labour Party", "LABOUR PARTY", "  labour   party ", "Labour", "Labour Party.")),
        ("PP53", ("Labour Party Candidate", "Labour Party (Ford)", "Labour Party \u2013 Standing up for Ford")),
        (
            "PP53",
            ("Welsh Labour", "Llafur", "Llafur Cymru", "Welsh Labour/Llafur Cymru", "Welsh Labour - Llafur Cymru"),
        ),
        (
            "joint-party:53-119",
            ("Labour and Co-operative Party", "Labour & Co-operative", "Labour and Cooperative party"),
        ),
        ("joint-party:53-119", ("Labour and Co\u2011operative Party", "Labour Co-op", "Labour Party (joint Co-op)")),
        (
            "joint-party:53-119",
            ("Lab Co-op", "Lab/Co-op", "Welsh Labour/Co-op", "Llafur Cymru a'r Blaid Gydweithredol"),
        ),
        ("PP52", ("Conservative and Unionist Party", "Conservatives", "Conservative", "Local Conservatives")),
        ("PP52", ("The Conservative Party Candidate", "Ceidwadwyr Cymreig", "Scottish Conservative & Unionist")),
        ("PP90", ("Liberal Democrats", "Liberal Democrat", "Lib Dem", "Democratiaid Rhyddfrydol Cymru")),
        ("PP63", ("Green Party", "Greens", "Green", "Y Blaid Werdd", "The Green Party Candidate")),
        ("PP63", ("Green Party First Choice Candidate", "Green Party Councillor")),
        ("PP130", ("Scottish Green Party", "Scottish Greens")),
        ("PP39", ("Sinn F\u00e9in", "Sinn Fe\u0301in", "Sinn Fein", "SINN FEIN")),
        ("PP77", ("Plaid Cymru", "Plaid Cymru - The Party of Wales", "Plaid Cymru / The Party of Wales")),
        ("PP102", ("SNP", "Scottish National Party", "Scottish National Party (SNP)")),
        ("PP70", ("DUP", "D.U.P.", "Democratic Unionist Party", "Democratic Unionist Party - D.U.P.")),
        ("PP55", ("SDLP", "Social Democratic and Labour Party", "SDLP (Social Democratic & Labour Party)")),
        ("PP7931", ("Reform UK", "REFORM UK", "ReformUK", "The Brexit Party")),
        ("PP52", ("Con", "CON")),
        ("PP53", ("Lab",)),
        ("PP90", ("LD",)),
        ("ynmp-party:2", ("Ind", "Ind.")),
        ("PP54", ("Liberal", "Liberal Party", "The Liberal Party")),
        ("PP2055", ("The Yorkshire Party", "Yorkshire Party")),
        ("ynmp-party:2", ("Independent", "Independents", "independent", "Annibynnol", "Annibynwyr", "No description")),
        (
            "ynmp-party:2",
            ("Ymgeisydd Annibynnol", "Independent Candidate", "Independent / Annibynnol", "[No party listed]"),
        ),
        ("ynmp-party:12522", ("Speaker seeking re-election", "The Speaker", "Speaker", "Madam Speaker")),
    ],
)
def test_a_known_party_is_found_however_it_is_written(party: str, spellings: tuple[str, ...]) -> None:
    """Promise: id, registered name, description, plural, Welsh form, signs and capitals lead to the party."""
    assert {spelling: NAMES.find(spelling) for spelling in spellings} == dict.fromkeys(spellings, party)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Labor Party",
            "Abbey Residents",
            "Independent Labour",
            "Labour Group",
            "Socialist Party",
            "Tory",
            "SSP",
            "53",
            "PP",
        ),
        # Its first word alone says nothing of who that is.
        *("Independent - Save Our Hospital", "Independent Alliance", "Workers Party", "???"),
    ],
)
def test_what_is_not_certain_is_not_found(text: str) -> None:
    """Promise: no party is taken for another one because its name is like it."""
    assert NAMES.find(text) is None


def test_the_nearest_parties_are_offered() -> None:
    """Promise: a misspelt name, or a rare abbreviation, leads to the party that was meant."""
    assert NAMES.nearest("Labor Party", 3)[0] == "PP53"
    assert NAMES.nearest("Liberal Democratcs", 3)[0] == "PP90"
    assert NAMES.nearest("SSP", 1)[0] == "PP46"
    assert NAMES.nearest("RESPECT The Unity Coalition", 1) == ("PP362",)


def test_every_party_of_the_list_is_found_by_its_registered_name() -> None:
    """Promise: no name in the list is hidden by another one, but where a party registered again."""
    lost = {
        row.name: found
        for row in bundled_parties().rows
        if (found := NAMES.find(row.name)) is None or NAMES.rows[found].name.casefold() != row.name.casefold()
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        ({"party_id": "", "party_name": "Labour Party"}, "Lab hold"),
        ({"party_id": "", "party_name": "Labour and Co-operative Party"}, "Lab hold"),
        ({"party_id": "", "party_name": "", "party_description_text": "Welsh Labour"}, "Lab hold"),
        ({"party_id": "pp53"}, "Lab hold"),
        ({"party_id": "joint-party:119-53"}, "Lab hold"),
        ({"party_id": "Labour Party"}, "Lab hold"),
        ({"party_id": "42", "party_name": "Labour"}, "Lab hold"),
        ({"party_id": "joint-party:11000-12000", "party_name": "Ford Together"}, "Ford Together gain from Lab"),
    ],
)
def test_a_party_named_otherwise_holds_its_seat(tmp_path: Path, cells: dict[str, str], label: str) -> None:
    """Promise: Labour never gains a seat from Labour, and a party that no list has is called by its name."""
    tables = synthetic_tables()
    tables["candidates"][0] |= cells
    night = fold_pack(built_pack(tmp_path, tables))
    assert night.results[FORD]["labels"]["previous_election"] == label


def test_every_column_takes_a_name_for_a_party(tmp_path: Path) -> None:
    """Promise: holders, past winners, votes and councils name parties as candidates do."""
    tables = synthetic_tables()
    tables["contests"][1] |= {
        "body": "moot",
        "previous_election": "Labour Party (Ann (Annie) Example)",
        "sitting": "Scottish National Party (SNP) (Bob Example)",
        "past_winners": "2022:Conservative and Unionist Party (Northern Ireland)|2026: labour party",
        "previous_votes": "Labour:100|Labour and Co-operative:20|Annibynnol:30",
    }
    tables["bodies"] = [
        {"slug": "moot", "name": "Moot", "seats": "4", "not_up": "Labour:2|pp53:1", "control_before": "labour party"}
    ]
    tables["contests"][0] |= {"previous_election": "Sinn Fe\u0301in", "sitting": "Independent (Cy Example)"}
    register = built_pack(tmp_path, tables).register
    ford, mouth = register.contests[FORD], register.contests[MOUTH]
    held = [
        (holder.party, holder.name)
        for contest in (ford, mouth)
        for baseline in (contest.baseline.previous_election, contest.baseline.sitting)
        for holder in (baseline.seats if baseline else ())
    ]
    assert held == [
        ("PP53", "Ann (Annie) Example"),
        ("PP102", "Bob Example"),
        ("PP39", None),
        ("ynmp-party:2", "Cy Example"),
    ]
    assert [(winner.year, winner.party) for winner in ford.past_winners or ()] == [(2022, "PP51"), (2026, "PP53")]
    assert ford.previous_votes == {"PP53": 120, "ynmp-party:2": 30}
    assert (register.bodies["moot"].not_up, register.bodies["moot"].control_before) == ({"PP53": 3}, "PP53")


def test_a_candidate_may_say_what_an_id_is_called_that_others_give_alone(tmp_path: Path) -> None:
    """Promise: the name of a party that no list has is said once, in whichever row."""
    tables = synthetic_tables()
    tables["candidates"][1] |= {"party_id": "PP99999"}
    tables["candidates"][2] |= {"party_id": "pp99999", "party_name": "Ford First"}
    tables["contests"][0] |= {"previous_election": "PP99999"}
    register = built_pack(tmp_path, tables).register
    assert register.contests[FORD].candidates["900002"].party == "PP99999"
    assert register.parties["PP99999"].spoken == "Ford First"


def test_a_party_described_in_a_table_is_found_by_its_name(tmp_path: Path) -> None:
    """Promise: one row for a new party is enough, whatever its candidates call it."""
    tables = synthetic_tables()
    tables["candidates"][1] |= {"party_id": "", "party_name": "Ford Residents' Association"}
    tables["candidates"].append(candidate(MOUTH, "Eve Example", "", "1", party_name="THE FORD RESIDENTS"))
    assert len(faults(tmp_path, tables)) == 2
    row = {"party_id": "local:residents", "name": "Ford Residents Association", "also": "Ford Residents"}
    tables["parties"] = [row]
    contests = built_pack(tmp_path, tables, ELECTION).register.contests
    assert contests[FORD].candidates["900002"].party == "local:residents"
    assert contests[MOUTH].candidates["eve-example"].party == "local:residents"
