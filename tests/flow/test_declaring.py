"""The results desk's commands against the running services: load, declare, amend, and read what stands."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from schemas.events import ReceiptEvent
from tallywire.client.connection import open_connection
from tallywire.client.progress import behind
from tallywire.client.snapshot import read_result
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.supervisor import Supervisor
from tallywire.packs.pack import find_pack
from tests.waiting import wait_until

ELECTION = "pcc.2024-05-02"
RECORDED = {
    json.loads(line)["subject"].split(".")[1]: line
    for line in (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()
}
"""The recorded declarations by the place they are from. Each test takes other ones."""

Done = subprocess.CompletedProcess[bytes]


@pytest.fixture(scope="module")
def services(server: EmbeddedServer) -> Iterator[str]:
    """Run the three services with the election loaded, and return the server's URL."""
    with Supervisor(server.url, server.data_dir / "services.log") as supervisor:
        supervisor.start()
        supervisor.wait_ready()
        assert tallywire(server.url, "election", "load", ELECTION).returncode == 0
        yield server.url


def tallywire(url: str, *arguments: str, text: bytes = b"") -> Done:
    """Run a command with ``text`` as its standard input."""
    command = [sys.executable, "-m", "tallywire", *arguments, "--redis", url]
    return subprocess.run(command, input=text, capture_output=True, check=False)


def outcome(done: Done) -> tuple[int, list[str]]:
    """Return exit code and the first word of every line about an entry."""
    lines = done.stdout.decode().splitlines()
    return done.returncode, [line.split()[0] for line in lines if not line.startswith(" ")]


def settle(url: str) -> None:
    """Wait until every service has read everything."""
    with open_connection(url) as connection:
        wait_until(lambda: behind(connection, ELECTION) is None, what="the services to have read everything")


def changed(place: str, **overrides: object) -> bytes:
    """Return a recorded declaration under another id and with other data."""
    event = json.loads(RECORDED[place])
    event["id"] = f"{place}-changed"
    event["data"] |= overrides
    return json.dumps(event).encode()


def test_a_declaration_is_accepted_once(services: str) -> None:
    """Sent again it is a duplicate, which is as good: exit code 0 both times."""
    assert outcome(tallywire(services, "declare", "-", text=RECORDED["norfolk"])) == (0, ["accepted"])
    assert outcome(tallywire(services, "declare", "-", text=RECORDED["norfolk"])) == (0, ["duplicate"])


def test_every_line_of_a_file_is_answered(services: str) -> None:
    """Garbage between declarations is refused, by its line, with reasons; the others are taken. Exit code 1."""
    text = b"\n".join((RECORDED["essex"], b"nonsense", b"\xc3\x97", RECORDED["suffolk"]))
    done = tallywire(services, "declare", "-", text=text)
    assert outcome(done) == (1, ["accepted", "refused", "refused", "accepted"])
    assert b"(line 2)" in done.stdout
    assert done.stdout.count(b"\n  - ") >= 2


def test_every_reason_is_a_bullet(services: str) -> None:
    """A tired person mends everything at once."""
    bad = changed("derbyshire", votes={"nobody": -1}, revision=0, declared_at="yesterday")
    done = tallywire(services, "declare", "-", text=bad)
    bullets = [line for line in done.stdout.decode().splitlines() if line.startswith("  - ")]
    assert done.returncode == 1
    assert len(bullets) >= 4


def test_a_pretty_printed_file_is_one_declaration(services: str) -> None:
    """As an editor writes it, over many lines."""
    text = json.dumps(json.loads(RECORDED["hertfordshire"]), indent=2).encode()
    assert outcome(tallywire(services, "declare", "-", text=text)) == (0, ["accepted"])


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"PK\x03\x04" + bytes(2_000)], ids=["not UTF-8", "an archive"])
def test_a_file_that_is_not_text_is_refused_once(services: str, text: bytes) -> None:
    """One entry, one answer."""
    assert outcome(tallywire(services, "declare", "-", text=text)) == (1, ["refused"])


def test_receipts_for_programs_are_as_published(services: str) -> None:
    """With --json a line for each entry, in order, valid by the contract."""
    text = b"\n".join((RECORDED["leicestershire"], b"nonsense"))
    done = tallywire(services, "declare", "-", "--json", text=text)
    receipts = [ReceiptEvent.model_validate_json(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [receipt.data.status for receipt in receipts]) == (1, ["accepted", "refused"])


def test_loading_again_is_harmless(services: str) -> None:
    """The same register is a duplicate."""
    assert outcome(tallywire(services, "election", "load", ELECTION)) == (0, ["duplicate"])


def test_an_amendment_changes_the_figures_that_follow(services: str) -> None:
    """With an electorate the turnout of the contest becomes known; to and fro are three amendments."""
    assert outcome(tallywire(services, "declare", "-", text=RECORDED["lincolnshire"])) == (0, ["accepted"])
    for electorate in (580_000, 570_000, 580_000):
        amendment = {"ballot_id": "pcc.lincolnshire.2024-05-02", "electorate": electorate, "reason": "Synthetic."}
        done = tallywire(services, "election", "amend", "-", text=json.dumps(amendment, indent=1).encode())
        assert outcome(done) == (0, ["accepted"])
    settle(services)
    with open_connection(services) as connection:
        result = json.loads(read_result(connection, ELECTION, "pcc.lincolnshire.2024-05-02") or b"{}")
    assert result["data"]["electorate"] == 580_000
    assert result["data"]["turnout"]["valid_votes"] is not None


def test_what_stands_can_be_read_at_any_time(services: str) -> None:
    """Each region says how far it is."""
    assert outcome(tallywire(services, "declare", "-", text=RECORDED["dyfed-powys"])) == (0, ["accepted"])
    settle(services)
    wales = tallywire(services, "tallies", "--region", "wales").stdout.decode()
    assert "Wales - 1 of 1 declared" in wales
    nation = json.loads(tallywire(services, "tallies", "--region", "uk", "--json").stdout)
    assert 0 < nation["data"]["declared"] < nation["data"]["expected"] == 14


@pytest.mark.parametrize("service", ["ingest", "aggregate", "notify"])
def test_health_is_asked_by_the_same_command(services: str, service: str) -> None:
    """Exit code 0 while the service lives on this machine."""
    done = tallywire(services, "health", service)
    assert (done.returncode, done.stdout.decode().split()[:2]) == (0, [service, "lives"])
