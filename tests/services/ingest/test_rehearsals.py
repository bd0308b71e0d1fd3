"""An election and its rehearsal share their contests: nothing that is meant for the one is taken for the other."""

import json
from collections.abc import Mapping
from itertools import product
from typing import Any, Final, Literal

import pytest

from schemas.events import RegisterEvent
from schemas.receipt import Receipt
from services.ingest.rules.answers import receipt_of
from services.ingest.rules.intake import Intake
from services.ingest.rules.judging import instant, judge
from tests.services.declarations import entry, synthetic_declaration
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.signed_election import OFFICER, OPERATOR, START_MS, Person, enrolment, message
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

Mode = Literal["live", "rehearsal"]

NAMES: Final[Mapping[Mode, str]] = {"live": ELECTION, "rehearsal": f"rehearsal.{ELECTION}"}
OTHER: Final[Mapping[Mode, Mode]] = {"live": "rehearsal", "rehearsal": "live"}


class Side:
    """An election or its rehearsal, in memory.

    Args:
        mode: which of the two.
        signed: whether it asks for signatures.
    """

    def __init__(self, mode: Mode, *, signed: bool) -> None:
        self.intake = Intake(NAMES[mode])
        self.signed = signed
        self.sent = 0
        register = register_of(mode) | (
            {"signatures": "required", "operator_key": OPERATOR.public_key} if signed else {}
        )
        assert self.post(said(mode, "register", NAMES[mode], register), OPERATOR).status == "accepted"
        if signed:
            key = enrolment(OFFICER, "returning-officer", (TESTSHIRE,), mode=mode)["data"]
            assert self.post(said(mode, "key", OFFICER.key_id, key), OPERATOR).status == "accepted"

    def post(self, event: Mapping[str, Any], who: Person = OFFICER) -> Receipt:
        """Send a message, signed where it is asked for, and return its receipt."""
        content = json.dumps(event).encode()
        fields = {b"data": content} | ({b"signature": who.sign(content).encode()} if self.signed else {})
        self.sent += 1
        judged = judge(self.intake, f"{self.sent}-0", fields, instant(START_MS))
        for remembered in getattr(judged, "remembered", ()):
            self.intake.keep(remembered)
        return receipt_of(judged).data


def register_of(mode: Mode) -> dict[str, Any]:
    """Return the register of the election, or of its rehearsal."""
    register = synthetic_register(election=NAMES[mode], test=mode == "rehearsal")
    return dict(json.loads(register.model_dump_json()))


def said(mode: Mode, event_type: str, subject: str, data: object, **envelope: object) -> dict[str, Any]:
    """Return a message that says everywhere that it is meant for the election, or for its rehearsal."""
    test = {"test": True} if mode == "rehearsal" else {}
    return message(event_type, subject, data, f"{event_type}-{subject}", election=NAMES[mode], **test, **envelope)


def declaration(mode: Mode) -> dict[str, Any]:
    """Return Testshire's declaration."""
    return said(mode, "declaration", TESTSHIRE, synthetic_declaration()["data"])


BOTH: Final = list(product(("live", "rehearsal"), (False, True)))


@pytest.mark.parametrize(("mode", "signed"), BOTH)
def test_a_rehearsal_takes_what_its_election_would_take(mode: Mode, signed: bool) -> None:
    """Promise: the same ballot ids and the same messages; only what says that it is a rehearsal differs."""
    assert Side(mode, signed=signed).post(declaration(mode)).status == "accepted"


@pytest.mark.parametrize(("mode", "signed"), BOTH)
def test_what_is_meant_for_the_one_is_refused_by_the_other(mode: Mode, signed: bool) -> None:
    """Promise: either mark alone is enough: the election that is named, and ``test``."""
    side, other = Side(mode, signed=signed), OTHER[mode]
    codes = [reason.code for reason in side.post(declaration(other)).reasons]
    assert sorted(codes) == ["election.other", f"test.{other}_in_{mode}"]
    for mark in ("election", "test"):
        event = declaration(mode) | {mark: declaration(other).get(mark, False)}
        assert [reason.path for reason in side.post(event).reasons] == [mark]
    assert side.intake.stated == {}


@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_a_key_is_for_the_one_or_the_other(mode: Mode) -> None:
    """Promise: a key for rehearsals is not enrolled in a real election, nor the reverse."""
    side = Side(mode, signed=True)
    key = enrolment(Person("new"), "clerk", None, mode=OTHER[mode])["data"]
    receipt = side.post(said(mode, "key", key["key_id"], key), OPERATOR)
    assert [reason.code for reason in receipt.reasons] == ["key.other_mode"]


@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_a_register_is_of_the_one_or_the_other(mode: Mode) -> None:
    """Promise: a register is of the election that it is sent to, and one named as a rehearsal says that it is."""
    other = said(mode, "register", NAMES[mode], register_of(OTHER[mode]))
    assert "register.other_election" in {reason.code for reason in reasons_of(entry(other), None, NAMES[mode])}
    renamed = register_of("live") | {"election": NAMES["rehearsal"]}
    unmarked = said("live", "register", NAMES["rehearsal"], renamed) | {"election": NAMES["rehearsal"]}
    assert [reason.code for reason in reasons_of(entry(unmarked), None, NAMES["rehearsal"])] == [
        "register.not_a_rehearsal"
    ]


def test_what_a_rehearsal_says_of_itself_is_on_all_that_follows() -> None:
    """Promise: the register of a rehearsal can be read as one by its event alone."""
    event = said("rehearsal", "register", NAMES["rehearsal"], register_of("rehearsal"))
    assert RegisterEvent.model_validate_json(json.dumps(event)).test


def test_another_rehearsal_is_another_election() -> None:
    """Promise: only the contests of the election that is rehearsed are those of its rehearsal."""
    elsewhere = said("rehearsal", "declaration", "mayor.testshire.2030-05-02", synthetic_declaration()["data"])
    elsewhere["data"] |= {"ballot_id": "mayor.testshire.2030-05-02"}
    reasons = Side("rehearsal", signed=False).post(elsewhere).reasons
    assert "contest.other_election" in {reason.code for reason in reasons}
