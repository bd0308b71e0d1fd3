"""Every pack that is shipped carries what was declared, leaves the unknown unknown, and has no answers in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent
from scripts import synthetic_nights
from tallywire.packs.building.parties import bundled_parties
from tallywire.packs.pack import bundled_packs, check_pack
from tests.tallywire.packs.nights import pack_of, shipped

ELECTIONS = list(bundled_packs())

ANSWERS = r"\b(gains? from|holds?|labels?|published)\b"
"""Words that published answers are made of."""

every_pack = pytest.mark.parametrize("path", bundled_packs().values(), ids=ELECTIONS)


def test_the_packs_are_shipped() -> None:
    """The general election, its by-elections, the commissioners of two years, a mayor, councils, and parliaments."""
    assert ELECTIONS == [
        "local.2017-05-04",
        "mayor.2021-05-06",
        "nia.2016-05-05",
        "parl.2024-07-04",
        "parl.2025-05-01",
        "parl.2026-02-26",
        "parl.2026-06-18",
        "parl.2026-08-13",
        "pcc.2021-05-06",
        "pcc.2021-08-19",
        "pcc.2024-05-02",
        "senedd.2031-05-01",
        "sp.2031-05-01",
    ]


@every_pack
def test_pack_check_finds_no_fault(path: Path) -> None:
    """What is shipped passes the check that strangers' packs are put to."""
    assert check_pack(path) == ()


@every_pack
def test_nothing_of_a_pack_is_refused(path: Path) -> None:
    """Every line is taken, every contest declared has a result, and no rule of ours fails on any of them."""
    pack, night = pack_of(path.name), shipped(path.name)
    assert (night.refusals, night.parked) == ([], [])
    assert night.results.keys() == pack.register.contests.keys()


@every_pack
def test_no_published_answer_is_in_any_file(path: Path) -> None:
    """A pack can be checked against published answers because it has none."""
    for file in path.iterdir():
        assert re.search(ANSWERS, file.read_text(encoding="utf-8").lower()) is None, file.name


def keys(value: object) -> Iterator[str]:
    """Every key in a JSON value."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


@every_pack
def test_no_figure_that_could_be_computed_is_in_the_data(path: Path) -> None:
    """Majority, turnout and shares are worked out, never copied."""
    pack = pack_of(path.name)
    named = {*keys(json.loads(pack.register_bytes))}.union(*(keys(json.loads(line)) for line in pack.declarations))
    assert named.isdisjoint({"majority", "turnout", "share", "shares", "swing", "valid_votes", "total"})


@every_pack
def test_the_register_does_not_hint_at_the_result(path: Path) -> None:
    """Contests, candidates and votes stand in the order of their ids, not in the order of the count."""
    pack = pack_of(path.name)
    assert list(pack.register.contests) == sorted(pack.register.contests)
    for contest in pack.register.contests.values():
        assert list(contest.candidates) == sorted(contest.candidates)
    for line in pack.declarations:
        votes = json.loads(line)["data"].get("votes", {})
        assert list(votes) == sorted(votes)


@every_pack
def test_every_winner_can_be_spoken_of(path: Path) -> None:
    """Who won, and who is said to have won before, has a name fit for a headline, with its grammatical number.

    Parties without an id of the Electoral Commission are described by their pack alone.
    """
    pack, night = pack_of(path.name), shipped(path.name)
    spoken = {row.party_id for row in bundled_parties().rows if row.spoken is not None and row.number is not None}
    spoken |= {key for key, party in pack.register.parties.items() if party.ec_id is None}
    won = {party for result in night.results.values() for party in result["parties_elected"]}
    before = {
        holder.party
        for contest in pack.register.contests.values()
        for baseline in (contest.baseline.previous_election, contest.baseline.sitting)
        for holder in (baseline.seats if baseline else ())
    }
    assert won | before <= spoken


@every_pack
def test_the_readme_names_sources_licence_unknowns_and_conflicts(path: Path) -> None:
    """Who doubts a figure finds where it came from and what was said against it."""
    text = (path / "README.md").read_text(encoding="utf-8")
    for heading in ("## Sources and licence", "## What is unknown", "## Where the sources disagree"):
        assert heading in text
    if path.name.startswith("parl."):
        assert "Open Parliament Licence v3.0" in " ".join(text.split())
        assert "Open Parliament Licence v3.0" in (path / "register.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("election", ["local.2017-05-04", "nia.2016-05-05"])
def test_data_that_is_shared_alike_says_so(election: str) -> None:
    """Promise: who passes a pack on finds its licence and whom to credit, in the README and in the data."""
    for name in ("README.md", "register.json"):
        text = (bundled_packs()[election] / name).read_text(encoding="utf-8")
        assert ("CC BY-SA 4.0" if name == "register.json" else "ShareAlike") in text
        assert ("gerrymulvenna/council17" if election.startswith("local") else "NICVA/electionsni") in text


def test_every_council_of_scotland_is_whole() -> None:
    """Promise: 354 wards of 32 councils, 1,227 seats, those of the three wards without a poll among them."""
    register = pack_of("local.2017-05-04").register
    night = shipped("local.2017-05-04")
    assert len(register.contests) == 354
    assert len(register.bodies) == 32
    assert sum(len(result["elected"]) for result in night.results.values()) == 1227
    assert {slug: register.described_seats(slug) for slug in register.bodies} == {
        slug: body.seats for slug, body in register.bodies.items()
    }
    assert sum(result["kind"] == "uncontested" for result in night.results.values()) == 3


def test_the_assembly_is_declared_stage_by_stage() -> None:
    """Promise: 108 members, each constituency in revisions that grow by a stage."""
    pack = pack_of("nia.2016-05-05")
    said = [DeclarationEvent.model_validate_json(line).data for line in pack.declarations]
    assert sum(len(one.elected or ()) for one in said if one.kind == "declared") == 108
    for ballot_id in pack.register.contests:
        revisions = [one for one in said if one.ballot_id == ballot_id]
        assert [one.revision for one in revisions] == list(range(1, len(revisions) + 1))
        assert [len(one.stages or ()) for one in revisions] == list(range(len(revisions)))
        assert [one.kind for one in revisions] == ["stage"] * (len(revisions) - 1) + ["declared"]


def test_a_corrected_constituency_comes_after_its_region() -> None:
    """Promise: the synthetic parliament shows a region in doubt: corrected constituency, then the region anew."""
    pack = pack_of("sp.2031-05-01")
    said = [DeclarationEvent.model_validate_json(line) for line in pack.declarations]
    assert all(event.test for event in said)
    *_, region, constituency, again = [
        event.data for event in said if event.data.revision == 2 or event.data.ballot_id == said[-1].data.ballot_id
    ]
    assert region.ballot_id == again.ballot_id
    assert constituency.ballot_id in pack.register.contests[region.ballot_id].constituencies
    assert sorted(region.elected or ()) != sorted(again.elected or ())


def test_the_synthetic_nights_are_drawn_by_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: who doubts them makes them anew, the same bytes."""
    monkeypatch.setattr(synthetic_nights, "ROOT", tmp_path)
    (tmp_path / "elections").mkdir()
    synthetic_nights.main()
    for election in ("senedd.2031-05-01", "sp.2031-05-01"):
        for name in ("register.json", "declarations.jsonl"):
            made = (tmp_path / "elections" / election / name).read_bytes()
            assert made == (bundled_packs()[election] / name).read_bytes()


