"""Keys of people: made where they are used, enrolled by the operator, replaced and retired, on a running pipeline."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from schemas.key import name_digest
from tallywire.client.signing import SigningKey
from tallywire.people.requests import REQUEST_LENGTH_MAX
from tests.pipeline.people import ELECTION, NORFOLK, RECORDED, People, changed
from tests.pipeline.pipeline import Pipeline


@pytest.fixture
def people(pipeline: Pipeline, tmp_path: Path) -> Iterator[People]:
    """Load an election that asks for signatures, with ingest at work."""
    pipeline.start("ingest")
    people = People(pipeline.server.url, tmp_path)
    people.load()
    yield people
    assert pipeline.services.end() == [0]


def listed(people: People, *arguments: str) -> dict[str, dict[str, object]]:
    """Return the keys of the election by person and id, as programs read them."""
    keys = [json.loads(line) for line in people.done("keys", "list", "--json", *arguments).stdout.splitlines()]
    return {key["key_id"]: key for key in keys}


def test_a_key_is_a_file_for_its_owner_and_a_request_for_the_operator(tmp_path: Path) -> None:
    """Promise: a private key is a file of mode 0600 that nothing prints and nothing replaces; a request tells none."""
    people = People("redis://127.0.0.1:1", tmp_path)
    made = people.done("keys", "make", people.file("norfolk.key"), "--name", "Sam Synthetic")
    key, request = tmp_path / "norfolk.key", tmp_path / "norfolk.key.request"
    assert [stat.S_IMODE(file.stat().st_mode) for file in (key, request)] == [0o600, 0o600]
    signing = SigningKey.decode(key.read_bytes(), "it")
    assert signing.key_id in made.stdout
    public = (
        load_pem_private_key(key.read_bytes(), None)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    secret = key.read_text("ascii").splitlines()[1]
    for shown in (key, request):
        told = people.done("keys", "show", str(shown)).stdout
        assert signing.key_id in told
        assert signing.public_key in told
        assert public.decode() in told
        assert secret not in told
    assert secret not in made.output + request.read_text("utf-8")
    assert people.run("keys", "make", str(key)).exit_code == 2
    assert SigningKey.decode(key.read_bytes(), "it") == signing


def test_who_is_enrolled_can_declare_and_who_is_retired_cannot(people: People) -> None:
    """Promise: a key signs from when the operator has enrolled it until it is retired, for its contests."""
    people.make("officer")
    refused = people.declare("officer", RECORDED[NORFOLK])
    assert (refused.exit_code, "signature.unknown_key" in refused.stdout) == (1, True)
    request, who = people.file("officer.key.request"), ("--person", "norfolk-ro", "--role", "returning-officer")
    enrolled = people.done("keys", "enrol", request, *people.operator, *who, "--contest", NORFOLK)
    assert enrolled.stdout.startswith("accepted")
    again = people.done("keys", "enrol", request, *people.operator, *who, "--contest", NORFOLK)
    assert again.stdout.startswith("duplicate")
    assert people.declare("officer", RECORDED[NORFOLK]).stdout.startswith("accepted")
    assert "unsigned" not in enrolled.stdout
    (key_id,) = (key_id for key_id, key in listed(people).items() if key["person"] == "norfolk-ro")
    people.done("keys", "retire", key_id, *people.operator, "--reason", "the laptop is lost")
    refused = people.declare("officer", changed(RECORDED[NORFOLK], "later", revision=2, papers=4))
    assert (refused.exit_code, "key.retired" in refused.stdout) == (1, True)
    assert people.run("keys", "enrol", request, *people.operator, *who).exit_code == 1
    shown = people.done("keys", "list").stdout
    assert f"norfolk-ro, a returning officer: {NORFOLK}\n  {key_id}  retired" in shown
    signed = people.done("receipts", "--person", "norfolk-ro", "--json").stdout.splitlines()
    assert [json.loads(line)["data"]["status"] for line in signed] == ["accepted", "refused"]
    assert "signed by norfolk-ro, 20" in " ".join(people.done("receipts", "--person", "norfolk-ro").stdout.split())


def test_of_many_contests_of_a_key_the_first_few_are_shown(people: People) -> None:
    """Promise: a council's officer is one line in the list of keys; programs read every contest."""
    many = tuple(RECORDED)[:5]
    people.enrol("officer", "returning-officer", *(word for each in many for word in ("--contest", each)))
    shown = people.done("keys", "list").stdout
    assert f"officer, a returning officer: {', '.join(many[:3])} and 2 more (--json has all)\n" in shown
    assert [key["contests"] for key in listed(people).values() if key["person"] == "officer"] == [list(many)]


