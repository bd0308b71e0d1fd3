"""After the night: an election is closed, published as final, and opened again by its operator."""

import json
from pathlib import Path

from tests.pipeline.people import ELECTION, NORFOLK, NOT_MOST_VOTES, RECORDED, People, changed
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until


def test_a_night_is_closed_and_opened_again(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: `election close` ends the night with a final signed head, and publishing says so, until it is opened."""
    pipeline.start_all()
    people = People(pipeline.server.url, tmp_path)
    people.load()
    people.enrol("officer", "returning-officer", "--contest", NORFOLK)
    assert people.declare("officer", RECORDED[NORFOLK]).exit_code == 0
    people.done("keys", "note", people.file("head.key"), "--name", "results.example.org")
    held = changed(RECORDED[NORFOLK], "held", revision=2, **NOT_MOST_VOTES)
    assert people.declare("officer", held).exit_code == 7
    close = ("election", "close", ELECTION, *people.operator, "--head-key", people.file("head.key"))
    waits = people.run(*close)
    assert (waits.exit_code, f"Declarations of {NORFOLK} wait" in waits.output) == (1, True)
    closed = people.done(*close, "--anyway")
    assert closed.stdout.startswith("accepted")
    size = pipeline.client.xlen(f"{{{ELECTION}}}:ledger")
    assert f"tallywire.{ELECTION}\n{size}\n" in closed.stdout
    assert f"\n{size}\n" in pipeline.client.hget(f"{{{ELECTION}}}:checkpoint", "note").decode()
    publisher = Publisher(pipeline)
    publisher.await_cursor(ELECTION, ledger=size)
    snapshot = publisher.get(f"/v1/elections/{ELECTION}/snapshot").json
    (listed,) = publisher.get("/v1/elections").json["elections"]
    assert snapshot["closed_since"] == listed["closed_since"]
    assert snapshot["closed_since"].endswith("Z")
    assert b"Final: nothing more has been accepted since" in publisher.get(f"/elections/{ELECTION}").body
    assert b"Final" in publisher.get("/elections").body
    late = people.declare("officer", changed(RECORDED[NORFOLK], "late", revision=3, papers=4))
    assert (late.exit_code, "election.closed" in late.stdout) == (1, True)
    reopen = people.done("election", "reopen", ELECTION, *people.operator, "--reason", "Ordered by the court")
    assert reopen.stdout.startswith("accepted")
    wait_until(
        lambda: publisher.get(f"/v1/elections/{ELECTION}/snapshot").json["closed_since"] is None,
        what="the election to be shown as open",
    )
    assert json.loads(people.done("verify", "--json").stdout)["verified"] is True
    pipeline.services.end()
