"""What a result takes over from the register, so that its readers need not have one."""

import pytest

from schemas.register import Body, Party
from services.rules.by_elections import is_by_election
from streams.fold import Encodable
from tests.services.events import declaration_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

VOTES = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}
BY_ELECTION = "parl.testshire.by.2030-05-02"


@pytest.mark.parametrize(
    ("ballot_id", "expected"),
    [
        ("parl.oldham-west-and-royton.by.2015-12-03", True),
        ("local.sheffield.ecclesall.by.2021-05-06", True),
        ("local.sheffield.ecclesall.2021-05-06", False),
        ("parl.derby-south.2024-07-04", False),
        ("local.by.testward.2030-05-02", False),
    ],
)
def test_a_by_election_is_told_by_the_segment_before_the_date(ballot_id: str, expected: bool) -> None:
    """Promise: Democracy Club's rule, and no place whose name has those letters."""
    assert is_by_election(ballot_id) == expected


def test_a_result_and_its_headline_say_what_the_register_knows_of_contest_body_and_parties() -> None:
    """Promise: by-election, office with its slug, body with its name, colours; null where the register has none."""
    register = synthetic_register(
        contests={BY_ELECTION: synthetic_contest(office="Member of Parliament", body="house-of-tests")},
        bodies={"house-of-tests": Body(name="House of Tests", kind="parliament", seats=3)},
        parties=PARTIES | {"PP90": Party(name="Liberal Democrats", spoken="Liberal Democrats", abbreviation="LD")},
    )
    written = aggregate_and_notify([register_event(register), declaration_event(BY_ELECTION, VOTES)])
    result, headline = written.last("results", BY_ELECTION), written.data("headlines")[0]
    assert (
        result["contest"]
        == headline["contest"]
        == {
            "name": "Testshire",
            "full_name": None,
            "office": "Member of Parliament",
            "office_slug": "member-of-parliament",
            "by_election": True,
            "voting_system": "first-past-the-post",
            "seats": 1,
        }
    )
    assert (result["body"], result["body_name"]) == ("house-of-tests", "House of Tests")
    assert (headline["body"], headline["body_name"]) == ("house-of-tests", "House of Tests")
    assert {party: named["colour"] for party, named in result["parties"].items()} == {
        "PP52": "#0087DC",
        "PP53": "#E4003B",
        "PP90": None,
    }
    assert [party["colour"] for party in headline["winners"] + headline["losers"]] == ["#E4003B", "#0087DC"]


def test_a_correction_and_a_withdrawal_name_the_headline_that_they_replace() -> None:
    """Promise: through aggregate and notify, the id in `supersedes` is that of a headline on the stream."""
    ledger: list[Encodable] = [
        register_event(synthetic_register()),
        declaration_event(TESTSHIRE, VOTES),
        declaration_event(TESTSHIRE, VOTES | {"ann-example": 22_000}, revision=2, sequence=3),
        declaration_event(TESTSHIRE, None, revision=3, sequence=4, kind="withdrawn", reason="A synthetic reason"),
    ]
    said = aggregate_and_notify(ledger).streams["headlines"]
    assert [event["data"]["kind"] for event in said] == ["gain", "correction", "withdrawal"]
    assert [event["data"]["supersedes"] for event in said] == [None, said[0]["id"], said[1]["id"]]