def test_a_request_that_somebody_changed_is_not_enrolled(people: People, tmp_path: Path) -> None:
    """Promise: what is enrolled is a key that whoever made the request has; else nothing is sent."""
    people.make("clerk", "--name", "Sam Synthetic")
    other = SigningKey.draw()
    request = tmp_path / "clerk.key.request"
    signature, _, content = request.read_bytes().partition(b"\n")
    forged = {**json.loads(content), "key_id": other.key_id, "public_key": other.public_key}
    for attempt in (
        signature + b"\n" + content.replace(b"Sam", b"Eve"),
        signature + b"\n" + json.dumps(forged).encode(),
        content,
        signature + b"\n" + content.ljust(REQUEST_LENGTH_MAX),
        other.sign(content).encode() + b"\n" + content,
    ):
        request.write_bytes(attempt)
        done = people.run("keys", "enrol", str(request), *people.operator, "--person", "clerk-1", "--role", "clerk")
        assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert len(listed(people)) == 1


def test_only_the_operator_enrols(people: People) -> None:
    """Promise: another key, and none at all, enrol nobody; the name that was given is forgotten again."""
    people.enrol("officer", "returning-officer")
    key_id = people.make("clerk", "--name", "Sam Synthetic")
    enrol = ("keys", "enrol", people.file("clerk.key.request"), "--person", "clerk-1", "--role", "clerk")
    assert people.run(*enrol).exit_code == 2
    by_officer = people.run(*enrol, "--key", people.file("officer.key"))
    assert (by_officer.exit_code, "key.may_not" in by_officer.stdout) == (1, True)
    assert key_id not in listed(people)
    assert "Sam" not in people.done("keys", "list", "--names").stdout


def test_names_are_private_but_for_a_returning_officers(people: People, pipeline: Pipeline) -> None:
    """Promise: the ledger has a commitment to a name, which the operator alone can open; an officer's is public.

    The name is deleted on request, and the ledger is whole without it: `verify` says that it is not there.
    """
    clerk = people.make("clerk", "--name", "Sam Synthetic")
    enrol = ("keys", "enrol", people.file("clerk.key.request"), *people.operator, "--person", "clerk-1")
    people.done(*enrol, "--role", "clerk", "--contest", NORFOLK)
    officer = people.enrol("officer", "returning-officer", "--name", "Alex Example")
    shown = people.done("keys", "list").stdout
    assert "Sam Synthetic" not in shown
    assert "Alex Example" in shown
    assert "clerk-1 (Sam Synthetic), a clerk" in people.done("keys", "list", "--names").stdout
    assert listed(people, "--names")[officer]["name"] == "Alex Example"
    kept = json.loads(pipeline.client.hget(f"{{{ELECTION}}}:people", clerk))
    assert listed(people)[clerk]["name_digest"] == name_digest(kept["salt"], "Sam Synthetic")
    streams = [pipeline.client.xrange(f"{{{ELECTION}}}:{name}") for name in ("declarations", "ledger", "receipts")]
    assert "Sam Synthetic" not in str(streams)
    assert "Sam Synthetic" not in pipeline.services.log()
    people.done("keys", "forget", "clerk-1")
    assert "Sam Synthetic" not in people.done("keys", "list", "--names").stdout
    stored = [pipeline.client.hgetall(key) for key in pipeline.client.keys("*") if pipeline.client.type(key) == b"hash"]
    assert "Sam Synthetic" not in str(stored)
    assert "the names of the holders of 1 key: they are not here" in people.done("verify", "--json").stdout
    assert people.run("keys", "forget", "officer").exit_code == 6


