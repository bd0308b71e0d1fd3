"""What the operator does with endpoints, at the command line."""

import json
from pathlib import Path
from typing import Any, Final, cast

import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.client.connection import open_connection
from tallywire.embedded.server import EmbeddedServer
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.following import Election
from tallywire.publishing.history import History
from tallywire.publishing.hub import Hub
from tallywire.webhooks import administration
from tallywire.webhooks.delivering import Delivery
from tallywire.webhooks.endpoints import ENDPOINTS, URL_LENGTH_MAX, progress_key
from tallywire.webhooks.progress import Failed, Progress
from tests.pipeline.receiver import Receiver

HERE: Final = "http://127.0.0.1:9/"


@pytest.fixture
def operator(server: EmbeddedServer, redis_client: Redis) -> "Operator":
    """Return somebody who types commands."""
    return Operator(server.url)


class Operator:
    """Types commands about webhooks."""

    def __init__(self, url: str) -> None:
        self.url = url

    def types(self, *words: str) -> Result:
        """Run a command."""
        return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["webhooks", *words, "--redis", self.url])

    def gets(self, *words: str) -> Any:  # noqa: ANN401  # any JSON
        """Run a command that must succeed, and return what it writes for programs."""
        done = self.types(*words, "--json")
        assert done.exit_code == Exit.DONE, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_secret_is_printed_once_and_never_listed(operator: Operator) -> None:
    """Promise: `add` and `rotate` print the secret; no other command does, nor a listing for programs."""
    (added,) = operator.gets("add", "bbc", HERE, "--allow-private", "--type", "headline", "--party", "PP52,PP53")
    assert added["secret"].startswith("whsec_")
    (rotated,) = operator.gets("rotate", "bbc")
    assert rotated["secret"] != added["secret"]
    told = (
        operator.types("list").output + operator.types("list", "--json").output + operator.types("pause", "bbc").output
    )
    assert "whsec_" not in told
    assert "type headline, party PP52,PP53" in told


def test_a_test_event_is_sent_and_its_answer_is_said(operator: Operator) -> None:
    """Promise: `test` says what was answered, and ends with 1 where that is no success."""
    answers = iter([204, 404])
    with Receiver(lambda _: next(answers)) as receiver:
        (added,) = operator.gets("add", "bbc", receiver.url, "--allow-private")
        taken, missed = operator.types("test", "bbc"), operator.types("test", "bbc")
    assert (taken.exit_code, missed.exit_code) == (Exit.DONE, Exit.REFUSED)
    assert "delivered: It answered with 204 No Content." in taken.stdout
    assert "404" in missed.stdout
    assert receiver.posts[0].event["type"] == "tallywire.webhook-test.v1"
    assert receiver.posts[0].signed_with(added["secret"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "Bad Name", HERE), Exit.USAGE, "no name"),
        (("add", "one", "ftp://example.org/"), Exit.USAGE, "https://HOST/PATH"),
        (("add", "one", "https://user:word@example.org/"), Exit.USAGE, "user and password"),
        (("add", "one", f"https://example.org/{'x' * URL_LENGTH_MAX}"), Exit.USAGE, "longer"),
        (("add", "one", HERE), Exit.REFUSED, "this machine itself"),
        (("add", "one", "http://localhost/"), Exit.REFUSED, "--allow-private"),
        (("add", "one", "http://169.254.169.254/latest", "--allow-private"), Exit.REFUSED, "secrets"),
        (("add", "one", HERE, "--allow-private", "--type", "gossip"), Exit.USAGE, "no type gossip"),
        (("pause", "nobody"), Exit.NOT_THERE, "There is no endpoint nobody"),
        (("replay", "nobody"), Exit.USAGE, "--parked"),
        (("replay", "nobody", "--from", "gossip:1"), Exit.USAGE, "names no event"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    operator: Operator, redis_client: Redis, words: tuple[str, ...], code: Exit, said: str
) -> None:
    """Promise: a mistake is a sentence and an exit code, and nothing is stored."""
    done = operator.types(*words)
    assert done.exit_code == code, done.output
    assert said in done.output
    assert not redis_client.exists(ENDPOINTS)


def test_endpoints_are_saved_and_come_back_with_their_secrets(
    operator: Operator, redis_client: Redis, tmp_path: Path
) -> None:
    """Promise: after a server was lost `webhooks restore` brings every endpoint back as it was, and replaces none."""
    for name in ("bbc", "itv"):
        operator.gets("add", name, HERE, "--allow-private")
    before, file = redis_client.hgetall(ENDPOINTS), tmp_path / "endpoints.private"
    saved = operator.types("save", str(file))
    assert saved.exit_code == Exit.DONE, saved.output
    assert "whsec_" not in saved.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert operator.types("save", str(file)).exit_code == Exit.USAGE
    redis_client.flushall()
    operator.gets("add", "itv", HERE, "--allow-private")
    newer = redis_client.hget(ENDPOINTS, "itv")
    assert operator.gets("restore", str(file)) == [{"endpoint": "bbc", "done": "restored"}]
    assert redis_client.hgetall(ENDPOINTS) == {**before, b"itv": newer}
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"{}\n")
    damaged = operator.types("restore", str(file))
    assert (damaged.exit_code, "line 3" in damaged.output) == (Exit.REFUSED, True)


def test_there_are_so_many_endpoints_and_no_two_of_one_name(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: a name is taken once, and a limit is said."""
    monkeypatch.setattr(administration, "ENDPOINTS_MAX", 1)
    operator.gets("add", "one", HERE, "--allow-private")
    again, more = (operator.types("add", name, HERE, "--allow-private") for name in ("one", "two"))
    assert "already" in again.output
    assert "as many as there may be" in more.output
    operator.gets("remove", "one")
    assert operator.gets("list") == []


def test_what_failed_of_a_deleted_test_is_forgotten(operator: Operator, redis_client: Redis) -> None:
    """Promise: nothing of a deleted rehearsal waits or is counted any more, and nothing else is forgotten."""
    other = "pcc.2024-05-02"
    deleted = f"rehearsal.{other}"
    operator.gets("add", "one", HERE, "--allow-private", "--from-start")
    with open_connection(operator.url) as connection:
        endpoint = administration.find(connection, "one")
        connection.announce(deleted, None)
    progress = Progress({})
    for election in (deleted, other):
        progress.move(election, Cursor(1, 0, 0, 0, "00000000"))
        progress.skip(election, "uk", (1, 2))
        progress.fail(Failed(election, "results", 1, f"{election}:1", 3, "It was away.", 0.0, 0.0, "aside"))
    key = progress_key(endpoint.id)
    stored: Any = dict(progress._fields)
    redis_client.hset(key, mapping=stored)
    elections = {name: Election(Hub(History(name))) for name in (deleted, other)}
    delivery = Delivery(endpoint, cast("Any", None), elections, cast("Any", None), lambda: True)
    delivery._progress = progress
    delivery._next_job(0.0)
    assert len(list(progress.failed())) == 2
    done = CliRunner().invoke(app, ["election", "delete", deleted, "--redis", operator.url])
    assert done.exit_code == Exit.DONE, done.output
    del elections[deleted]
    delivery._next_job(0.0)
    left = {f"cursor {deleted}", f"cursor {other}", f"skipped {other} uk", f"failed {other} results 1"}
    assert {name.decode() for name in cast("list[bytes]", redis_client.hkeys(key))} == progress._fields.keys() == left
