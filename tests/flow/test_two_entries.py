"""Two people's entries of one declaration, and one that is carried to another device, on a running pipeline."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from tallywire.client.carried import FILE_BYTES_MAX, as_url, from_url, in_terminal, qr_code
from tallywire.client.errors import UsageError
from tests.pipeline.people import ELECTION, NORFOLK, RECORDED, People, changed
from tests.pipeline.pipeline import Pipeline

PAGE = "https://results.example.org"


@pytest.fixture
def people(pipeline: Pipeline, tmp_path: Path) -> Iterator[People]:
    """Load an election that asks for signatures, with ingest at work, and enrol an officer and a clerk."""
    pipeline.start("ingest")
    people = People(pipeline.server.url, tmp_path)
    people.load()
    people.enrol("officer", "returning-officer", "--contest", NORFOLK)
    people.enrol("clerk", "clerk", "--contest", NORFOLK)
    yield people
    assert pipeline.services.end() == [0]


def written(people: People, name: str, **data: object) -> str:
    """Write Norfolk's declaration to a file, with other data."""
    path = people.folder / f"{name}.json"
    path.write_text(json.dumps(changed(RECORDED[NORFOLK], "norfolk-1", **data)), "utf-8")
    return str(path)


def statuses(done: Result) -> list[str]:
    """Return what the receipts say that a command has printed for programs."""
    return [json.loads(line)["data"]["status"] for line in done.stdout.splitlines()]


def on_ledger(pipeline: Pipeline) -> list[str]:
    """Return the types of what is on the ledger."""
    entries = pipeline.client.xrange(f"{{{ELECTION}}}:ledger")
    return [json.loads(fields[b"data"])["type"].split(".")[1] for _, fields in entries]


def test_two_entries_that_agree_are_declared_with_both(people: People, pipeline: Pipeline) -> None:
    """Promise: two signed entries, and then the declaration that cites them; sent again all are duplicates."""
    turned = dict(reversed(RECORDED[NORFOLK]["data"]["votes"].items()))
    declare = (
        *("declare", written(people, "first"), "--second", written(people, "second", votes=turned)),
        *("--key", people.file("officer.key"), "--second-key", people.file("clerk.key"), "--json"),
    )
    done = people.done(*declare)
    assert statuses(done) == ["entered", "entered", "accepted"]
    assert on_ledger(pipeline) == ["register", "key", "key", "entry", "entry", "declaration"]
    again = people.done(*declare)
    assert statuses(again) == ["duplicate", "duplicate"]


def test_two_entries_that_differ_are_not_sent_and_neither_figure_is_told(people: People, pipeline: Pipeline) -> None:
    """Promise: every place where they differ is named, and nothing of what either says."""
    votes = {**RECORDED[NORFOLK]["data"]["votes"], "john-crofts": 22_526}
    second = written(people, "second", votes=votes, rejected=7)
    signing = ("--key", people.file("officer.key"), "--second-key", people.file("clerk.key"))
    for signed in ((), signing):
        done = people.run("declare", written(people, "first"), "--second", second, *signed)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "The two entries differ at data.rejected, data.votes.john-crofts." in done.stderr
        assert not any(figure in done.stderr for figure in ("22525", "22526", "22,525", "22,526"))
    assert on_ledger(pipeline) == ["register", "key", "key"]
    assert pipeline.client.xlen(f"{{{ELECTION}}}:declarations") == 3


def test_two_entries_without_keys_are_compared_all_the_same(people: People) -> None:
    """Promise: where both agree, the declaration is sent as it would be without the second."""
    same = ("declare", written(people, "first"), "--second", written(people, "second"))
    done = people.done(*same, "--key", people.file("officer.key"))
    assert done.stdout.startswith("accepted")
    assert people.run("declare", written(people, "third"), "--second-key", people.file("clerk.key")).exit_code == 2


def test_a_signed_file_is_sent_from_any_device(people: People, tmp_path: Path) -> None:
    """Promise: signed without a server; sent by somebody without the key; sent again it is a duplicate."""
    away = People("redis://127.0.0.1:1", tmp_path)
    carried, signing = tmp_path / "norfolk.signed", ("--key", people.file("officer.key"), "--election", ELECTION)
    away.done("declare", written(people, "first"), *signing, "--to-file", str(carried))
    assert stat.S_IMODE(carried.stat().st_mode) == 0o600
    assert people.done("declare", str(carried)).stdout.startswith("accepted")
    assert people.done("declare", str(carried)).stdout.startswith("duplicate")
    clerk = people.run("declare", str(carried), TALLYWIRE_KEY=Path(people.file("clerk.key")).read_text("ascii"))
    assert clerk.stdout.startswith("duplicate")
    carried.write_bytes(carried.read_bytes().replace(b"52445", b"52446"))
    forged = people.run("declare", str(carried))
    assert (forged.exit_code, "signature.wrong" in forged.stdout) == (1, True)
    unsigned = away.run("declare", written(people, "first"), "--election", ELECTION, "--to-file", str(carried) + "2")
    assert (unsigned.exit_code, "has to be signed" in unsigned.stderr) == (2, True)


def test_a_code_is_a_url_with_the_signed_declaration_in_its_fragment(people: People, tmp_path: Path) -> None:
    """Promise: a picture or a terminal shows it; whoever has read it sends it, and no server sees it before."""
    drawn = tmp_path / "norfolk.svg"
    sign = ("declare", written(people, "first"), "--key", people.file("officer.key"), "--election", ELECTION)
    carried = tmp_path / "norfolk.signed"
    people.done(*sign, "--to-file", str(carried), "--qr", str(drawn), "--public-url", PAGE + "/")
    assert b"<svg" in drawn.read_bytes()
    url = as_url(PAGE, carried.read_bytes())
    assert url.startswith(f"{PAGE}/post#")
    assert from_url(url) == carried.read_bytes()
    assert people.done("declare", url).stdout.startswith("accepted")
    cut = people.run("declare", url[:-9])
    assert (cut.exit_code, "There is no signed declaration in that URL" in cut.stderr) == (1, True)
    again = ("declare", str(carried), "--qr", "-", "--public-url", PAGE)
    assert people.done(*again).stdout.splitlines() == in_terminal(qr_code(url), None).splitlines()
    with pytest.raises(UsageError, match="make it wider, or name a file"):
        in_terminal(qr_code(url), 40)
    assert people.run("declare", str(carried), "--qr", "-").exit_code == 2


def test_a_url_that_unfolds_without_end_is_none() -> None:
    """Promise: what a code unfolds to is bounded."""
    assert from_url(as_url(PAGE, bytes(FILE_BYTES_MAX + 1))) is None
    assert from_url(f"{PAGE}/post#nonsense") is None
