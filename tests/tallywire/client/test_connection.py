"""The connection to the servers: the catalogue, and which election is meant."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from streams.keys import CATALOGUE
from streams.troubles import is_full, why_away
from tallywire.client.connection import Connection, ask_at_once, open_connection
from tallywire.client.errors import (
    NoServerError,
    NothingLoadedError,
    NotLoadedError,
    RefusedError,
    ServerAwayError,
    UnclearElectionError,
    UsageError,
)
from tallywire.embedded.server import EmbeddedServer, start_server
from tests.cluster.ports import free_ports
from tests.deploy.debian import debian_program
from tests.waiting import wait_until

MAY, JULY = "pcc.2030-05-02", "parl.2030-07-04"


def test_an_election_named_twice_is_one(connection: Connection, redis_client: Redis) -> None:
    """Promise: the catalogue may repeat itself, and may hold garbage; readers see each election once."""
    for field, value in (
        ("election", MAY),
        ("election", "{bad}"),
        ("other", "x"),
        ("election", JULY),
        ("election", MAY),
    ):
        redis_client.xadd(CATALOGUE, {field: value})
    assert connection.elections() == [MAY, JULY]


def test_announcing_again_adds_nothing(connection: Connection, redis_client: Redis) -> None:
    """Promise: loading an election again leaves the catalogue as it is."""
    connection.announce(MAY)
    connection.announce(MAY)
    assert redis_client.xlen(CATALOGUE) == 1


def test_no_election_is_announced_beyond_the_limit(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whoever loads an election that no service would work on is told, and the catalogue stays as it is."""
    monkeypatch.setattr("tallywire.client.connection.PARTITIONS_MAX", 1)
    connection.announce(MAY)
    with pytest.raises(RefusedError, match="names 1 elections, as many as services work on"):
        connection.announce(JULY)
    assert connection.elections() == [MAY]


def test_the_election_that_is_meant_is_named_or_the_only_one(connection: Connection) -> None:
    """Promise: nobody has to name an election where there is one, and nothing is guessed where there are several."""
    with pytest.raises(NothingLoadedError):
        connection.choose(None)
    connection.announce(MAY)
    assert connection.choose_one(None) == MAY
    connection.announce(JULY)
    assert connection.choose(None) == [MAY, JULY]
    assert connection.choose_one(JULY) == JULY
    with pytest.raises(UnclearElectionError, match=f"{MAY}, {JULY}"):
        connection.choose_one(None)
    with pytest.raises(NotLoadedError, match=f"pcc.1999-05-06 is not loaded. Loaded: {MAY}, {JULY}"):
        connection.choose("pcc.1999-05-06")


def test_a_server_that_is_away_is_an_error_of_its_own() -> None:
    """Promise: whoever uses the client as a library learns by type that nobody is there, and of which server."""
    with (
        pytest.raises(ServerAwayError, match=r"no server at redis://me:\*\*\*@127.0.0.1:1") as told,
        open_connection("redis://me:synthetic-secret@127.0.0.1:1"),
    ):
        pass
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://me:s3c/ret@127.0.0.1:1",
        "redis://me:s3c#ret@127.0.0.1:1",
        "redis://me:s3c?ret@127.0.0.1:1",
        "redis://me:s3c@ret@127.0.0.1:1",
        "redis://me:s3c:ret@127.0.0.1:1",
        "redis://me:s3c[ret@127.0.0.1:1",
        "redis://me:s3cret",
        "redis://s3cret@127.0.0.1:1",
        "redis://127.0.0.1:1?password=s3cret",
        "redis://127.0.0.1:1/0?passwort=s3cret",
        "me:s3cret@127.0.0.1:1",
    ],
)
def test_no_part_of_a_password_is_printed(url: str) -> None:
    """Promise: however a URL is mistyped, what is said of it has no part of the password."""
    with pytest.raises((UsageError, ServerAwayError)) as told, open_connection(url):
        pass
    assert "s3c" not in str(told.value)
    assert "ret" not in str(told.value).replace("refused", "")


def test_a_slash_in_a_password_is_no_path() -> None:
    """Promise: what cannot be meant is a mistake of the URL, and not a server on another host that is away."""
    with pytest.raises(UsageError, match="write %40 for @, %2F for /"), open_connection("redis://:s3c@/x:7@10.0.0.1:1"):
        pass


def test_a_wrong_password_is_said(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: whoever has the wrong password, or none, is told that, and not that nobody is there."""
    redis_client.acl_setuser("desk", enabled=True, passwords=["+right"], commands=["+@all"], keys=["*"])
    try:
        wrong = server.url.replace("://", "://desk:s3cret@")
        with pytest.raises(NoServerError, match="the password is wrong") as told, open_connection(wrong):
            pass
        assert "s3cret" not in str(told.value)
    finally:
        redis_client.acl_deluser("desk")


@pytest.fixture
def tls_port(tmp_path: Path) -> Iterator[int]:
    """Somebody who speaks TLS, and nothing else."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    openssl = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*openssl, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_the_wrong_scheme_is_said(tls_port: int, tmp_path: Path) -> None:
    """Promise: TLS where there is none, and none where there is, are called that."""
    with (
        pytest.raises(NoServerError, match="It speaks TLS on this port: write rediss://"),
        open_connection(f"redis://127.0.0.1:{tls_port}"),
    ):
        pass
    with (
        pytest.raises(NoServerError, match="Its certificate is not trusted"),
        open_connection(f"rediss://127.0.0.1:{tls_port}"),
    ):
        pass
    with (
        start_server(tmp_path / "data", port=free_port(), ephemeral=True) as plain,
        pytest.raises(NoServerError, match="It does not speak TLS"),
        open_connection(plain.url.replace("redis:", "rediss:")),
    ):
        pass


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_key_that_somebody_has_written_over_is_no_riddle(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: who meets it is told which command names the key; verify says what to do."""
    redis_client.set(CATALOGUE, b"somebody else's")
    said = "has something else under a key of ours. `tallywire verify --election ID` names it, unless it is tallywire:"
    with pytest.raises(NoServerError, match=said), open_connection(server.url) as connection:
        connection.elections()


def test_what_only_reads_is_answered_while_the_memory_is_full(tmp_path: Path) -> None:
    """Promise: a Redis 7 whose memory is full refuses transactions, and questions are answered all the same."""
    program, port = debian_program("redis-server", "redis-server"), free_ports(1)
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        with Redis(port=port) as client:
            wait_until(lambda: _answers(client), what="the server to answer")
            client.hset("table", "field", "value")
            client.config_set("maxmemory", 1)

            def ask(pipeline: Any) -> None:  # noqa: ANN401  # of redis-py
                pipeline.hgetall("table")
                pipeline.xrevrange("stream", count=1)

            transaction = client.pipeline(transaction=True)
            ask(transaction)
            with pytest.raises(RedisError) as refused:
                transaction.execute()
            assert is_full(refused.value)
            assert why_away(refused.value).startswith("The memory of the server is full")
            assert ask_at_once(client, ask) == [{b"field": b"value"}, []]
    finally:
        server.kill()
        server.wait()


def _answers(client: Redis) -> bool:
    with suppress(RedisError):
        return bool(client.ping())
    return False
