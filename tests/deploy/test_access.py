"""The users that `tallywire acl` gives a server can do what they are for, and no more."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from typer.testing import CliRunner

from schemas.streams import STREAMS
from streams.keys import CATALOGUE, Partition, alive_key
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.client.connection import open_connection
from tallywire.client.snapshot import take_snapshot
from tallywire.embedded.server import EmbeddedServer, start_server
from tallywire.operations.access import USERS, count_centre
from tallywire.packs.pack import find_pack
from tallywire.people.enrolling import read_keys
from tallywire.people.invitations import requests
from tallywire.posting.desk.watch import Watch
from tests.cluster.ports import free_ports
from tests.deploy.access_document import DOCUMENT, access_document, shown_in
from tests.pipeline.faults import Fault
from tests.pipeline.receiver import Receiver
from tests.pipeline.sender import Sender
from tests.pipeline.services import Nursery, Services
from tests.pipeline.subscriber import Feed, Publisher
from tests.waiting import wait_until

SERVICES: Final = ("ingest", "aggregate", "notify")

ELECTION: Final = "pcc.2024-05-02"
"""The one that the count centre is for."""

OTHER: Final = "pcc.2021-05-06"
NORFOLK, OTHERS = (
    (find_pack(election) / "declarations.jsonl").read_bytes().splitlines()[0] for election in (ELECTION, OTHER)
)
ANYTHING: Final = "*", "data", "{}"
CENTRE: Final = "norfolk"
NAMES: Final = (*(user.name for user in USERS), CENTRE)
"""Every user but the server's administrator, who may do everything."""

Done = subprocess.CompletedProcess[bytes]


class Secured:
    """A server with the users that ``tallywire acl`` prints."""

    def __init__(self, server: EmbeddedServer, secrets: Path) -> None:
        self.server = server
        self.secrets = secrets
        self.printing = (
            "acl",
            "--secrets",
            str(secrets),
            "--redis",
            server.url,
            "--election",
            ELECTION,
            "--centre",
            CENTRE,
        )
        self.lines = CliRunner().invoke(app, self.printing).stdout.splitlines()
        with closing(Redis.from_url(server.url)) as client:
            for line in self.lines:
                _, name, *rules = line.split()
                client.execute_command("ACL", "SETUSER", name, "reset", *rules)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self.desk = Redis.from_url(self.url("default"))
        """The connection of one who may do everything."""

    def url(self, user: str) -> str:
        """Return the server's URL with a user's name and password."""
        return (self.secrets / f"{user}.url").read_text("ascii").strip()

    def open(self) -> None:
        """Let everybody do everything again: ending the server asks for no password."""
        self.desk.acl_setuser("default", enabled=True, nopass=True)
        self.desk.close()

    def command(self, user: str, *words: str) -> list[str]:
        """Return the command line of a command, as a user."""
        return [sys.executable, "-m", "tallywire", *words, "--redis", self.url(user)]

    def run(self, user: str, *words: str, text: bytes = b"") -> Done:
        """Run a command as a user, with ``text`` as its standard input; in this process, which has its imports."""
        ended = CliRunner().invoke(app, [*words, "--redis", self.url(user)], input=text)
        return Done(words, ended.exit_code, ended.stdout_bytes, ended.stderr_bytes)

    def is_healthy(self, user: str) -> bool:
        """Whether a user hears that the service of its name is well, or, of another name, that all are."""
        return self.run(user, "health", *((user,) if user in SERVICES else ())).returncode == Exit.DONE

    def start(self, services: Services) -> None:
        """Start each service as its own user."""
        for service in SERVICES:
            services.start(service, url=self.url(service))

    def refuses(self, user: str, *command: str) -> bool:
        """Whether the server keeps a user from a command."""
        with closing(Redis.from_url(self.url(user))) as client:
            try:
                client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            except NoPermissionError:
                return True
        return False

    def allows(self, user: str, commands: list[tuple[str, ...]]) -> list[bool]:
        """Return which of these commands the server would let a user do; none is done."""
        pipeline = self.desk.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command("ACL", "DRYRUN", user, *command)  # type: ignore[no-untyped-call]  # as above
        return [answer in (b"OK", True) for answer in pipeline.execute(raise_on_error=False)]


