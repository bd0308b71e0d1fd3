"""How the publishing service answers: what every answer has, what is refused, and who asks oddly."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from tallywire.embedded.server import start_server
from tallywire.publishing.app import application
from tallywire.publishing.door import HEAD_BYTES_MAX, URL_BYTES_MAX, Door
from tallywire.publishing.parameters import TAKEN
from tallywire.web.answers import Page, answer, chosen
from tests.pipeline.night import night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.sender import Answered
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(32, contests=4, declarations=6)
ELECTION: Final = f"/v1/elections/{NIGHT.election}"
SNAPSHOT: Final = f"{ELECTION}/snapshot"
PROBLEM: Final = "application/problem+json"


@pytest.fixture(scope="module")
def publisher(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """Return a publishing service that shows a night."""
    folder: Path = tmp_path_factory.mktemp("answers")
    with start_server(folder, ephemeral=True) as started, pipeline_on(started, nursery, folder) as prepared:
        prepared.start_all()
        centre = prepared.open(NIGHT)
        centre.send(NIGHT.declarations)
        centre.settle()
        found = Publisher.ready(prepared)
        yield found
        assert found.service.alive()
        assert "Traceback" not in found.service.log()


def said(publisher: Publisher, request: bytes) -> bytes:
    """Return everything that is answered to bytes, until the service closes the connection."""
    with closing(socket.create_connection((publisher.host, publisher.port), 60)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def require_problem(answer: Answered, status: int) -> str:
    """See that an answer is a problem, which scripts of any site may read, and return what it says."""
    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json["status"] == status
    assert answer.headers["access-control-allow-origin"] == "*"
    return str(answer.json["detail"])


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nothing/here", 404, "There is nothing at /nothing/here."),
        ("GET", "/v1/elections/none.2030-05-02/snapshot", 404, "There is no election none.2030-05-02."),
        ("GET", f"{ELECTION}/contests/{'x' * 4_000}", 404, f"{'x' * 200} here."),
        ("POST", SNAPSHOT, 405, "GET or HEAD"),
        ("GET", f"{SNAPSHOT}?at=yesterday", 400, "at is a cursor"),
        ("GET", f"{SNAPSHOT}?at=0&at=0", 400, "at stands twice."),
        ("GET", f"{ELECTION}/events?partys=PP52", 400, "There is no parameter partys here. Did you mean party?"),
        ("GET", f"{SNAPSHOT}?party=PP52", 400, "There is no parameter party here. There are: at."),
        ("GET", "/v1/elections?page=2", 400, "This page takes none."),
        ("GET", f"{ELECTION}/headlines?region={'x' * 1_000}", 400, "longer than 200 characters"),
        ("GET", f"{ELECTION}/headlines?region={'x' * 10_000}", 414, "longer than"),
        ("GET", f"{ELECTION}/headlines?{'x' * 4_000}=1", 400, f"parameter {'x' * 50} here."),
    ],
)
def test_whatever_is_wrong_is_a_problem(publisher: Publisher, method: str, path: str, status: int, detail: str) -> None:
    """Promise: every refusal is problem details that say what is wrong; nothing misspelt is passed over."""
    assert detail in require_problem(publisher.get(path, method), status)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"this is no HTTP\r\n\r\n", 400),
        (b"GET /v1/elections HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        ("GET /v1/élections HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 400),
        (b"CONNECT there:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET /%b HTTP/1.1\r\n" % (b"x" * 300_000), 431),
        (b"GET / HTTP/1.1\r\nX: %b\r\n" % (b"x" * (HEAD_BYTES_MAX + URL_BYTES_MAX)), 431),
    ],
)
def test_what_is_no_request_is_a_problem(publisher: Publisher, request_bytes: bytes, status: int) -> None:
    """Promise: also what is no HTTP, or has no end, is answered with problem details, and the connection is closed."""
    head, _, body = said(publisher, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), head
    assert PROBLEM.encode() in head
    assert b"connection: close" in head.lower()
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        (f"/elections/{NIGHT.election}?regoin=wales", 400, "There is no parameter regoin here."),
        ("/elections/pcc.2099-05-02", 404, "There is no election pcc.2099-05-02."),
        (f"/elections/{NIGHT.election}/nothing", 404, "There is nothing at "),
    ],
)
def test_who_looks_at_pages_is_told_on_a_page(publisher: Publisher, path: str, status: int, detail: str) -> None:
    """Promise: nobody gets problem details as JSON in a browser's window."""
    page = publisher.get(path, accept="text/html,*/*;q=0.8")
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (status, "text/html")
    assert detail in page.body.decode()


