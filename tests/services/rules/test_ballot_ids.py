"""Democracy Club's ids of every office are taken, and nothing about votes is read out of them."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from schemas.register import Baselines, Register
from schemas.wire import BallotId, ElectionId
from services.ingest.rules.checks.contest import check_contest
from services.ingest.rules.event.readable import Readable
from services.rules.by_elections import is_by_election
from tests.services.events import declaration_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.registers import synthetic_contest, synthetic_register

IDS = {
    "sp.2021-05-06": ("sp.c.glasgow-southside.2021-05-06", "sp.r.glasgow.2021-05-06", "sp.c.x.by.2021-05-06"),
    "gla.2024-05-02": ("gla.c.barnet-and-camden.2024-05-02", "gla.a.2024-05-02"),
    "naw.2016-05-05": ("naw.c.aberavon.2016-05-05", "naw.r.south-wales-west.2016-05-05"),
    "senedd.2021-05-06": ("senedd.c.ynys-mon.2021-05-06", "senedd.r.north-wales.2021-05-06"),
    "senedd.2026-05-07": ("senedd.sir-gaerfyrddin.2026-05-07", "senedd.x.by.2026-05-07"),
    "nia.2017-03-02": ("nia.belfast-east.2017-03-02",),
    "europarl.2019-05-23": ("europarl.scotland.2019-05-23", "europarl.northern-ireland.2019-05-23"),
    "local.2027-05-06": ("local.highland.caol-and-mallaig.2027-05-06", "local.highland.caol-and-mallaig.by.2027-05-06"),
    "ref.2026-05-07": ("ref.sheffield.2026-05-07",),
    "mayor.2027-05-06": ("mayor.cambridgeshire-and-peterborough.2027-05-06",),
}
"""Ballot ids by election."""

BALLOTS = [(election, ballot_id) for election, ballots in IDS.items() for ballot_id in ballots]


@pytest.mark.parametrize(("election", "ballot_id"), BALLOTS)
def test_an_id_is_taken_as_democracy_club_writes_it(election: str, ballot_id: str) -> None:
    """Promise: a contest of any office belongs to the election of its kind and day, and to none of another day."""
    assert TypeAdapter(ElectionId).validate_python(election) == election
    assert TypeAdapter(BallotId).validate_python(ballot_id) == ballot_id
    assert is_by_election(ballot_id) == (".by." in ballot_id)
    register = synthetic_register(election=election, contests={ballot_id: synthetic_contest()})
    sent = Readable({"subject": ballot_id, "data": {"ballot_id": ballot_id}})

    def codes(sent_to: str, loaded: Register) -> list[str]:
        return [found.code for found in check_contest(sent, sent_to, loaded)]

    assert codes(election, register) == []
    assert codes(f"{election[:-1]}9", synthetic_register()) == ["contest.other_election"]


def mayor(system: str) -> Any:  # noqa: ANN401  # a contest
    """Return a mayor's contest under a voting system."""
    return synthetic_contest(
        office="mayor", voting_system=system, baseline=Baselines(previous_election=None, sitting=None), electorate=None
    )


def test_the_voting_system_is_a_fact_of_each_contest() -> None:
    """Promise: in one election of 2027 one mayor is elected by supplementary vote, another first past the post."""
    combined, single = "mayor.testland.2027-05-06", "mayor.testton.2027-05-06"
    register = synthetic_register(
        election="mayor.2027-05-06",
        contests={combined: mayor("supplementary-vote"), single: mayor("first-past-the-post")},
    )
    votes = {"ann-example": 400, "bob-sample": 350, "cay-specimen": 250}
    written = aggregate_and_notify(
        [
            register_event(register),
            declaration_event(combined, votes, final_round={"ann-example": 450, "bob-sample": 500}),
            declaration_event(single, votes, sequence=3),
        ]
    )
    by_supplementary_vote, by_most_votes = (written.last("results", one) for one in (combined, single))
    assert (by_supplementary_vote["elected"], by_supplementary_vote["rounds"]) == (["bob-sample"], 2)
    assert (by_most_votes["elected"], by_most_votes["rounds"]) == (["ann-example"], 1)
    assert [one["contest"]["voting_system"] for one in (by_supplementary_vote, by_most_votes)] == [
        "supplementary-vote",
        "first-past-the-post",
    ]
