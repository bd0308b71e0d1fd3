"""After the night: an election is closed, published as final, and opened again by its operator."""

import json
from hashlib import sha256
from pathlib import Path

from tests.pipeline.people import ELECTION, NORFOLK, NOT_MOST_VOTES, RECORDED, People, changed
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher
from tests.tallywire.archive.site import broken_links
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
    out = ("--out", people.file("final.head"))
    close = ("election", "close", ELECTION, *people.operator, "--head-key", people.file("head.key"), *out)
    archive = ("election", "archive", ELECTION, "--to", people.file("archive"))
    still_open = people.run(*archive)
    assert (still_open.exit_code, "is open. Close it first" in still_open.output) == (1, True)
    publisher = Publisher(pipeline)
    before = publisher.await_cursor(ELECTION, ledger=pipeline.client.xlen(f"{{{ELECTION}}}:ledger"))
    waits = people.run(*close)
    assert (waits.exit_code, f"Declarations of {NORFOLK} wait" in waits.output) == (1, True)
    closed = people.done(*close, "--anyway")
    assert closed.stdout.startswith("accepted")
    size = pipeline.client.xlen(f"{{{ELECTION}}}:ledger")
    head = Path(people.file("final.head")).read_text(encoding="utf-8")
    assert head.startswith(f"tallywire.{ELECTION}\n{size}\n")
    assert closed.stdout.endswith(head)
    assert f"\n{size}\n" in pipeline.client.hget(f"{{{ELECTION}}}:checkpoint", "note").decode()
    after = publisher.await_cursor(ELECTION, ledger=size)
    for page in ("", f"/contests/{NORFOLK}", "/headlines"):
        changes = publisher.get(f"/elections/{ELECTION}{page}/changes?since={before}&at={after}").json["parts"]
        assert "Final: nothing more" in changes["closed"], page
    embeds = ("/embed/ticker", "/embed/tally", "/embed/map", f"/contests/{NORFOLK}/embed")
    for asked in (f"/changes?wall&since={before}", *(f"{each}/changes?since={before}" for each in embeds)):
        changes = publisher.get(f"/elections/{ELECTION}{asked}&at={after}").json["parts"]
        assert "Final since" in changes["closed"], asked
    snapshot = publisher.get(f"/v1/elections/{ELECTION}/snapshot").json
    (listed,) = publisher.get("/v1/elections").json["elections"]
    assert snapshot["closed_since"] == listed["closed_since"]
    assert snapshot["closed_since"].endswith("Z")
    assert b"Final: nothing more has been accepted since" in publisher.get(f"/elections/{ELECTION}").body
    assert b"Final" in publisher.get("/elections").body
    _check_archive(people, archive)
    late = people.declare("officer", changed(RECORDED[NORFOLK], "late", revision=3, papers=4))
    assert (late.exit_code, "election.closed" in late.stdout) == (1, True)
    reopen = people.done("election", "reopen", ELECTION, *people.operator, "--reason", "Ordered by the court")
    assert reopen.stdout.startswith("accepted")
    wait_until(
        lambda: publisher.get(f"/v1/elections/{ELECTION}/snapshot").json["closed_since"] is None,
        what="the election to be shown as open",
    )
    assert json.loads(people.done("verify", "--json").stdout)["verified"] is True
    again = people.run(*archive[:-1], people.file("later"))
    assert (again.exit_code, "is open. Close it first" in again.output) == (1, True)
    _check_open_archive(pipeline, people)
    pipeline.services.end()


def _check_archive(people: People, archive: tuple[str, ...]) -> None:
    """Promise: the folder says when the election was closed, is whole, is verified with no server, and plays again."""
    folder = Path(archive[-1])
    made = json.loads(people.done(*archive, "--public-key", people.file("head.key.pub"), "--json").stdout)
    assert (made["faults"], made["head"]) == ([], made["entries"])
    assert list(broken_links(folder)) == []
    index, readme = (
        (folder / "index.html").read_text(encoding="utf-8"),
        (folder / "README.md").read_text(encoding="utf-8"),
    )
    key = Path(people.file("head.key.pub")).read_text(encoding="utf-8")
    name, key_id, _ = key.split("+", 2)
    assert all(f"{name}+{key_id}" in said and "losed since" in said for said in (index, readme))
    assert "Final: nothing more" in (folder / f"board/contests/{NORFOLK}.html").read_text(encoding="utf-8")
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    written = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {**sums, "SHA256SUMS": ""}.keys() == written.keys()
    assert all(sha256(written[name].read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in (folder, *written.values()))
    head = ("--checkpoint", str(folder / "final.head"), "--public-key", people.file("head.key.pub"))
    nowhere = "redis://127.0.0.1:1"
    proved = people.run("verify", "--file", str(folder / "ledger.jsonl"), *head, TALLYWIRE_REDIS_URL=nowhere)
    assert (proved.exit_code, "verified" in proved.stdout) == (0, True)
    checked = people.run("pack", "check", str(folder / "pack"))
    assert checked.exit_code == 0, checked.output
    there = people.run(*archive)
    assert (there.exit_code, "is there already" in there.output) == (2, True)
    other = ("--public-key", people.file("other.key.pub"))
    people.done("keys", "note", people.file("other.key"), "--name", "results.example.org")
    forged = people.run(*archive[:-1], people.file("forged"), *other)
    assert (forged.exit_code, "is not signed by" in forged.output) == (1, True)
    assert not [path for path in folder.parent.iterdir() if "forged" in path.name]


def _check_open_archive(pipeline: Pipeline, people: People) -> None:
    """Promise: what nobody can close is archived only on demand, and then says that it was not closed."""
    by_election, folder = "parl.2025-05-01", Path(people.file("by-election"))
    people.done("election", "load", by_election)
    wait_until(
        lambda: pipeline.client.hlen(f"{{{by_election}}}:standing:tallies"), what="the by-election to be tallied"
    )
    archive = ("election", "archive", by_election, "--to", str(folder))
    wait_until(
        lambda: "still to read" not in people.run(*archive).output, what="everything to be read of the by-election"
    )
    refused = people.run(*archive)
    assert refused.exit_code == 1
    assert "asks for no signatures, so nobody can close it. Archive it with --open" in refused.output
    made = people.done(*archive, "--open")
    assert "It is not closed, and every page says so." in made.stderr
    assert list(broken_links(folder)) == []
    for page in (*folder.rglob("*.html"), folder / "README.md"):
        assert "Not closed" in page.read_text(encoding="utf-8"), page
