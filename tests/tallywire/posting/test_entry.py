"""What the entry page asks the posting service for, by request: who sees what others have typed."""

import json
import re

import pytest

from tests.pipeline.pipeline import Pipeline
from tests.pipeline.signed_sender import SignedSender, open_signed
from tests.pipeline.signing_in import OWN_PAGE, Browser
from tests.services.ingest.signed_election import CLERK, DESK, OPERATOR, OTHER_CLERK, SECOND, Person, entered, message
from tests.services.registers import ELECTION, NEWTOWN, TESTSHIRE

CONTEST = f"/enter/{ELECTION}/contests/{TESTSHIRE}"


@pytest.fixture
def posting(pipeline: Pipeline) -> SignedSender:
    """Return a sender to an election that asks for signatures, in which a clerk has typed Testshire."""
    sender = open_signed(pipeline, "ingest", "aggregate")
    assert sender.post(CLERK, entered("entry-1")).status == 202
    return sender


def signed_in(posting: SignedSender, person: Person) -> Browser:
    """Return a browser in which somebody is signed in."""
    browser = Browser(posting.sender)
    assert browser.sign_in(person).status == 201
    return browser


def test_the_first_reading_is_seen_by_a_second_person_who_has_typed_too(posting: SignedSender) -> None:
    """Promise: nobody sees figures before having typed the own ones, clerks and the desk never, and nobody unasked."""
    readings = f"{CONTEST}/readings/1"
    second = signed_in(posting, SECOND)
    assert second.ask("GET", readings).status == 403
    assert Browser(posting.sender).ask("GET", readings).status == 401
    assert posting.post(SECOND, entered("entry-2", papers=56_243)).status == 202
    assert posting.post(OTHER_CLERK, entered("entry-3")).status == 202
    found = second.ask("GET", readings).json["readings"]
    assert {(one["person"], one["mine"], one["figures"]["papers"]) for one in found} == {
        (CLERK.name, False, 56_234),
        (SECOND.name, True, 56_243),
        (OTHER_CLERK.name, False, 56_234),
    }
    assert second.ask("GET", f"{CONTEST}/readings/2").status == 403
    assert second.ask("GET", f"/enter/{ELECTION}/contests/{NEWTOWN}/readings/1").status == 403
    for person in (CLERK, OTHER_CLERK, DESK):
        assert signed_in(posting, person).ask("GET", readings).status == 403, person.name


def test_the_list_of_contests_is_the_keys_and_has_no_figures(posting: SignedSender) -> None:
    """Promise: a key's contests, with who has typed them, and nothing of what; and whether the election is closed."""
    answer = signed_in(posting, SECOND).ask("GET", f"/enter/{ELECTION}/contests")
    (contest,) = answer.json["contests"]
    assert (contest["ballot_id"], contest["next_revision"]) == (TESTSHIRE, 1)
    assert contest["typed"] == [{"person": CLERK.name, "mine": False}]
    assert b"30000" not in answer.body
    desk = signed_in(posting, DESK)
    everything = desk.ask("GET", f"/enter/{ELECTION}/contests").json
    assert (len(everything["contests"]), everything["closed_since"]) == (3, None)
    data = {"closed": True, "reason": "The night is over."}
    receipt = posting.post(OPERATOR, message("closing", ELECTION, data, "close-1"))
    assert receipt.status == 200, receipt.json
    assert desk.ask("GET", f"/enter/{ELECTION}/contests").json["closed_since"].endswith("Z")


def test_a_note_reaches_who_has_typed_and_comes_from_our_page_alone(posting: SignedSender) -> None:
    """Promise: a note is kept for that person; the page of another site leaves none, nor does somebody who may not."""
    second = signed_in(posting, SECOND)
    note = json.dumps({"revision": 1, "person": CLERK.name, "note": "Look at the third bundle"}).encode()
    sent = {"Content-Type": "application/json"}
    assert second.ask("POST", f"{CONTEST}/returns", note, **sent, **OWN_PAGE).status == 403
    assert posting.post(SECOND, entered("entry-2", papers=56_243)).status == 202
    foreign = second.ask("POST", f"{CONTEST}/returns", note, **sent, **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    nobody = json.dumps({"revision": 1, "person": "nobody", "note": "Look"}).encode()
    assert second.ask("POST", f"{CONTEST}/returns", nobody, **sent, **OWN_PAGE).status == 404
    assert second.ask("POST", f"{CONTEST}/returns", b'{"note": ""}', **sent, **OWN_PAGE).status == 400
    assert second.ask("POST", f"{CONTEST}/returns", note, **sent, **OWN_PAGE).status == 204
    clerk = signed_in(posting, CLERK)
    (contest,) = clerk.ask("GET", f"/enter/{ELECTION}/contests").json["contests"]
    assert contest["returned"] == {"person": SECOND.name, "note": "Look at the third bundle"}
    (others,) = signed_in(posting, OTHER_CLERK).ask("GET", f"/enter/{ELECTION}/contests").json["contests"]
    assert others["returned"] is None


def test_what_would_be_noted_is_told_to_who_types_that_contest(posting: SignedSender) -> None:
    """Promise: to nobody else, and to no other site's page; figures that are none are answered so."""
    clerk, typed = signed_in(posting, CLERK), json.dumps(entered("entry")["data"]).encode()
    sent = {"Content-Type": "application/json"}
    told = clerk.ask("POST", f"{CONTEST}/noted", typed, **sent, **OWN_PAGE)
    assert (told.status, told.json) == (200, {"noted": []})
    assert clerk.ask("POST", f"{CONTEST}/noted", b"{}", **sent, **OWN_PAGE).status == 400
    assert clerk.ask("POST", f"{CONTEST}/noted", typed, **sent, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    others = f"/enter/{ELECTION}/contests/{NEWTOWN}/noted"
    assert clerk.ask("POST", others, typed, **sent, **OWN_PAGE).status == 404
    assert Browser(posting.sender).ask("POST", f"{CONTEST}/noted", typed, **sent, **OWN_PAGE).status == 401


def test_the_pages_are_served_and_not_in_the_document(posting: SignedSender) -> None:
    """Promise: pages with a strict policy and nothing inline that runs; a worker for `/enter`; names are escaped."""
    for path in ("/enter", "/enrol", "/post", "/enter?lang=cy", "/enter?lang=%3Cb%3E"):
        page = posting.sender.get(path)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert b"style=" not in page.body
        assert b"<b>" not in page.body.partition(b"<main")[0]
    assert b'lang="cy"' in posting.sender.get("/enter?lang=cy").body
    worker = posting.sender.get("/enter/worker.js")
    assert worker.headers["service-worker-allowed"] == "/enter"
    kept = json.loads(worker.body.partition(b"\n")[0].removeprefix(b"const KEPT = "))
    for address in kept:
        script = posting.sender.get(address)
        assert script.status == 200, address
        for other in re.findall(rb"""(?:\bfrom |\bimport\()['"]\./([\w.-]+)""", script.body):
            assert f"{address.rpartition('/')[0]}/{other.decode()}" in kept, f"{address} imports it"
    paths = posting.sender.get("/openapi.json").json["paths"]
    assert not [path for path in paths if not path.startswith("/v1/")]
    assert posting.sender.get(f"/enrol/{ELECTION}/{SECOND.key_id}").json == {"enrolled": True}
    assert posting.sender.get(f"/enrol/{ELECTION}/{'A' * 43}").json == {"enrolled": False}
