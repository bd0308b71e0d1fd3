"""A pack made of tables says what the tables say, leaves open what they leave open, and is good."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.register import PastWinner
from tallywire.packs.building.build import build
from tallywire.packs.building.register import Naming
from tallywire.packs.pack import Pack, check_pack
from tests.tallywire.packs.tables import (
    ELECTION,
    FORD,
    MOUTH,
    Tables,
    built,
    built_pack,
    candidate,
    contest,
    faults,
    sources,
    synthetic_tables,
)

SEED = 20300502


def lines(pack: Pack) -> list[Any]:
    """The lines of a pack's declarations."""
    return [json.loads(line) for line in pack.declarations]


def test_a_pack_made_of_tables_has_no_fault(tmp_path: Path) -> None:
    """What ``pack build`` makes, ``pack check`` is content with."""
    pack = built_pack(tmp_path, synthetic_tables())
    assert check_pack(pack.path) == ()
    assert [line["data"]["votes"] for line in lines(pack)] == [
        {"900001": 1201, "900002": 1199},
        {"cleo-example": 800, "dan-example": 950},
    ]


def test_the_same_tables_make_the_same_bytes_however_their_rows_stand(tmp_path: Path) -> None:
    """Who builds a pack again sees in the difference what changed, and nothing else."""
    tables = synthetic_tables()
    once = built(tmp_path, tables)
    for rows in tables.values():
        random.Random(SEED).shuffle(rows)
    again = built(tmp_path, tables)
    assert (again.register, again.declarations) == (once.register, once.declarations)


def test_declarations_are_in_the_order_of_their_times_whatever_their_offsets(tmp_path: Path) -> None:
    """The night is played as it was: Ford declared at 00:40 in UTC, half an hour before Mouth."""
    assert [line["subject"] for line in lines(built_pack(tmp_path, synthetic_tables()))] == [FORD, MOUTH]


def test_contests_without_a_time_follow_in_the_order_of_their_table(tmp_path: Path) -> None:
    """An order is a fact too, where times are not known."""
    tables = synthetic_tables()
    for row in tables["contests"]:
        row["declared_at"] = ""
    assert [line["subject"] for line in lines(built_pack(tmp_path, tables))] == [MOUTH, FORD]


def test_a_contest_without_a_time_comes_after_those_with_one(tmp_path: Path) -> None:
    """Nothing says that it was first, though its row is."""
    tables = synthetic_tables()
    tables["contests"][0]["declared_at"] = ""
    assert [line["subject"] for line in lines(built_pack(tmp_path, tables))] == [FORD, MOUTH]


def test_a_register_can_be_read_by_people(tmp_path: Path) -> None:
    """A candidate is a line, and a change of one fact is a change of one line."""
    written = built(tmp_path, synthetic_tables()).register.decode().splitlines()
    assert '        "900002": {"name": "Bob Example", "party": "PP52"}' in written
    assert max(map(len, written)) <= 120


def test_candidates_are_known_by_their_person_id_or_else_by_their_name(tmp_path: Path) -> None:
    """Votes are keyed by ids that anybody can make again; of two with one name each has an id of their own."""
    tables = synthetic_tables()
    tables["candidates"].append(candidate(MOUTH, "Dan Example", "PP90", "3"))
    for row in tables["candidates"][:2]:
        row["person_id"] = ""
    pack = built_pack(tmp_path, tables)
    assert list(pack.register.contests[FORD].candidates) == ["bob-example", "zoe-o-example"]
    assert list(pack.register.contests[MOUTH].candidates) == ["cleo-example", "dan-example", "dan-example-2"]
    assert pack.register.contests[MOUTH].candidates["dan-example-2"].party == "PP90"


def test_what_a_cell_does_not_say_is_null(tmp_path: Path) -> None:
    """Nobody mistakes what is unknown for a zero or for nobody."""
    pack = built_pack(tmp_path, synthetic_tables())
    ford = pack.register.contests[FORD]
    assert (ford.electorate, ford.past_winners, ford.baseline.sitting, ford.previous_votes, ford.area) == (None,) * 5
    assert ford.candidates["900001"].sitting is None
    assert (lines(pack)[0]["data"]["rejected"], lines(pack)[0]["data"]["papers"]) == (None, None)