def test_a_fault_of_ours_is_a_problem() -> None:
    """Promise: a page that fails answers 500 with problem details, and nothing of what went wrong."""

    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError("secret")

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "raw_path": b"/x", "query_string": b"", "headers": []}
    asyncio.run(Door(failing, None)(scope, receive, send))
    assert told[0]["status"] == 500
    assert (b"access-control-allow-origin", b"*") in told[0]["headers"]
    assert b"secret" not in told[1]["body"]


def test_scripts_of_any_site_may_read(publisher: Publisher) -> None:
    """Promise: a browser's preflight is answered, and scripts see every header of ours."""
    asked = publisher.get(
        f"{ELECTION}/events", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET"
    )
    assert (asked.status, asked.body) == (204, b"")
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    for name in ("Last-Event-ID", "Authorization"):
        assert name in asked.headers["access-control-allow-headers"]
    page = publisher.get(SNAPSHOT)
    with Feed(publisher, f"{ELECTION}/events") as feed:
        streamed = {name.lower(): value for name, value in feed.answer.getheaders()}
    for headers in (page.headers, streamed):
        assert headers["access-control-allow-origin"] == "*"
        assert "date" in headers
        exposed = headers["access-control-expose-headers"].lower()
        ours = {name for name in headers if name.startswith("tallywire-")} | {"etag", "last-modified"}
        assert all(name in exposed for name in ours)


@pytest.mark.parametrize("page", ["snapshot", "contests", "regions", "headlines", "overdue"])
def test_what_a_reader_has_is_not_sent_again(publisher: Publisher, page: str) -> None:
    """Promise: a reader that names its tag gets 304 and nothing of the page, however it names it."""
    path = (
        f"{ELECTION}/{page}?at={publisher.await_cursor(NIGHT.election)}" if page != "overdue" else f"{ELECTION}/{page}"
    )
    found = publisher.get(path, Accept_Encoding="gzip")
    tag = found.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'"a","b", W/{tag}', "*"):
        again = publisher.get(path, Accept_Encoding="gzip", If_None_Match=known)
        if page != "overdue":
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == tag
            assert not {name for name in again.headers if name.startswith("content-")}
    assert publisher.get(path, Accept_Encoding="gzip", If_None_Match='"other"').status == 200
    # The other encoding is another page.
    assert publisher.get(path, Accept_Encoding="br", If_None_Match=tag).headers.get("etag") != tag


def test_a_time_tells_pages_apart(publisher: Publisher) -> None:
    """Promise: If-Modified-Since is answered in every form of a time, and what is no time is passed over."""
    path = f"{SNAPSHOT}?at={publisher.await_cursor(NIGHT.election)}"
    modified = parsedate_to_datetime(publisher.get(path).headers["last-modified"])
    wait_until(
        lambda: publisher.get(path, If_Modified_Since=format_datetime(modified, usegmt=True)).status == 304,
        what="the second of the last change to be over",
    )
    assert publisher.get(path, If_Modified_Since=modified.strftime("%a %b %e %H:%M:%S %Y")).status == 304
    assert publisher.get(path, If_Modified_Since="Thu, 04 Jul 2024 22:00:00 GMT").status == 200
    for no_time in ("yesterday", "Thu, 04 Jul 99999999999999999999 22:00:00 GMT"):
        assert publisher.get(path, If_Modified_Since=no_time).status == 200
    # A tag is the better witness.
    said_both = {"If_Modified_Since": format_datetime(modified, usegmt=True), "If_None_Match": '"other"'}
    assert publisher.get(path, **said_both).status == 200


@pytest.mark.parametrize("page", ["snapshot", "contests", "regions", "bodies", "headlines", "events"])
def test_head_says_what_get_would(publisher: Publisher, page: str) -> None:
    """Promise: HEAD has the headers of GET and no body, also of a stream."""
    path = f"{ELECTION}/{page}"
    head = publisher.get(path, "HEAD")
    if page == "events":
        with Feed(publisher, path) as feed:
            headers = {name.lower(): value for name, value in feed.answer.getheaders()}
    else:
        headers = dict(publisher.get(path).headers)
    changing = {"date", "transfer-encoding"}
    assert (head.status, head.body) == (200, b"")
    assert {n: v for n, v in head.headers.items() if n not in changing} == {
        n: v for n, v in headers.items() if n not in changing
    }


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("gzip;q=0, *;q=0.5", "br"),
        ("*;q=0", "identity"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=much", "identity"),
        ("identity;q=0", "identity"),
    ],
)
def test_the_reader_says_how_it_is_packed(accepted: str, encoding: str) -> None:
    """Promise: Accept-Encoding is taken at its word, weights included."""
    assert chosen(accepted, 10_000) == encoding


