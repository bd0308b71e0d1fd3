"""What the entry page is told of a count by stages while it is typed."""

import json

import pytest

from schemas.register import Contest
from tallywire.posting.entry.noted import odd_steps
from tallywire.web.problems import NotTaken
from tests.services.ingest.lives import UNKNOWN, people
from tests.services.registers import synthetic_contest

ANN, BOB, CAY, DAN = NAMES = ("ann-example", "bob-sample", "cay-specimen", "dan-trial")
SURPLUS = {"action": "surplus", "of": [ANN], "totals": {ANN: "34", BOB: "38.73", CAY: "32.10", DAN: "25.40"}}


def told(contest_of: tuple[str, ...] = NAMES, **said: object) -> list[tuple[object, object, object]]:
    """Return what is told of some figures of a Northern Irish count for two seats."""
    contest: Contest = synthetic_contest(
        voting_system="single-transferable-vote",
        counting_rules="northern-ireland",
        candidates=people(*contest_of),
        seats=2,
        baseline=UNKNOWN,
    )
    figures = {"ballot_id": "nia.sampleford.2030-05-02", "revision": 1, "kind": "declared"} | said
    found = odd_steps(contest, json.dumps(figures).encode())
    return [(one["code"], one["stage"], one["candidate"]) for one in found]


def test_what_the_rules_note_is_told_where_it_is() -> None:
    """Promise: a surplus left for an exclusion, a count that ends with one, and votes that are no papers."""
    votes = {ANN: 400, BOB: 250, CAY: 200, DAN: 150}
    excluded = {"action": "exclusion", "of": [DAN], "totals": {ANN: "400", BOB: "300", CAY: "300"}}
    assert told(kind="stage", votes=votes, stages=[excluded]) == [("stages.surplus_left", 2, DAN)]
    three = (ANN, BOB, CAY)
    votes = {ANN: 48, BOB: 27, CAY: 25}
    assert told(three, votes=votes, stages=[], elected=[ANN, BOB]) == [("stages.ended_early", 1, ANN)]
    votes = {ANN: 64, BOB: 15, CAY: 11, DAN: 10}
    moved = {"action": "surplus", "of": [ANN], "totals": {ANN: "34", BOB: "25.34", CAY: "20.40", DAN: "14.71"}}
    assert told(kind="stage", votes=votes, stages=[moved]) == [("stages.value_odd", 2, DAN)]


def test_of_figures_that_are_not_the_contests_nothing_is_told() -> None:
    """Promise: half-typed figures are no fault yet; what is no figure at all is answered so."""
    votes = {ANN: 400, BOB: 250, CAY: 200, DAN: 150}
    assert told(kind="stage", votes=votes | {"eve": 1}, stages=[SURPLUS]) == []
    assert told(kind="stage", votes=votes, stages=[SURPLUS | {"of": ["eve"]}]) == []
    with pytest.raises(NotTaken):
        told(votes="many")