def test_none_is_not_unknown(tmp_path: Path) -> None:
    """A new post is known to have had no holder and no earlier winner: it is won, not gained."""
    tables = synthetic_tables()
    tables["contests"][0] |= {"previous_election": "none", "sitting": "None", "past_winners": "none"}
    mouth = built_pack(tmp_path, tables).register.contests[MOUTH]
    assert mouth.baseline.previous_election is not None
    assert mouth.baseline.sitting is not None
    assert (mouth.baseline.previous_election.seats, mouth.baseline.sitting.seats, mouth.past_winners) == ((), (), ())


def test_everything_a_contest_may_say_is_in_the_register(tmp_path: Path) -> None:
    """No column is read and then lost."""
    tables = synthetic_tables()
    tables["contests"][1] |= {
        "electorate": "5000",
        "gss": "E05000001",
        "boundary_date": "2030-01-01",
        "returning_officer": "Rita Synthetic",
        "regions": "South West|Media Testing",
        "country": "England",
        "body": "synthetic",
        "areas": "Upper Ford|Lower Ford",
        "previous_election": "ynmp-party:2 (Ann Example)",
        "previous_notional": "t",
        "sitting": "joint-party:53-119",
        "past_winners": "2022:PP51|2026:ynmp-party:2",
        "previous_votes": "PP53:100|joint-party:53-119:20|PP51:30",
        "expected_at": "2030-05-03T01:00:00+01:00",
        "rejected": "12",
        "papers": "2412",
    }
    tables["candidates"][0] |= {"sitting": "f", "areas": "Upper Ford:1000|Lower Ford:201"}
    tables["candidates"][1] |= {"sitting": "True", "areas": "Upper Ford:1199|Lower Ford:0"}
    tables["regions"] = [{"name": "Media Testing", "kind": "media", "slug": "tv"}]
    tables["bodies"] = [
        {
            "slug": "synthetic",
            "name": "Synthetic Moot",
            "seats": "30",
            "not_up": "PP53:27|joint-party:53-119:2",
            "before": "PP53:20|PP52:10",
            "control_before": "joint-party:53-119",
            "landmarks": "16|20",
        }
    ]
    pack = built_pack(tmp_path, tables)
    ford = pack.register.contests[FORD]
    assert (ford.electorate, ford.area, ford.boundary_date) == (5000, "E05000001", "2030-01-01")
    assert (ford.returning_officer, ford.expected_at) == ("Rita Synthetic", "2030-05-03T01:00:00+01:00")
    assert ford.regions == ("south-west", "tv", "england")
    assert {slug: region.kind for slug, region in pack.register.regions.items()} == {
        "england": "country",
        "south-west": "official",
        "tv": "media",
    }
    previous, sitting = ford.baseline.previous_election, ford.baseline.sitting
    assert previous is not None
    assert [(holder.party, holder.name) for holder in previous.seats] == [("ynmp-party:2", "Ann Example")]
    assert previous.notional
    assert sitting is not None
    assert sitting.seats[0].party == "joint-party:53-119"
    assert ford.past_winners == (PastWinner(year=2022, party="PP51"), PastWinner(year=2026, party="ynmp-party:2"))
    # Votes and seats are by main party: a joint description's are its main party's, and so are a twin's.
    assert ford.previous_votes == {"PP53": 120, "PP52": 30}
    assert {key: person.sitting for key, person in ford.candidates.items()} == {"900001": False, "900002": True}
    body = pack.register.bodies["synthetic"]
    assert (body.seats, body.not_up, body.before) == (30, {"PP53": 29}, {"PP52": 10, "PP53": 20})
    assert (body.control_before, body.landmarks, body.kind) == ("PP53", (16, 20), "council")
    declared = lines(pack)[0]["data"]
    assert (declared["rejected"], declared["papers"]) == (12, 2412)
    assert declared["areas"] == [
        {"area": "Upper Ford", "votes": {"900001": 1000, "900002": 1199}},
        {"area": "Lower Ford", "votes": {"900001": 201, "900002": 0}},
    ]


def test_a_grouping_may_be_named_by_its_slug(tmp_path: Path) -> None:
    """Promise: whoever has described it, and names it as bodies are named, is not told to describe it."""
    tables = synthetic_tables()
    tables["regions"] = [{"name": "Media Testing", "kind": "media", "slug": "tv"}]
    tables["contests"][0] |= {"regions": "tv|south-west"}
    assert built_pack(tmp_path, tables).register.contests[MOUTH].regions[:2] == ("tv", "south-west")


