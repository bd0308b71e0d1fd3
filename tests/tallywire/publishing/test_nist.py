"""Elections as NIST SP 1500-100 has them: valid by its own schema, whole, and with the figures of the JSON pages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from jsonschema import Draft4Validator

from tallywire.packs.pack import bundled_packs, find_pack, read_pack
from tallywire.publishing import nist
from tallywire.publishing.documents import View
from tallywire.publishing.history import History
from tallywire.publishing.kept import Kept
from tests.tallywire.publishing.histories import (
    ELECTION,
    FLASH,
    LICENCE,
    POSTPONED,
    RECOUNT,
    SECOND,
    SILENT,
    STRANGE,
    STRANGE_NAMES,
    UNCONTESTED,
    WARD,
    Json,
    Played,
    event,
    of_pack,
    strange_night,
    strange_register,
    view,
)
from tests.tallywire.publishing.systems import ASKED, CLOSED, COUNTING, REGION, SEAT, every_system
from tests.tallywire.publishing.systems import WARD as TRANSFERABLE

SCHEMA: Final[Json] = json.loads(
    (Path(__file__).with_name("nist") / "NIST_V2_election_results_reporting.json").read_text("utf-8")
)
VALIDATOR: Final = jsonschema_rs.Draft4Validator(SCHEMA)
"""The one that is fast enough for 650 contests."""

REFERENCES: Final = {
    (name, member): frozenset(found)
    for name, one in SCHEMA["definitions"].items()
    for member, said in one.get("properties", {}).items()
    if (found := said.get("refTypes") or said.get("items", {}).get("refTypes"))
}
"""By class and member the classes that an id there may be of."""


def report(shown: View) -> Json:
    """Return a report that is valid, whose ids are unique, and whose references lead to what they may lead to."""
    said: Json = json.loads(nist.report(shown, "https://results.example.org", Kept()))
    assert [str(error) for error in VALIDATOR.iter_errors(said)] == []
    objects = list(_objects(said))
    ids = [one["@id"] for one in objects if "@id" in one]
    assert len(ids) == len(set(ids))
    types = {one["@id"]: one["@type"] for one in objects if "@id" in one}
    for one in objects:
        for member, value in one.items():
            for target in value if isinstance(value, list) else [value]:
                if (one["@type"], member) in REFERENCES:
                    assert types[target] in REFERENCES[one["@type"], member], (one["@type"], member, target)
    return said


def _objects(value: Any) -> Iterator[Json]:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from _objects(member)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def contests(said: Json) -> dict[str, Json]:
    """Return the contests of a report by ballot id."""
    return {one["ExternalIdentifier"][0]["Value"]: one for one in said["Election"][0]["Contest"]}


def candidates(said: Json) -> dict[str, Json]:
    """Return the candidates of a report by their ids in it."""
    return {one["@id"]: one for one in said["Election"][0]["Candidate"]}


def counts(contest: Json) -> list[list[float]]:
    """Return the counts of each selection of a contest."""
    return [[each["Count"] for each in one.get("VoteCounts", ())] for one in contest["ContestSelection"]]


@pytest.mark.parametrize(
    ("election", "part"),
    [
        *(("nia.2016-05-05", part) for part in (0, 0.5)),
        *(("pcc.2024-05-02", part) for part in (0, 0.5)),
        *((election, 1) for election in bundled_packs()),
    ],
)
def test_every_bundled_election_is_valid(election: str, part: float) -> None:
    """Promise: the schema of NIST finds no fault, every reference leads somewhere, votes and winners are right."""
    history = of_pack(election)
    place = 1 + int((len(history.moments) - 2) * part)
    shown = view(history, place)
    said = report(shown)
    page = json.loads(shown.contests_document())["contests"]
    by_id = candidates(said)
    assert list(contests(said)) == list(page)
    for ballot_id, contest in contests(said).items():
        result = page[ballot_id]["result"]["data"] if page[ballot_id]["result"] else None
        if any("CandidateIds" not in selection for selection in contest["ContestSelection"]):
            continue  # a party contest: lists have tests of their own
        stated = {one["candidate"]: one for one in result["candidates"]} if result else {}
        for selection in contest["ContestSelection"]:
            candidate = by_id[selection["CandidateIds"][0]]
            one = stated.get(candidate["ExternalIdentifier"][0]["Value"], {})
            votes = [one[figure] for figure in ("votes", "final_votes") if one.get(figure) is not None]
            # A count by stages has a count for each of them, of which the first are the first preferences.
            told = [each["Count"] for each in selection.get("VoteCounts", ())]
            assert told[: len(votes)] == votes
            assert len(told) == len(votes) or (result is not None and result["stages"])
            won = candidate.get("PostElectionStatus") in ("winner", "projected-winner")
            assert won == bool(one.get("elected"))
    if part == 0:
        assert said["Status"] == "pre-election"


def test_python_s_own_validator_agrees() -> None:
    """Promise: another validator finds no fault either, at any moment of a night with every kind of declaration."""
    other = Draft4Validator(SCHEMA)
    history = strange_night()
    for place in (0, 1, len(history.moments) // 2, len(history.moments) - 1):
        assert list(other.iter_errors(report(view(history, place)))) == []


def test_each_kind_of_declaration_has_its_status() -> None:
    """Promise: only what counts is completed and has winners; a flash projects one; what is void has no figures."""
    said = report(view(strange_night()))
    found = contests(said)
    status = {ballot_id: one["CountStatus"][0]["Status"] for ballot_id, one in found.items()}
    assert status == {
        STRANGE: "completed",
        WARD: "completed",
        UNCONTESTED: "completed",
        SECOND: "completed",
        FLASH: "in-process",
        RECOUNT: "in-process",
        POSTPONED: "not-processed",
        SILENT: "not-processed",
    }
    by_id = candidates(said)
    became = {
        ballot_id: [by_id[each["CandidateIds"][0]].get("PostElectionStatus") for each in one["ContestSelection"]]
        for ballot_id, one in found.items()
    }
    assert became[WARD] == ["winner", "winner", "winner", "defeated"]
    assert sorted(map(str, became[FLASH])) == ["None", "projected-winner"]
    assert set(became[RECOUNT]) == set(became[POSTPONED]) == set(became[SILENT]) == {None}
    withdrawn = report(view(strange_night(), 4))
    assert counts(contests(withdrawn)[STRANGE]) == [[]] * len(STRANGE_NAMES)


def test_seats_rounds_and_papers_are_carried() -> None:
    """Promise: several seats, both counts of the supplementary vote, papers, electorate, progress of regions."""
    said = report(view(strange_night()))
    ward, second = contests(said)[WARD], contests(said)[SECOND]
    assert (ward["NumberElected"], ward["VotesAllowed"], ward["VoteVariation"]) == (3, 3, "n-of-m")
    assert (second["VoteVariation"], second["OtherVoteVariation"]) == ("other", "supplementary-vote")
    assert counts(second) == [[390, 520], [400, 450], [300]]
    rounds = [[each["Round"] for each in one["VoteCounts"]] for one in second["ContestSelection"]]
    assert rounds == [[1, 2], [1, 2], [1]]
    first = report(view(strange_night(), 2))
    area = contests(first)[STRANGE]["ElectionDistrictId"]
    units = {one["@id"]: one for one in first["GpUnit"]}
    assert (units[area]["VotersRegistered"], units[area]["VotersParticipated"]) == (100_000, 5_514)
    assert units[area]["ExternalIdentifier"][0]["Value"] == "E05000001"
    assert [(one["BallotsCast"], one["BallotsRejected"]) for one in first["Election"][0]["BallotCounts"]] == [
        (5_514, 12)
    ]
    whole = units[first["Election"][0]["ElectionScopeId"]]
    assert (whole["SubUnitsReported"], whole["TotalSubUnits"]) == (1, 8)
    assert len(whole["ComposingGpUnitIds"]) == 8


def test_every_voting_system_is_carried() -> None:
    """Promise: lists are parties with votes and seats, stages rounds with their fractions, a referendum a measure."""
    said = report(view(every_system()))
    found, by_id = contests(said), candidates(said)
    variations = {ballot_id: (one["@type"].partition(".")[2], one["VoteVariation"]) for ballot_id, one in found.items()}
    assert variations == {
        SEAT: ("CandidateContest", "plurality"),
        REGION: ("PartyContest", "proportional"),
        CLOSED: ("PartyContest", "proportional"),
        TRANSFERABLE: ("CandidateContest", "rcv"),
        COUNTING: ("CandidateContest", "rcv"),
        ASKED: ("BallotMeasureContest", "plurality"),
    }
    lists = found[REGION]["ContestSelection"]
    assert [one["@type"].partition(".")[2] for one in lists] == [*["PartySelection"] * 2, "CandidateSelection"]
    assert [[(each["Type"], each["Count"]) for each in one["VoteCounts"]] for one in lists] == [
        [("total", 700), ("seats", 2)],
        [("total", 500), ("seats", 0)],
        [("total", 90), ("seats", 0)],
    ]
    assert counts(found[TRANSFERABLE]) == [[40, 34, 34], [35, 36.2001, 50], [25, 29.79984]]
    rounds = [[each["Round"] for each in one["VoteCounts"]] for one in found[TRANSFERABLE]["ContestSelection"]]
    assert rounds == [[1, 2, 3], [1, 2, 3], [1, 2]]
    assert found[COUNTING]["CountStatus"][0]["Status"] == "in-process"
    became = [by_id[one["CandidateIds"][0]].get("PostElectionStatus") for one in found[COUNTING]["ContestSelection"]]
    assert became == ["winner", None, "defeated"]
    asked = found[ASKED]
    assert (asked["Type"], asked["FullText"]["Text"][0]["Content"]) == ("referendum", "How should Testshire be run?")
    assert [one["Selection"]["Text"][0]["Content"] for one in asked["ContestSelection"]] == [
        "By a mayor",
        "By a leader",
    ]
    assert counts(asked) == [[300], [200]]
    assert "Yes" not in {one["Abbreviation"]["Text"][0]["Content"] for one in said["Party"]}
    assert said["Status"] == "unofficial-partial"


def test_what_is_kept_of_contests_changes_nothing() -> None:
    """Promise: a report is the same whichever moments, elections and histories were reported before."""
    kept: Kept[nist.OfContest] = Kept()
    again = Played(ELECTION, strange_register()).history
    for history in (strange_night(), of_pack("pcc.2024-05-02"), again):
        for place in (1, len(history.moments) - 1, len(history.moments) // 2, 0):
            assert nist.report(view(history, place), "", kept) == nist.report(view(history, place), "", Kept())


def test_names_and_colours_are_as_the_schema_wants_them() -> None:
    """Promise: names come through whatever they hold; colours are six lower-case hex digits."""
    said = report(view(strange_night()))
    names = {one["BallotName"]["Text"][0]["Content"] for one in said["Election"][0]["Candidate"]}
    assert set(STRANGE_NAMES) <= names
    assert {one["Color"] for one in said["Party"] if "Color" in one} == {"0087dc", "e4003b", "faa61a"}


def test_how_far_it_is_and_whether_it_is_real() -> None:
    """Promise: an election is complete when nothing more is awaited; a rehearsal says that it is a test."""
    assert report(view(strange_night()))["Status"] == "unofficial-partial"
    assert report(view(of_pack("pcc.2024-05-02"), 3))["Status"] == "unofficial-partial"
    assert report(view(of_pack("parl.2026-02-26")))["Status"] == "unofficial-complete"
    assert report(view(of_pack("parl.2026-02-26")))["Election"][0]["Type"] == "special"
    assert report(view(of_pack("parl.2024-07-04"), 1))["Election"][0]["Type"] == "general"
    register = read_pack(find_pack("parl.2026-02-26")).register_bytes
    election = "rehearsal.parl.2026-02-26"
    rehearsed = json.loads(register) | {"election": election, "test": True}
    night = Played(election, event("register", election, rehearsed, "register", test=True))
    said = report(view(night.history))
    assert (said["IsTest"], said["TestType"]) == (True, "rehearsal")
    assert report(view(strange_night()))["IsTest"] is False


def test_before_everything_a_report_is_empty() -> None:
    """Promise: before its register is loaded an election has a report that is valid."""
    said = report(View(History("local.2030-05-02"), 0, LICENCE))
    assert (said["Status"], said.get("Election")) == ("pre-election", None)
