"""A referendum: the answer with most votes wins, and nobody a seat."""

from typing import Any

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent
from schemas.register import Amendment, Register
from tests.services.events import ACCEPTED, declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.ingest.referendums import REGISTER
from tests.services.registers import PARTIES, SAMPLEFORD, TESTSHIRE, synthetic_register


def night(*entries: DeclarationEvent | AmendmentEvent, register: Register = REGISTER) -> Written:
    """Return what is written of a night with a referendum."""
    return aggregate_and_notify([register_event(register), *entries])


def result(written: Written) -> dict[str, Any]:
    """Return the referendum's result that stands."""
    return written.last("results", TESTSHIRE)


def test_the_answer_with_most_votes_has_won() -> None:
    """Promise: question, answer, majority; no gain or hold, no swing, nobody's first time."""
    found = result(night(declaration_event(TESTSHIRE, {"yes": 200, "no": 300}, papers=510, rejected=10)))
    assert (found["question"], found["elected"], found["parties_elected"]) == (
        "How should Testshire be run?",
        ["no"],
        ["answer:no"],
    )
    assert (found["majority"], found["lot"], found["rounds"], found["valid_votes"]) == (100, False, 1, 500)
    assert found["turnout"] == {"valid_votes": 50.0, "papers": 51.0}
    assert found["labels"] == found["outcomes"] == {"previous_election": None, "sitting": None}
    assert (found["swing"], found["first_time"], found["body"]) == (None, None, None)
    assert [(one["candidate"], one["share"], one["elected"]) for one in found["candidates"]] == [
        ("no", 60.0, True),
        ("yes", 40.0, False),
    ]


def test_with_equal_votes_no_answer_has_won() -> None:
    """Promise: a tie is a result in which nothing was carried: it counts, and no lot is asked for."""
    found = result(night(declaration_event(TESTSHIRE, {"yes": 300, "no": 300})))
    assert (found["elected"], found["parties_elected"], found["majority"]) == ([], [], 0)
    assert (found["counts"], found["lot"]) == (True, False)


@pytest.mark.parametrize("votes", [{"yes": 200, "no": 300}, {"yes": 300, "no": 300}])
def test_a_tally_counts_its_votes_and_no_seat(votes: dict[str, int]) -> None:
    """Promise: a referendum is among the contests declared; beside elections the seats are theirs alone."""
    register = synthetic_register(
        parties=PARTIES | REGISTER.parties,
        contests={**REGISTER.contests, SAMPLEFORD: synthetic_register().contests[SAMPLEFORD]},
    )
    written = night(declaration_event(TESTSHIRE, votes), register=register)
    tally = written.standing_of("uk")
    assert (tally["declared"], tally["expected"]) == (1, 2)
    assert (tally["seats_declared"], tally["seats_expected"]) == (0, 1)
    assert tally["parties"] == {"answer:no": {"votes": votes["no"]}, "answer:yes": {"votes": votes["yes"]}}
    assert written.data("control") == []


def test_a_correction_turns_it() -> None:
    """Promise: what was carried is corrected as any other result is."""
    written = night(
        declaration_event(TESTSHIRE, {"yes": 200, "no": 300}),
        declaration_event(TESTSHIRE, {"yes": 301, "no": 300}, revision=2, sequence=3),
    )
    assert (result(written)["elected"], result(written)["supersedes"]["elected"]) == (["yes"], ["no"])


def test_an_answer_is_written_anew() -> None:
    """Promise: an amendment mends the words of an answer, and the result says them."""
    amendment = AmendmentEvent(
        id="words",
        source="/synthetic",
        subject=TESTSHIRE,
        acceptedtime=ACCEPTED,
        sequence=3,
        data=Amendment.model_validate({"ballot_id": TESTSHIRE, "candidates": {"yes": {"name": "By an elected mayor"}}}),
    )
    found = result(night(declaration_event(TESTSHIRE, {"yes": 200, "no": 300}), amendment))
    assert [one["name"] for one in found["candidates"]] == ["By a leader", "By an elected mayor"]