def test_a_country_that_is_its_own_region_is_one_grouping(tmp_path: Path) -> None:
    """Scotland is not counted twice."""
    tables = synthetic_tables()
    tables["contests"][0] |= {"regions": "Scotland", "country": "Scotland"}
    pack = built_pack(tmp_path, tables)
    assert pack.register.contests[MOUTH].regions == ("scotland",)
    assert pack.register.regions["scotland"].kind == "country"


@pytest.mark.parametrize(
    ("cells", "key", "main", "name"),
    [
        ({"party_id": "joint-party:53-119"}, "joint-party:53-119", "PP53", "Labour and Co-operative Party"),
        ({"party_id": "PP51"}, "PP51", "PP52", "Conservative and Unionist Party (Northern Ireland)"),
        ({"party_id": "party:52"}, "PP52", "PP52", "Conservative and Unionist Party"),
        ({"party_id": "joint-party:90-99999", "party_name": "Two"}, "joint-party:90-99999", "PP90", "Two"),
        ({"party_id": "", "party_name": "Independent"}, "ynmp-party:2", "ynmp-party:2", "Independent"),
        ({"party_id": "PP99999", "party_name": "New"}, "PP99999", "PP99999", "New"),
        ({"party_id": "PP99999", "party_name": "Labour Party"}, "PP53", "PP53", "Labour Party"),
        (
            {"party_id": "joint-party:12000-11000", "party_name": "Ford Together"},
            "joint-party:11000-12000",
            "joint-party:11000-12000",
            "Ford Together",
        ),
        (
            {"party_id": "PP52", "party_description_text": "Local Conservatives"},
            "PP52:local-conservatives",
            "PP52",
            "Local Conservatives",
        ),
        ({"party_id": "PP53", "party_description_text": "Labour Party"}, "PP53", "PP53", "Labour Party"),
        (
            {"party_id": "joint-party:53-119", "party_description_text": "Co-op for Ford"},
            "joint-party:53-119:co-op-for-ford",
            "PP53",
            "Co-op for Ford",
        ),
    ],
)
def test_parties_and_descriptions_count_as_the_field_counts_them(
    tmp_path: Path, cells: dict[str, str], key: str, main: str, name: str
) -> None:
    """A candidate's words are kept for print, and the label is the main party's."""
    tables = synthetic_tables()
    tables["candidates"][0] |= cells
    pack = built_pack(tmp_path, tables)
    assert pack.register.contests[FORD].candidates["900001"].party == key
    assert pack.register.main_party(key) == main
    assert pack.register.parties[key].name == name
    assert pack.register.parties[key].spoken == pack.register.parties[main].spoken


def test_a_table_of_parties_says_more_than_the_list_that_comes_along(tmp_path: Path) -> None:
    """A desk that speaks of a party in its own way says so in one row."""
    tables = synthetic_tables()
    tables["parties"] = [{"party_id": "PP52", "name": "Conservative Party", "spoken": "Tories", "number": "plural"}]
    party = built_pack(tmp_path, tables).register.parties["PP52"]
    assert (party.name, party.spoken, party.number, party.abbreviation) == (
        "Conservative Party",
        "Tories",
        "plural",
        "Tories",
    )


def supplementary(first: dict[str, str], final: dict[str, str]) -> Tables:
    """A mayor elected by supplementary vote, with first preferences and a final round by name."""
    ballot_id = "mayor.synthetic-ford.2030-05-02"
    return {
        "candidates": [
            candidate(
                ballot_id, name, "PP53", votes, "t" if name == "Ann" else "f", final_round_votes=final.get(name, "")
            )
            for name, votes in first.items()
        ],
        "contests": [contest(ballot_id, "Ford", voting_system="supplementary-vote")],
    }


MAYOR = "mayor.2030-05-02"


def test_both_rounds_of_the_supplementary_vote_are_declared(tmp_path: Path) -> None:
    """Who led in the first round may lose, and the pack says both."""
    tables = supplementary({"Ann": "400", "Bob": "450", "Cay": "150"}, {"Ann": "520", "Bob": "470"})
    (line,) = lines(built_pack(tmp_path, tables, MAYOR))
    assert line["data"]["votes"] == {"ann": 400, "bob": 450, "cay": 150}
    assert line["data"]["final_round"] == {"ann": 520, "bob": 470}
    assert line["data"]["elected"] == ["ann"]


def test_a_final_round_alone_is_declared_as_such(tmp_path: Path) -> None:
    """A count centre may leave out those who were eliminated: their votes are left out, not zero."""
    tables = supplementary({"Ann": "400", "Bob": "450", "Cay": ""}, {"Ann": "520", "Bob": "470"})
    (line,) = lines(built_pack(tmp_path, tables, MAYOR))
    assert line["data"]["votes"] == {"ann": 400, "bob": 450}


