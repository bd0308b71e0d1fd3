"""The users that docs/operating.md gives a server can do what they are for, and no more."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError

from schemas.streams import STREAMS
from streams.keys import CATALOGUE, Partition
from tallywire.cli.exit_codes import Exit
from tallywire.client.connection import open_connection
from tallywire.client.snapshot import take_snapshot
from tallywire.embedded.server import EmbeddedServer
from tallywire.packs.pack import find_pack
from tests.pipeline.sender import Sender
from tests.pipeline.services import Nursery, Services
from tests.waiting import wait_until

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "operating.md"
LINES: Final = [line.split() for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("ACL SETUSER ")]
USERS: Final = {line[2]: next(word[1:] for word in line if word.startswith(">")) for line in LINES}
"""Each user's password."""

ELECTION: Final = "pcc.2024-05-02"
"""The one that the document's count centre is for."""

OTHER: Final = "pcc.2021-05-06"
NORFOLK, OTHERS = (
    (find_pack(election) / "declarations.jsonl").read_bytes().splitlines()[0] for election in (ELECTION, OTHER)
)
ANYTHING: Final = "*", "data", "{}"

Done = subprocess.CompletedProcess[bytes]


class Secured:
    """A server with the document's users."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        with closing(Redis.from_url(server.url)) as client:
            for line in LINES:
                client.execute_command(*line)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self.desk = Redis.from_url(self.url("default"))
        """The connection of one who may do everything."""

    def url(self, user: str) -> str:
        """Return the server's URL with a user's name and password."""
        return self.server.url.replace("://", f"://{user}:{USERS[user]}@")

    def open(self) -> None:
        """Let everybody do everything again: ending the server asks for no password."""
        self.desk.acl_setuser("default", enabled=True, nopass=True)
        self.desk.close()

    def command(self, user: str, *words: str) -> list[str]:
        """Return the command line of a command, as a user."""
        return [sys.executable, "-m", "tallywire", *words, "--redis", self.url(user)]

    def run(self, user: str, *words: str, text: bytes = b"") -> Done:
        """Run a command as a user, with ``text`` as its standard input."""
        return subprocess.run(self.command(user, *words), input=text, capture_output=True, timeout=60, check=False)

    def refuses(self, user: str, *command: str) -> bool:
        """Whether the server keeps a user from a command."""
        with closing(Redis.from_url(self.url(user))) as client:
            try:
                client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            except NoPermissionError:
                return True
        return False


@pytest.fixture(scope="module")
def secured(server: EmbeddedServer, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Give the module's server its users, and run the services as theirs, with two elections loaded."""
    secured = Secured(server)
    with Services(nursery, tmp_path_factory.mktemp("services"), secured.url("services")) as services:
        services.start_all()
        for election in (ELECTION, OTHER):
            assert secured.run("default", "election", "load", election).returncode == Exit.DONE
        # Their successors have something to take over.
        assert services.end() == [0, 0, 0]
        services.start_all()
        yield secured
    secured.open()


def key(part: str, election: str = ELECTION) -> str:
    """Return the key of an election's stream or table."""
    return Partition(election).key(part)


def test_each_user_can_do_the_work_of_its_commands(secured: Secured, tmp_path: Path) -> None:
    """Promise: with the document's users an election goes from declaration to headline, copy and signed head.

    The server keeps nobody from anything that matters on the way.
    """
    secured.desk.acl_log_reset()
    declared = secured.run("norfolk", "declare", "-", "--election", ELECTION, text=NORFOLK)
    assert declared.stdout.startswith(b"accepted")
    wait_until(lambda: secured.desk.xlen(key("headlines")), what="a headline")
    for service in ("ingest", "aggregate", "notify"):
        assert secured.run("services", "health", service).returncode == Exit.DONE
    assert b"1 of 14 declared" in secured.run("newsroom", "tallies", "--election", ELECTION).stdout
    norfolk = ("--contest", "pcc.norfolk.2024-05-02")
    assert b"Lab gain from Con" in secured.run("newsroom", "results", "--election", ELECTION, *norfolk).stdout
    assert secured.run("newsroom", "control", "--election", ELECTION).returncode == Exit.DONE
    assert secured.run("norfolk", "receipts", "--election", ELECTION).returncode == Exit.DONE
    secret = tmp_path / "night.key"
    assert secured.run("archive", "verify", "--election", ELECTION).returncode == Exit.DONE
    assert secured.run("archive", "export", str(tmp_path / "night.ledger"), "--election", ELECTION).returncode == 0
    subprocess.run([sys.executable, "-m", "tallywire", "keys", "note", str(secret), "--name", "x"], check=True)
    head = secured.run("archive", "checkpoint", "--key", str(secret), "--election", ELECTION)
    assert head.stdout.startswith(f"tallywire.{ELECTION}\n2\n".encode())
    assert secured.run("archive", "parked").returncode == Exit.DONE
    # What a client says of itself is all that they are kept from, and a setting that nobody depends on being told.
    assert {denied["object"] for denied in secured.desk.acl_log()} <= {"client|setinfo", "config|get"}


def test_the_posting_service_works_as_a_user_that_can_do_nothing_else(
    secured: Secured, nursery: Nursery, tmp_path: Path
) -> None:
    """Promise: with its own user it takes declarations, says where a late receipt is, and knows the forms."""
    with Services(nursery, tmp_path, secured.url("posting")) as services:
        sender = Sender(services)
        assert sender.post(ELECTION, NORFOLK).status == 200
        assert sender.post(ELECTION, NORFOLK, Prefer="wait=0").status in {200, 202}
        assert sender.get(f"/v1/elections/{ELECTION}/contests/pcc.norfolk.2024-05-02/form").status == 200
        assert sender.get("/health/ready").status == 200
        wait_until(lambda: secured.desk.keys("tallywire:alive:posting:*"), what="its heartbeat")
    for command in (
        ("SET", key("declarations"), ""),
        ("XADD", key("ledger"), *ANYTHING),
        ("HGET", key("ingest:taken"), "x"),
        ("XRANGE", key("refusals"), "-", "+"),
        ("XADD", CATALOGUE, *ANYTHING),
    ):
        assert secured.refuses("posting", *command), command


