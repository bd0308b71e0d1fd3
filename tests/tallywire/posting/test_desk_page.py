"""The desk by request: who sees what, what is offered, and what is refused to whoever sends it all the same."""

import json
import re
from html import unescape
from types import SimpleNamespace
from typing import Any, Final

import pytest

from services.ingest.rules.authority import RIGHTS, Action
from tallywire.client.connection import open_connection
from tallywire.client.signing import SigningKey, now
from tallywire.pages.rendering import render
from tallywire.people.invitations import invite
from tallywire.people.requests import make_request
from tallywire.posting.desk.routes import PACKAGE
from tests.pages.desks import OTHER_DESK, DeskNight
from tests.pipeline.pipeline import Pipeline
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    ENROLLED,
    NOT_MOST_VOTES,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    SECOND,
    SYSTEM,
    Person,
    confirmation,
    enrolment,
    entered,
    message,
)
from tests.services.registers import ELECTION, NEWTOWN, TESTSHIRE
from tests.waiting import wait_until

PAGE: Final = f"/desk/{ELECTION}"


@pytest.fixture
def night(pipeline: Pipeline, tmp_path: Any) -> DeskNight:  # noqa: ANN401  # a path
    """Return a night with a desk."""
    return DeskNight(pipeline, tmp_path)


def case(night: DeskNight, who: Person, ballot_id: str = TESTSHIRE) -> str:
    """Return the page of somebody who has a contest in hand."""
    night.election.settle()
    answer = night.browser(who).ask("GET", f"{PAGE}?contest={ballot_id}")
    assert answer.status == 200, answer.body
    return answer.body.decode()


def offered(page: str) -> set[str]:
    """Return what a page offers to do."""
    return set(re.findall(r'data-way="([a-z]+)', page))


def test_who_looks_at_pages_is_told_on_a_page(night: DeskNight) -> None:
    """Promise: an address that is not there, or not for everybody, is a page in a browser and JSON for programs."""
    for path, status in ((f"{PAGE}/readiness", 404), (f"{PAGE}/changes", 401), ("/v1/nothing", 404)):
        for asked, told in (("text/html", "text/html"), ("*/*", "application/problem+json")):
            found = night.sender.request("GET", path, None, {"Accept": asked})
            wanted = "application/problem+json" if path.startswith("/v1/") else told
            assert (found.status, found.headers["content-type"].partition(";")[0]) == (status, wanted)


def test_the_desk_is_for_those_who_decide(night: DeskNight) -> None:
    """Promise: without a session a page to sign in; clerks and systems are told that it is not theirs; never kept."""
    anonymous = night.sender.get(PAGE)
    assert (anonymous.status, "Sign in" in anonymous.body.decode()) == (200, True)
    assert "frame-ancestors 'none'" in anonymous.headers["content-security-policy"]
    assert night.sender.get(f"{PAGE}/changes").status == 401
    for role, rights in RIGHTS.items():
        person = next((each for each, enrolled, _ in ENROLLED.values() if enrolled == role), OPERATOR)
        answer = night.browser(person).ask("GET", PAGE)
        assert answer.status == (200 if "confirm" in rights else 403), role
        assert answer.headers["cache-control"] == "no-store"


def test_what_a_role_may_not_do_is_not_offered(night: DeskNight) -> None:
    """Promise: the page offers what the table of docs/signatures.md allows, and nothing else."""
    night.election.declare(OFFICER, "declared-1")
    night.election.declare(OFFICER, "declared-2", revision=2, **NOT_MOST_VOTES)
    night.election.settle()
    deciding, rare = {"return", "confirm", "reject"}, {"postponed", "countermanded", "annulled", "amend"}
    assert offered(case(night, SECOND)) == deciding
    assert offered(case(night, DESK)) == deciding | rare | {"withdrawn", "recount", "declared"}
    assert offered(case(night, OPERATOR)) == deciding | rare | {"withdrawn", "recount"}
    # Whoever has sent it decides nothing about it.
    assert offered(case(night, OFFICER)) == {"withdrawn", "recount"}