@pytest.mark.parametrize("final", [{}, {"Ann": "520"}])
def test_half_a_count_is_not_declared(tmp_path: Path, final: dict[str, str]) -> None:
    """Nothing is made up for figures that are missing: there is no line, and the report says so."""
    tables = supplementary({"Ann": "", "Bob": "450", "Cay": ""}, final)
    made = built(tmp_path, tables, MAYOR)
    assert made.declarations == b""
    told = {gap.what: gap.where for gap in made.gaps}
    contests = ("mayor.synthetic-ford.2030-05-02",)
    assert told["contests: votes (nothing is declared)"] == contests
    assert told["contests: votes, though somebody is marked as elected"] == contests


def test_where_nobody_had_to_vote_the_candidates_are_declared_uncontested(tmp_path: Path) -> None:
    """No more candidates than seats, no votes, all elected."""
    tables = synthetic_tables()
    tables["candidates"][2] |= {"votes_cast": "", "elected": "t"}
    tables["candidates"][3] |= {"votes_cast": "", "elected": "t"}
    tables["contests"][0] |= {"seats": "3", "previous_election": ""}
    declared = lines(built_pack(tmp_path, tables))[1]["data"]
    assert (declared["kind"], declared["elected"]) == ("uncontested", ["cleo-example", "dan-example"])
    assert "votes" not in declared


def test_more_elected_than_seats_are_not_uncontested(tmp_path: Path) -> None:
    """Somebody had to vote there: without the votes nothing is declared."""
    tables = synthetic_tables()
    for number in (2, 3):
        tables["candidates"][number] |= {"votes_cast": "", "elected": "t"}
    assert [line["subject"] for line in lines(built_pack(tmp_path, tables))] == [FORD]


def test_a_lot_is_recorded(tmp_path: Path) -> None:
    """Equal votes are decided by lot, and the pack says whom it chose."""
    tables = synthetic_tables()
    tables["candidates"][1] |= {"votes_cast": "1201"}
    tables["candidates"][0] |= {"tied_vote_winner": "t"}
    assert lines(built_pack(tmp_path, tables))[0]["data"]["lot"] == ["900001"]


def test_corrections_are_played_after_the_night(tmp_path: Path) -> None:
    """The night says what was said on the night; then a revision corrects figures, an amendment corrects facts."""
    tables = synthetic_tables()
    tables["contests"][1] |= {"electorate": "5000", "rejected": "12"}
    cell = {"ballot_paper_id": FORD}
    tables["corrections"] = [
        cell | {"corrected_on": "2030-05-20", "candidate": "", "column": "rejected", "before": "11", "after": "12"},
        cell | {"corrected_on": "2030-05-10", "candidate": "", "column": "rejected", "before": "10", "after": "11"},
        cell | {"corrected_on": "2030-05-10", "candidate": "900001", "column": "votes_cast", "before": "1210",
                "after": "1201", "note": "A bundle was counted twice"},
        cell | {"corrected_on": "2030-05-12", "candidate": "Zoe O'Example", "column": "person_name",
                "before": "Zoe O'Example", "after": "Zoë O'Example"},
        cell | {"corrected_on": "2030-05-12", "candidate": "Bob Example", "column": "party_id", "before": "PP52",
                "after": "PP51"},
        cell | {"corrected_on": "2030-05-12", "column": "electorate", "before": "4000", "after": "5000"},
        cell | {"corrected_on": "2030-05-12", "column": "contest_name", "before": "Fort", "after": "Ford"},
    ]  # fmt: skip
    tables["candidates"][1] |= {"party_id": "PP51"}
    pack = built_pack(tmp_path, tables)
    assert check_pack(pack.path) == ()
    contest_then = pack.register.contests[FORD]
    assert (contest_then.name, contest_then.electorate) == ("Fort", 4000)
    assert contest_then.candidates["900001"].name == "Zoe O'Example"
    assert contest_then.candidates["900002"].party == "PP52"
    first, _, second, amendment, third = lines(pack)
    assert (first["data"]["votes"]["900001"], first["data"]["rejected"]) == (1210, 10)
    assert (second["data"]["revision"], second["data"]["votes"]["900001"], second["data"]["rejected"]) == (2, 1201, 11)
    assert second["data"]["note"] == "A bundle was counted twice; corrected on 2030-05-10"
    assert ("time" in second, second["data"]["declared_at"]) == (False, None)
    assert amendment["data"] == {
        "ballot_id": FORD,
        "candidates": {"900001": {"name": "Zoë O'Example"}, "900002": {"party": "PP51"}},
        "electorate": 5000,
        "name": "Ford",
        "reason": "corrected on 2030-05-12",
    }
    assert (third["data"]["revision"], third["data"]["rejected"]) == (3, 12)


