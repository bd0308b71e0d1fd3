"""TLS with an authority of one's own and certificates of clients, on Debian's Redis, with a user for each service."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from redis import Redis
from redis.exceptions import RedisError
from typer.testing import CliRunner

from streams.client import connect
from streams.keys import Partition
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.operations.access import acl_lines
from tallywire.packs.pack import find_pack
from tests.cluster.ports import free_ports
from tests.deploy.certificates import Authority
from tests.deploy.debian import debian_program
from tests.pipeline.sender import Sender
from tests.pipeline.services import Nursery, Services
from tests.waiting import wait_until

SERVICES: Final = ("ingest", "aggregate", "notify")
ELECTION: Final = "pcc.2024-05-02"
NORFOLK: Final = (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()[0]


class Encrypted:
    """A server that speaks TLS alone, and only to whoever shows a certificate of the authority."""

    def __init__(self, folder: Path, program: str) -> None:
        authority = Authority(folder / "certificates")
        server, server_key = authority.sign("server")
        client, client_key = authority.sign("client")
        self.at = f"rediss://127.0.0.1:{free_ports(1)}"
        self.trusted = f"ssl_ca_certs={authority.file}"
        self.shown = f"ssl_certfile={client}&ssl_keyfile={client_key}"
        self.secrets = folder / "secrets"
        lines = acl_lines(self.secrets, f"{self.at}?{self.trusted}&{self.shown}")
        (folder / "users.acl").write_text("".join(f"{line}\n" for _, _, line in lines), "ascii")
        options = {
            "port": "0",
            "tls-port": self.at.rpartition(":")[2],
            "bind": "127.0.0.1 127.0.0.2",
            "dir": str(folder),
            "tls-cert-file": str(server),
            "tls-key-file": str(server_key),
            "tls-ca-cert-file": str(authority.file),
            "tls-auth-clients": "yes",
            "aclfile": str(folder / "users.acl"),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "daemonize": "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", *(value.split() or [""]))]
        self._process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
        with closing(Redis.from_url(self.url("default"))) as client_of_all:
            wait_until(lambda: _answers(client_of_all), what="the server to answer")

    def url(self, user: str) -> str:
        """Return the URL of a user, with the certificates."""
        return (self.secrets / f"{user}.url").read_text("ascii").strip()

    def run(self, url: str, *words: str, text: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run a command with a URL, in this process, which has its imports."""
        ended = CliRunner().invoke(app, [*words, "--redis", url], input=text)
        return subprocess.CompletedProcess(words, ended.exit_code, ended.stdout_bytes, ended.stderr_bytes)

    def end(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(30)


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    """Run Debian's server with TLS."""
    server = Encrypted(tmp_path_factory.mktemp("tls"), debian_program("redis-server", "redis-server"))
    yield server
    server.end()


def test_everything_works_over_tls(encrypted: Encrypted, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: services, posting, commands and health take authority and certificate from the URL, each as its user."""
    with Services(nursery, tmp_path, encrypted.url("posting")) as services:
        for service in SERVICES:
            services.start(service, url=encrypted.url(service))
        assert encrypted.run(encrypted.url("operator"), "election", "load", ELECTION).returncode == Exit.DONE
        sender = Sender(services)
        assert sender.post(ELECTION, NORFOLK).json["data"]["status"] == "accepted"
        again = encrypted.run(encrypted.url("desk"), "declare", "-", text=NORFOLK)
        assert again.stdout.startswith(b"duplicate")
        with closing(Redis.from_url(encrypted.url("newsroom"))) as reader:
            wait_until(lambda: reader.xlen(Partition(ELECTION).key("headlines")), what="a headline")
        command = [sys.executable, "-m", "tallywire", "watch", "--from-start", "--redis", encrypted.url("newsroom")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as watching:
            assert watching.stdout is not None
            assert b"Norfolk" in watching.stdout.readline()
            watching.send_signal(signal.SIGINT)
            assert watching.wait(10) == Exit.INTERRUPTED
        for service in (*SERVICES, "posting"):
            done = encrypted.run(encrypted.url(service), "health", service)
            assert done.returncode == Exit.DONE, done.stdout
        assert services.end() == [0, 0, 0, 0]


def test_whoever_cannot_show_a_certificate_is_told_what_is_missing(encrypted: Encrypted, tmp_path: Path) -> None:
    """Promise: neither a client without a certificate nor one of another authority gets in, and each is told why."""
    stranger = Authority(tmp_path / "strangers", "stranger")
    certificate, private = stranger.sign("client")
    for shown, words in (
        (encrypted.trusted, "asks for a certificate"),
        (f"{encrypted.trusted}&ssl_certfile={certificate}&ssl_keyfile={private}", "does not trust the certificate"),
        (f"ssl_ca_certs={stranger.file}&{encrypted.shown}", "Its certificate is not trusted"),
        (f"{encrypted.trusted}&ssl_certfile={tmp_path / 'gone.pem'}&{encrypted.shown}", "gone"),
    ):
        done = encrypted.run(f"{encrypted.at}?{shown}", "tallies")
        said = done.stderr.decode()
        assert words in " ".join(said.split()), said
        assert done.returncode in {Exit.NO_SERVER, Exit.USAGE}


def test_a_server_under_another_name_is_not_talked_to(encrypted: Encrypted) -> None:
    """Promise: a certificate of the right authority is not enough, for commands as for services: the name counts."""
    elsewhere = encrypted.url("newsroom").replace("@127.0.0.1:", "@127.0.0.2:")
    done = encrypted.run(elsewhere, "tallies")
    assert (done.returncode, b"another name or address" in done.stderr) == (Exit.NO_SERVER, True), done.stderr

    async def ask() -> None:
        client = connect(elsewhere)
        try:
            await client.ping()
        finally:
            await client.aclose()

    with pytest.raises(RedisError, match="mismatch"):
        asyncio.run(ask())
