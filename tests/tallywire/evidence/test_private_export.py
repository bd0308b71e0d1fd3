"""What is private of an election (what is held, figures that wait, names): exported apart, restored, and checked."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from services.ingest.rules.signed_state import ENTRIES, HELD
from streams.keys import CATALOGUE
from tallywire.client.people import PEOPLE
from tallywire.embedded.server import start_server
from tests.pipeline.count_centre import connect
from tests.pipeline.people import ELECTION, NORFOLK, NOT_MOST_VOTES, RECORDED, People, changed
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.nights import at_work, key, settle

HELD_FIGURES = {**RECORDED[NORFOLK]["data"]["votes"], "sarah-taylor": 52_447}
"""Synthetic: two votes more than were declared."""

TYPED_FIGURES = {**RECORDED[NORFOLK]["data"]["votes"], "sarah-taylor": 52_449}
SECRETS = ("52447", "52449", "Sam Synthetic")


@dataclass(frozen=True)
class Waiting:
    """An election with a declaration that is held, figures that wait, and a private name."""

    people: People
    exported: Path
    log: str
    said: str


@pytest.fixture(scope="module")
def waiting(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    """Have the services hold a declaration, and export the election."""
    folder = tmp_path_factory.mktemp("waiting")
    with start_server(folder / "server", ephemeral=True) as server:
        people = People(server.url, folder)
        with at_work(nursery, server.url, folder) as services:
            people.load()
            people.enrol("officer", "returning-officer", "--contest", NORFOLK)
            people.make("clerk", "--name", "Sam Synthetic")
            who = ("--person", "clerk-1", "--role", "clerk")
            people.done("keys", "enrol", people.file("clerk.key.request"), *people.operator, *who)
            held = people.declare("officer", changed(RECORDED[NORFOLK], "held", votes=HELD_FIGURES, **NOT_MOST_VOTES))
            assert held.exit_code == 7, held.output
            data = {name: RECORDED[NORFOLK]["data"][name] for name in ("ballot_id", "elected")}
            typed = {**RECORDED[NORFOLK], "id": "typed", "type": "tallywire.entry.v1"}
            entered = people.declare("clerk", typed | {"data": {**data, "revision": 2, "votes": TYPED_FIGURES}})
            assert entered.exit_code == 7, entered.output
            settle(server.url)
        exported = folder / "night.ledger"
        done = people.done("export", str(exported))
        yield Waiting(people, exported, services.log(), done.output)


def verified(people: People, *arguments: str) -> dict[str, object]:
    """Return what is found, as programs read it."""
    found: dict[str, object] = json.loads(people.run("verify", "--json", *arguments).stdout)
    return found


def test_nothing_private_leaks(waiting: Waiting) -> None:
    """Promise: neither the ledger's export, nor logs, nor what commands print has a figure or a name that waits."""
    ledger = waiting.exported.read_text("utf-8")
    assert "tallywire.hold.v1" in ledger
    for place in (ledger, waiting.log, waiting.said, waiting.people.done("verify").output):
        assert not any(secret in place for secret in SECRETS)
    with closing(connect(waiting.people.url)) as client:
        for stream in ("ledger", "receipts", "refusals", "results", "tallies", "headlines"):
            assert not any(secret in str(client.xrange(key(stream))) for secret in SECRETS), stream


def test_what_is_private_is_a_file_of_its_own(waiting: Waiting) -> None:
    """Promise: NAME.private beside NAME, for its owner's eyes only; with it nothing is left unchecked."""
    private = waiting.exported.with_name("night.ledger.private")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    first, *rows = private.read_text("utf-8").splitlines()
    assert first.split()[2:] == waiting.exported.read_bytes().split(b"\n")[0].decode().split()[2:]
    assert sorted(json.loads(row)[0] for row in rows) == [ENTRIES, HELD, PEOPLE]
    found = verified(waiting.people, "--file", str(waiting.exported))
    assert (found["verified"], found["not_checked"]) == (True, [])
    assert found == verified(waiting.people) | {"operator_known": False}
    again = waiting.people.run("export", str(waiting.exported))
    assert again.exit_code == 2


def copied(waiting: Waiting, folder: Path, *, private: bool) -> Path:
    """Copy the export, with or without what is private."""
    copy = folder / "copy.ledger"
    copy.write_bytes(waiting.exported.read_bytes())
    if private:
        copy.with_name("copy.ledger.private").write_bytes(
            waiting.exported.with_name("night.ledger.private").read_bytes()
        )
    return copy


