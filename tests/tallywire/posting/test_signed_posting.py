"""Signed declarations over HTTP: who is let in, what is held, and what a retry is answered."""

import json

import pytest

from tallywire.client.connection import open_connection
from tallywire.client.signing import now
from tallywire.client.turned_away import turned_away
from tallywire.posting.rates import FAILURES_MAX, KEY_POSTS_MAX, WINDOW_S
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.signed_sender import KEYS, SignedSender, open_signed
from tests.services.ingest.signed_election import (
    CLERK,
    NOT_MOST_VOTES,
    OFFICER,
    SECOND,
    STRANGER,
    confirmation,
    declared,
    entered,
)
from tests.services.registers import ELECTION, SAMPLEFORD


@pytest.fixture
def posting(pipeline: Pipeline) -> SignedSender:
    """Return a sender to an election that asks for signatures, with its people enrolled."""
    return open_signed(pipeline, "ingest")


def test_a_signed_declaration_is_taken_and_its_receipt_says_who(posting: SignedSender) -> None:
    """Promise: 200, and the receipt names the person; the same bytes again are a duplicate."""
    content = json.dumps(declared() | {"time": now()}).encode() + b"\n"
    answers = [posting.sender.post(ELECTION, content, Tallywire_Signature=OFFICER.sign(content)) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.json["data"]["status"] for answer in answers] == ["accepted", "duplicate"]
    assert {(answer.json["data"]["signed"], answer.json["data"]["person"]) for answer in answers} == {
        (True, OFFICER.name)
    }


def test_what_nobody_of_the_election_has_signed_is_not_appended(posting: SignedSender) -> None:
    """Promise: 401 with the reason; nobody without a key can fill the stream."""
    before = posting.appended
    content = json.dumps(declared() | {"time": now()}).encode()
    unsigned = posting.sender.post(ELECTION, content)
    malformed = posting.sender.post(ELECTION, content, Tallywire_Signature="nonsense")
    forged = posting.sender.post(ELECTION, content, Tallywire_Signature=OFFICER.sign(content + b" "))
    unknown = posting.post(STRANGER, declared())
    answers = (unsigned, malformed, forged, unknown)
    assert [(answer.status, *answer.codes) for answer in answers] == [
        (401, "signature.missing"),
        (401, "signature.malformed"),
        (401, "signature.wrong"),
        (401, "signature.unknown_key"),
    ]
    assert posting.appended == before
    with open_connection(posting.pipeline.server.url) as connection:
        seen = turned_away(connection, ELECTION)
    assert seen is not None
    assert sorted((each.address, each.code, each.count) for each in seen) == [
        ("127.0.0.1", answer.codes[0], 1) for answer in sorted(answers, key=lambda one: one.codes[0])
    ]


def test_a_key_for_something_else_is_forbidden(posting: SignedSender) -> None:
    """Promise: 403 where the key is another contest's, or its holder may not do it."""
    other = posting.post(OFFICER, declared(ballot_id=SAMPLEFORD))
    clerk = posting.post(CLERK, declared())
    assert (other.status, other.codes[0]) == (403, "key.other_contest")
    assert (clerk.status, *clerk.codes) == (403, "key.may_not")


def test_a_declaration_that_is_held_is_answered_so_until_it_is_decided(posting: SignedSender) -> None:
    """Promise: 202 with what is odd; the same bytes say held, and then who has confirmed it."""
    content = json.dumps(declared(**NOT_MOST_VOTES) | {"time": now()}).encode()
    signature = OFFICER.sign(content)
    held, again = (posting.sender.post(ELECTION, content, Tallywire_Signature=signature) for _ in range(2))
    assert (held.status, held.json["data"]["status"], again.status) == (202, "held", 202)
    assert held.headers["content-type"] == "application/cloudevents+json"
    assert posting.post(SECOND, confirmation("yes", held.json["data"]["hold"])).status == 200
    taken = posting.sender.post(ELECTION, content, Tallywire_Signature=signature)
    assert (taken.status, taken.json["data"]["decided"]["person"]) == (200, SECOND.name)


def test_a_declaration_that_was_rejected_stays_so(posting: SignedSender) -> None:
    """Promise: the same bytes after a rejection are 422 ``hold.rejected``, with who and why."""
    content = json.dumps(declared(**NOT_MOST_VOTES) | {"time": now()}).encode()
    signature = OFFICER.sign(content)
    held = posting.sender.post(ELECTION, content, Tallywire_Signature=signature).json["data"]["hold"]
    posting.post(SECOND, confirmation("no", held, "reject", "The paper says otherwise"))
    again = posting.sender.post(ELECTION, content, Tallywire_Signature=signature)
    assert (again.status, again.codes, again.json["decided"]["reason"]) == (
        422,
        ["hold.rejected"],
        "The paper says otherwise",
    )


def test_an_entry_waits_for_the_second(posting: SignedSender) -> None:
    """Promise: figures that one person has typed are answered with 202."""
    answer = posting.post(CLERK, entered("entry-1"))
    assert (answer.status, answer.json["data"]["entered"]["agrees"]) == (202, None)


def test_nobody_uses_up_the_limit_of_whoever_signs(posting: SignedSender) -> None:
    """Promise: what fails at its signature is counted apart, and a key for each address that it is used from.

    What is published is signed: whoever sends it again from elsewhere keeps nobody out.
    """
    client, sender = posting.pipeline.client, posting.sender
    content = json.dumps(declared() | {"time": now()}).encode()
    signature = OFFICER.sign(content)
    client.set(KEYS.key("posting:failures:127.0.0.1"), FAILURES_MAX, ex=WINDOW_S)
    before = posting.appended
    failed = sender.post(ELECTION, content, Tallywire_Signature=STRANGER.sign(content))
    assert (failed.status, "whose signature does not hold" in failed.json["detail"]) == (429, True)
    assert posting.appended == before
    assert sender.post(ELECTION, content, Tallywire_Signature=signature).status == 200
    sender.address = "127.0.0.9"
    client.set(KEYS.key(f"posting:key:{OFFICER.key_id}:127.0.0.9"), KEY_POSTS_MAX, ex=WINDOW_S)
    again = sender.post(ELECTION, content, Tallywire_Signature=signature)
    assert again.status == 429
    assert "posts signed with this key" in again.json["detail"]
    sender.address = "127.0.0.1"
    assert sender.post(ELECTION, content, Tallywire_Signature=signature).status == 200