def test_an_answer_that_is_given_again_says_how_it_is_now() -> None:
    """Promise: a page that has not changed says in its head how its election stands now, not how it stood before."""
    page = Page(b"{}", "application/json")
    request = Request({"type": "http", "method": "GET", "headers": []})

    def head(caching: str, state: str) -> tuple[str, str]:
        headers = answer(request, page, caching, {"Tallywire-State": state}).headers
        return headers["cache-control"], headers["tallywire-state"]

    for said in (
        ("max-age=1", "live"),
        ("max-age=1", "live"),
        ("max-age=1", "rebuilding"),
        ("max-age=9", "rebuilding"),
    ):
        assert head(*said) == said


def test_no_answer_repeats_what_the_reader_says_of_our_address(publisher: Publisher) -> None:
    """Promise: Host and X-Forwarded-* lead no other reader anywhere: a redirect is a path."""
    answer = publisher.get(
        f"{SNAPSHOT}?at=2024-07-05T02:00:00Z",
        Host="evil.example",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="https",
        X_Forwarded_Prefix="//evil.example",
        Forwarded="host=evil.example;proto=https",
    )
    assert answer.status == 307
    assert answer.headers["location"].startswith(f"{SNAPSHOT}?at=l")
    for path in (SNAPSHOT, "/v1/elections", "/nothing"):
        hostile = publisher.get(path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert b"evil.example" not in hostile.body
        assert "evil.example" not in str(hostile.headers)


def test_odd_requests_are_answered_like_others(publisher: Publisher) -> None:
    """Promise: a body, HTTP/1.0, and several requests at once change nothing of what is answered."""
    page = b"GET /v1/elections HTTP/1.1\r\nHost: x\r\n"
    last = page + b"Connection: close\r\n\r\n"
    assert said(publisher, page + b"Content-Length: 5\r\n\r\nhello" + last).count(b"HTTP/1.1 200 OK") == 2
    assert said(publisher, page + b"\r\n" + last).count(b"HTTP/1.1 200 OK") == 2
    assert said(publisher, b"GET /v1/elections HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_a_stream_is_the_last_answer_of_its_connection(publisher: Publisher) -> None:
    """Promise: what is sent behind the request for a stream is not answered, and that the reader leaves is noticed."""
    stream = b"GET %b/events HTTP/1.1\r\nHost: x\r\n\r\n" % ELECTION.encode()
    with closing(socket.create_connection((publisher.host, publisher.port), 60)) as connection:
        connection.sendall(stream + b"GET /v1/elections HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        heard = b""
        while b"id: l" not in heard:
            heard += connection.recv(65_536)
        wait_until(lambda: _streams(publisher) == 1, what="the reader to be known")
        assert heard.count(b"HTTP/1.1") == 1
    wait_until(lambda: _streams(publisher) == 0, what="the reader to be forgotten")


def test_a_reader_of_http_1_0_gets_a_stream_without_chunks(publisher: Publisher) -> None:
    """Promise: a stream for HTTP/1.0 is not chunked, and lasts until the connection ends."""
    with closing(socket.create_connection((publisher.host, publisher.port), 60)) as connection:
        connection.sendall(b"GET %b/events?after=0 HTTP/1.0\r\n\r\n" % ELECTION.encode())
        heard = b""
        while b"event: headline" not in heard:
            heard += connection.recv(65_536)
    head, _, body = heard.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert b"chunked" not in head
    assert body.startswith(b"retry: ")


def _streams(publisher: Publisher) -> int:
    """Return how many connections the service has that lead to a reader."""
    rows = Path(f"/proc/{publisher.service.pid}/net/tcp").read_text("ascii").splitlines()[1:]
    port = f":{publisher.port:04X}"
    established = [row.split() for row in rows]
    return sum(row[1].endswith(port) and row[3] == "01" for row in established)


def test_every_page_says_which_parameters_it_takes() -> None:
    """Promise: no page passes over a parameter that it does not know."""
    servers: Any = None
    open_to_all = {"/health/live", "/health/ready"}
    paths = {getattr(route, "path", "") for route in application(servers).routes}
    assert paths - open_to_all == set(TAKEN)
