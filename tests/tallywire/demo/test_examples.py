"""What a count centre is told to send in a rehearsal."""

import json
from typing import Any, Final

import pytest

from services.ingest.rules.answers import receipt_of
from services.ingest.rules.intake import Intake
from services.ingest.rules.judging import instant, judge
from tallywire.demo.examples import invented_figures
from tallywire.packs.pack import find_pack, read_register
from tests.services.ingest.lives import TWO_STAND
from tests.services.ingest.referendums import REGISTER as REFERENDUM
from tests.services.ingest.signed_election import OFFICER, OPERATOR, START_MS, Person, enrolment, message

PACKS: Final = ("nia.2016-05-05", "senedd.2031-05-01", "sp.2031-05-01", "mayor.2021-05-06")
SMALL: Final = {"referendum": REFERENDUM, "nobody opposes them": TWO_STAND}


@pytest.mark.parametrize("name", [*PACKS, *SMALL])
def test_each_voting_system_has_an_example_that_is_taken(name: str) -> None:
    """Promise: what a centre is told to send is accepted and not held, whatever the voting system."""
    register = SMALL[name] if name in SMALL else read_register(find_pack(name))[0]
    intake = Intake(register.election)

    def post(event: dict[str, Any], who: Person) -> str:
        event |= {"election": register.election} | ({"test": True} if register.test else {})
        content = json.dumps(event).encode()
        fields = {b"data": content, b"signature": who.sign(content).encode()}
        judged = judge(intake, "1-0", fields, instant(START_MS))
        for remembered in getattr(judged, "remembered", ()):
            intake.keep(remembered)
        return receipt_of(judged).data.status

    signed = {"signatures": "required", "operator_key": OPERATOR.public_key}
    described = json.loads(register.model_dump_json()) | signed
    assert post(message("register", register.election, described, "register"), OPERATOR) == "accepted"
    mode = "rehearsal" if register.test else "live"
    assert post(enrolment(OFFICER, "returning-officer", None, mode=mode), OPERATOR) == "accepted"
    # A region comes after the seats in it.
    for ballot_id in sorted(register.contests, key=lambda one: bool(register.contests[one].constituencies)):
        figures = {**invented_figures(ballot_id, register.contests, register), "revision": 1}
        assert post(message("declaration", ballot_id, figures, ballot_id), OFFICER) == "accepted", figures
