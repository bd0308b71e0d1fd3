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
from tests.services.ingest.signed_election import START_MS

PACKS: Final = ("nia.2016-05-05", "senedd.2031-05-01", "sp.2031-05-01", "mayor.2021-05-06")
SMALL: Final = {"referendum": REFERENDUM, "nobody opposes them": TWO_STAND}


@pytest.mark.parametrize("name", [*PACKS, *SMALL])
def test_each_voting_system_has_an_example_that_is_taken(name: str) -> None:
    """Promise: what a centre is told to send is accepted, whatever the voting system; a region comes last."""
    register = SMALL[name] if name in SMALL else read_register(find_pack(name))[0]
    intake = Intake(register.election)

    def post(kind: str, subject: str, data: Any) -> str:  # noqa: ANN401  # JSON
        event = {"specversion": "1.0", "id": subject, "source": "/centre", "type": f"tallywire.{kind}.v1"}
        event |= {"subject": subject, "data": data} | ({"test": True} if register.test else {})
        judged = judge(intake, "1-0", {b"data": json.dumps(event).encode()}, instant(START_MS))
        for remembered in getattr(judged, "remembered", ()):
            intake.keep(remembered)
        return receipt_of(judged).data.status

    assert post("register", register.election, json.loads(register.model_dump_json())) == "accepted"
    for ballot_id in sorted(register.contests, key=lambda one: bool(register.contests[one].constituencies)):
        figures = invented_figures(ballot_id, register.contests, register)
        assert post("declaration", ballot_id, {**figures, "revision": 1}) == "accepted", (ballot_id, figures)