def test_the_report_names_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    """A desk sees before the night what it will not be able to say."""
    tables = synthetic_tables()
    tables["candidates"][0] |= {"party_id": "PP99999", "party_name": "Nobody's", "published_label": "New gain from Lab"}
    tables["candidates"][1] |= {"party_id": "PP54", "party_name": "Labour Party"}
    tables["contests"][0] |= {"electorate": "5000", "previous_election": ""}
    made = built(tmp_path, tables)
    where = {gap.what.partition(" (")[0]: gap.where for gap in made.gaps}
    assert where["contests: who won last time"] == (MOUTH,)
    assert where["contests: electorate"] == (FORD,)
    assert where["candidates: Democracy Club's id"] == (f"{MOUTH} cleo-example", f"{MOUTH} dan-example")
    assert where["parties: in no list"] == ("PP99999",)
    assert where["parties: id and name of different parties"] == ("PP54: Labour Party",)
    assert where["parties: name as spoken"] == ("PP54",)
    assert "declarations: time of declaration" not in where
    assert "candidates: votes" not in where
    assert (made.contests, made.candidates, made.lines) == (2, 4, 2)
    assert made.passed_over == {"candidates.csv": ("published_label",)}


def test_a_label_in_a_table_changes_nothing(tmp_path: Path) -> None:
    """Labels are what Tallywire works out: a column that has them is not read."""
    tables = synthetic_tables()
    plain = built(tmp_path, tables)
    for row in tables["candidates"] + tables["contests"]:
        row |= {"published_label": "Con gain from Lab", "majority": "1", "turnout_percentage": "99"}
    labelled = built(tmp_path, tables)
    assert (labelled.register, labelled.declarations) == (plain.register, plain.declarations)


def test_a_spreadsheet_may_write_the_table(tmp_path: Path) -> None:
    """A byte order mark, CRLF, blanks around cells and empty rows are what spreadsheets do."""
    tables = synthetic_tables()
    plain = built(tmp_path, tables)
    paths = sources(tmp_path, tables)
    for path in (tmp_path / "candidates.csv", tmp_path / "contests.csv"):
        rows = path.read_text("utf-8").splitlines()
        rows[1:1] = [",".join([""] * (rows[0].count(",") + 1))]
        text = "\r\n".join(rows).replace(",", " , ")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n\r\n")
    again = build(paths, Naming(ELECTION, f"Synthetic {ELECTION}", test=True))
    assert (again.register, again.declarations) == (plain.register, plain.declarations)


def history(made: Pack) -> list[tuple[str, Any]]:
    """Whom each line of a pack is about, by the first letters of its id, and what it says."""
    return [(line["id"].rpartition("-")[0].removeprefix("synthetic."), line["data"]) for line in lines(made)]


def correction(*cells: str) -> dict[str, str]:
    """One row of the corrections: contest, time, column, before, after, candidate."""
    columns = ("ballot_paper_id", "corrected_on", "column", "before", "after", "candidate")
    return dict(zip(columns, cells, strict=True))


def test_a_correction_takes_its_place_between_declarations(tmp_path: Path) -> None:
    """Promise: what was corrected before another contest was declared is corrected before it."""
    tables = synthetic_tables()
    when = "2030-05-03T02:00:00+01:00"
    tables["corrections"] = [correction(FORD, when, "votes_cast", "1210", "1201", "900001")]
    made = built_pack(tmp_path, tables)
    assert [who for who, _ in history(made)] == ["ford", "ford", "mouth"]
    assert lines(made)[1]["time"] == when
    assert check_pack(made.path) == ()


