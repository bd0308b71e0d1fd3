"""``tallywire rehearse``: a night with mischief, centres asked for a test declaration, and nothing of it in earnest."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from schemas.rehearsals import rehearsal_of
from tallywire.cli import app
from tallywire.client.signing import SigningKey, write_key
from tallywire.demo.script import FLOOD, RETRIES, Mischief
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.pipeline.services import surroundings
from tests.waiting import wait_until

LIVE: Final = "pcc.2024-05-02"
REHEARSAL: Final = rehearsal_of(LIVE)
NORFOLK: Final = "pcc.norfolk.2024-05-02"
ESSEX: Final = "pcc.essex.2024-05-02"
CONTESTS: Final = 14


def run(pipeline: Pipeline, *arguments: str) -> Result:
    """Run a command on the pipeline's server."""
    words = (*arguments, "--redis", pipeline.server.url)
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, list(words))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Rehearse on a server of its own, where everything is signed, and return the report."""
    folder = tmp_path_factory.mktemp("rehearsal")
    command = [sys.executable, "-m", "tallywire", "rehearse", LIVE, "--speed", "max", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings(folder))
    assert (done.returncode, done.stderr, list(folder.iterdir())) == (0, "", [])
    return dict(json.loads(done.stdout))


def test_every_mischief_is_answered_as_it_should_be(report: dict[str, Any]) -> None:
    """Promise: each sender hears what became of it, and at the end the right figures stand, once."""
    assert {each["mischief"]: each["answers"] for each in report["mischief"]} == {
        "lost_wifi": {"accepted": 1, "duplicate": RETRIES - 1},
        "wrong": {"accepted": 2},
        "exchanged": {"held": 1, "refused hold.returned": 1, "accepted": 1},
        "other_key": {"refused key.other_contest": 1, "accepted": 1},
        "never": {},
        "doubled": {"accepted": 1, "duplicate": 1},
        "flood": {"accepted": 1, "duplicate": FLOOD - 1},
        "live": {"refused election.other": 1, "accepted": 1},
        "late": {"accepted": 1},
    }
    assert all(each["as_it_should"] for each in report["mischief"])
    assert (report["election"], report["signed"], report["held"], report["went_well"]) == (REHEARSAL, True, [], True)


def test_each_centre_is_told_to_be_ready_or_not(report: dict[str, Any]) -> None:
    """Promise: ready is who was taken, signed by a key for this contest; who never sent is named."""
    silent = next(each["ballot_id"] for each in report["mischief"] if each["mischief"] == "never")
    states = {each["ballot_id"]: each["state"] for each in report["centres"]}
    assert len(states) == CONTESTS
    assert {ballot_id for ballot_id, state in states.items() if state != "ready"} == {silent}
    assert states[silent] == "not yet"
    assert all(each["own_key"] and each["played"] for each in report["centres"] if each["ballot_id"] != silent)


def test_a_rehearsal_is_played_beside_its_election(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: with the services that are there, unsigned as the election; of it nothing is in the election."""
    pipeline.start_all()
    assert run(pipeline, "election", "load", LIVE).exit_code == 0
    done = run(pipeline, "rehearse", LIVE, "--speed", "max", "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["signed"], report["went_well"]) == (0, False, True)
    assert {each["mischief"] for each in report["mischief"]} == {kind.name.lower() for kind in Mischief}
    live, rehearsed = pipeline.centre(LIVE), pipeline.centre(REHEARSAL)
    rehearsed.settle()
    assert (live.length("ledger"), live.length("headlines")) == (1, 0)
    events = [each for stream in ("results", "tallies", "headlines") for each in rehearsed.found().events(stream)]
    assert events
    assert all(each["test"] for each in events)
    _check_apart(pipeline, tmp_path)


def _check_apart(pipeline: Pipeline, folder: Path) -> None:
    """Check that over HTTP, on the stream and from a file a message for the one is not taken by the other."""
    recorded = Path("elections", LIVE, "declarations.jsonl").read_bytes().splitlines()
    real = next(line for line in recorded if b'"%s"' % ESSEX.encode() in line)
    test = json.dumps(json.loads(real) | {"id": "essex-test", "test": True}).encode()
    sender, file = Sender(pipeline), folder / "declaration.json"
    wrong = ((LIVE, test, "test.rehearsal_in_live"), (REHEARSAL, real, "test.live_in_rehearsal"))
    for election, content, code in wrong:
        answered = sender.post(election, content)
        assert (answered.status, answered.codes) == (422, [code])
        before = pipeline.centre(election).length("ledger")
        pipeline.centre(election).post((b"data", content))
        pipeline.centre(election).settle()
        assert pipeline.centre(election).length("ledger") == before
        file.write_bytes(content)
        assert run(pipeline, "declare", str(file), "--election", election).exit_code == 1
    # Without a word where it is to go, each goes where it belongs.
    assert run(pipeline, "declare", str(file), "--json").exit_code == 0
    assert pipeline.centre(LIVE).length("ledger") == 2


def test_centres_are_asked_and_those_that_have_sent_are_ready(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: each is told what to send and where; who has sent it is ready, and is not played."""
    pipeline.start_all()
    early = run(pipeline, "rehearse", LIVE, "--ready")
    assert early.exit_code == 6
    asked = [json.loads(line) for line in run(pipeline, "rehearse", LIVE, "--ask", "--json").stdout.splitlines()]
    assert len(asked) == CONTESTS
    norfolk = next(each for each in asked if each["ballot_id"] == NORFOLK)
    sender = Sender(pipeline)
    # Ingest has answered; aggregate lists the contests a moment later.
    wait_until(lambda: sender.get(norfolk["form"]).status == 200, what="the form")
    form = sender.get(norfolk["form"]).json
    assert (form["test"], form["ballot_id"]) == (True, NORFOLK)
    assert sender.post(REHEARSAL, json.dumps(norfolk["example"]).encode()).status == 200
    pipeline.centre(REHEARSAL).settle()
    states = {
        each["ballot_id"]: (each["state"], each["played"])
        for each in map(json.loads, run(pipeline, "rehearse", LIVE, "--ready", "--json").stdout.splitlines())
    }
    assert states.pop(NORFOLK) == ("ready", False)
    assert set(states.values()) == {("not yet", False)}
    assert "1 of 14 count centres are ready" in run(pipeline, "rehearse", LIVE, "--ready").stdout
    report = json.loads(run(pipeline, "rehearse", LIVE, "--speed", "max", "--json").stdout)
    assert [each["played"] for each in report["centres"] if each["ballot_id"] == NORFOLK] == [False]
    assert NORFOLK not in {each["ballot_id"] for each in report["mischief"]}


def test_a_centre_with_a_key_of_its_own_is_left_to_send_itself(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: asked and enrolled as on the night; nobody plays it, and it is ready once its own key has signed."""
    pipeline.start_all()
    operator, own = tmp_path / "operator.pem", tmp_path / "norfolk.key"
    write_key(operator, SigningKey.draw())
    assert run(pipeline, "rehearse", LIVE, "--ask", "--key", str(operator)).exit_code == 0
    assert CliRunner().invoke(app, ["keys", "make", str(own)]).exit_code == 0
    who = ("--person", "norfolk-ro", "--role", "returning-officer", "--contest", NORFOLK)
    enrolled = run(pipeline, "keys", "enrol", f"{own}.request", "--key", str(operator), "--election", REHEARSAL, *who)
    assert enrolled.exit_code == 0
    played = run(pipeline, "rehearse", LIVE, "--speed", "max", "--json", "--key", str(operator))
    (norfolk,) = (each for each in json.loads(played.stdout)["centres"] if each["ballot_id"] == NORFOLK)
    assert (played.exit_code, norfolk["state"], norfolk["keys"]) == (0, "not yet", ["norfolk-ro"])
    recorded = Path("elections", LIVE, "declarations.jsonl").read_bytes().splitlines()[0]
    file = tmp_path / "norfolk.json"
    file.write_text(json.dumps(json.loads(recorded) | {"test": True}), "utf-8")
    assert run(pipeline, "declare", str(file), "--key", str(own)).exit_code == 0
    ready = run(pipeline, "rehearse", LIVE, "--ready", "--json").stdout.splitlines()
    (norfolk,) = (each for each in map(json.loads, ready) if each["ballot_id"] == NORFOLK)
    assert (norfolk["state"], norfolk["own_key"], norfolk["played"]) == ("ready", True, False)


def test_somebody_sits_at_the_desk_of_a_rehearsal(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: with the keys that it wrote a person returns what is held; the centre mends it, and the night ends.

    One that was cut goes on with the keys in the folder, and waits for a server that is killed.
    """
    pipeline.start_all()
    keys, operator, notes = tmp_path / "keys", tmp_path / "operator.pem", tmp_path / "notes"
    write_key(operator, SigningKey.draw())
    command = [sys.executable, "-m", "tallywire", "rehearse", LIVE, "--speed", "max", "--json"]
    command += ["--redis", pipeline.server.url, "--key", str(operator), "--keys", str(keys)]
    rehearsal = pipeline.centre(REHEARSAL)
    holds = rehearsal.key("ingest:holds")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as cut:
        (hold,) = wait_until(lambda: pipeline.client.hkeys(holds), what="a declaration to be held")
        cut.send_signal(signal.SIGINT)
        assert cut.wait(timeout=60) == 130
    # What was sent before the cut is answered after it.
    rehearsal.settle()
    known, receipts = set(keys.iterdir()), rehearsal.length("receipts")
    with notes.open("w") as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as night:
        wait_until(lambda: rehearsal.length("receipts") > receipts, what="the night to go on")
        pipeline.server.kill()
        wait_until(lambda: "The server is away" in notes.read_text() or night.poll(), what="the server to be missed")
        pipeline.server.start()
        desk = ("desk", "return", hold.decode(), "--key", str(keys / "desk.pem"), "--election", REHEARSAL)
        assert run(pipeline, *desk, "--reason", "Look at the paper again", "--yes").exit_code == 0
        printed, _ = night.communicate(timeout=100)
    assert night.returncode == 0
    report = json.loads(printed)
    assert (report["held"], report["went_well"]) == ([], True)
    assert {path.name for path in keys.iterdir()} == {path.name for path in known}
    assert {path.name for path in known} == {f"{each['ballot_id']}.pem" for each in report["centres"]} | {"desk.pem"}
    # The operator's, and one for everybody who plays.
    assert pipeline.client.hlen(rehearsal.key("ingest:keys")) == len(known) + 1
