"""The supplementary vote, several seats, and what the figures say about last time."""

import json

import pytest

from schemas.register import Baseline, Baselines, Candidate, Contest, Holder
from services.aggregate.rules.outcome import label, outcome
from services.ingest.rules.judgement import Written
from tests.services.events import declaration_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

PARTY = {"Con": "PP52", "Lab": "PP53", "LD": "PP90", "Ind": "ynmp-party:2", "Co-op": "joint-party:53-119"}


def ward(before: list[str] | None, standing: list[str]) -> Contest:
    """Return a ward with as many seats as were held before (three when unknown), by those who stand for it."""
    holders = None if before is None else Baseline(seats=tuple(Holder(party=PARTY[party]) for party in before))
    return synthetic_contest(
        name="Synthetic ward",
        seats=len(before) if before else 3,
        candidates={f"c{place}": Candidate(name=f"C{place}", party=PARTY[p]) for place, p in enumerate(standing)},
        baseline=Baselines(previous_election=holders, sitting=None),
    )


@pytest.mark.parametrize(
    ("before", "elected", "expected", "ambiguous"),
    [
        (["Lab", "Lab", "Lab"], ["Lab", "Co-op", "Lab"], "Lab hold", False),
        (["Con", "Lab", "Lab"], ["Lab", "Lab", "Con"], "Lab hold 2, Con hold 1", False),
        (["Con", "Lab", "Lab"], ["Lab", "Lab", "Lab"], "Lab gain 1 from Con", False),
        (["Con", "Con", "Lab"], ["LD", "LD", "Lab"], "LD gain 2 from Con", False),
        (["Con", "Con", "Con"], ["LD", "Lab", "Con"], "Lab gain 1 from Con, LD gain 1 from Con", False),
        (["Con", "Ind", "Lab"], ["LD", "LD", "Lab"], "LD gain 1 from Con, LD gain 1 from Ind", False),
        (["Con", "Ind", "Lab"], ["LD", "Lab", "Lab"], "Lab gain 1, LD gain 1 from Con 1, Ind 1 (ambiguous)", True),
        ([], ["LD", "LD", "Lab"], "LD win 2, Lab win 1", False),
        (["Con", "Lab", "Lab"], ["Lab", "Lab"], "Lab hold", False),
    ],
)
def test_equal_parties_cancel_and_what_is_left_was_gained_and_lost(
    before: list[str], elected: list[str], expected: str, ambiguous: bool
) -> None:
    """Promise: seat flow by the rule of the field; "from" only where it is certain."""
    contest = ward(before, elected)
    register = synthetic_register(contests={TESTSHIRE: contest})
    found = outcome(register, contest, tuple(contest.candidates), contest.baseline.previous_election)
    assert found is not None
    assert (label(register, contest, found), found.ambiguous) == (expected, ambiguous)


@pytest.mark.parametrize(("before", "elected"), [(["ivo"], ["ivo", "nan"]), (["ivo", "nan"], ["ivo"])])
def test_an_independent_who_stays_is_not_followed_by_another(before: list[str], elected: list[str]) -> None:
    """Promise: only a seat that was kept by somebody else says so, whoever else came or went."""
    contest = synthetic_contest(
        seats=2,
        candidates={name: Candidate(name=name, party="ynmp-party:2") for name in elected},
        baseline=Baselines(
            previous_election=Baseline(
                seats=(
                    *(Holder(party="ynmp-party:2", name=name) for name in before),
                    *(Holder(party="PP52") for _ in range(2 - len(before))),
                )
            ),
            sitting=None,
        ),
    )
    register = synthetic_register(contests={TESTSHIRE: contest})
    found = outcome(register, contest, tuple(elected), contest.baseline.previous_election)
    assert found is not None
    assert not found.holder_changed


