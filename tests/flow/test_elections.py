"""Elections that come while the services run, several at once, and registers that are amended."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any, cast

from streams.keys import CATALOGUE
from tests.flow.contract import check_exact, check_streams
from tests.flow.night import as_event, declaration, synthetic_declarations, synthetic_register
from tests.flow.pipeline import ENTRY_POINT, Pipeline
from tests.waiting import wait_until


def test_an_election_loaded_while_the_services_run_is_taken_up(pipeline: Pipeline, tmp_path: Path) -> None:
    """Nobody restarts anything: the operator's command loads a pack, and its declarations become headlines."""
    register = synthetic_register("pcc.2033-05-01", seed=1)
    folder = tmp_path / register["election"]
    folder.mkdir()
    (folder / "register.json").write_text(json.dumps(register), "utf-8")
    (folder / "declarations.jsonl").write_bytes(b"")
    load = [ENTRY_POINT, "election", "load", str(folder), "--redis", pipeline.server.url]
    done = subprocess.run(load, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pipeline.post(register["election"], synthetic_declarations(register, 1, revisions=1))
    assert len(check_exact(pipeline, register)["results"]) == 30


def test_two_elections_at_once_do_not_mix(pipeline: Pipeline) -> None:
    """Declared in turns, each comes to what it alone would; what was sent to the wrong one is refused there."""
    one, other = (synthetic_register(f"pcc.2033-06-0{day}", seed=day) for day in (1, 2))
    for register in (one, other):
        pipeline.open(register)
    nights = [synthetic_declarations(register, 5, revisions=3) for register in (one, other)]
    for of_one, of_other in zip(*nights, strict=True):
        pipeline.post(one["election"], [of_one])
        pipeline.post(other["election"], [of_other])
    (stray,) = pipeline.post(one["election"], [nights[1][0]])
    for register in (one, other):
        streams = check_exact(pipeline, register)
        assert {event["subject"] for event in streams["results"]} == register["contests"].keys()
        refused = [event["data"]["entry_id"] for event in streams["refusals"]]
        assert refused == ([stray] if register is one else [])


def test_an_amendment_after_the_declaration_amends_the_result(pipeline: Pipeline) -> None:
    """A party put right changes label and tally, at once and on the same revision, and the headline corrects itself."""
    register = synthetic_register("pcc.2033-07-01", seed=3)
    election, ballot = register["election"], "pcc.place-7.2033-07-01"
    contest = register["contests"][ballot]
    pipeline.open(register)
    pipeline.post(election, [declaration(register, ballot, 1, random.Random("amended"))])
    check_exact(pipeline, register)
    (winner,) = pipeline.standing(election, "results")[ballot]["elected"]
    party = "residents" if contest["candidates"][winner]["party"] != "residents" else "PP90"
    amendment = {"ballot_id": ballot, "candidates": {winner: {"party": party}}}
    pipeline.post(election, [as_event(ballot, "amendment-1", amendment, type="tallywire.amendment.v1")])
    pipeline.settle(election)
    streams = check_streams(pipeline, election)
    before, after = (event["data"] for event in streams["results"])
    assert (before["revision"], after["revision"]) == (1, 1)
    assert after["labels"] != before["labels"] == after["supersedes"]["labels"]
    assert streams["headlines"][-1]["data"]["text"].startswith("CORRECTION:")
    for region in (*contest["regions"], "uk"):
        parties = pipeline.standing(election, "tallies")[region]["parties"]
        assert {name: count["won"] for name, count in parties.items() if "won" in count} == {party: 1}


def test_nonsense_in_the_catalogue_is_passed_over(pipeline: Pipeline) -> None:
    """Anyone may have written there: no name, no possible name, the same name twice."""
    client = pipeline.client
    for fields in ({"other": "pcc.2033-08-01"}, {"election": b"\xff{}\x00"}, {"election": ""}):
        client.xadd(CATALOGUE, cast("dict[Any, Any]", fields))
    register = synthetic_register("pcc.2033-08-01", seed=4)
    pipeline.open(register)
    client.xadd(CATALOGUE, {"election": register["election"]})
    pipeline.post(register["election"], synthetic_declarations(register, 4, revisions=1))
    wait_until(lambda: pipeline.length(register["election"], "headlines"), what="a headline")
    check_exact(pipeline, register)