@pytest.fixture(scope="module")
def secured(server: EmbeddedServer, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Give the module's server its users, and run each service as its own, with two elections loaded."""
    secured = Secured(server, tmp_path_factory.mktemp("secrets") / "night")
    secured.desk.acl_log_reset()
    with Services(nursery, tmp_path_factory.mktemp("services"), "redis://127.0.0.1:1") as services:
        secured.start(services)
        for election in (ELECTION, OTHER):
            assert secured.run("operator", "election", "load", election).returncode == Exit.DONE
        # Their successors have something to take over.
        assert services.end() == [0, 0, 0]
        # Their last heartbeats would last 15 s.
        for alive in secured.desk.keys(alive_key("*", "*", "*")):
            secured.desk.delete(alive)
        secured.start(services)
        yield secured
    secured.open()


def key(part: str, election: str = ELECTION) -> str:
    """Return the key of an election's stream or table."""
    return Partition(election).key(part)


def test_each_user_can_do_the_work_of_its_commands(secured: Secured, tmp_path: Path) -> None:
    """Promise: with these users an election goes from declaration to headline, copy, signed head and back.

    The server keeps nobody from anything that matters on the way.
    """
    declared = secured.run(CENTRE, "declare", "-", "--election", ELECTION, text=NORFOLK)
    assert declared.stdout.startswith(b"accepted")
    wait_until(lambda: secured.desk.xlen(key("headlines")), what="a headline")
    for service in SERVICES:
        wait_until(partial(secured.is_healthy, service), what=f"{service} to be well")
    wait_until(partial(secured.is_healthy, "desk"), what="all to be well")
    assert secured.run("desk", "declare", "-", text=NORFOLK).stdout.startswith(b"duplicate")
    assert b"1 of 14 declared" in secured.run("newsroom", "tallies", "--election", ELECTION).stdout
    norfolk = ("--contest", "pcc.norfolk.2024-05-02")
    assert b"Lab gain from Con" in secured.run("newsroom", "results", "--election", ELECTION, *norfolk).stdout
    assert secured.run("newsroom", "control", "--election", ELECTION).returncode == Exit.DONE
    for user in (CENTRE, "desk"):
        assert secured.run(user, "receipts", "--election", ELECTION).returncode == Exit.DONE
    assert secured.run("desk", "desk", "--election", ELECTION).returncode == Exit.DONE
    assert b"Norfolk" in secured.run("desk", "desk", "show", norfolk[1], "--election", ELECTION).stdout
    asked = secured.run("operator", "rehearse", ELECTION, "--ask")
    assert asked.returncode == Exit.DONE, asked.stderr
    secret, ledger = tmp_path / "night.key", tmp_path / "night.ledger"
    verified = secured.run("archive", "verify", "--election", ELECTION)
    assert verified.returncode == Exit.DONE, verified
    assert secured.run("archive", "export", str(ledger), "--election", ELECTION).returncode == 0
    assert CliRunner().invoke(app, ["keys", "note", str(secret), "--name", "x"]).exit_code == Exit.DONE
    head = secured.run("archive", "checkpoint", "--key", str(secret), "--election", ELECTION)
    assert head.stdout.startswith(f"tallywire.{ELECTION}\n2\n".encode())
    deposited = secured.run("archive", "checkpoint", "--key", str(secret), "--election", ELECTION, "--deposit")
    assert deposited.returncode == Exit.DONE, deposited.stderr
    assert secured.run("archive", "parked").returncode == Exit.DONE
    archived = secured.run("archive", "election", "archive", ELECTION, "--open", "--to", str(tmp_path / "archive"))
    assert archived.returncode == Exit.DONE, archived.stderr
    # What a client says of itself is all that they are kept from, and a setting that nobody depends on being told.
    assert {denied["object"] for denied in secured.desk.acl_log()} <= {"client|setinfo", "config|get"}


def test_the_operator_derives_an_election_anew_and_brings_it_back(nursery: Nursery, tmp_path: Path) -> None:
    """Promise: `rebuild`, `restore` and `election delete` need no more than the operator may do."""
    with start_server(tmp_path, ephemeral=True) as server:
        secured = Secured(server, tmp_path / "secrets")
        with Services(nursery, tmp_path, "redis://127.0.0.1:1") as services:
            secured.start(services)
            assert secured.run("operator", "election", "load", ELECTION).returncode == Exit.DONE
            assert secured.run("operator", "declare", "-", text=NORFOLK).returncode == Exit.DONE
            wait_until(lambda: secured.desk.xlen(key("headlines")), what="a headline")
            assert services.end() == [0, 0, 0]
            secured.desk.acl_log_reset()
            ledger = tmp_path / "night.ledger"
            assert secured.run("operator", "rebuild", "--force", "--election", ELECTION).returncode == Exit.DONE
            assert secured.run("archive", "export", str(ledger), "--election", ELECTION).returncode == Exit.DONE
            secured.desk.flushall()
            done = secured.run("operator", "restore", str(ledger))
            assert done.returncode == Exit.DONE, done.stderr
            sandbox = f"sandbox.{ELECTION}"
            secured.desk.xadd(CATALOGUE, {"election": sandbox})
            secured.desk.xadd(key("ledger", sandbox), {"data": b"{}"})
            done = secured.run("operator", "election", "delete", sandbox)
            assert (done.returncode, secured.desk.exists(key("ledger", sandbox))) == (Exit.DONE, 0), done.stderr
            secured.start(services)
            wait_until(lambda: secured.desk.xlen(key("headlines")), what="the headline once more")
        assert {denied["object"] for denied in secured.desk.acl_log()} <= {"client|setinfo", "config|get"}
        secured.open()


def test_the_posting_service_works_as_its_own_user(secured: Secured, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: it takes declarations, says where a late receipt is, knows the forms, and is asked how it is."""
    with Services(nursery, tmp_path, secured.url("posting")) as services:
        sender = Sender(services)
        assert sender.post(ELECTION, NORFOLK).status == 200
        assert sender.post(ELECTION, NORFOLK, Prefer="wait=0").status in {200, 202}
        assert sender.get(f"/v1/elections/{ELECTION}/contests/pcc.norfolk.2024-05-02/form").status == 200
        assert sender.get("/health/ready").status == 200
        wait_until(lambda: secured.desk.keys("tallywire:alive:posting:*"), what="its heartbeat")
        assert secured.run("posting", "health", "posting").returncode == Exit.DONE


def test_the_desk_is_served_as_its_own_user(secured: Secured, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: it takes declarations, shows who is enrolled and how services are; nothing that it needs is refused."""
    secured.desk.acl_log_reset()
    with Services(nursery, tmp_path, secured.url("desk")) as services:
        sender = Sender(services, Fault(desk=True))
        assert sender.post(ELECTION, NORFOLK).status == 200
        assert sender.get("/desk").status == 200
        assert sender.get(f"/desk/{ELECTION}").status == 200
        wait_until(lambda: secured.desk.keys("tallywire:alive:desk:*"), what="its heartbeat")
        assert secured.run("desk", "health", "desk").returncode == Exit.DONE
    asyncio.run(watch(secured.url("desk")))
    assert {denied["object"] for denied in secured.desk.acl_log()} <= {"client|setinfo", "config|get"}


async def watch(url: str) -> None:
    """Read all that the desk shows, as a user of the server."""
    watch, norfolk = Watch(url), "pcc.norfolk.2024-05-02"
    seen = await watch.look(ELECTION)
    assert {service.name for service in await watch.services(ELECTION)} >= set(SERVICES)
    assert (await watch.history(ELECTION, norfolk, None)).ballot_id == norfolk
    assert await watch.readiness(ELECTION, seen)
    assert await watch.read(lambda connection: list(requests(connection, ELECTION, forget=False))) == []
    assert await watch.read(lambda connection: read_keys(connection, ELECTION)) == {}
    watch.close()


def test_the_publishing_service_works_as_its_own_user(secured: Secured, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: it shows what is published and what proves it, and is asked how it is; it may read nothing else."""
    with Services(nursery, tmp_path, secured.url("publishing")) as services:
        publisher = Publisher(services)
        publisher.await_ready()
        cursor = publisher.await_cursor(ELECTION)
        with Feed(publisher, f"/v1/elections/{ELECTION}/events") as feed:
            assert next(feed.blocks()).id == cursor
        # Its first heartbeat may be older than what it has read since.
        wait_until(
            lambda: secured.run("publishing", "health", "publishing").returncode == Exit.DONE, what="it to be well"
        )


def test_the_worker_of_webhooks_works_as_its_own_user(secured: Secured, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: it sends what the operator has asked for, leads, ends and is well, and needs nothing that it may not."""
    secured.run(CENTRE, "declare", "-", "--election", ELECTION, text=NORFOLK)
    secured.desk.acl_log_reset()
    adding = "--allow-private", "--from-start", "--election", ELECTION
    with Receiver() as receiver, Services(nursery, tmp_path, secured.url("webhooks")) as services:
        worker = services.start("webhooks")
        assert secured.run("operator", "webhooks", "add", "one", receiver.url, *adding).returncode == Exit.DONE
        receiver.await_taken(1)
        wait_until(lambda: secured.run("webhooks", "health", "webhooks").returncode == Exit.DONE, what="it to be well")
        assert secured.run("operator", "webhooks", "list").returncode == Exit.DONE
        assert secured.run("operator", "webhooks", "remove", "one").returncode == Exit.DONE
        assert worker.end() == 0
    assert secured.desk.keys("tallywire:webhooks:*") == []
    assert {denied["object"] for denied in secured.desk.acl_log()} <= {"client|setinfo", "config|get"}


KEPT: Final = (
    "ledger receipts refusals results tallies headlines parked-* ingest ingest:* aggregate aggregate:* notify notify:* "
    "standing:* people"
)
"""What services write and keep."""

READ_AND_WRITTEN: Final[dict[str, tuple[str, str]]] = {
    "ingest": ("declarations", "ledger receipts refusals parked-ingest ingest ingest:* alive:ingest"),
    "aggregate": ("ledger ingest", "results tallies parked-aggregate aggregate aggregate:* standing:* alive:aggregate"),
    "notify": ("results aggregate", "headlines parked-notify notify notify:* alive:notify"),
    "posting": (
        "receipts parked-ingest standing:* ingest:keys ingest:entries ingest:closing",
        "declarations posting:* confirming alive:posting",
    ),
    "publishing": ("ledger results tallies headlines checkpoint aggregate notify", "alive:publishing"),
    "newsroom": ("ledger results tallies headlines standing:* checkpoint ingest aggregate notify", ""),
    "archive": (f"declarations {KEPT} checkpoint", "checkpoint"),
    "webhooks": (
        "ledger results tallies headlines checkpoint aggregate notify webhooks:endpoints",
        "webhooks:progress:* webhooks:lead alive:webhooks",
    ),
    "desk": (
        f"{KEPT} checkpoint invitations alive:*",
        "declarations confirming posting:* desk:* alive:desk",
    ),
    "operator": ("alive:*", "*"),
    "standby": ("", ""),
    CENTRE: ("receipts ingest", "declarations confirming"),
}
"""What each user may read, and what it may also write: said once more, independently of the code."""

PARTS: Final = (
    *(stream.name for stream in STREAMS),
    *SERVICES,
    *(
        "ingest:register",
        "ingest:taken",
        "ingest:contests",
        "ingest:held",
        "ingest:entries",
        "ingest:keys",
        "ingest:holds",
        "ingest:closing",
    ),
    *("aggregate:declarations", "notify:said", "standing:results", "standing:register", "standing:contests"),
    *("posting:Cz7v", "desk:session:Cz7v", "confirming", "people", "invitations", "checkpoint"),
)
ALIVE: Final = ("ingest", "aggregate", "notify", "posting", "publishing", "desk", "webhooks")
HOOKS: Final = ("webhooks:endpoints", "webhooks:progress:1f", "webhooks:lead")

READING: Final = (
    *(("XRANGE", "KEY", "-", "+"), ("XREAD", "STREAMS", "KEY", "0"), ("XLEN", "KEY"), ("HGETALL", "KEY")),
    *(("HGET", "KEY", "x"), ("GET", "KEY"), ("DUMP", "KEY"), ("COPY", "KEY", "KEY"), ("XINFO", "STREAM", "KEY")),
    ("SORT", "KEY"),
)
WRITING: Final = (
    *(("XADD", "KEY", *ANYTHING), ("XTRIM", "KEY", "MAXLEN", "0"), ("XDEL", "KEY", "1-1"), ("HSET", "KEY", "x", "y")),
    *(("HDEL", "KEY", "x"), ("SET", "KEY", "x"), ("DEL", "KEY"), ("UNLINK", "KEY"), ("EXPIRE", "KEY", "1")),
    *(("RENAME", "KEY", "KEY"), ("RESTORE", "KEY", "0", "x"), ("INCR", "KEY"), ("APPEND", "KEY", "x")),
    *(("MOVE", "KEY", "1"), ("XSETID", "KEY", "1-1"), ("XGROUP", "CREATE", "KEY", "g", "$"), ("PERSIST", "KEY")),
)


@pytest.mark.parametrize("user", NAMES)
def test_a_user_reads_and_writes_the_keys_that_are_its_own(secured: Secured, user: str) -> None:
    """Promise: what others keep, it can neither read nor write, with any command."""
    reads, writes = (patterns.split() for patterns in READ_AND_WRITTEN[user])
    election = {part: key(part) for part in PARTS}
    alive = {f"alive:{service}": f"tallywire:alive:{service}:host:1" for service in ALIVE}
    hooks = {part: f"tallywire:{part}" for part in HOOKS}
    for part, name in {**election, **alive, **hooks}.items():
        written = any(fnmatchcase(part, pattern) for pattern in writes)
        read = written or any(fnmatchcase(part, pattern) for pattern in reads)
        found = [
            any(secured.allows(user, [tuple(word.replace("KEY", name) for word in command) for command in commands]))
            for commands in (READING, WRITING)
        ]
        if user == "operator" and part.startswith("alive:"):
            written = False
        # What is only written need not be readable, as a heartbeat or a question to stand-bys.
        assert (found[0] or written, found[1]) == (read, written), (user, part)


def test_only_the_operator_names_elections(secured: Secured) -> None:
    """Promise: the catalogue, which also says whose key an election's register is signed with, is the operator's."""
    for user in NAMES:
        found = [
            any(
                secured.allows(
                    user, [tuple(word.replace("KEY", CATALOGUE) for word in command) for command in commands]
                )
            )
            for commands in (READING, WRITING)
        ]
        assert found == [user != "standby", user == "operator"], user


def commands_of(client: Redis) -> dict[str, int]:
    """Return every command that the server has, subcommands too, with how many words it takes at least."""
    found: dict[str, int] = {}

    def note(described: list[Any]) -> None:
        found[described[0].decode().lower()] = abs(described[1])
        for below in described[9]:
            note(below)

    client.set_response_callback("COMMAND", lambda answer, **_: answer)
    for described in client.execute_command("COMMAND"):  # type: ignore[no-untyped-call]  # as above
        note(described)
    return found


OF_EVERYBODY: Final = {"auth", "hello", "quit", "reset"}
"""Commands of the connection itself, which the server keeps from nobody."""


@pytest.mark.parametrize("user", NAMES)
def test_a_user_may_use_no_command_that_it_does_not_need(secured: Secured, user: str) -> None:
    """Promise: every other command that the server has is refused, also on keys that are the user's own."""
    (known,) = [one for one in (*USERS, count_centre(CENTRE, ELECTION)) if one.name == user]
    allowed = {*known.commands, *(command for selector in known.besides for command in selector.commands)}
    names = commands_of(secured.desk)
    assert len(names) > 300
    assert allowed <= names.keys()
    own = key(next((stream.name for stream in STREAMS if stream.name in READ_AND_WRITTEN[user][1].split()), "ledger"))
    tried = {
        name: (*name.split("|"), *[own] * (words - len(name.split("|"))))
        for name, words in names.items()
        if name not in allowed and not any(command.startswith(f"{name}|") for command in allowed)
    }
    permitted = secured.allows(user, list(tried.values()))
    assert {name for name, allows in zip(tried, permitted, strict=True) if allows} <= OF_EVERYBODY


DANGEROUS: Final = {"cluster|info", "cluster|slots", "info", "script|load", "evalsha"}
"""Commands of Redis' own dangerous groups that users have: questions, and scripts that run with their own rights."""


def test_no_user_can_harm_the_server_or_the_others(secured: Secured) -> None:
    """Promise: of what Redis calls administration, danger and scripting, only what is named here is given to anybody.

    No user may load a function: it would run with the rights of whoever calls it.
    """
    risky = {
        name.decode()
        for group in ("admin", "dangerous", "scripting")
        for name in secured.desk.execute_command("ACL", "CAT", group)  # type: ignore[no-untyped-call]  # as above
    }
    for user in (*USERS, count_centre(CENTRE, ELECTION)):
        if user.name != "standby":
            assert risky & set(user.commands) <= DANGEROUS, user.name


def test_a_service_cannot_change_what_another_one_runs(secured: Secured) -> None:
    """Promise: a service's password gives no more than that service's rights: a script has those of its caller."""
    with closing(Redis.from_url(secured.url("aggregate"))) as client:
        script = client.script_load("return redis.call('XADD', KEYS[1], '*', 'data', '{}')")
        with pytest.raises(ResponseError, match=r"permission|can't run this command"):
            client.evalsha(script, 1, key("ledger"))
    for function in (("FUNCTION", "LOAD", "REPLACE", "#!lua name=x"), ("FCALL", "x", "0"), ("EVAL", "return 1", "0")):
        assert secured.refuses("aggregate", *function), function


def test_a_reader_watches_as_a_user_that_can_only_read(secured: Secured) -> None:
    """Promise: headlines come, and Ctrl-C ends the command with the code that the document gives."""
    secured.run(CENTRE, "declare", "-", "--election", ELECTION, text=NORFOLK)
    command = secured.command("newsroom", "watch", "--from-start")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        assert b"Norfolk" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == Exit.INTERRUPTED


def test_a_sender_that_gets_no_receipt_in_time_is_told_so(secured: Secured) -> None:
    """Promise: a count centre's user may know how many wait, so that it hears that a repeat is harmless."""
    done = secured.run(CENTRE, "declare", "-", "--election", ELECTION, "--timeout", "0", text=NORFOLK)
    assert done.returncode == Exit.NO_RECEIPT
    assert b"harmless" in done.stderr


def test_a_count_centre_reaches_neither_other_elections_nor_what_is_published(secured: Secured) -> None:
    """Promise: it can neither read nor write another election, nor write ledger, results or what services know."""
    other = secured.run(CENTRE, "declare", "-", "--election", OTHER, text=OTHERS)
    assert other.returncode == Exit.NO_SERVER
    assert b"refused" in other.stderr
    for stream in STREAMS:
        assert secured.refuses(CENTRE, "XRANGE", key(stream.name, OTHER), "-", "+"), stream.name
        assert secured.refuses(CENTRE, "XADD", key(stream.name, OTHER), *ANYTHING), stream.name
        if stream.name != "declarations":
            assert secured.refuses(CENTRE, "XADD", key(stream.name), *ANYTHING), stream.name
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
        assert secured.refuses(CENTRE, *command), command


def test_a_newsroom_reads_what_the_documents_offer_it(secured: Secured) -> None:
    """Promise: results, tallies and tables can be read, also all of one moment, and a probe may ask for an answer."""
    secured.run(CENTRE, "declare", "-", "--election", ELECTION, text=NORFOLK)
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


def test_nobody_gets_in_without_a_password_or_once_his_user_is_gone(secured: Secured) -> None:
    """Promise: an open door is closed with one line, a user's with another, his connections too."""
    with closing(Redis.from_url(secured.server.url)) as client, pytest.raises(AuthenticationError):
        client.ping()
    with closing(Redis.from_url(secured.url(CENTRE))) as connected:
        connected.xlen(key("declarations"))
        secured.desk.acl_deluser(CENTRE)
        with pytest.raises(AuthenticationError):
            connected.xlen(key("declarations"))
    declared = secured.run(CENTRE, "declare", "-", "--election", ELECTION, text=NORFOLK)
    assert declared.returncode == Exit.NO_SERVER


def test_a_stand_by_follows_with_a_user_of_its_own(tmp_path: Path) -> None:
    """Promise: it needs no password of anybody who may do more."""
    port = free_ports(2)
    with (
        start_server(tmp_path / "primary", port=port, ephemeral=True) as primary,
        start_server(tmp_path / "follower", port=port + 1, ephemeral=True) as follower,
        closing(Redis.from_url(follower.url)) as client,
    ):
        secured = Secured(primary, tmp_path / "secrets")
        client.config_set("masteruser", "standby")
        client.config_set("masterauth", (secured.secrets / "standby.password").read_text("ascii").strip())
        client.replicaof("127.0.0.1", str(port))
        wait_until(lambda: client.info("replication")["master_link_status"] == "up", what="it to follow")
        secured.open()


def test_passwords_are_drawn_once_and_read_by_their_owner_alone(secured: Secured, tmp_path: Path) -> None:
    """Promise: no password is in a line; made again, the lines are the same; a file that others may read is refused."""
    again = CliRunner().invoke(app, secured.printing)
    assert again.stdout.splitlines() == secured.lines
    kept = sorted(secured.secrets.iterdir())
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert secured.secrets.stat().st_mode & 0o777 == 0o700
    passwords = [path.read_text("ascii").strip() for path in kept if path.suffix == ".password"]
    assert len(set(passwords)) == len(secured.lines)
    assert not any(password in again.output for password in passwords)
    kept[0].chmod(0o644)
    refused = CliRunner().invoke(app, secured.printing)
    kept[0].chmod(0o600)
    assert refused.exit_code == Exit.REFUSED
    assert "Others may read" in refused.stderr
    printed = CliRunner().invoke(app, ("acl", "--secrets", str(tmp_path / "x"), "--json"))
    assert [json.loads(line)["user"] for line in printed.stdout.splitlines()] == [*NAMES[:-1], "default"]


def test_the_document_shows_the_users_as_the_code_has_them() -> None:
    """Promise: docs/operating.md is not stale: python -m tests.deploy.access_document."""
    assert shown_in(DOCUMENT.read_text("utf-8")) == access_document()
