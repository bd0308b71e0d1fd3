"""Elections that come while the services run, several at once, and registers that are amended."""

import json
from pathlib import Path

from typer.testing import CliRunner

from streams.keys import CATALOGUE
from tallywire.cli import app
from tests.pipeline.exact import check_contract
from tests.pipeline.night import event, night
from tests.pipeline.pipeline import Pipeline


def test_an_election_loaded_while_the_services_run_is_taken_up(running: Pipeline, tmp_path: Path) -> None:
    """Promise: nobody restarts anything: the operator's command loads a pack, and its declarations become headlines.

    Every event on every stream is what its committed schema says.
    """
    sent = night(1, contests=30, declarations=60, election="pcc.2033-05-01")
    folder = tmp_path / sent.election
    folder.mkdir()
    register = json.loads(sent.register)["data"]
    (folder / "register.json").write_text(json.dumps(register | {"sources": ["Synthetic."]}), "utf-8")
    (folder / "declarations.jsonl").write_bytes(b"")
    done = CliRunner().invoke(app, ["election", "load", str(folder), "--redis", running.server.url])
    assert done.exit_code == 0, done.output
    centre = running.centre(sent.election)
    centre.send(sent.sent)
    centre.settle()
    found = centre.check_exact(expected=None)
    check_contract(found)
    assert len(found.streams["ledger"]) == 1 + len(sent.declarations)
    assert len(found.standing("results")) == 30


def test_two_elections_at_once_do_not_mix(running: Pipeline) -> None:
    """Promise: declared in turns, each comes to what it alone would; what is sent to the wrong one is refused there."""
    nights = [night(day, contests=30, declarations=90, election=f"pcc.2033-06-0{day}") for day in (1, 2)]
    one, other = (running.open(each) for each in nights)
    for of_one, of_other in zip(*(each.sent for each in nights), strict=True):
        one.send([of_one])
        other.send([of_other])
    (stray,) = one.post((b"data", nights[1].sent[0]))
    for centre, sent in zip((one, other), nights, strict=True):
        centre.settle()
        found = centre.check_exact(expected=None)
        assert {event["subject"] for event in found.events("results")} >= sent.contests.keys()
        refused = [event["data"]["entry_id"] for event in found.events("refusals")]
        assert refused == ([stray] if centre is one else [])


def test_an_amendment_after_the_declaration_amends_the_result(running: Pipeline) -> None:
    """Promise: a party put right changes label and tally at once, on the same revision; the headline is corrected."""
    sent = night(3, contests=30, declarations=30, election="pcc.2033-07-01")
    ballot, contest = next(item for item in sent.contests.items() if item[1]["baseline"]["sitting"])
    centre = running.open(sent)
    votes = dict.fromkeys(contest["candidates"], 0) | {(winner := next(iter(contest["candidates"]))): 1}
    centre.send([event("declaration", "declared", ballot, {"ballot_id": ballot, "revision": 1, "votes": votes})])
    centre.settle()
    party = "residents" if contest["candidates"][winner]["party"] != "residents" else "PP90"
    amendment = {"ballot_id": ballot, "candidates": {winner: {"party": party}}}
    centre.send([event("amendment", "amendment-1", ballot, amendment)])
    centre.settle()
    found = centre.check_exact(expected=None)
    before, after = (event["data"] for event in found.events("results") if event["subject"] == ballot)
    assert (before["revision"], after["revision"]) == (1, 1)
    assert after["labels"] != before["labels"] == after["supersedes"]["labels"]
    assert any(event["data"]["text"].startswith("CORRECTION:") for event in found.events("headlines"))
    for region in (*contest["regions"], "uk"):
        parties = found.standing("tallies")[region]["parties"]
        assert {name: count["won"] for name, count in parties.items() if "won" in count} == {party: 1}


def test_nonsense_in_the_catalogue_is_passed_over(running: Pipeline) -> None:
    """Promise: anyone may have written there: no name, no possible name, the same name twice."""
    for fields in ({"other": "pcc.2033-08-01"}, {"election": b"\xff{}\x00"}, {"election": ""}):
        running.client.xadd(CATALOGUE, fields)
    sent = night(4, contests=10, declarations=10, election="pcc.2033-08-01")
    centre = running.open(sent)
    centre.announce()
    centre.send(sent.sent)
    centre.settle()
    centre.check_exact(sent)