def test_what_a_role_may_not_do_is_refused_when_it_is_sent(night: DeskNight) -> None:
    """Promise: every role against every action, by request: what the table does not allow is 403, whoever sends it."""
    hold = night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)["hold"]
    reason = {"ballot_id": TESTSHIRE, "reason": "Tried"}

    def declared(kind: str) -> dict[str, Any]:
        return message("declaration", TESTSHIRE, {**reason, "revision": 3, "kind": kind}, f"{kind}")

    forged: dict[Action, dict[str, Any]] = {
        "confirm": confirmation("confirm", hold, "reject", "Tried"),
        "recount": declared("recount"),
        "withdraw": declared("withdrawn"),
        "amend": message("amendment", TESTSHIRE, {**reason, "electorate": 200_001}, "amend"),
        "enrol": enrolment(Person("nobody"), "clerk", None),
    }
    for person, role, _ in ENROLLED.values():
        for action, event in forged.items():
            if action in RIGHTS[role]:  # type: ignore[index]  # a role
                continue
            sent = event | {"time": now(), "id": f"{event['id']}-{person.name}"}
            content = json.dumps(sent).encode()
            answer = night.sender.post(ELECTION, content, Tallywire_Signature=person.sign(content))
            assert (answer.status, "key.may_not" in answer.codes) == (403, True), (role, action, answer.body)


def test_whose_contests_are_others_sees_nothing_of_these(night: DeskNight) -> None:
    """Promise: a second person sees and opens the own contests alone; a session changes nothing."""
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    stranger = Person("synthetic-newtown")
    night.election.post(OPERATOR, enrolment(stranger, "second-person", (NEWTOWN,)))
    night.election.settle()
    browser = night.browser(stranger)
    page = browser.ask("GET", PAGE).body.decode()
    assert "Testshire" not in page
    assert browser.ask("GET", f"{PAGE}?contest={TESTSHIRE}").status == 404
    assert browser.ask("GET", f"{PAGE}/changes?contest={TESTSHIRE}").status == 404
    assert "Testshire" not in browser.ask("GET", f"{PAGE}/contests").body.decode()
    assert browser.ask("GET", f"{PAGE}/people").status == 403
    for method in ("POST", "PUT", "DELETE"):
        assert browser.ask(method, PAGE, b"", Sec_Fetch_Site="same-origin").status == 405


def test_both_readings_stand_side_by_side(night: DeskNight) -> None:
    """Promise: what is held is beside what another person has typed, with what differs; blind typists do not see it."""
    night.election.post(CLERK, entered("typed", rejected=1_233, papers=56_233))
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    page = case(night, DESK)
    assert "beside what is typed by another person" in page
    assert (f"{CLERK.name}, " in page, "1,233" in page, "−1" in page, "Most votes" in page) == (True,) * 4
    assert "1,233" not in case(night, SECOND)


