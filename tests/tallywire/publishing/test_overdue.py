"""What is overdue: contests whose declaration is later than expected, as long as one is awaited."""

import json
from datetime import datetime

import pytest

from schemas.register import Contest
from tests.services.registers import synthetic_contest, synthetic_register
from tests.tallywire.publishing.histories import ELECTION, Played, event, view

AWAITED = "local.testshire.awaited.2030-05-02"
OTHER = "local.testshire.other.2030-05-02"


@pytest.mark.parametrize("kind", ["postponed", "countermanded", "annulled"])
def test_what_is_called_off_is_not_overdue(kind: str) -> None:
    """Promise: nobody waits for a contest that will have no result now; one without news is overdue."""
    expected: Contest = synthetic_contest(expected_at="2030-05-03T02:00:00+01:00")
    register = synthetic_register(election=ELECTION, contests={AWAITED: expected, OTHER: expected})
    night = Played(ELECTION, event("register", ELECTION, register.model_dump(mode="json"), "register"))
    said = {"ballot_id": OTHER, "revision": 1, "kind": kind, "reason": "Synthetic."}
    shown = view(night.send(event("declaration", ELECTION, said, "off")))
    overdue = json.loads(shown.overdue_document(datetime.fromisoformat("2030-05-03T03:00:00+01:00")))["overdue"]
    assert [(one["ballot_id"], one["late_s"]) for one in overdue] == [(AWAITED, 7_200 - 3_600)]
