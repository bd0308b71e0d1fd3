"""A request for a key that comes over HTTP with an invitation, and waits until the operator enrols it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemas.signatures import encode
from tallywire.client.signing import SigningKey, open_signed_file
from tallywire.people.invitations import enrolment_key, invitation_key, read_link, token_digest
from tallywire.people.requests import REQUEST_LENGTH_MAX, make_request
from tests.pipeline.people import ELECTION, NORFOLK, RECORDED, People
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import JSON_TYPE, Answered, Sender


@dataclass(frozen=True)
class Face:
    """An election that asks for signatures, and the posting service in front of it."""

    people: People
    sender: Sender
    pipeline: Pipeline

    def invite(self, *arguments: str) -> str:
        """Invite Norfolk's returning officer, and return the link."""
        who = ("--person", "norfolk-ro", "--role", "returning-officer", "--contest", NORFOLK)
        url = f"http://{self.sender.host}:{self.sender.port}"
        return self.people.done("keys", "invite", *who, "--public-url", url, *arguments).stdout.strip()

    def ask(self, request: bytes, **headers: str) -> Answered:
        """Post a request as a file has it."""
        signature, content = open_signed_file(request) or ("", request)
        named = {"Content-Type": JSON_TYPE, "Tallywire-Signature": signature, **headers}
        return self.sender.request("POST", f"/v1/elections/{ELECTION}/enrolments", content, named)

    def waiting(self) -> list[str]:
        """Return the ids of the keys that wait."""
        done = self.people.done("keys", "requests", "--json")
        return [json.loads(line)["key_id"] for line in done.stdout.splitlines()]


@pytest.fixture
def face(pipeline: Pipeline, tmp_path: Path) -> Iterator[Face]:
    """Load the election, with ingest and a posting service at work."""
    pipeline.start("ingest")
    people = People(pipeline.server.url, tmp_path)
    people.load()
    yield Face(people, Sender(pipeline), pipeline)
    assert pipeline.services.end() == [0, 0]


def test_a_request_with_an_invitation_waits_until_it_is_enrolled(face: Face) -> None:
    """Promise: the invited makes a key and sends the request in one step; the operator enrols it by its id, once."""
    people = face.people
    key_id = people.make("norfolk", "--name", "Alex Example", "--invitation", face.invite())
    assert face.waiting() == [key_id]
    shown = people.done("keys", "requests").stdout
    assert f"norfolk-ro, a returning officer: {NORFOLK}\n  {key_id}" in shown
    assert "Alex Example" not in shown
    refused = people.declare("norfolk", RECORDED[NORFOLK])
    assert "signature.unknown_key" in refused.stdout
    assert people.done("keys", "enrol", key_id, *people.operator).stdout.startswith("accepted")
    assert face.waiting() == []
    assert f"norfolk-ro (Alex Example), a returning officer: {NORFOLK}" in people.done("keys", "list").stdout
    assert people.declare("norfolk", RECORDED[NORFOLK]).stdout.startswith("accepted")
    again = people.run("keys", "enrol", key_id, *people.operator)
    assert (again.exit_code, "keys requests" in again.stderr) == (6, True)
    assert [key for key in face.pipeline.client.scan_iter() if b":posting:" in key and b"enrol" in key] == []


def test_an_invitation_is_used_once_and_stored_as_a_digest(face: Face) -> None:
    """Promise: the same request again is answered the same; another one with that invitation is not taken."""
    _, token = read_link(face.invite())
    first, second = (make_request(SigningKey.draw(), invitation=token) for _ in range(2))
    assert [face.ask(first).status for _ in range(2)] == [202, 202]
    answer = face.ask(second)
    assert (answer.status, "was used for another key" in answer.json["detail"]) == (409, True)
    client = face.pipeline.client
    stored = [client.dump(key) for key in client.scan_iter() if b"posting:enrolment" not in key and b"log" not in key]
    assert not any(token.encode() in value for value in stored)
    assert token not in face.pipeline.services.log()
    digest = token_digest(token)
    assert all(client.ttl(key(ELECTION, digest)) > 0 for key in (invitation_key, enrolment_key))


def test_who_is_not_invited_or_has_not_the_key_is_refused(face: Face) -> None:
    """Promise: nothing of theirs is kept, and each is told why."""
    _, token = read_link(face.invite())
    key, other = SigningKey.draw(), SigningKey.draw()
    _, content = open_signed_file(make_request(key, invitation=token)) or ("", b"")
    attempts = {
        403: (make_request(key), make_request(key, invitation=encode(bytes(32)))),
        422: (other.sign(content).encode() + b"\n" + content, content, key.sign(b"{}").encode() + b"\n{}"),
        413: (key.sign(content).encode() + b"\n" + content.ljust(REQUEST_LENGTH_MAX),),
    }
    for status, requests in attempts.items():
        assert [face.ask(request).status for request in requests] == [status] * len(requests)
    assert face.waiting() == []
    cut = face.people.run("keys", "make", face.people.file("late.key"), "--invitation", face.invite()[:-1])
    assert (cut.exit_code, "no link of an invitation" in cut.stderr) == (2, True)
    assert not Path(face.people.file("late.key")).exists()


def test_over_plain_http_from_elsewhere_nobody_is_enrolled(face: Face) -> None:
    """Promise: it is refused, with why; a proxy whose word nobody believes is not this machine."""
    _, token = read_link(face.invite())
    answer = face.ask(make_request(SigningKey.draw(), invitation=token), **{"X-Forwarded-For": "198.51.100.7"})
    assert (answer.status, "over HTTPS only" in answer.json["detail"]) == (403, True)
    assert face.waiting() == []
