"""Rounds and local counts that can be are taken."""

import pytest

from tests.services.ingest.examined import reasons_of
from tests.services.ingest.lives import message, people, register_of
from tests.services.ingest.local_counts import AREAS, IN_AREAS, NORTH, SOUTH, VOTES, WEST, area, counted, so_far
from tests.services.ingest.two_rounds import ANN, BOB, CAY, SECOND_PREFERENCES, rounds
from tests.services.registers import synthetic_contest


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(rounds((100, 50, 40, 9), elected=[ANN]), id="a majority"),
        pytest.param(rounds((100, 90, 80, 10), (ANN, 110), (BOB, 130), elected=[BOB]), id="the leader loses"),
        pytest.param(rounds((100, 50, 30, 20), (ANN, 100), (BOB, 50), elected=[ANN]), id="half is no majority"),
        pytest.param(rounds((100, 90, 80, 10), (ANN, 145), (BOB, 135)), id="everything is transferred"),
        pytest.param(rounds((100, 80, 80, 10), (ANN, 105), (BOB, 83), (CAY, 80)), id="two tie for second place"),
        pytest.param(rounds((90, 90, 80, 10), (ANN, 120), (BOB, 121)), id="two tie for first place"),
        pytest.param(rounds((70, 70, 70, 10), (ANN, 70), (BOB, 71), (CAY, 75)), id="three tie for first place"),
        pytest.param(rounds((100, 90, 80, 10), (ANN, 120), (BOB, 120), lot=[BOB], elected=[BOB]), id="a lot"),
        pytest.param(rounds((90, 50, 50, 50), (ANN, 90), (BOB, 50), (CAY, 50), ("dan-trial", 50)), id="all go on"),
        pytest.param(rounds((90, 50, 50, 50), elected=[ANN]), id="all would go on"),
        pytest.param(rounds((50, 50, 50, 50), lot=[CAY]), id="four with equal votes"),
        pytest.param(rounds((100, 90), (ANN, 300), (BOB, 290), papers=600, rejected=10), id="only the final round"),
        pytest.param(rounds((100, 90, 80), (ANN, 300), (BOB, 290)), id="only the final round, and one more figure"),
        pytest.param(rounds((100, 90, 80, 10), (ANN, 110), (BOB, 130), papers=281, rejected=1), id="papers"),
    ],
)
def test_rounds_that_can_be_are_taken(fields: dict[bytes, bytes]) -> None:
    """Promise: who goes on is what the law says, and what was not announced is not asked for."""
    assert reasons_of(fields, SECOND_PREFERENCES) == ()


@pytest.mark.parametrize(
    ("votes", "more"),
    [
        pytest.param({ANN: 10, BOB: 11}, {"elected": [BOB]}, id="a majority"),
        pytest.param({ANN: 10, BOB: 10}, {"lot": [ANN], "elected": [ANN]}, id="a lot"),
        pytest.param({ANN: 10, BOB: 10}, {"lot": [ANN], "final_round": {ANN: 10, BOB: 10}}, id="a lot, said twice"),
    ],
)
def test_two_candidates_have_one_round(votes: dict[str, int], more: dict[str, object]) -> None:
    """Promise: where nobody can be eliminated nobody is asked for transferred votes, not even after a tie.

    Source: Police Reform and Social Responsibility Act 2011, section 57: second preferences are only for three or
    more candidates.
    """
    contest = synthetic_contest(voting_system="supplementary-vote", candidates=people(ANN, BOB))
    assert reasons_of(message("declared", votes=votes, **more), register_of(contest)) == ()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(counted(NORTH, SOUTH, WEST), id="all areas"),
        pytest.param(counted(WEST, NORTH, SOUTH, elected=["bob-sample"]), id="in any order"),
        pytest.param(message("declared", votes=VOTES), id="none"),
        pytest.param(
            counted(*(area(name, rejected=2) for name in AREAS), rejected=6, papers=186), id="rejected papers"
        ),
        pytest.param(counted(area("Northby", rejected=2), SOUTH, WEST, rejected=6), id="some areas' rejected papers"),
        pytest.param(counted(*(area(name, rejected=2) for name in AREAS)), id="rejected papers of the areas only"),
        pytest.param(so_far(), id="nothing so far"),
        pytest.param(so_far(SOUTH), id="one so far"),
        pytest.param(so_far(SOUTH, NORTH, WEST), id="all, and not declared yet"),
        pytest.param(so_far(area("Northby", {"bob-sample": 0})), id="one figure of one area so far"),
    ],
)
def test_local_counts_that_add_up_are_taken(fields: dict[bytes, bytes]) -> None:
    """Promise: local counts may be left out, come in any order, and are not asked to be complete before the end."""
    assert reasons_of(fields, IN_AREAS) == ()