@pytest.mark.parametrize(
    ("of_mouth", "corrected_on", "order"),
    [
        ("2030-05-03T23:50:00+01:00", "2030-05-03", ["ford", "mouth", "ford"]),
        ("2030-05-04T00:10:00+01:00", "2030-05-03", ["ford", "ford", "mouth"]),
        ("2030-05-03", "2030-05-03", ["ford", "mouth", "ford"]),
        ("", "2030-05-03T02:00:00+01:00", ["ford", "mouth", "ford"]),
    ],
)
def test_a_day_without_its_hour_is_the_whole_day(
    tmp_path: Path, of_mouth: str, corrected_on: str, order: list[str]
) -> None:
    """Promise: it comes after everything that has a time on that day, by the clocks of Britain, and has no noon."""
    tables = synthetic_tables()
    tables["contests"][0]["declared_at"] = of_mouth
    tables["corrections"] = [correction(FORD, corrected_on, "votes_cast", "1210", "1201", "900001")]
    made = built_pack(tmp_path, tables)
    assert [who for who, _ in history(made)] == order
    assert "12:00:00" not in built(tmp_path, tables).declarations.decode()


def test_a_contest_without_a_time_is_declared_before_it_is_corrected(tmp_path: Path) -> None:
    """Promise: nothing is corrected before it was said, known time or not."""
    tables = synthetic_tables()
    tables["contests"][0]["declared_at"] = ""
    tables["corrections"] = [correction(MOUTH, "2030-05-03T00:00:00Z", "votes_cast", "940", "950", "Dan Example")]
    assert [who for who, _ in history(built_pack(tmp_path, tables))] == ["mouth", "mouth", "ford"]


def test_what_is_corrected_on_the_day_of_its_declaration_was_declared_before(tmp_path: Path) -> None:
    """Promise: where the hour of a declaration is unknown, a correction with its hour comes after it all the same."""
    tables = synthetic_tables()
    tables["contests"][1]["declared_at"] = "2030-05-03"
    tables["corrections"] = [correction(FORD, "2030-05-03T09:00:00+01:00", "votes_cast", "1210", "1201", "900001")]
    said = [
        (where, data["revision"], data["votes"].get("900001")) for where, data in history(built_pack(tmp_path, tables))
    ]
    assert said == [("mouth", 1, None), ("ford", 1, 1210), ("ford", 2, 1201)]


def test_who_was_elected_first_follows_from_the_votes_of_then(tmp_path: Path) -> None:
    """Promise: of two candidates whose votes were exchanged, two corrections say all: the wrong one was elected."""
    tables = synthetic_tables()
    tables["corrections"] = [
        correction(FORD, "2030-05-04", "votes_cast", "1199", "1201", "900001"),
        correction(FORD, "2030-05-04", "votes_cast", "1201", "1199", "900002"),
    ]
    made = built_pack(tmp_path, tables)
    (_, first), _, (_, second) = history(made)
    assert (first["elected"], second["elected"]) == (["900002"], ["900001"])
    assert check_pack(made.path) == ()


def test_a_lot_that_a_correction_made_necessary_was_not_drawn_before(tmp_path: Path) -> None:
    """Promise: a tie that was noticed later has its lot in the second revision, not in the first."""
    tables = synthetic_tables()
    tables["candidates"][0] |= {"tied_vote_winner": "t"}
    tables["candidates"][1] |= {"votes_cast": "1201"}
    tables["corrections"] = [correction(FORD, "2030-05-04", "votes_cast", "1200", "1201", "900002")]
    (_, first), _, (_, second) = history(built_pack(tmp_path, tables))
    assert ("lot" in first, second["lot"]) == (False, ["900001"])


def test_who_was_elected_first_follows_from_the_lot_of_then(tmp_path: Path) -> None:
    """Promise: where another one was said to be drawn, two corrections of the lot say all."""
    tables = synthetic_tables()
    tables["candidates"][0] |= {"tied_vote_winner": "t"}
    tables["candidates"][1] |= {"votes_cast": "1201"}
    tables["corrections"] = [
        correction(FORD, "2030-05-04", "tied_vote_winner", "f", "t", "900001"),
        correction(FORD, "2030-05-04", "tied_vote_winner", "t", "f", "900002"),
    ]
    (_, first), _, (_, second) = history(built_pack(tmp_path, tables))
    assert (first["elected"], first["lot"]) == (["900002"], ["900002"])
    assert (second["elected"], second["lot"]) == (["900001"], ["900001"])


@pytest.mark.parametrize("not_drawn", ["", "f"])
def test_a_lot_that_a_correction_made_void_can_be_said(tmp_path: Path, not_drawn: str) -> None:
    """Promise: a lot belongs to the declaration, and can be corrected; who was not drawn has an f, or nothing."""
    tables = synthetic_tables()
    tables["corrections"] = [
        correction(FORD, "2030-05-04", "votes_cast", "1201", "1199", "900002"),
        correction(FORD, "2030-05-04", "tied_vote_winner", "t", not_drawn, "900001"),
    ]
    (_, first), _, (_, second) = history(built_pack(tmp_path, tables))
    assert (first["lot"], "lot" in second) == (["900001"], False)


