"""docs/runbook.md: complete, typed right, and done as it says on a pipeline that is broken."""

import json
import re
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from tallywire.cli import app
from tallywire.cli.exit_codes import MEANINGS
from tallywire.embedded.server import start_server
from tests.deploy.files import COMPOSE, compose, services
from tests.deploy.prometheus import alerts, panels
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import FAILED, Fault
from tests.pipeline.night import marker, night
from tests.pipeline.people import NORFOLK, RECORDED, People, changed
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.sender import Sender
from tests.pipeline.services import ROOT, Nursery
from tests.waiting import wait_until

RUNBOOK: Final = ROOT / "docs" / "runbook.md"

HAPPENS: Final = (
    "The server is killed",
    "The disk is full",
    "A certificate has expired",
    "A clock is off",
    "A feed process is lost",
    "A release is bad",
    "A count centre's key is stolen",
    "A stand-by is lost",
    "The server is emptied",
    "The host is lost",
    "An election was closed too early",
)


def sections() -> dict[str, str]:
    """Return each section of the third level, by its heading."""
    parts = re.split(r"^### (.+)\n", RUNBOOK.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        heading: re.split(r"^## ", text, flags=re.MULTILINE)[0]
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


def steps(heading: str) -> list[str]:
    """Return the lines that a section gives to be typed, in a block of their own, in their order."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```", sections()[heading], flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


def test_every_alert_exit_code_and_mishap_has_its_section() -> None:
    """Promise: whatever wakes somebody has a section: what it means, what to do, when it is over, whom to tell."""
    expected = ["Who is told", *alerts(), *(f"Exit code {code.value}" for code in MEANINGS), *HAPPENS]
    assert list(sections()) == expected
    for name in alerts():
        for part in ("**Means**", "**Do**", "**Over when**", "**Tell**"):
            assert part in sections()[name], (name, part)
    for code in MEANINGS:
        assert "**Means**" in sections()[f"Exit code {code.value}"]
        assert "**Do**" in sections()[f"Exit code {code.value}"]
    for name in HAPPENS:
        assert re.search(r"^1\. ", sections()[name], re.MULTILINE), name
        assert "**Over when**" in sections()[name], name
        assert "**Tell**" in sections()[name], name


def test_what_it_leads_to_is_there() -> None:
    """Promise: each link inside the runbook, and into the pages beside it, leads to a heading that there is."""

    def anchors(path: Path) -> set[str]:
        headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
        return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    for page, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", RUNBOOK.read_text("utf-8")):
        path = RUNBOOK.parent / page if page else RUNBOOK
        assert anchor in anchors(path), (page, anchor)


def test_services_panels_and_functions_that_it_names_there_are() -> None:
    """Promise: what is to be started, stopped or looked at has that name; a shell reads what is to be typed."""
    text = RUNBOOK.read_text("utf-8")
    functions = set(re.findall(r"^(\w+)\(\) \{", text, re.MULTILINE))
    assert functions == {"tallywire", "ask_server", "start", "stop", "status", "said", "well", "unit"}
    known = {*services(compose(COMPOSE)["services"]), "server"}
    named = set(re.findall(r"`(?:start|stop|status|said|well) ([\w-]+)`", text))
    for block in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        subprocess.run(["bash", "-n"], input=block, text=True, check=True)
    assert named, "the runbook names no service"
    assert named <= known
    for found in re.findall(r"[Pp]anels? (\*.+?\*)(?=[^*,a]|$)", text):
        for title in re.findall(r"\*([^*]+)\*", found):
            assert any(panel.startswith(title) for panel in panels()), title


def test_a_check_of_a_process_that_hangs_ends() -> None:
    """Promise: whatever the runbook asks over HTTP on this machine, it does not wait for it for ever."""
    asked = re.findall(r"curl [^`\n]*127\.0\.0\.1[^`\n]*", RUNBOOK.read_text("utf-8"))
    assert len(asked) >= 5
    assert [line for line in asked if not re.search(r"(?:--max-time|-m) 5\b", line)] == []


@pytest.mark.parametrize("hangs", [False, True], ids=["ends", "hangs"])
def test_stop_of_plain_processes_ends_one_that_hangs(hangs: bool) -> None:
    """Promise: it asks first, and kills a process that does not end."""
    (line,) = re.findall(r"^stop\(\) \{ kill .+\}$", RUNBOOK.read_text("utf-8"), re.MULTILINE)
    assert "timeout 10 " in line
    with subprocess.Popen(["sleep", "600"]) as process:
        if hangs:
            process.send_signal(signal.SIGSTOP)
            # Of two signals that wait a process gets the lower one first, and that would be the end of it.
            stat = Path(f"/proc/{process.pid}/stat")
            wait_until(lambda: stat.read_text("utf-8").rpartition(")")[2].split()[0] == "T", what="it to stand still")
        quick = line.replace("timeout 10 ", "timeout 0.2 ") if hangs else line
        try:
            with subprocess.Popen(["bash", "-c", f'{quick}\nstop "$1"', "bash", str(process.pid)]):
                assert process.wait(30) == -(signal.SIGKILL if hangs else signal.SIGTERM)
        finally:
            process.kill()


class Operator:
    """Whoever follows the runbook: types what it says, on a pipeline."""

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        self.pipeline = pipeline
        self.folder = folder

    def type(self, line: str, **instead: str) -> Result | Any:  # noqa: ANN401  # what redis-py answers
        """Type a line of the runbook, with the night's own names in place of those in capitals."""
        words = [instead.get(word, word) for word in shlex.split(line)]
        if words[0] == "ask_server":
            return self.pipeline.client.execute_command(*words[1:])
        runner = CliRunner(env={"COLUMNS": "100", "TALLYWIRE_REDIS_URL": self.pipeline.server.url})
        return runner.invoke(app, words[1:])


@pytest.fixture
def operator(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Return an operator, in a folder with the copies."""
    monkeypatch.chdir(tmp_path)
    return Operator(pipeline, tmp_path)


NIGHT: Final = night(23, contests=4, declarations=12)


def test_a_full_server_goes_on_as_the_runbook_says(operator: Operator) -> None:
    """Promise: with more memory, given as it stands there, the services go on by themselves and nothing is lost."""
    pipeline = operator.pipeline
    centre = pipeline.open(NIGHT)
    pipeline.start_all()
    centre.settle()
    pipeline.client.config_set("maxmemory-policy", "noeviction")
    pipeline.client.config_set("maxmemory", 1)
    assert centre.try_to_send(NIGHT.sent[:1]), "a full server takes nothing"
    for step in steps("ServerMemory"):
        operator.type(step)
    centre.send(NIGHT.sent)
    centre.settle()
    centre.check_exact(NIGHT)
    assert pipeline.services.end() == [0, 0, 0]


def test_an_emptied_server_comes_back_as_the_runbook_says(operator: Operator) -> None:
    """Promise: from a copy, in the order that stands there, with every event as it was; sent again, all is known."""
    pipeline = operator.pipeline
    pipeline.play(NIGHT)
    centre = pipeline.centre(NIGHT.election)
    assert operator.type(f"tallywire export night.ledger --election {NIGHT.election}").exit_code == 0
    before = [data for _, data in pipeline.client.xrange(centre.key("headlines"))]
    services = pipeline.services.alive()
    pipeline.client.flushall()
    assert [service.await_end(60) for service in services] == [FAILED] * 3
    check, restore, head, verify = steps("The server is emptied")
    assert operator.type(check).exit_code == 0
    pipeline.start_all()
    assert operator.type(restore).exit_code == 0
    centre.settle()
    # This copy is an export, without a head of its own.
    assert "night.ledger.head" in head
    assert operator.type(verify).exit_code == 0
    assert [data for _, data in pipeline.client.xrange(centre.key("headlines"))] == before
    centre.send(NIGHT.declarations)
    centre.settle()
    assert {receipt["status"] for receipt in centre.receipts()} <= {"duplicate", "refused"}
    assert pipeline.services.end() == [0, 0, 0]


def spoken(centre: CountCentre) -> list[str]:
    """Return the headlines in their order."""
    return [json.loads(data[b"data"])["data"]["text"] for _, data in centre.client.xrange(centre.key("headlines"))]


def test_a_lost_host_is_replaced_as_the_runbook_says(operator: Operator, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: on another host the newest backup is fetched and restored; sent again, the night is whole and exact."""
    lost = operator.pipeline
    centre = lost.open(NIGHT)
    lost.start_all()
    centre.send(NIGHT.sent[:5])
    centre.settle()
    assert operator.type("tallywire keys note night.key --name results").exit_code == 0
    Path("store").mkdir()
    made = operator.type("tallywire backup make store --key night.key")
    assert made.exit_code == 0, made.output
    # What came after the backup is lost with the host.
    centre.send(NIGHT.sent[5:])
    centre.settle()
    before = spoken(centre)
    Path("newer.head").write_text(operator.type("tallywire checkpoint --key night.key").stdout, "utf-8")
    assert lost.services.end() == [0, 0, 0]
    lost.server.stop()
    other = tmp_path / "other"
    other.mkdir()
    with start_server(other, ephemeral=True) as server, pipeline_on(server, nursery, other) as pipeline:
        there = Operator(pipeline, tmp_path)
        (fetch,) = re.findall(r"`(tallywire backup fetch .+?)`", sections()["The server is emptied"])
        fetched = there.type(fetch, **{"s3://night/backups": "store"})
        assert fetched.exit_code == 0, fetched.output
        (newest,) = tmp_path.glob("*.ledger")
        pipeline.start_all()
        for step in steps("The server is emptied"):
            done = there.type(step, **{"night.ledger": newest.name, "night.ledger.head": f"{newest.name}.head"})
            assert done.exit_code == 0, done.output
        # A head from after the backup fails, as is said there, and says how much is missing.
        compare = steps("The server is emptied")[-2]
        failed = there.type(compare, **{"night.ledger.head": "newer.head"})
        assert failed.exit_code == 1
        size = Path("newer.head").read_text("utf-8").splitlines()[1]
        assert all(said in failed.output for said in ("the ledger was cut", f"{size} entries or more"))
        centre = pipeline.centre(NIGHT.election)
        centre.send(NIGHT.sent)
        centre.settle()
        assert spoken(centre) == before
        assert there.type("tallywire verify").exit_code == 0
        assert pipeline.services.end() == [0, 0, 0]


def test_a_stolen_key_is_retired_as_the_runbook_says(operator: Operator) -> None:
    """Promise: two commands end it, with other elections beside; what the thief signs is refused; a new key follows."""
    operator.pipeline.start("ingest")
    people = People(operator.pipeline.server.url, operator.folder)
    people.load()
    key_id = people.enrol("officer", "returning-officer", "--contest", NORFOLK)
    people.done("election", "load", "pcc.2021-08-19", *people.operator)
    assert people.declare("officer", RECORDED[NORFOLK]).exit_code == 0
    find, retire, signed, event, withdraw, invite, make, enrol = steps("A count centre's key is stolen")
    key_file = {"operator.key": people.file("operator.key")}
    assert key_id in operator.type(find).stdout
    done = operator.type(retire, KEY_ID=key_id)
    assert done.exit_code == 0, done.output
    refused = people.declare("officer", changed(RECORDED[NORFOLK], "stolen", revision=2, papers=4))
    assert "key.retired" in refused.stdout
    assert f"{key_id}  retired" in operator.type(find).stdout
    assert f"accepted   {NORFOLK}" in operator.type(signed, **{"norfolk-ro": "officer"}).stdout
    Path("withdrawn.json").write_text(event, "utf-8")
    withdrawn = operator.type(withdraw, **key_file)
    assert withdrawn.exit_code == 0, withdrawn.output
    (sign_out,) = re.findall(r"`(tallywire keys sign-out .+?)`", sections()["A count centre's key is stolen"])
    assert operator.type(sign_out, PERSON="officer").exit_code == 0
    posting = Sender(operator.pipeline)
    link = operator.type(
        invite, **{"https://declare.example.org": f"http://{posting.host}:{posting.port}"}
    ).stdout.strip()
    made = operator.type(make, LINK=link)
    assert made.exit_code == 0, made.output
    (new_id,) = re.findall(r"key id (\S+)", made.stdout)
    enrolled = operator.type(enrol, KEY_ID=new_id, **key_file)
    assert enrolled.exit_code == 0, enrolled.output
    assert f"{new_id}  valid" in operator.type(find).stdout
    again = changed(RECORDED[NORFOLK], "again", revision=3)
    assert people.declare("norfolk-2", again).stdout.startswith("accepted")
    assert operator.pipeline.services.end() == [0, 0]


def test_a_parked_entry_is_put_back_as_the_runbook_says(operator: Operator) -> None:
    """Promise: after the fix one command puts it back, and everything is on the ledger."""
    pipeline = operator.pipeline
    centre = pipeline.open(NIGHT)
    bad = NIGHT.declarations[-1]
    broken = pipeline.start("ingest", Fault(poison=(marker(bad),)))
    centre.send(NIGHT.declarations)
    centre.settle(upto="ingest")
    assert broken.end() == 0
    look, retry = steps("EntryParked")
    assert "ingest could not fold entry" in operator.type(look).stdout
    pipeline.start_all()
    assert operator.type(retry).exit_code == 0
    centre.settle()
    assert operator.type(look).stdout == "Nothing is parked.\n"
    assert centre.length("ledger") == len(NIGHT.declarations) + 1
    assert operator.type("tallywire verify").exit_code == 0
    assert pipeline.services.end() == [0, 0, 0]


def test_what_is_refused_is_shown_as_the_runbook_says(operator: Operator) -> None:
    """Promise: the command of ManyRefused names the reasons."""
    operator.pipeline.start("ingest")
    centre = operator.pipeline.open(NIGHT)
    centre.send([b"garbage"])
    centre.settle(upto="ingest")
    (look,) = steps("ManyRefused")
    assert "json.invalid" in operator.type(look).stdout