def test_a_reader_watches_as_a_user_that_can_only_read(secured: Secured) -> None:
    """Promise: headlines come, and Ctrl-C ends the command with the code that the document gives."""
    secured.run("norfolk", "declare", "-", "--election", ELECTION, text=NORFOLK)
    command = secured.command("newsroom", "watch", "--from-start")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        assert b"Norfolk" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == Exit.INTERRUPTED


def test_a_sender_that_gets_no_receipt_in_time_is_told_so(secured: Secured) -> None:
    """Promise: a count centre's user may know how many wait, so that it hears that a repeat is harmless."""
    done = secured.run("norfolk", "declare", "-", "--election", ELECTION, "--timeout", "0", text=NORFOLK)
    assert done.returncode == Exit.NO_RECEIPT
    assert b"harmless" in done.stderr


def test_a_count_centre_reaches_neither_other_elections_nor_what_is_published(secured: Secured) -> None:
    """Promise: it can neither read nor write another election, nor write ledger, results or what services know."""
    other = secured.run("norfolk", "declare", "-", "--election", OTHER, text=OTHERS)
    assert other.returncode == Exit.NO_SERVER
    assert b"refused" in other.stderr
    for stream in STREAMS:
        assert secured.refuses("norfolk", "XRANGE", key(stream.name, OTHER), "-", "+"), stream.name
        assert secured.refuses("norfolk", "XADD", key(stream.name, OTHER), *ANYTHING), stream.name
        if stream.name != "declarations":
            assert secured.refuses("norfolk", "XADD", key(stream.name), *ANYTHING), stream.name
    for command in (
        ("XADD", CATALOGUE, "*", "election", "pcc.2099-05-07"),
        ("SET", key("ledger"), "1"),
        ("SET", key("declarations"), "1"),
        ("SET", key("ingest"), "1"),
        ("HSET", key("ingest"), "cursor", "0-0"),
        ("HGETALL", key("ingest:taken")),
        ("DEL", key("declarations")),
        ("XTRIM", key("declarations"), "MAXLEN", "0"),
    ):
        assert secured.refuses("norfolk", *command), command


@pytest.mark.parametrize("user", ["norfolk", "newsroom", "archive", "services"])
def test_only_the_desk_may_do_what_concerns_the_server(secured: Secured, user: str) -> None:
    """Promise: nobody else can empty the server, change users or settings, or name an election in the catalogue."""
    for command in (
        ("FLUSHALL",),
        ("KEYS", "*"),
        ("CONFIG", "SET", "maxmemory", "1"),
        ("ACL", "SETUSER", user, "+@all"),
        ("SHUTDOWN",),
        ("EVAL", "return 1", "0"),
        ("DEL", key("ledger")),
        ("XADD", CATALOGUE, "*", "election", "pcc.2099-05-07"),
    ):
        assert secured.refuses(user, *command), command


def test_a_newsroom_reads_what_the_documents_offer_it(secured: Secured) -> None:
    """Promise: results, tallies and tables can be read, also all of one moment, and a probe may ask for an answer."""
    secured.run("norfolk", "declare", "-", "--election", ELECTION, text=NORFOLK)
    wait_until(lambda: secured.desk.xlen(key("headlines")), what="a headline")
    with closing(Redis.from_url(secured.url("newsroom"))) as client:
        assert client.ping()
        for stream in ("ledger", "results", "tallies", "headlines"):
            assert client.xread({key(stream): "0"}, count=1), stream
        pipeline = client.pipeline(transaction=True)
        for table in ("results", "tallies"):
            pipeline.hgetall(key(f"standing:{table}"))
            pipeline.xrevrange(key(table), count=1)
        assert all(pipeline.execute())
    with open_connection(secured.url("newsroom")) as connection:
        assert take_snapshot(connection, ELECTION).results


@pytest.mark.parametrize("user", ["newsroom", "archive"])
def test_a_reader_writes_nothing(secured: Secured, user: str) -> None:
    """Promise: who reads changes nothing, and a newsroom sees what is published only."""
    for stream in STREAMS:
        assert secured.refuses(user, "XADD", key(stream.name), *ANYTHING)
    assert secured.refuses(user, "HSET", key("standing:results"), "x", "{}")
    assert secured.refuses(user, "SET", key("new"), "x")
    for unpublished in ("declarations", "receipts", "refusals"):
        assert secured.refuses("newsroom", "XRANGE", key(unpublished), "-", "+")


def test_nobody_gets_in_without_a_password_or_once_his_user_is_gone(secured: Secured) -> None:
    """Promise: an open door is closed with one line of the document, a user's with another, his connections too."""
    with closing(Redis.from_url(secured.server.url)) as client, pytest.raises(AuthenticationError):
        client.ping()
    with closing(Redis.from_url(secured.url("norfolk"))) as connected:
        connected.xlen(key("declarations"))
        secured.desk.acl_deluser("norfolk")
        with pytest.raises(AuthenticationError):
            connected.xlen(key("declarations"))
    declared = secured.run("norfolk", "declare", "-", "--election", ELECTION, text=NORFOLK)
    assert declared.returncode == Exit.NO_SERVER
