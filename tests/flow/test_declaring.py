"""The results desk's commands against the running services: load, declare, amend, and read what stands."""

import json

import pytest
from typer.testing import CliRunner, Result

from schemas.events import ReceiptEvent
from tallywire.cli import app
from tallywire.packs.pack import find_pack
from tests.pipeline.pipeline import Pipeline
from tests.waiting import wait_until

ELECTION = "pcc.2024-05-02"
RECORDED = {
    json.loads(line)["subject"].split(".")[1]: line
    for line in (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()
}
"""The recorded declarations by the place they are from. Each test takes other ones."""


@pytest.fixture(scope="module")
def loaded(running: Pipeline) -> str:
    """Load the election where the services run, and return the server's URL."""
    assert tallywire(running.server.url, "election", "load", ELECTION).exit_code == 0
    return running.server.url


def tallywire(url: str, *arguments: str, text: bytes = b"") -> Result:
    """Run a command with ``text`` as its standard input."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, [*arguments, "--redis", url], input=text)


def outcome(done: Result) -> tuple[int, list[str]]:
    """Return exit code and the first word of every line about an entry."""
    lines = done.stdout.splitlines()
    return done.exit_code, [line.split()[0] for line in lines if not line.startswith(" ")]


def changed(place: str, **overrides: object) -> bytes:
    """Return a recorded declaration under another id and with other data."""
    event = json.loads(RECORDED[place])
    event["id"] = f"{place}-changed"
    event["data"] |= overrides
    return json.dumps(event).encode()


def await_health(url: str) -> None:
    """Wait until the services work on the election that was loaded last."""
    wait_until(lambda: tallywire(url, "health").exit_code == 0, what="the services to be healthy")


def test_a_declaration_is_accepted_once(loaded: str) -> None:
    """Sent again it is a duplicate, which is as good: exit code 0 both times."""
    assert outcome(tallywire(loaded, "declare", "-", text=RECORDED["norfolk"])) == (0, ["accepted"])
    assert outcome(tallywire(loaded, "declare", "-", text=RECORDED["norfolk"])) == (0, ["duplicate"])


def test_every_line_of_a_file_is_answered(loaded: str) -> None:
    """Garbage between declarations is refused, by its line, with reasons; the others are taken. Exit code 1."""
    text = b"\n".join((RECORDED["essex"], b"nonsense", b"\xc3\x97", RECORDED["suffolk"]))
    done = tallywire(loaded, "declare", "-", text=text)
    assert outcome(done) == (1, ["accepted", "refused", "refused", "accepted"])
    assert "(line 2)" in done.stdout
    assert done.stdout.count("\n  - ") >= 2


def test_every_reason_is_a_bullet(loaded: str) -> None:
    """A tired person mends everything at once."""
    bad = changed("derbyshire", votes={"nobody": -1}, revision=0, declared_at="yesterday")
    done = tallywire(loaded, "declare", "-", text=bad)
    bullets = [line for line in done.stdout.splitlines() if line.startswith("  - ")]
    assert done.exit_code == 1
    assert len(bullets) >= 4


def test_a_pretty_printed_file_is_one_declaration(loaded: str) -> None:
    """As an editor writes it, over many lines."""
    text = json.dumps(json.loads(RECORDED["hertfordshire"]), indent=2).encode()
    assert outcome(tallywire(loaded, "declare", "-", text=text)) == (0, ["accepted"])


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"PK\x03\x04" + bytes(2_000)], ids=["not UTF-8", "an archive"])
def test_a_file_that_is_not_text_is_refused_once(loaded: str, text: bytes) -> None:
    """One entry, one answer."""
    assert outcome(tallywire(loaded, "declare", "-", text=text)) == (1, ["refused"])


def test_receipts_for_programs_are_as_published(loaded: str) -> None:
    """With --json a line for each entry, in order, valid by the contract."""
    text = b"\n".join((RECORDED["leicestershire"], b"nonsense"))
    done = tallywire(loaded, "declare", "-", "--json", text=text)
    receipts = [ReceiptEvent.model_validate_json(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, [receipt.data.status for receipt in receipts]) == (1, ["accepted", "refused"])


def test_loading_again_is_harmless(loaded: str) -> None:
    """The same register is a duplicate."""
    assert outcome(tallywire(loaded, "election", "load", ELECTION)) == (0, ["duplicate"])


def test_an_amendment_changes_the_figures_that_follow(running: Pipeline, loaded: str) -> None:
    """With an electorate the turnout of the contest becomes known; to and fro are three amendments."""
    assert outcome(tallywire(loaded, "declare", "-", text=RECORDED["lincolnshire"])) == (0, ["accepted"])
    for electorate in (580_000, 570_000, 580_000):
        amendment = {"ballot_id": "pcc.lincolnshire.2024-05-02", "electorate": electorate, "reason": "Synthetic."}
        done = tallywire(loaded, "election", "amend", "-", text=json.dumps(amendment, indent=1).encode())
        assert outcome(done) == (0, ["accepted"])
    centre = running.centre(ELECTION)
    centre.settle()
    result = centre.found().standing("results")["pcc.lincolnshire.2024-05-02"]
    assert result["electorate"] == 580_000
    assert result["turnout"]["valid_votes"] is not None


def test_what_stands_can_be_read_at_any_time(running: Pipeline, loaded: str) -> None:
    """Each region says how far it is."""
    assert outcome(tallywire(loaded, "declare", "-", text=RECORDED["dyfed-powys"])) == (0, ["accepted"])
    running.centre(ELECTION).settle()
    wales = tallywire(loaded, "tallies", "--region", "wales").stdout
    assert "Wales - 1 of 1 declared" in wales
    nation = json.loads(tallywire(loaded, "tallies", "--region", "uk", "--json").stdout)
    assert 0 < nation["data"]["declared"] < nation["data"]["expected"] == 14


def test_the_results_that_stand_can_be_read_at_any_time(running: Pipeline, loaded: str) -> None:
    """Promise: contest by contest, for people as a table, for programs as the events that stand."""
    assert outcome(tallywire(loaded, "declare", "-", text=RECORDED["bedfordshire"])) == (0, ["accepted"])
    running.centre(ELECTION).settle()
    contest = ("--contest", "pcc.bedfordshire.2024-05-02")
    shown = tallywire(loaded, "results", *contest)
    assert shown.stdout.splitlines()[-2].split("  ")[0] == "Bedfordshire"
    for words in ("Lab gain from Con", "John Tizard (Lab)", "5,050"):
        assert words in shown.stdout
    written = running.client.hget(f"{{{ELECTION}}}:standing:results", contest[1])
    assert tallywire(loaded, "results", "--json", *contest).stdout_bytes == written + b"\n"
    assert "Bedfordshire" in tallywire(loaded, "results", "--region", "itv-anglia").stdout
    assert "Bedfordshire" not in tallywire(loaded, "results", "--region", "wales").stdout
    for unknown in (("--contest", "pcc.nowhere.2024-05-02"), ("--region", "nowhere")):
        missed = tallywire(loaded, "results", *unknown)
        assert (missed.exit_code, missed.stdout) == (6, "")
        assert unknown[1] in missed.stderr


def test_receipts_can_be_read_again(running: Pipeline, loaded: str) -> None:
    """Promise: whoever was not there when a receipt came finds it, with every reason; one a line for programs."""
    entry_id = running.client.xadd(f"{{{ELECTION}}}:declarations", {"data": "nonsense"}).decode()
    running.centre(ELECTION).settle()
    refused = ("receipts", "--status", "refused", "--last", "1")
    assert f"(entry {entry_id}, 20" in tallywire(loaded, *refused).stdout
    (line,) = tallywire(loaded, *refused, "--json").stdout.splitlines()
    assert ReceiptEvent.model_validate_json(line).data.entry_id == entry_id
    every = [entry[b"data"] for _, entry in running.client.xrange(f"{{{ELECTION}}}:receipts")]
    assert tallywire(loaded, "receipts", "--json").stdout_bytes.splitlines() == every


def test_a_bundled_election_is_declared_by_its_id(running: Pipeline, loaded: str) -> None:
    """Promise: its declarations go to that election, whichever others are loaded; who has control can be read then."""
    url, election = loaded, "parl.2024-07-04"
    early = tallywire(url, "declare", election)
    assert (early.exit_code, early.stdout) == (6, "")
    assert "is not loaded" in early.stderr
    assert "tallywire election load" in early.stderr
    assert tallywire(url, "election", "load", election).exit_code == 0
    assert tallywire(url, "declare", election).exit_code == 0
    running.centre(election).settle()
    shown = tallywire(url, "control", "--election", election).stdout
    assert "House of Commons - Lab gain from Con\n326 of 650 seats are a majority; 0 undeclared, 0 vacant\n" in shown
    assert "\nLabour                            411     +211\n" in shown
    written = running.client.hget(f"{{{election}}}:standing:control", "house-of-commons")
    assert tallywire(url, "control", "--json", "--body", "house-of-commons").stdout_bytes == written + b"\n"
    missed = tallywire(url, "control", "--body", "house-of-lords")
    assert (missed.exit_code, missed.stdout) == (6, "")
    assert "There are: house-of-commons." in missed.stderr


def test_an_id_that_is_misspelt_is_said_with_those_there_are(loaded: str) -> None:
    """Promise: a bundled id, a folder and a file are looked for, and what is bundled is named."""
    done = tallywire(loaded, "declare", "pcc.2024-05-03")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "neither a file, nor a pack's folder, nor the id of a bundled election" in done.stderr
    assert ELECTION in done.stderr


def test_health_is_asked_by_the_same_command(loaded: str) -> None:
    """Exit code 0 while the service lives on this machine."""
    await_health(loaded)
    for service in ("ingest", "aggregate", "notify"):
        done = tallywire(loaded, "health", service)
        assert (done.exit_code, done.stdout.split()[:3]) == (0, [service, "is", "live"]), done.output


def test_health_of_all_services_is_asked_at_once(loaded: str) -> None:
    """Promise: without a name all three are told, each in a line, and one that is not well decides the exit code."""
    await_health(loaded)
    done = tallywire(loaded, "health", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, [(each["service"], each["healthy"]) for each in told]) == (
        0,
        [("ingest", True), ("aggregate", True), ("notify", True)],
    )
    assert tallywire(loaded, "health").stdout.splitlines() == [each["message"] for each in told]
    away = tallywire("redis://127.0.0.1:1", "health")
    assert (away.exit_code, away.stdout.count("There is no server at redis://127.0.0.1:1")) == (1, 1)
