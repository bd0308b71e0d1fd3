"""Which count centres are ready."""

from pathlib import Path

import pytest

from tallywire.client.connection import open_connection
from tallywire.desk.readiness import Centre, readiness
from tests.pipeline.pipeline import Pipeline
from tests.services.ingest.signed_election import DESK, NOT_MOST_VOTES, OFFICER, SYSTEM, confirmation
from tests.services.registers import ELECTION, TESTSHIRE
from tests.tallywire.desk.signed_desk import SignedDesk


@pytest.fixture
def election(pipeline: Pipeline, tmp_path: Path) -> SignedDesk:
    """A signed election."""
    return SignedDesk(pipeline, tmp_path)


def centre(election: SignedDesk) -> Centre:
    """Return how far Testshire's count centre is."""
    election.settle()
    with open_connection(election.url) as connection:
        return next(each for each in readiness(connection, ELECTION, "played-") if each.ballot_id == TESTSHIRE)


def test_a_centre_is_as_far_as_its_farthest_message(election: SignedDesk) -> None:
    """Promise: what the desk decides is no message of the centre, and what it returns is not ready."""
    assert (centre(election).state, centre(election).received) == ("not yet", 0)
    election.declare(SYSTEM, "wrong", votes={"ann-example": 1})
    assert (centre(election).state, centre(election).code) == ("refused", "candidate.missing")
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    assert centre(election).state == "held"
    election.post(DESK, confirmation("return", receipt["hold"], "return", "Look again"))
    assert (centre(election).state, centre(election).code) == ("refused", "hold.returned")
    election.declare(OFFICER, "declared-2")
    ready = centre(election)
    assert (ready.state, ready.person, ready.own_key, ready.played) == ("ready", OFFICER.name, True, False)
    assert set(ready.keys) >= {OFFICER.name, SYSTEM.name}
    assert ready.received == 3