def test_papers_rejected_in_part_may_be_the_only_head_that_is_known(tmp_path: Path) -> None:
    """Promise: with the papers rejected in all, or without them."""
    for rejected in ("12", ""):
        tables = synthetic_tables()
        tables["contests"][1] |= {"rejected": rejected, "rejected_in_part": "3"}
        (_, said), _ = history(built_pack(tmp_path, tables))
        assert (said["rejected"], said["rejected_by_head"]) == (int(rejected) if rejected else None, {"in_part": 3})


def test_rejected_papers_are_corrected_with_their_heads(tmp_path: Path) -> None:
    """Promise: a total that was corrected with the head it hangs on is said as it was said, both times."""
    tables = synthetic_tables()
    tables["contests"][1] |= {"rejected": "12", "rejected_unmarked": "12"}
    tables["corrections"] = [correction(FORD, "2030-05-04", "rejected", "11", "12", "")]
    (fault,) = faults(tmp_path, tables)
    assert fault.reason.endswith("If a head (rejected_unmarked, …) was said otherwise first as well, add a row for it.")
    tables["corrections"].append(correction(FORD, "2030-05-04", "rejected_unmarked", "11", "12", ""))
    (_, first), _, (_, second) = history(built_pack(tmp_path, tables))
    assert [one["rejected_by_head"] for one in (first, second)] == [{"unmarked": 11}, {"unmarked": 12}]


def test_local_areas_are_corrected_with_the_whole(tmp_path: Path) -> None:
    """Promise: a total that was corrected with its local counts is said as it was said, both times."""
    tables = synthetic_tables()
    tables["contests"][1]["areas"] = "North|South"
    tables["candidates"][0]["areas"] = "North:601|South:600"
    tables["candidates"][1]["areas"] = "North:599|South:600"
    tables["corrections"] = [
        correction(FORD, "2030-05-04", "votes_cast", "1210", "1201", "900001"),
        correction(FORD, "2030-05-04", "areas", "North:610|South:600", "North:601|South:600", "900001"),
    ]
    (_, first), _, (_, second) = history(built_pack(tmp_path, tables))
    assert [area["votes"]["900001"] for area in first["areas"]] == [610, 600]
    assert [area["votes"]["900001"] for area in second["areas"]] == [601, 600]
    tables["corrections"][1]["before"] = ""
    (_, without), *_ = history(built_pack(tmp_path, tables))
    assert "areas" not in without


def test_two_names_that_were_exchanged_can_be_corrected_by_name(tmp_path: Path) -> None:
    """Promise: of two candidates under each other's names, either row finds its own."""
    tables = synthetic_tables()
    tables["corrections"] = [
        correction(MOUTH, "2030-05-01", "person_name", "Dan Example", "Cleo Example", "Dan Example"),
        correction(MOUTH, "2030-05-01", "person_name", "Cleo Example", "Dan Example", "Cleo Example"),
    ]
    made = built_pack(tmp_path, tables)
    names = {key: row.name for key, row in made.register.contests[MOUTH].candidates.items()}
    assert names == {"cleo-example": "Dan Example", "dan-example": "Cleo Example"}
    assert history(made)[0][0] == "mouth-amendment"


def test_what_was_corrected_twice_in_a_day_is_said_once(tmp_path: Path) -> None:
    """Promise: of a day without hours the last value counts, and rows that follow one from the other fit."""
    tables = synthetic_tables()
    tables["corrections"] = [
        correction(FORD, "2030-05-04", "votes_cast", "1210", "1205", "900001"),
        correction(FORD, "2030-05-04", "votes_cast", "1205", "1201", "900001"),
    ]
    assert [data["votes"]["900001"] for who, data in history(built_pack(tmp_path, tables)) if who == "ford"] == [
        1210,
        1201,
    ]


