"""Signing in and out over HTTP: what is a proof, and when a session ends."""

import json
from typing import Any, Final, cast

import pytest
from starlette.requests import Request
from typer.testing import CliRunner

from schemas.signatures import decode, encode, header_of
from streams.keys import Partition
from tallywire.cli import app
from tallywire.people.signing_in import PROOF_LENGTH_MAX, PROOF_TYPE
from tallywire.posting.rates import SIGN_INS_MAX, WINDOW_S
from tallywire.posting.sessions import IDLE_S, Sessions
from tests.pipeline.faults import Fault
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import JSON_TYPE, Sender
from tests.pipeline.signed_sender import SignedSender, open_signed
from tests.pipeline.signing_in import Browser, compact
from tests.services.ingest.signed_election import CLERK, DESK, OFFICER, OPERATOR, STRANGER, declared, message
from tests.services.registers import ELECTION

KEYS: Final = Partition(ELECTION)


@pytest.fixture
def posting(pipeline: Pipeline) -> SignedSender:
    """Return a sender to an election that asks for signatures, with its people enrolled."""
    return open_signed(pipeline, "ingest")


@pytest.fixture
def browser(posting: SignedSender) -> Browser:
    """Return a browser that shows pages of that service."""
    return Browser(posting.sender)


def retired(key_id: str) -> dict[str, object]:
    """Return the message that retires a key."""
    return message("key", key_id, {"action": "retire", "key_id": key_id, "reason": "The phone is lost"}, "retire")


def test_a_signed_challenge_begins_a_session(browser: Browser) -> None:
    """Promise: whoever signs the challenge is signed in; no script reads the cookie, and no other site sends it."""
    assert browser.who().status == 401
    answer = browser.sign_in(OFFICER)
    assert (answer.status, answer.json["person"], answer.json["role"]) == (201, OFFICER.name, "returning-officer")
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"tallywire.{ELECTION}=")
    assert {each.lower() for each in attributes} == {"httponly", "path=/", "samesite=strict", "max-age=43200"}
    assert answer.headers["cache-control"] == "no-store"
    token = next(iter(browser.cookies.values()))
    assert token not in answer.body.decode()
    assert browser.who().json == answer.json


def test_over_https_the_cookie_is_of_this_host_alone(pipeline: Pipeline) -> None:
    """Promise: behind a proxy that speaks HTTPS the cookie is Secure and has the prefix __Host-."""
    open_signed(pipeline, "ingest")
    browser = Browser(Sender(pipeline, Fault(proxies=("127.0.0.1",))))
    forwarded = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.1", "Host": "results.example.org"}
    challenge = browser.challenge(**forwarded).json["challenge"]
    proof = browser.proof(OFFICER, challenge, origin="https://results.example.org")
    answer = browser.send(proof, **forwarded)
    assert answer.status == 201
    assert answer.headers["set-cookie"].startswith(f"__Host-tallywire.{ELECTION}=")
    assert "secure" in answer.headers["set-cookie"].lower().split("; ")
    assert browser.ask("GET", f"/v1/elections/{ELECTION}/sessions", None, **forwarded).status == 200
    plain = browser.challenge(**(forwarded | {"X_Forwarded_Proto": "http"}))
    assert (plain.status, "HTTPS only" in plain.json["detail"]) == (403, True)


def test_a_proof_is_good_once_here_and_for_this_election(browser: Browser) -> None:
    """Promise: replayed, for another election, from another page, or of another challenge it is refused."""
    proof = browser.proof(OFFICER, browser.challenge().json["challenge"])
    assert (browser.send(proof).status, browser.send(proof).status) == (201, 401)
    for said in ({"election": "parl.2030-05-02"}, {"origin": "https://evil.example"}):
        wrong = browser.proof(OFFICER, browser.challenge().json["challenge"], **said)
        assert browser.send(wrong).status == 401, said
    assert browser.send(browser.proof(OFFICER, encode(b"x" * 32))).status == 401
    assert browser.send(browser.proof(OFFICER, browser.challenge().json["challenge"]), "pcc.2031-05-02").status == 404