def test_a_ward_elects_a_set_and_the_tally_counts_its_seats() -> None:
    """Promise: three seats are three in the tally, and one contest."""
    contest = ward(["Con", "Con", "Lab"], ["Lab", "Lab", "Lab", "Con", "Con"])
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    votes = {"c0": 500, "c1": 450, "c2": 300, "c3": 400, "c4": 299}
    written = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes)])
    result, tally = written.last("results", TESTSHIRE), written.last("tallies", "uk")
    assert result["elected"] == ["c0", "c1", "c3"]
    assert result["majority"] == 100
    assert (tally["declared"], tally["seats_declared"], tally["seats_expected"]) == (1, 3, 3)
    assert tally["parties"] == {
        "PP52": {"won": 1, "held": 1, "lost": 1, "net": -1, "votes": 699},
        "PP53": {"won": 2, "held": 1, "gained": 1, "net": 1, "votes": 1_250},
    }


def test_a_leader_of_the_first_round_can_lose() -> None:
    """Promise: Cambridgeshire and Peterborough 2021: 93,942 to 76,106, then 108,195 to 113,994."""
    contest = synthetic_contest(voting_system="supplementary-vote", electorate=None)
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    first = {"ann-example": 93_942, "bob-sample": 76_106, "cay-specimen": 61_885}
    final = {"ann-example": 108_195, "bob-sample": 113_994}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, first, final_round=final)]).last(
        "results", TESTSHIRE
    )
    assert (result["elected"], result["rounds"], result["majority"]) == (["bob-sample"], 2, 5_799)
    assert result["labels"]["previous_election"] == "Lab gain from Con"
    assert result["valid_votes"] == 231_933
    assert [(one["candidate"], one["votes"], one["final_votes"]) for one in result["candidates"]] == [
        ("bob-sample", 76_106, 113_994),
        ("ann-example", 93_942, 108_195),
        ("cay-specimen", 61_885, None),
    ]


def test_a_final_round_alone_gives_a_winner_and_no_shares() -> None:
    """Promise: Derbyshire 2021: what was not declared stays unknown, and the winner does not."""
    contest = synthetic_contest(voting_system="supplementary-vote")
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    top_two = {"ann-example": 20_000, "bob-sample": 19_000}
    final = {"ann-example": 21_000, "bob-sample": 22_000}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, top_two, final_round=final)]).last(
        "results", TESTSHIRE
    )
    assert (result["elected"], result["majority"], result["valid_votes"]) == (["bob-sample"], 1_000, None)
    assert {one["share"] for one in result["candidates"]} == {None}


def test_share_change_and_swing_follow_from_last_times_votes() -> None:
    """Promise: Butler swing between first and second, in points of share, and null where it cannot be known."""
    previous = {"PP52": 50_000, "PP53": 30_000, "PP90": 20_000}
    contest = synthetic_contest(previous_votes=previous)
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    votes = {"ann-example": 16_000, "bob-sample": 21_000, "cay-specimen": 13_000}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes)]).last("results", TESTSHIRE)
    assert [one["share_change"] for one in result["candidates"]] == [12.0, -18.0, 6.0]
    assert result["swing"] == {"to_party": "PP53", "from_party": "PP52", "points": 15.0}
    unknown = register_event(synthetic_register())
    without = aggregate_and_notify([unknown, declaration_event(TESTSHIRE, votes)]).last("results", TESTSHIRE)
    assert without["swing"] is None
    assert {one["share_change"] for one in without["candidates"]} == {None}


@pytest.mark.parametrize(
    ("holder", "points"),
    [("Ann Example", 15.0), ("ANN M. EXAMPLE", 15.0), ("Ann Draft", None), ("Cy Other", None), (None, None)],
)
def test_swing_of_an_independent_is_the_same_persons(holder: str | None, points: float | None) -> None:
    """Promise: independents share a word and no votes: swing and share change are those of one person."""
    standing = {
        "ann-example": Candidate(name="Ann Example", party="ynmp-party:2"),
        "bob-sample": Candidate(name="Bob Sample", party="PP53"),
    }
    contest = synthetic_contest(
        candidates=standing,
        baseline=Baselines(
            previous_election=Baseline(seats=(Holder(party="ynmp-party:2", name=holder),)), sitting=None
        ),
        previous_votes={"ynmp-party:2": 40_000, "PP53": 60_000},
    )
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    votes = {"ann-example": 27_500, "bob-sample": 22_500}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes)]).last("results", TESTSHIRE)
    assert (result["swing"] or {}).get("points") == points
    changes = {one["candidate"]: one["share_change"] for one in result["candidates"]}
    assert changes == {"ann-example": points, "bob-sample": -15.0}