def test_a_restored_election_goes_on_with_what_was_held(
    waiting: Waiting, services: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Promise: with the private file, a second person confirms on the new server; the catalogue has the operator."""
    people = People(services, waiting.people.folder)
    people.done("restore", str(copied(waiting, tmp_path, private=True)))
    settle(services)
    with closing(connect(waiting.people.url)) as before:
        for table in (HELD, ENTRIES, PEOPLE):
            assert redis_client.hgetall(key(table)) == before.hgetall(key(table))
    assert verified(people)["operator_known"]
    (place,) = redis_client.hgetall(key(HELD))
    data = {"ballot_id": NORFOLK, "hold": int(place), "decision": "confirm"}
    decision = {**RECORDED[NORFOLK], "id": "decided", "type": "tallywire.confirmation.v1", "data": data}
    done = people.declare("operator", decision)
    assert done.stdout.startswith("accepted")
    settle(services)
    assert verified(people)["verified"]


def test_without_what_is_private_all_else_is_restored_and_what_is_missing_is_said(
    waiting: Waiting, services: str, tmp_path: Path
) -> None:
    """Promise: it is restored all the same; what is held is sent again by whoever sent it, and waits again."""
    people = People(services, waiting.people.folder)
    done = people.done("restore", str(copied(waiting, tmp_path, private=False)))
    assert "Missing: the declaration that is held at ledger entry 4" in done.stderr
    assert "Missing: the names of the holders of 1 key" in done.stderr
    settle(services)
    assert len(list(verified(people)["not_checked"])) == 2  # type: ignore[call-overload]  # a list


def test_what_is_private_and_was_changed_is_found_and_not_repeated(waiting: Waiting, tmp_path: Path) -> None:
    """Promise: each row is compared with what the ledger commits to; the message names the row, not what it says."""
    copy = copied(waiting, tmp_path, private=True)
    private = copy.with_name("copy.ledger.private")
    first, *rows = private.read_text("utf-8").splitlines(keepends=True)
    changes: dict[str, Callable[[str], str]] = {
        HELD: lambda value: value.replace('"sent":"', '"sent":"ey', 1),
        ENTRIES: lambda value: value.replace("clerk-1", "clerk-2"),
        PEOPLE: lambda value: value.replace("Sam", "Eve"),
    }
    for changed_table, change in changes.items():
        kept = []
        for row in rows:
            table, field, value = json.loads(row)
            kept.append(json.dumps([table, field, change(value) if table == changed_table else value]) + "\n")
        private.write_text(first + "".join(kept), "utf-8")
        done = waiting.people.run("verify", "--file", str(copy))
        assert (done.exit_code, changed_table in done.output) == (1, True), done.output
        assert not any(secret in done.output for secret in (*SECRETS, "Eve Synthetic"))
    values = {json.loads(row)[0]: json.loads(row)[2] for row in rows}
    swapped = json.dumps([HELD, next(json.loads(row)[1] for row in rows if HELD in row), values[ENTRIES]])
    private.write_text(first + swapped + "\n", "utf-8")
    assert "It is not what the hold on the ledger is of" in waiting.people.run("verify", "--file", str(copy)).output
    private.write_text(first.replace(ELECTION, "pcc.2021-05-06") + "".join(rows), "utf-8")
    assert waiting.people.run("verify", "--file", str(copy)).exit_code == 1
    private.write_text(first + "nonsense 52447\n", "utf-8")
    done = waiting.people.run("verify", "--file", str(copy))
    assert (done.exit_code, "52447" in done.output) == (1, False)


def test_a_server_with_another_operators_election_is_found(waiting: Waiting) -> None:
    """Promise: the catalogue has the thumbprint of the operator's key, and the register has to be signed with it."""
    with closing(connect(waiting.people.url)) as client:
        kept = client.xrange(CATALOGUE)
        assert [list(fields) for _, fields in kept] == [[b"election", b"operator"]]
        assert verified(waiting.people)["operator_known"]
        client.delete(CATALOGUE)
        client.xadd(CATALOGUE, {"election": ELECTION, "operator": "A" * 43})
        done = waiting.people.run("verify")
        client.delete(CATALOGUE)
        client.xadd(CATALOGUE, {"election": ELECTION})
        assert not verified(waiting.people)["operator_known"]
        client.delete(CATALOGUE)
        client.xadd(CATALOGUE, kept[0][1])
    assert (done.exit_code, "was not signed with the key in the catalogue" in done.output) == (1, True)