def test_candidates_who_were_added_or_had_another_id_before_the_night_are_amended(tmp_path: Path) -> None:
    """Promise: the register says who was known first, amendments what changed, and the night has its own ids."""
    tables = synthetic_tables()
    tables["candidates"].append(candidate(FORD, "Eve Example", "PP90", "7", person_id="900003"))
    tables["corrections"] = [
        correction(FORD, "2030-04-05", "person_id", "", "900002", "900002"),
        correction(FORD, "2030-04-05", "person_name", "Bob Exampel", "Bob Example", "900002"),
        correction(FORD, "2030-04-09", "stands", "f", "t", "Eve Example"),
    ]
    made = built_pack(tmp_path, tables)
    assert list(made.register.contests[FORD].candidates) == ["900001", "bob-exampel"]
    (_, renamed), (_, added), (_, declared), _ = history(made)
    assert renamed["candidates"] == {"bob-exampel": {"id": "900002", "name": "Bob Example"}}
    assert added["candidates"] == {"900003": {"name": "Eve Example", "party": "PP90", "stands": True}}
    assert list(declared["votes"]) == ["900001", "900002", "900003"]
    assert check_pack(made.path) == ()


@pytest.mark.parametrize(
    ("of_contest", "of_candidates", "kind"),
    [
        ({"poll": "countermanded", "poll_reason": "A candidate has died"}, {}, "countermanded"),
        ({"poll": "postponed"}, {}, "postponed"),
        ({}, {"cancelled_poll": "t"}, "countermanded"),
        ({"seats": "2", "previous_election": ""}, {"cancelled_poll": "t", "elected": ""}, "uncontested"),
        ({"seats": "2", "previous_election": "", "poll": "uncontested"}, {"elected": ""}, "uncontested"),
    ],
)
def test_a_poll_that_was_not_held_is_declared_as_such(
    tmp_path: Path, of_contest: dict[str, str], of_candidates: dict[str, str], kind: str
) -> None:
    """Promise: a night with a poll that was called off can end; without a time it was known before the night."""
    tables = synthetic_tables()
    tables["contests"][0] |= {"declared_at": ""} | of_contest
    for row in tables["candidates"][2:]:
        row.update({"votes_cast": "", "elected": "f"} | of_candidates)
    made = built_pack(tmp_path, tables)
    (mouth, data), _ = history(made)
    assert (mouth, data["kind"]) == ("mouth", kind)
    assert data.get("reason") == (
        None if kind == "uncontested" else of_contest.get("poll_reason", "no reason was given")
    )
    assert check_pack(made.path) == ()


def test_papers_rejected_under_each_head_are_in_the_declaration(tmp_path: Path) -> None:
    """Promise: what a returning officer states by head is not lost."""
    tables = synthetic_tables()
    tables["contests"][1] |= {"rejected": "12", "rejected_unmarked": "8", "rejected_too_many_votes": "4"}
    assert history(built_pack(tmp_path, tables))[0][1]["rejected_by_head"] == {"unmarked": 8, "too_many_votes": 4}


@pytest.mark.parametrize(
    "stated",
    [
        {"rejected_unmarked": "8"},
        {"rejected": "12", "rejected_unmarked": "8", "rejected_too_many_votes": "2"},
    ],
)
def test_a_head_that_nobody_stated_is_not_none(tmp_path: Path, stated: dict[str, str]) -> None:
    """Promise: an empty cell is unknown: papers are never said to be none under a head, nor fewer than they were."""
    tables = synthetic_tables()
    tables["contests"][1] |= {"rejected_official_mark": ""} | stated
    (fault,) = faults(tmp_path, tables)
    assert (fault.file, fault.path) == ("contests.csv:3", "rejected_official_mark")
    assert "write 0 where there were none, or leave all heads empty" in fault.reason


def test_vacant_seats_of_a_body_are_in_the_register(tmp_path: Path) -> None:
    """Promise: seats that nobody holds are told from seats that nobody described."""
    tables = synthetic_tables()
    for row in tables["contests"]:
        row["body"] = "moot"
    tables["bodies"] = [{"slug": "moot", "name": "Moot", "seats": "9", "not_up": "PP52:6", "vacant": "1"}]
    assert built_pack(tmp_path, tables).register.bodies["moot"].vacant == 1


def test_headlines_compare_with_the_baseline_that_is_asked_for(tmp_path: Path) -> None:
    """Promise: which baseline headlines use is said when the pack is made."""
    plain = build(sources(tmp_path, synthetic_tables()), Naming(ELECTION, "Synthetic"))
    other = build(sources(tmp_path, synthetic_tables()), Naming(ELECTION, "Synthetic", headline_baseline="sitting"))
    assert "headline_baseline" not in json.loads(plain.register)
    assert json.loads(other.register)["headline_baseline"] == "sitting"