def test_rejected_papers_by_head_count_as_rejected() -> None:
    """Promise: heads add up to the papers rejected, and make the turnout of papers."""
    votes = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 8_900}
    heads = {"too_many_votes": 60, "unmarked": 40}
    loaded = register_event(synthetic_register())
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes, rejected_by_head=heads)]).last(
        "results", TESTSHIRE
    )
    assert (result["rejected"], result["turnout"]) == (100, {"valid_votes": 49.9, "papers": 50.0})
    assert result["rejected_by_head"]["too_many_votes"] == 60


@pytest.mark.parametrize("rejected", [None, 100, 105])
def test_papers_rejected_in_part_are_valid_papers(rejected: int | None) -> None:
    """Promise: turnout is the same whether a returning officer counts them among those rejected or not."""
    votes = {"ann-example": 30_000, "bob-sample": 31_000, "cay-specimen": 9_000}
    unknown = Baselines(previous_election=None, sitting=None)
    contest = synthetic_contest(seats=2, baseline=unknown)
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    heads = {"unmarked": 100, "in_part": 5}
    event = declaration_event(TESTSHIRE, votes, papers=50_000, rejected=rejected, rejected_by_head=heads)
    result = aggregate_and_notify([loaded, event]).last("results", TESTSHIRE)
    assert (result["turnout"], result["rejected"]) == ({"valid_votes": 49.9, "papers": 50.0}, rejected or 100)
    assert result["rejected_by_head"]["in_part"] == 5


@pytest.mark.parametrize("rejected", [None, 17, 5])
def test_no_zero_is_published_for_a_head_that_nobody_has_given(rejected: int | None) -> None:
    """Promise: how many papers were rejected in part, said alone, tells nothing of the other heads."""
    loaded = register_event(synthetic_register())
    votes = {"ann-example": 30_000, "bob-sample": 31_000, "cay-specimen": 9_000}
    event = json.loads(declaration_event(TESTSHIRE, votes, rejected=rejected).encode())
    event["data"]["rejected_by_head"] = {"in_part": 5}
    sent = Written(json.dumps(event).encode(), {})
    result = aggregate_and_notify([loaded, sent]).last("results", TESTSHIRE)
    assert (result["rejected"], result["rejected_by_head"]) == (rejected, None)
    assert (result["turnout"]["papers"] is None) == (rejected is None)


def test_swing_goes_to_a_loser_who_gained_ground() -> None:
    """Promise: swing is to whom the votes moved, whoever has won."""
    contest = synthetic_contest(previous_votes={"PP52": 60_000, "PP53": 40_000})
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    votes = {"ann-example": 25_000, "bob-sample": 24_000, "cay-specimen": 1_000}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes)]).last("results", TESTSHIRE)
    assert (result["elected"], result["swing"]["points"]) == (["ann-example"], 9.0)
    assert (result["swing"]["to_party"], result["swing"]["from_party"]) == ("PP53", "PP52")


def test_shares_are_rounded_half_up() -> None:
    """Promise: two decimals; 50.005 per cent is 50.01, and half a hundredth of a point is a hundredth."""
    contest = synthetic_contest(previous_votes={"PP52": 5_000, "PP53": 5_000})
    loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}))
    votes = {"ann-example": 10_001, "bob-sample": 9_998, "cay-specimen": 1}
    result = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, votes)]).last("results", TESTSHIRE)
    assert [one["share"] for one in result["candidates"]] == [50.01, 49.99, 0.01]
    assert [one["share_change"] for one in result["candidates"]] == [0.01, -0.01, None]