def test_a_forged_proof_signs_nobody_in(browser: Browser) -> None:
    """Promise: by an unknown key, by one person in another's name, or with another header it is refused, and told."""

    def said() -> dict[str, str]:
        return {
            "challenge": browser.challenge().json["challenge"],
            "election": ELECTION,
            "origin": browser.origin,
        }

    header = {"alg": "Ed25519", "kid": OFFICER.key_id, "typ": PROOF_TYPE}
    assert browser.send(browser.proof(STRANGER, said()["challenge"])).codes == ["signature.unknown_key"]
    assert browser.send(compact(STRANGER, header, said())).codes == ["signature.wrong"]
    event_header = {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": OFFICER.key_id}
    without_type = {"alg": "Ed25519", "kid": OFFICER.key_id}
    for other in (event_header, without_type, header | {"alg": "none"}, header | {"typ": "JWT"}, header | {"x": 1}):
        answer = browser.send(compact(OFFICER, other, said()))
        assert (answer.status, answer.codes) == (401, ["signature.malformed"]), other
    assert browser.send("x" * PROOF_LENGTH_MAX).codes == ["signature.malformed"]
    assert browser.send("nonsense").codes == ["signature.malformed"]
    assert browser.cookies == {}


def test_a_signed_event_signs_nobody_in_and_a_proof_is_no_event(posting: SignedSender, browser: Browser) -> None:
    """Promise: what is signed for one purpose is good for no other."""
    said = {"challenge": browser.challenge().json["challenge"], "election": ELECTION, "origin": browser.origin}
    payload = encode(json.dumps(said).encode())
    _, _, signature = OFFICER.sign(payload.encode()).rpartition(".")
    assert browser.send(f"{header_of(OFFICER.key_id)}.{payload}.{signature}").codes == ["signature.malformed"]
    proof = browser.proof(OFFICER, browser.challenge().json["challenge"])
    head, body, signature = proof.split(".")
    for content in (body.encode(), decode(body) or b""):
        answer = posting.sender.post(ELECTION, content, Tallywire_Signature=f"{head}..{signature}")
        assert (answer.status, answer.codes) == (401, ["signature.malformed"])


def test_the_page_of_another_site_can_do_nothing(browser: Browser) -> None:
    """Promise: signing in and out is refused where a browser says that another site asks, or does not say who."""
    browser.sign_in(OFFICER)
    path = f"/v1/elections/{ELECTION}/sessions"
    foreign: list[dict[str, str]] = [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ]
    for headers in foreign:
        assert browser.ask("DELETE", path, None, **headers).status == 403, headers
        assert browser.ask("POST", f"{path}/challenge", b"", **headers).status == 403, headers
        assert browser.ask("POST", path, b"{}", Content_Type=JSON_TYPE, **headers).status == 403, headers
    assert browser.who().status == 200
    assert browser.ask("DELETE", path, Origin=browser.origin).status == 204
    assert browser.who().status == 401


def test_a_session_ends_with_its_key(posting: SignedSender, browser: Browser) -> None:
    """Promise: from the moment that a key is retired its session reads nothing, and it signs in no more."""
    browser.sign_in(OFFICER)
    assert posting.post(OPERATOR, retired(OFFICER.key_id)).status == 200
    after = browser.who()
    assert after.status == 401
    assert after.codes == ["key.retired"]
    assert browser.sign_in(OFFICER).codes == ["key.retired"]


def test_the_operator_ends_the_sessions_of_a_person(posting: SignedSender, browser: Browser) -> None:
    """Promise: all of that person's, nobody else's."""
    other = Browser(browser.sender)
    browser.sign_in(DESK)
    other.sign_in(CLERK)
    url = posting.pipeline.server.url
    done = CliRunner().invoke(app, ["keys", "sign-out", DESK.name, "--redis", url])
    assert (done.exit_code, done.stdout) == (0, f"1 session of {DESK.name} ended.\n")
    assert (browser.who().status, other.who().status) == (401, 200)


def test_a_session_ends_by_itself(posting: SignedSender, browser: Browser) -> None:
    """Promise: unused it ends after half an hour, used after twelve; what is stored is a digest of its secret."""
    browser.sign_in(OFFICER)
    client = posting.pipeline.client
    (key,) = client.keys(KEYS.key("posting:session:*"))
    token = next(iter(browser.cookies.values()))
    assert token.encode() not in key + client.get(key)
    client.expire(key, 60)
    assert browser.who().status == 200
    assert IDLE_S - 60 < client.ttl(key) <= IDLE_S
    record = json.loads(client.get(key))
    client.set(key, json.dumps(record | {"until": client.time()[0] + 100}), ex=IDLE_S)
    assert browser.who().status == 200
    assert client.ttl(key) <= 100
    client.set(key, json.dumps(record | {"until": client.time()[0]}), ex=IDLE_S)
    assert browser.who().status == 401


def test_a_session_is_one_elections(posting: SignedSender, browser: Browser) -> None:
    """Promise: the same cookie under another election's name is nobody's."""
    browser.sign_in(OFFICER)
    posting.pipeline.client.xadd("tallywire:elections", {"election": "pcc.2031-05-02"})
    token = next(iter(browser.cookies.values()))
    browser.cookies["tallywire.pcc.2031-05-02"] = token
    assert browser.who("pcc.2031-05-02").status == 401


@pytest.mark.parametrize(
    ("client", "headers", "origin"),
    [
        ("127.0.0.1", {"host": "localhost:8480"}, "http://localhost:8480"),
        ("127.0.0.1", {"host": "evil.example"}, "https://results.example.org"),
        ("127.0.0.1", {"host": "localhost:8480", "x-forwarded-for": "192.0.2.1"}, "https://results.example.org"),
        ("192.0.2.1", {"host": "localhost:8480"}, "https://results.example.org"),
        ("127.0.0.1", {"host": "[bad"}, "https://results.example.org"),
    ],
)
def test_a_public_address_is_the_only_origin(client: str, headers: dict[str, str], origin: str) -> None:
    """Promise: where the operator says it, no request can say another; on the machine itself it is the machine's."""
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "scheme": "http",
        "client": (client, 1),
        "headers": named,
        "path": "/",
        "query_string": b"",
    }
    sessions = Sessions(cast("Any", None), "https://Results.example.org/below")
    assert sessions.origin(Request(scope)) == origin


def test_attempts_are_counted(posting: SignedSender, browser: Browser) -> None:
    """Promise: too many attempts to sign in from one address are answered with 429; whoever posts goes on."""
    posting.pipeline.client.set(KEYS.key("posting:sign-ins:127.0.0.1"), SIGN_INS_MAX, ex=WINDOW_S)
    answer = browser.challenge()
    assert (answer.status, "attempts to sign in" in answer.json["detail"]) == (429, True)
    assert posting.post(OFFICER, declared()).status == 200