def test_the_list_is_sorted_by_harm(night: DeskNight) -> None:
    """Promise: a result that stands and may be wrong first, then what is held, refused, and typed twice differently."""
    night.election.declare(OFFICER, "declared-1")
    night.election.declare(
        OFFICER,
        "declared-2",
        revision=2,
        votes={"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000},
        elected=None,
    )
    night.election.declare(SYSTEM, "wrong", votes={"ann-example": 1})
    night.election.post(CLERK, entered("typed-1", revision=4))
    night.election.post(OTHER_CLERK, entered("typed-2", revision=4, rejected=1_233, papers=56_233))
    night.sender.post(ELECTION, b"{}")
    page = case(night, DESK)
    tags = re.findall(r'class="tag [a-z]+">([A-Z][a-z ]+)', page.partition('id="list"')[2].partition("</section>")[0])
    assert tags == ["Under review", "Refused", "Typed", "Turned away"]
    typed = re.search(r'id="row-typed.*?</li>', page, re.DOTALL)
    assert typed is not None
    assert not any(figure in typed[0] for figure in ("1,233", "1,234"))


def test_only_what_differs_is_sent_again(night: DeskNight) -> None:
    """Promise: a desk that asks every two seconds gets the parts that have changed since."""
    browser = night.browser(DESK)
    path = f"{PAGE}/changes?contest={TESTSHIRE}"
    first = browser.ask("GET", path).json["parts"]
    assert set(first) == {"strip", "list", "services", "overdue", "now", "case"}
    have = ",".join(f"{name}:{part['digest']}" for name, part in first.items())
    assert "case" not in browser.ask("GET", f"{path}&have={have}").json["parts"]
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    night.election.settle()

    def changed() -> set[str]:
        return set(browser.ask("GET", f"{path}&have={have}").json["parts"])

    wait_until(lambda: {"list", "case", "strip"} <= changed(), what="the desk to see it")


def test_another_desk_is_told_who_has_a_contest_open(night: DeskNight) -> None:
    """Promise: two people do not make the same telephone call unknown to each other."""
    night.browser(OTHER_DESK).ask("GET", f"{PAGE}?contest={TESTSHIRE}")
    page = case(night, DESK)
    assert f"<b>{OTHER_DESK.name}</b> has this open at another desk since" in page
    assert f"<b>{DESK.name}</b> has this open" not in page


def test_the_operator_sees_keys_and_what_waits(night: DeskNight) -> None:
    """Promise: the operator lists keys and retires them; the results desk lists them only."""
    operators = night.browser(OPERATOR).ask("GET", f"{PAGE}/people").body.decode()
    desks = night.browser(DESK).ask("GET", f"{PAGE}/people").body.decode()
    assert CLERK.key_id in operators
    assert ("Retire this key" in operators, "Retire this key" in desks) == (True, False)


def test_the_operator_enrols_a_key_at_the_desk(night: DeskNight) -> None:
    """Promise: a request that waits is shown with the key's id, and enrolled for whom the invitation was."""
    key = SigningKey.draw()
    with open_connection(night.election.url) as connection:
        token = invite(connection, ELECTION, "new-clerk", "clerk", (TESTSHIRE,))
    signature, _, content = make_request(key, "A Name", token).partition(b"\n")
    headers = {"Content-Type": "application/json", "Tallywire-Signature": signature.decode()}
    assert night.sender.request("POST", f"/v1/elections/{ELECTION}/enrolments", content, headers).status == 202
    browser = night.browser(OPERATOR)
    page = browser.ask("GET", f"{PAGE}/people").body.decode()
    (offered_key,) = re.findall(r'data-enrol="([^"]*)"', page)
    data = json.loads(unescape(offered_key))
    assert (data["key_id"], data["person"], data["role"], data["contests"]) == (
        key.key_id,
        "new-clerk",
        "clerk",
        [TESTSHIRE],
    )
    assert "A Name" not in page
    event = json.dumps(message("key", key.key_id, data, "enrol-new") | {"time": now()}).encode()
    assert night.sender.post(ELECTION, event, Tallywire_Signature=OPERATOR.sign(event)).status == 200
    assert "data-enrol" not in browser.ask("GET", f"{PAGE}/people").body.decode()
    assert "data-enrol" not in night.browser(DESK).ask("GET", f"{PAGE}/people").body.decode()


def test_a_rehearsal_says_so_first() -> None:
    """Promise: the word comes first in the title, stands in a bar, and is on each row."""
    waits = SimpleNamespace(name="A night", test=True, signed=True)
    page = render(PACKAGE, "sign-in.html", election="rehearsal.x", waits=waits, why=None, here="/desk/rehearsal.x")
    assert "<title>REHEARSAL Sign in" in page
    assert 'class="trial-bar"' in page