def test_two_keys_of_a_person_are_valid_while_one_replaces_the_other(people: People) -> None:
    """Promise: a new key takes over person, role, contests and name; what is to be typed to retire the old is said."""
    old = people.enrol("officer", "returning-officer", "--contest", NORFOLK, "--name", "Alex Example")
    new = people.make("newer")
    rotated = people.done("keys", "rotate", old, people.file("newer.key.request"), *people.operator)
    assert f"tallywire keys retire {old}" in rotated.stderr
    keys = listed(people)
    told = ("person", "role", "contests", "name", "state")
    assert [keys[old][name] for name in told] == [keys[new][name] for name in told]
    assert people.declare("officer", RECORDED[NORFOLK]).stdout.startswith("accepted")
    second = changed(RECORDED[NORFOLK], "later", revision=2, kind="withdrawn", votes=None, elected=None, reason="x")
    assert people.declare("newer", second).stdout.startswith("accepted")
    people.make("third")
    third = people.run("keys", "rotate", old, people.file("third.key.request"), *people.operator)
    assert (third.exit_code, "key.too_many" in third.stdout) == (1, True)


def test_the_operators_key_is_replaced_by_one_that_it_signs(people: People) -> None:
    """Promise: the old key enrols the new one, and the new one retires the old; one stays."""
    (old,) = listed(people)
    new = people.make("successor")
    people.done("keys", "rotate", old, people.file("successor.key.request"), *people.operator)
    successor = ("--key", people.file("successor.key"))
    people.done("keys", "retire", old, *successor, "--reason", "handed over")
    last = people.run("keys", "retire", new, *successor, "--reason", "by mistake")
    assert (last.exit_code, "key.last_operator" in last.stdout) == (1, True)
    people.make("clerk")
    enrol = ("keys", "enrol", people.file("clerk.key.request"), "--person", "clerk-1", "--role", "clerk")
    assert "key.retired" in people.run(*enrol, *people.operator).stdout
    people.done(*enrol, *successor)


def test_a_key_for_a_rehearsal_is_one_for_a_rehearsal(people: People) -> None:
    """Promise: whether a key is for a real election follows from the register, and nobody has to say it."""
    people.enrol("officer", "returning-officer", "--until", "2099-05-03T06:00:00Z")
    (shown,) = (key for key in listed(people).values() if key["person"] == "officer")
    assert (shown["valid_until"], shown["state"]) == ("2099-05-03T06:00:00Z", "valid")
    later = people.make("later")
    enrol = ("keys", "enrol", people.file("later.key.request"), *people.operator, "--person", "later", "--role", "desk")
    people.done(*enrol, "--from", "2099-05-03T06:00:00Z")
    assert listed(people)[later]["state"] == "not yet valid"


def test_a_mistake_in_an_enrolment_is_explained(people: People) -> None:
    """Promise: exit code 2 and a sentence; nothing is sent."""
    people.make("clerk")
    enrol = ("keys", "enrol", people.file("clerk.key.request"), *people.operator, "--person", "clerk-1")
    for wrong in (
        ("--role", "chief"),
        ("--role", "clerk", "--until", "tomorrow"),
        ("--role", "clerk", "--until", "2030-05-03T06:00:00"),
        ("--role", "clerk", "--contest", "Norfolk"),
        ("--role", "clerk", "--person", "Sam Synthetic"),
        ("--role", "returning-officer", "--name", "Sam\N{RIGHT-TO-LEFT OVERRIDE}"),
        ("--role", "clerk", "--name", "Sam\N{RIGHT-TO-LEFT OVERRIDE}"),
    ):
        done = people.run(*enrol, *wrong)
        assert (done.exit_code, done.stdout) == (2, ""), wrong
        assert "Traceback" not in done.stderr
    assert len(listed(people)) == 1


def test_an_election_that_asks_for_no_signatures_has_no_keys(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: it says so, and how one is loaded that does."""
    pipeline.start("ingest")
    people = People(pipeline.server.url, tmp_path)
    people.done("election", "load", ELECTION)
    people.make("operator")
    people.make("clerk")
    enrol = ("keys", "enrol", people.file("clerk.key.request"), "--person", "clerk-1", "--role", "clerk")
    done = people.run(*enrol, *people.operator)
    assert (done.exit_code, "does not ask for signatures" in done.stderr) == (1, True)
    unsigned = people.done("declare", "-", text=json.dumps(RECORDED[NORFOLK]).encode())
    assert "unsigned" in unsigned.stdout
