"""What can be true is taken, as it was sent."""

import json

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent, RegisterEvent
from schemas.register import Baselines
from services.ingest.rules.examining import Valid, examine
from tests.services.declarations import LEFT_OUT, altered, entry, synthetic_declaration
from tests.services.ingest.examined import event_of, reasons_of
from tests.services.ingest.overcounts import WARD_REGISTER, ward
from tests.services.ingest.refusals import AMENDED, DECLARED, DESCRIBED, REGISTER, VOTES
from tests.services.registers import ELECTION, SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

EXTENSIONS = {
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "partitionkey": "",
    "sampledrate": 2**31 - 1,
    "hops": -(2**31),
    "resent": True,
    "x1": "Ré-compte",
    "correlationid": None,
    "contenttype": "application/json",
    "datacontentencoding": "utf-8",
    "ctime": "now",
    "latest": "yes",
}
"""Attributes as other systems add them: an unset one may be null, and some are almost named like ours."""

TIED = {"ann-example": 1_084, "bob-sample": 1_084, "cay-specimen": 500}


def test_a_declaration_is_taken_as_it_was_sent() -> None:
    """Promise: the event holds every field that was sent, with the value that was sent, and nothing more."""
    examined = examine(entry(DECLARED), ELECTION, REGISTER)
    assert isinstance(examined, Valid)
    assert isinstance(examined.event, DeclarationEvent)
    assert examined.event.model_dump(mode="json", exclude_unset=True) == DECLARED
    assert (examined.event_id, examined.source, examined.subject) == (DECLARED["id"], DECLARED["source"], TESTSHIRE)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            entry(altered(DECLARED, *((f"data/{name}", LEFT_OUT) for name in ("elected", "rejected", "papers")))),
            id="only the votes",
        ),
        pytest.param(
            entry(synthetic_declaration(rejected=None, papers=None, elected=None)), id="nulls for the unknown"
        ),
        pytest.param(entry(synthetic_declaration(revision=999)), id="the last revision"),
        pytest.param(entry(altered(DECLARED, (VOTES, 0), ("data/papers", 36_234))), id="a candidate without a vote"),
        pytest.param(entry(synthetic_declaration(rejected=None, papers=60_000)), id="papers and no rejected papers"),
        pytest.param(entry(synthetic_declaration(papers=56_235)), id="a paper too many"),
        pytest.param(entry(synthetic_declaration(papers=56_233)), id="a paper too few"),
        pytest.param(entry(synthetic_declaration(papers=55_132)), id="papers 1.9 % apart"),
        pytest.param(
            entry(
                synthetic_declaration(
                    votes={"ann-example": 8, "bob-sample": 7, "cay-specimen": 0}, elected=None, rejected=1, papers=30
                )
            ),
            id="fourteen papers apart",
        ),
        pytest.param(
            entry(
                synthetic_declaration(votes=TIED, elected=["bob-sample"], lot=["bob-sample"], rejected=0, papers=2_668)
            ),
            id="a tie and its lot",
        ),
        pytest.param(entry(synthetic_declaration(lot=[])), id="an empty lot without a tie"),
        pytest.param(entry(altered(DECLARED, ("data/note", "Ré-compte, “twice” 👋"))), id="letters of all sorts"),
        pytest.param(
            entry(altered(DECLARED, ("time", LEFT_OUT), ("dataschema", "https://example.org/x"))), id="a schema"
        ),
        pytest.param(entry(DECLARED | EXTENSIONS), id="extension attributes"),
        pytest.param(
            entry(altered(DECLARED | EXTENSIONS, ("time", LEFT_OUT))), id="extension attributes, and not ours"
        ),
        *(
            pytest.param(entry(DECLARED | {"datacontenttype": written}), id=written)
            for written in (
                "application/json; charset=utf-8",
                "Application/JSON;charset=UTF-8",
                "application/vnd.example+json",
                "text/json",
            )
        ),
        pytest.param(entry(DECLARED | {"tim": "a", "subjct": "b"}), id="names like those of attributes that are there"),
        pytest.param({**entry(DECLARED), b"trace": b"\xff"}, id="another field on the stream"),
        pytest.param({b"data": b" \r\n" + json.dumps(DECLARED, indent=4).encode() + b"\n"}, id="spaces all over"),
    ],
)
def test_what_can_be_true_is_taken(fields: dict[bytes, bytes]) -> None:
    """Promise: what is not stated is not asked for, and what is unusual is not refused."""
    assert reasons_of(fields, REGISTER) == ()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(ward((900, 700, 600, 1), elected=["ben", "ada"]), id="elected in any order"),
        pytest.param(ward((900, 700, 700, 1), lot=["cat"], elected=["ada", "cat"]), id="a tie for the second seat"),
        pytest.param(ward((700, 700, 700, 1), lot=["cat", "ada"]), id="three with equal votes for two seats"),
        pytest.param(ward((900, 900, 700, 1)), id="equal votes of two who are elected anyway"),
        pytest.param(ward((2_000, 1_000, 900, 100), papers=2_010, rejected=10), id="two votes on every paper"),
        pytest.param(
            ward((2_000, 1_000, 900, 100), papers=2_006, rejected=10), id="two votes on every paper, and more"
        ),
        pytest.param(ward((3_000, 2_900, 90, 10)), id="every elector voted twice"),
    ],
)
def test_a_ward_of_two_seats_is_taken(fields: dict[bytes, bytes]) -> None:
    """Promise: with two seats a paper has up to two votes, and a tie counts only at the last seat."""
    assert reasons_of(fields, WARD_REGISTER) == ()


