"""Before the night the doctor names what is wrong, with what to do, and calls nothing wrong that is not."""

import ctypes
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from redis import Redis
from typer.testing import CliRunner

from streams.keys import alive_key
from tallywire.cli import app
from tallywire.client.connection import open_connection
from tallywire.client.errors import NoServerError
from tallywire.doctor import doors, host
from tallywire.doctor.elections import elections
from tallywire.doctor.finding import Finding
from tallywire.doctor.secrets import secrets
from tallywire.doctor.servers import servers
from tallywire.doctor.services import WEBHOOKS, services
from tallywire.embedded.server import EmbeddedServer
from tallywire.operations.health import check_health
from tallywire.webhooks.endpoints import ENDPOINTS
from tests.deploy.certificates import Authority
from tests.pipeline.people import NORFOLK, People
from tests.pipeline.pipeline import Pipeline
from tests.waiting import wait_until


def said(findings: Iterator[Finding], level: str) -> str:
    """Return what was found at a level, a line each."""
    return "\n".join(finding.said for finding in findings if finding.level == level)


def test_a_server_as_tallywire_starts_it_is_well(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: nothing is wrong with the server of `tallywire run`; that its disk is the only copy is said."""
    with open_connection(server.url) as connection:
        found = list(servers(connection, server.url))
    assert said(iter(found), "wrong") == ""
    assert "its disk is the only copy" in said(iter(found), "warning")


def test_a_server_that_would_lose_something_is_named(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a log that is not flushed, keys that are dropped, a server that is half full or rewrites its log."""
    careless = {
        "appendfsync": "everysec",
        "maxmemory-policy": "allkeys-lru",
        "maxmemory": "1",
        "auto-aof-rewrite-min-size": "64000000",
    }
    before: dict[str, str] = {name: str(redis_client.config_get(name)[name]) for name in careless}
    try:
        for name, value in careless.items():
            redis_client.config_set(name, value)
        with open_connection(server.url) as connection:
            found = list(servers(connection, server.url))
    finally:
        for name, value in before.items():
            redis_client.config_set(name, value)
    assert "appendfsync is everysec" in said(iter(found), "wrong")
    assert "maxmemory-policy is allkeys-lru" in said(iter(found), "wrong")
    assert "a full server accepts nothing" in said(iter(found), "wrong")
    assert "CONFIG SET auto-aof-rewrite-min-size 1073741824" in said(iter(found), "warning")


def test_a_full_server_is_said_to_be_full(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: where it refuses for want of memory, that is said in a sentence, with what to do."""
    before = str(redis_client.config_get("maxmemory")["maxmemory"])
    redis_client.config_set("maxmemory", 1)
    try:
        with pytest.raises(NoServerError, match="is full: it takes nothing"), open_connection(server.url) as connection:
            connection.at("pcc.2024-05-02").set("{pcc.2024-05-02}:anything", 1)
    finally:
        redis_client.config_set("maxmemory", before)


def test_a_server_that_others_reach_has_a_password(server: EmbeddedServer) -> None:
    """Promise: where the server is another machine, a URL without a password is wrong."""
    with open_connection(server.url) as connection:
        assert "asks nobody for a password" in said(servers(connection, "redis://results:6379"), "wrong")
        assert "asks nobody" not in said(servers(connection, "redis://ingest:secret@results:6379"), "wrong")


def test_whose_key_is_missing_is_named(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: contests that nobody can declare, and where nobody else could confirm, are named."""
    for service in ("ingest", "aggregate", "notify"):
        pipeline.start(service)
    people = People(pipeline.server.url, tmp_path)
    people.load()

    def wrong() -> str:
        with open_connection(pipeline.server.url) as connection:
            return said(elections(connection), "wrong")

    # Aggregate describes the election once ingest has taken it.
    wait_until(lambda: "no register" not in wrong(), what="the register")
    assert wrong().startswith("Nobody has a key to declare for ")
    assert wrong().endswith("and 11 more: tallywire keys invite")
    people.enrol("ro", "returning-officer")
    assert wrong().startswith("Nobody else could confirm what is held for ")
    people.enrol("second", "second-person", "--contest", NORFOLK)
    assert "and 10 more" in wrong()
    people.enrol("desk", "desk")
    assert wrong() == ""
    done = CliRunner().invoke(app, ["doctor", "--redis", pipeline.server.url, "--data", str(tmp_path), "--json"])
    found = {one["name"]: one for one in map(json.loads, done.stdout.splitlines()) if one["part"] == "services"}
    assert {name: one["level"] for name, one in found.items()} == {
        **dict.fromkeys(("ingest", "aggregate", "notify"), "good"),
        "posting": "wrong",
        "publishing": "warning",
        "desk": "warning",
    }
    assert done.exit_code == 1


def test_a_service_that_cannot_start_is_not_said_to_be_started(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: where another release wrote what it keeps, that is said, and what to do; else exit code 5 is named."""
    with open_connection(server.url) as connection:
        assert "start it (tallywire aggregate). Has it stopped for good (exit code 5)?" in said(
            services(connection), "wrong"
        )
        connection.announce("pcc.2024-05-02")
        redis_client.hset("{pcc.2024-05-02}:aggregate", mapping={"cursor": "1-0", "form": "99"})
        found = next(each for each in services(connection) if each.name == "aggregate")
    assert "it is of form 99" in found.said
    assert "run `tallywire rebuild --election pcc.2024-05-02`" in found.said
    assert "start it (" not in found.said


def test_the_desk_does_not_make_up_for_posting(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: where only what serves the desk runs, it is said that posting runs nowhere."""
    redis_client.set(alive_key("desk", "host-1", 4711), "[]", ex=15)
    with open_connection(server.url) as connection:
        connection.announce("pcc.2024-05-02")
        found = {each.name: each.said for each in services(connection)}
    assert found["posting"].startswith("It runs nowhere")
    assert found["desk"] == "Ready on host-1."


def test_a_server_that_takes_no_writes_hides_what_runs(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: of a full server it is said that no service can have a heartbeat there, and not that none runs."""
    redis_client.config_set("maxmemory", 1)
    try:
        with open_connection(server.url) as connection:
            found = said(services(connection), "wrong")
        health = check_health(server.url, "ingest").message
    finally:
        redis_client.config_set("maxmemory", 0)
    for told in (found, health):
        assert "The server takes no writes now" in told
        assert "Its memory is full." in told
        assert "it does not run" not in told.lower()
        assert "start it" not in told


def test_an_emptied_server_is_not_said_to_need_a_load(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: where nothing is loaded, restore is named before load; posting and the desk are not called well."""
    for service in ("posting", "desk"):
        redis_client.set(alive_key(service, socket.gethostname(), 4711), "[]", ex=15)
    with open_connection(server.url) as connection:
        for told in (said(services(connection), "wrong"), said(elections(connection), "warning")):
            assert told.index("tallywire restore FILE") < told.index("tallywire election load DIR")
    health = check_health(server.url, "posting")
    assert (health.ok, "No election is loaded." in health.message) == (False, True)


def test_what_this_user_may_not_ask_is_not_called_well(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: where the server does not say whether each entry is on its disk, that is told, and not called well."""
    redis_client.execute_command("ACL", "SETUSER", "asker", "on", ">word", "~*", "+@all", "-config")  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    url = server.url.replace("unix://", "unix://asker:word@") if "unix" in server.url else server.url
    with open_connection(url) as connection:
        found = list(servers(connection, url))
    assert "CONFIG GET appendfsync" in said(iter(found), "warning")
    assert "on its disk" not in said(iter(found), "good")


def test_webhooks_that_nobody_sends_are_named(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a worker of webhooks is missed where there are endpoints, and nowhere else."""
    with open_connection(server.url) as connection:
        assert WEBHOOKS not in {each.name for each in services(connection)}
        redis_client.hset(ENDPOINTS, "newsroom", "{}")
        assert "1 endpoint waits: start it (tallywire webhooks run)" in said(services(connection), "wrong")
        redis_client.set(alive_key(WEBHOOKS, "host-1", 4711), "[]", ex=15)
        assert "Ready on host-1." in said(services(connection), "good")


def test_a_server_that_is_away_is_one_sentence() -> None:
    """Promise: what is on this machine is looked at all the same, and the end says how much is wrong."""
    done = CliRunner().invoke(app, ["doctor", "--redis", "redis://127.0.0.1:1", "--data", "."])
    assert done.exit_code == 1
    assert "memory free" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 thing is wrong")


@contextmanager
def service(folder: Path, days: float, answer: int = 200) -> Iterator[tuple[str, str]]:
    """Serve HTTPS with a certificate for so many days; yield the address, and the authority's certificate."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer)
            self.end_headers()
            self.wfile.write(b"\r\n<p>\r\nnotify is\taway\r\n</p>\n")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    authority = Authority(folder / "certificates")
    certificate, key = authority.sign("door", days=days)
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Ready)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    serving.socket = context.wrap_socket(serving.socket, server_side=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{serving.server_port}", str(authority.file)
    finally:
        serving.shutdown()
        thread.join()
        serving.server_close()


@pytest.mark.parametrize(
    ("days", "answer", "wrong"),
    [
        (60, 200, ""),
        (60, 503, "It answers 503 at /health/ready: <p> notify is away </p>"),
        (3.5, 200, "Its certificate ends in 3 days"),
        (-1, 200, "Its certificate has expired: renew it"),
    ],
)
def test_a_door_answers_and_its_certificate_holds(
    days: float, answer: int, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: an address that is not ready, and a certificate that ends soon or has ended, are said."""
    with service(tmp_path, days, answer) as (url, authority):
        monkeypatch.setenv("SSL_CERT_FILE", authority)
        assert said(doors.door(url), "wrong").startswith(wrong)
        assert bool(said(doors.door(url), "wrong")) == bool(wrong)


def test_a_door_in_the_clear_is_wrong_but_on_this_machine() -> None:
    """Promise: people do not send in the clear."""
    assert "does not answer" in said(doors.door("http://127.0.0.1:1"), "wrong")
    assert "does not answer" in said(doors.door("no address"), "wrong")


def test_files_of_passwords_are_their_owner_s(tmp_path: Path) -> None:
    """Promise: a password that others may read is named."""
    file = tmp_path / "ingest.password"
    file.touch(0o600)
    assert said(secrets(tmp_path), "wrong") == ""
    file.chmod(0o640)
    assert said(secrets(tmp_path), "wrong") == f"Others may read it: chmod 600 {file}"


def test_a_host_without_room_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: too little disk or memory is named with how much there has to be."""
    assert said(host.host(tmp_path / "not" / "there"), "wrong") == ""
    monkeypatch.setattr(host, "DISK_BYTES_MIN", 1 << 60)
    monkeypatch.setattr(host, "MEMORY_BYTES_MIN", 1 << 60)
    found = said(host.host(tmp_path), "wrong")
    assert "a full disk takes no declaration" in found
    assert "of memory free: server and services need" in found


def test_a_clock_that_nothing_keeps_right_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: it is said what the alert says later; Linux has a word for it, and other systems are not judged."""
    now = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(1_024))
    monkeypatch.setattr(host, "TIME_ERROR", now)
    assert "set-ntp true" in said(host.host(tmp_path), "warning")
    monkeypatch.setattr(host, "TIME_ERROR", now + 1)
    assert "Something keeps it right." in said(host.host(tmp_path), "good")
