"""The pack of 2 May 2024 carries what was declared and leaves the unknown unknown."""

import json
from collections import Counter

import pytest

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent
from tallywire.packs.pack import Pack, bundled_packs, read_pack

ELECTION = "pcc.2024-05-02"
ELECTORATE_KNOWN = {"derbyshire", "leicestershire", "northamptonshire"}
PAST_WINNERS_KNOWN = {"bedfordshire", "norfolk", "northamptonshire"}
VOTES_OF_2021_UNKNOWN = {"derbyshire", "lincolnshire", "northamptonshire", "nottinghamshire", "thames-valley"}


def place(ballot_id: str) -> str:
    """The middle of a ballot id: ``norfolk``."""
    return ballot_id.split(".")[1]


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it is shipped."""
    return read_pack(bundled_packs()[ELECTION])


@pytest.fixture(scope="module")
def declarations(pack: Pack) -> list[Declaration]:
    """What was declared, in the pack's order."""
    return [DeclarationEvent.model_validate_json(line).data for line in pack.declarations]


def contests_in(pack: Pack, region: str) -> set[str]:
    """The places whose contests belong to a region."""
    return {place(ballot) for ballot, contest in pack.register.contests.items() if region in contest.regions}


def test_it_is_a_register_of_fourteen_contests_each_declared_once(pack: Pack, declarations: list[Declaration]) -> None:
    """Nothing is left out of the night, and nothing is declared twice."""
    assert len(pack.register.contests) == 14
    assert sorted(declaration.ballot_id for declaration in declarations) == sorted(pack.register.contests)
    assert {declaration.revision for declaration in declarations} == {1}


def test_itv_anglia_is_exactly_its_nine_contests(pack: Pack) -> None:
    """A broadcaster's region crosses the official ones: six, two and one."""
    east = {"bedfordshire", "cambridgeshire", "essex", "hertfordshire", "norfolk", "suffolk"}
    assert contests_in(pack, "east-of-england") == east
    assert contests_in(pack, "itv-anglia") == east | {"lincolnshire", "northamptonshire", "thames-valley"}


def test_official_regions_and_countries_are_whole(pack: Pack) -> None:
    """Every contest belongs to one country; the East of England has six contests, the East Midlands five."""
    sizes = Counter(region for contest in pack.register.contests.values() for region in contest.regions)
    assert sizes == {
        "england": 13,
        "wales": 1,
        "east-of-england": 6,
        "east-midlands": 5,
        "south-east": 1,
        "south-west": 1,
        "itv-anglia": 9,
    }
    assert set(sizes) == set(pack.register.regions)


def test_unknown_facts_are_null(pack: Pack) -> None:
    """Nobody mistakes a fact we lack for a zero, or for a fact: only the known ones are there."""
    for ballot, contest in pack.register.contests.items():
        assert (contest.electorate is not None) == (place(ballot) in ELECTORATE_KNOWN)
        assert (contest.past_winners is not None) == (place(ballot) in PAST_WINNERS_KNOWN)
        assert (contest.previous_votes is None) == (place(ballot) in VOTES_OF_2021_UNKNOWN)
        assert contest.baseline.sitting is None
        assert contest.baseline.previous_election is not None
        assert (contest.area, contest.boundary_date, contest.returning_officer) == (None, None, None)
    raw = json.loads(pack.register_bytes)["contests"]
    assert all({"electorate", "past_winners", "area"} <= contest.keys() for contest in raw.values())


def test_unknown_figures_of_the_night_are_null(pack: Pack, declarations: list[Declaration]) -> None:
    """Times are unknown for all, rejected papers for all but one, papers verified for all but one."""
    assert {declaration.declared_at for declaration in declarations} == {None}
    assert all("time" not in json.loads(line) for line in pack.declarations)
    rejected = {place(d.ballot_id): d.rejected for d in declarations if d.rejected is not None}
    papers = {place(d.ballot_id): d.papers for d in declarations if d.papers is not None}
    assert rejected == {"dyfed-powys": 789}
    assert papers == {"leicestershire": 178_293}


def test_a_joint_description_counts_as_its_main_party(pack: Pack) -> None:
    """Labour and Co-operative candidates win for Labour; everybody else counts as themselves."""
    counted = {party: pack.register.main_party(party) for party in pack.register.parties}
    assert {party: main for party, main in counted.items() if main != party} == {"joint-party:53-119": "PP53"}