def test_nobody_is_refused_for_an_electorate_that_is_not_known() -> None:
    """Promise: without an electorate in the register, no number of votes is too high for it."""
    votes = {"dan-trial": 900_000_000, "eve-pattern": 2, "flo-mock": 1}
    event = synthetic_declaration(ballot_id=SAMPLEFORD, votes=votes, elected=None, rejected=None, papers=None)
    assert reasons_of(entry(altered(event, ("subject", SAMPLEFORD))), REGISTER) == ()


def test_fewer_candidates_than_seats_are_all_elected() -> None:
    """Promise: where there are no more candidates than seats, equal votes are no tie: all are elected."""
    contest = synthetic_contest(seats=3, baseline=Baselines(previous_election=None, sitting=None))
    register = synthetic_register(contests={TESTSHIRE: contest})
    event = synthetic_declaration(votes=TIED, elected=list(contest.candidates), rejected=None, papers=None)
    assert reasons_of(entry(event), register) == ()


def test_a_register_is_taken() -> None:
    """Promise: a register is taken before there is one."""
    event = event_of(entry(DESCRIBED), None)
    assert isinstance(event, RegisterEvent)
    assert event.data == REGISTER
    assert event.subject == ELECTION


def test_a_register_may_be_larger_than_a_declaration() -> None:
    """Promise: the limit on a declaration's bytes does not bind a register."""
    event = altered(DESCRIBED, ("data/sources", ["Synthetic: " + "x" * 180] * 2_000))
    assert reasons_of(entry(event), None) == ()


def test_an_amendment_is_taken() -> None:
    """Promise: an electorate and a candidate's name can be amended."""
    event = event_of(entry(AMENDED), REGISTER)
    assert isinstance(event, AmendmentEvent)
    assert event.data.electorate == 100_100


def test_a_rehearsal_is_taken_by_a_rehearsal() -> None:
    """Promise: what says that it is a test is taken by an election that is one."""
    rehearsal = synthetic_register(test=True)
    assert reasons_of(entry({**DECLARED, "test": True}), rehearsal) == ()
    assert reasons_of(entry(altered({**DESCRIBED, "test": True}, ("data/test", True))), None) == ()
