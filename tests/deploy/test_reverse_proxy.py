"""deploy/nginx.conf, run: HTTPS in front of posting and publishing, and what people try who want past it."""

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPSConnection
from pathlib import Path
from typing import Final

import pytest

from schemas.streams import LEDGER
from streams.keys import Partition
from tallywire.embedded.server import start_server
from tests.cluster.ports import free_ports
from tests.deploy.certificates import Authority
from tests.deploy.debian import debian_program
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.sender import JSON_TYPE, Answered, Sender
from tests.pipeline.services import ROOT, Nursery
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until

NIGHT: Final = night(23, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)
PATH: Final = f"/v1/elections/{ELECTION}/declarations"
EXAMPLE: Final = ROOT / "deploy" / "nginx.conf"


class Proxied(Sender):
    """Sends over HTTPS to the proxy, which trusts and is trusted as the example says."""

    def __init__(self, pipeline: Pipeline, folder: Path, program: str) -> None:
        super().__init__(pipeline, Fault(proxies=("127.0.0.1",)))
        self.behind, self.port = self.port, free_ports(1)
        self.readers = Publisher(pipeline, Fault(proxies=("127.0.0.1",)))
        authority = Authority(folder / "certificates")
        certificate, private = authority.sign("proxy")
        self.trusting = ssl.create_default_context(cafile=authority.file)
        here = {
            "user www-data;": "",
            "pid /run/nginx.pid;": f"pid {folder}/pid;",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/ssl/tallywire/certificate.pem": str(certificate),
            "/etc/ssl/tallywire/key.pem": str(private),
            "server 127.0.0.1:8480;": f"server 127.0.0.1:{self.behind};",
            "server 127.0.0.1:8481 ": f"server 127.0.0.1:{self.readers.port} ",
            "/var/log/nginx": str(folder),
            "http {": "http {\n" + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY),
            # So that a test need not wait for what is tried here.
            "client_header_timeout 20s;": "client_header_timeout 1s;",
            "client_body_timeout 20s;": "client_body_timeout 1s;",
        }
        text = EXAMPLE.read_text("utf-8")
        for said, meant in here.items():
            assert said in text, said
            text = text.replace(said, meant)
        (folder / "nginx.conf").write_text(text, "utf-8")
        words = ("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
        self._process = subprocess.Popen([program, *words, "-g", "daemon off;"])
        wait_until(self.listens, what="nginx to listen")

    def listens(self) -> bool:
        """Whether the proxy answers."""
        try:
            return self.get("/health/live").status == 404
        except OSError:
            assert self._process.poll() is None, "nginx has ended"
            return False

    def connect(self) -> ssl.SSLSocket:
        """Open a connection for words of one's own."""
        plain = socket.create_connection((self.host, self.port), timeout=30)
        return self.trusting.wrap_socket(plain, server_hostname=self.host)

    def request(self, method: str, path: str, body: bytes | None, headers: object) -> Answered:
        """Ask for something, over TLS."""
        with closing(HTTPSConnection(self.host, self.port, timeout=60, context=self.trusting)) as connection:
            connection.request(method, path, body, dict(headers))  # type: ignore[call-overload]  # as Sender has it
            answer = connection.getresponse()
            return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def say(self, raw: bytes) -> bytes:
        """Say something over a connection of its own, and return all that is answered until nothing more comes."""
        with self.connect() as connection:
            return heard(connection, raw)

    def end(self) -> None:
        """End the proxy."""
        self._process.terminate()
        self._process.wait(30)


def heard(connection: socket.socket, raw: bytes) -> bytes:
    """Say something, and return all that is answered until the other side closes, or is silent."""
    connection.settimeout(3)
    answered = b""
    with suppress(OSError):
        connection.sendall(raw)
        while part := connection.recv(65_536):
            answered += part
            # One that is kept waits for the next request.
            connection.settimeout(0.2)
    return answered


TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def pipeline(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Run a server with an election and the three services at work."""
    folder = tmp_path_factory.mktemp("pipeline")
    with start_server(folder, ephemeral=True) as started, pipeline_on(started, nursery, folder) as prepared:
        centre = prepared.open(NIGHT)
        prepared.start_all()
        centre.settle()
        yield prepared


@pytest.fixture(scope="module")
def proxied(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """Run the proxy in front of a posting service."""
    proxy = Proxied(pipeline, tmp_path_factory.mktemp("proxy"), debian_program("nginx", "nginx-light"))
    yield proxy
    proxy.end()


def appended(pipeline: Pipeline) -> int:
    """Return how many entries senders have appended."""
    return int(pipeline.client.xlen(KEYS.key("declarations")))


def test_a_declaration_posted_over_https_is_accepted(proxied: Proxied, pipeline: Pipeline) -> None:
    """Promise: the answer comes through as the service gives it, and the sender's own address is counted."""
    first = proxied.post(ELECTION, NIGHT.declarations[0], X_Forwarded_For="192.0.2.77")
    assert (first.status, first.json["data"]["status"]) == (200, "accepted")
    assert first.headers["content-type"] == "application/cloudevents+json"
    assert first.headers["strict-transport-security"]
    wrong = proxied.post(ELECTION, b"{}")
    assert (wrong.status, wrong.headers["content-type"]) == (422, "application/problem+json")
    waiting = proxied.post(ELECTION, NIGHT.declarations[0], Prefer="wait=0")
    assert waiting.status in {200, 202}
    # What the sender says of its address is replaced with what the proxy sees.
    assert pipeline.client.keys(KEYS.key("posting:address:*")) == [KEYS.key("posting:address:127.0.0.1").encode()]
    with pytest.raises(ssl.SSLCertVerificationError):
        HTTPSConnection(proxied.host, proxied.port, context=ssl.create_default_context()).request("GET", "/")


def test_readers_have_a_name_of_their_own(proxied: Proxied) -> None:
    """Promise: by the readers' name the publishing service answers, a feed as it comes; by no other does it."""
    readers = {"Host": "results.example.org"}
    proxied.readers.await_ready()
    assert proxied.get("/v1/elections", **readers).json["elections"]
    assert proxied.get(f"/v1/elections/{ELECTION}/contests").status == 404
    with closing(HTTPSConnection(proxied.host, proxied.port, timeout=60, context=proxied.trusting)) as connection:
        connection.request("GET", f"/v1/elections/{ELECTION}/events/headlines", headers=readers)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream; charset=utf-8")
        # Nothing has happened: what comes is what the service says now and then, and it comes at once.
        assert answer.readline()
    assert proxied.get("/health/live", **readers).status == 404
    assert proxied.request("POST", PATH, NIGHT.declarations[0], {**readers, "Content-Type": JSON_TYPE}).status == 404


def test_whether_people_are_let_in_is_said_outside(proxied: Proxied) -> None:
    """Promise: the doctor finds each address ready through the proxy; why one is not is for those inside."""
    proxied.readers.await_ready()
    for name in ("declare", "results"):
        assert proxied.get("/health/ready", Host=f"{name}.example.org").json["ready"] is True
    away = proxied.get("/health/ready", Host="desk.example.org")
    assert (away.status, away.json) == (503, {"ready": False}), "there is no desk here"


def test_what_the_proxy_refuses_itself_is_said_as_the_service_says_it(proxied: Proxied, pipeline: Pipeline) -> None:
    """Promise: also a body or a head that is far too long, and no request at all, are answered with a problem."""
    before = appended(pipeline)
    for body, status in ((b"x" * 300_000, 413), (b"x" * 2_000_000, 413)):
        answer = proxied.post(ELECTION, body)
        assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (
        b" 400 "
        in proxied.say(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 100_000 + b"\r\n\r\n").split(b"\r\n")[0]
    )
    assert appended(pipeline) == before


def test_slow_and_half_open_connections_keep_nobody_waiting(proxied: Proxied, pipeline: Pipeline) -> None:
    """Promise: who says nothing, half a head or half a body is closed, and an honest post beside is answered."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: 500\r\n"
    before = appended(pipeline)
    opened = [proxied.connect() for _ in range(60)]
    for place, connection in enumerate(opened):
        connection.sendall((b"", head.encode(), head.encode() + b"\r\n{")[place % 3])
    assert proxied.post(ELECTION, NIGHT.declarations[1]).status == 200
    for connection in opened:
        with suppress(OSError):
            while connection.recv(4_096):
                pass
        connection.close()
    assert appended(pipeline) == before + 1


def smuggled(number: int) -> bytes:
    """Return a request that must never be answered as one: its event is known by its id."""
    event = json.loads(NIGHT.declarations[2])
    body = json.dumps({**event, "id": f"smuggled-{number}"}).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


START: Final = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON_TYPE}\r\n".encode()


OBFUSCATED: Final = (
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding:\tchunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding:\x0bchunked",
    b"Transfer_Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"X: y\rTransfer-Encoding: chunked",
    b" Transfer-Encoding: chunked",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding: chunked\x00",
)
LENGTH: Final = b"Content-Length: %d\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"


def ambiguous() -> Iterator[tuple[str, bytes]]:
    """Yield what two readers may take for one request or for two; it is to be answered once."""
    for number, obfuscated in enumerate(OBFUSCATED):
        hidden = b"0\r\n\r\n" + smuggled(number)
        yield f"a length and {obfuscated!r}", START + LENGTH % len(hidden) + obfuscated + b"\r\n\r\n" + hidden
    yield "chunks and a short length", START + CHUNKED + LENGTH % 4 + b"\r\n0\r\n\r\n" + smuggled(30)
    hidden = smuggled(31)
    for first, second in ((2, 2 + len(hidden)), (2 + len(hidden), 2)):
        yield "two lengths", START + LENGTH % first + LENGTH % second + b"\r\n{}" + hidden
    for odd in (b"+2", b"0x2", b"-2", b"2 2", b"2, 3", b"\xb2", b"1" + b"0" * 30):
        yield f"the length {odd!r}", START + b"Content-Length: " + odd + b"\r\n\r\n{}" + smuggled(32)
    yield "a chunk too large", START + CHUNKED + b"\r\n10000000000000000002\r\n{}\r\n0\r\n\r\n" + smuggled(33)
    yield "a chunk of no size", START + CHUNKED + b"\r\n-2\r\n{}\r\n0\r\n\r\n" + smuggled(34)


def pipelined() -> Iterator[tuple[str, bytes]]:
    """Yield two requests of one sender; the second one may be answered, to that sender."""
    two = LENGTH % 2 + b"\r\n{}"
    yield "one after the other", START + two + smuggled(50)
    yield "bare line feeds", START.replace(b"\r\n", b"\n") + CHUNKED.replace(b"\r", b"") + b"\n0\n\n" + smuggled(51)
    yield "an extension of a chunk", START + CHUNKED + b"\r\n2;\n\r\n{}\r\n0\r\n\r\n" + smuggled(52)
    yield "a trailer", START + CHUNKED + b"\r\n2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n" + smuggled(53)
    yield "a page asked for with a body", b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n" + two + smuggled(54)
    yield "an old version", START.replace(b"HTTP/1.1", b"HTTP/1.0") + CHUNKED + b"\r\n0\r\n\r\n" + smuggled(55)
    yield "an upgrade", START + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + two + smuggled(56)


def statuses(answered: bytes) -> list[bytes]:
    """Return the status of each answer."""
    return re.findall(rb"HTTP/1\.[01] (\d{3}) ", answered)


def test_nothing_is_smuggled_past_the_proxy(proxied: Proxied, pipeline: Pipeline) -> None:
    """Promise: however a request is made up, it is answered once, to its own sender; the next sender gets its own."""
    once = {what for what, _ in ambiguous()}
    for what, raw in (*ambiguous(), *pipelined()):
        answered = statuses(proxied.say(raw))
        assert len(answered) <= (1 if what in once else 2), what
        assert not {status for status in answered if status >= b"500"} - {b"501"}, (what, answered)
        # Whoever comes next over the proxy's kept connections asks for something else, and gets that.
        page = proxied.get("/openapi.json")
        assert (page.status, page.json["openapi"][:3]) == (200, "3.1"), what
        honest = proxied.post(ELECTION, NIGHT.declarations[3])
        assert honest.json["data"]["event_id"] == json.loads(NIGHT.declarations[3])["id"], what
    entries = pipeline.client.xrange(KEYS.key(LEDGER.name))
    smuggled_in = {json.loads(entry[1][b"data"])["id"] for entry in entries} & {f"smuggled-{n}" for n in range(50)}
    assert not smuggled_in


def test_the_service_itself_takes_no_request_for_two(proxied: Proxied, pipeline: Pipeline) -> None:
    """Promise: without the proxy, too, what follows a request that is ambiguous is never read as another one."""
    for what, raw in ambiguous():
        with socket.create_connection((proxied.host, proxied.behind), timeout=5) as connection:
            found = statuses(heard(connection, raw))
        # Of one that is never complete nothing is said before its time is up.
        assert found in ([b"400"], [b"415"], [b"422"], []), what