def test_the_general_election_is_whole() -> None:
    """650 contests and their candidates, each of one country, the English ones of one official region each."""
    register = pack_of("parl.2024-07-04").register
    assert len(register.contests) == 650
    assert sum(len(contest.candidates) for contest in register.contests.values()) == 4515
    countries = {"england", "scotland", "wales", "northern-ireland"}
    for contest in register.contests.values():
        official = [region for region in contest.regions if register.regions[region].kind == "official"]
        assert len(countries & set(contest.regions)) == 1
        assert len(official) == ("england" in contest.regions)
        assert contest.body == "house-of-commons"
        assert contest.electorate is not None
    assert len(register.regions) == 9 + 4


def test_corrections_of_the_general_election_follow_the_night() -> None:
    """Seven contests have a second revision, 28 an amendment, and all of them come after the last declaration."""
    lines = pack_of("parl.2024-07-04").declarations
    night, after = lines[:650], lines[650:]
    assert all(DeclarationEvent.model_validate_json(line).data.revision == 1 for line in night)
    revised = [DeclarationEvent.model_validate_json(line) for line in after if b".declaration.v1" in line]
    amended = [AmendmentEvent.model_validate_json(line) for line in after if b".amendment.v1" in line]
    assert {event.data.revision for event in revised} == {2}
    assert (len(revised), len(amended)) == (7, 28)
    # Only their days are known, and no hour is made up.
    assert {event.time for event in revised} | {event.time for event in amended} == {None}
    told = [*(event.data.note or "" for event in revised), *(event.data.reason or "" for event in amended)]
    assert all("corrected on 2024-" in words for words in told)


def test_two_round_packs_have_both_rounds() -> None:
    """Who led in the first round lost Cambridgeshire and Peterborough; Derbyshire is known by its final round."""
    (line,) = pack_of("mayor.2021-05-06").declarations
    mayor = DeclarationEvent.model_validate_json(line).data
    assert mayor.votes == {"aidan-van-de-weyer": 61885, "james-palmer": 93942, "nik-johnson": 76106}
    assert mayor.final_round == {"james-palmer": 108195, "nik-johnson": 113994}
    events = map(DeclarationEvent.model_validate_json, pack_of("pcc.2021-05-06").declarations)
    (derbyshire,) = [event.data for event in events if event.subject == "pcc.derbyshire.2021-05-06"]
    assert derbyshire.final_round == {"angelique-foster": 149749, "hardyal-singh-dhindsa": 117564}
    assert derbyshire.votes is not None
    assert derbyshire.votes.keys() == derbyshire.final_round.keys()


def test_the_list_of_parties_is_sound() -> None:
    """One row a party; a twin or a joint description counts as a party that counts as itself."""
    rows = {row.party_id: row for row in bundled_parties().rows}
    assert len(rows) == len(bundled_parties().rows)
    mains = {key: row.counts_as for key, row in rows.items() if row.counts_as is not None}
    assert all(main in rows and main not in mains for main in mains.values())
    assert {key: mains[key] for key in ("PP51", "PP84", "joint-party:53-119")} == {
        "PP51": "PP52",
        "PP84": "PP85",
        "joint-party:53-119": "PP53",
    }
    for key, main in mains.items():
        assert rows[key].spoken == rows[main].spoken
        assert rows[key].abbreviation == rows[main].abbreviation
