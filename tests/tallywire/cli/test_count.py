"""The command that counts ballot papers."""

import json
from pathlib import Path

from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tests.services.ingest.stages import BALLOTS, NAMES, WHOLE
from tests.services.registers import TESTSHIRE


def ballots(folder: Path) -> str:
    """Write the papers as BLT."""
    numbers = {name: str(place) for place, name in enumerate(NAMES, 1)}
    lines = [f"{papers} {' '.join(numbers[one] for one in named)} 0" for named, papers in BALLOTS.items()]
    file = folder / "ward.blt"
    names = [f'"{name}"' for name in NAMES]
    file.write_text("\n".join(["4 2", *lines, "0", *names, '"Synthetic"']), encoding="utf-8")
    return str(file)


def declaration(folder: Path, **other: object) -> str:
    """Write what was declared."""
    file = folder / "declared.json"
    data = {"ballot_id": TESTSHIRE, "revision": 1, **WHOLE, **other}
    file.write_text(json.dumps(data), encoding="utf-8")
    return str(file)


def test_a_count_that_agrees_ends_well(tmp_path: Path) -> None:
    """Promise: every stage is printed, and a declaration with the same stages is said to be the same."""
    command = ["count", ballots(tmp_path), "--rules", "scotland", "--declaration", declaration(tmp_path)]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == Exit.DONE, ended.output
    assert "32.7048" in ended.output
    assert "The declaration says the same." in ended.output


def test_every_difference_is_told(tmp_path: Path) -> None:
    """Promise: a figure that was declared otherwise is told with its stage, and the exit code says so."""
    stages = [dict(stage) for stage in WHOLE["stages"]]
    stages[0]["totals"] = {**stages[0]["totals"], "bob-sample": "23.7048"}
    file = declaration(tmp_path, stages=stages)
    ended = CliRunner().invoke(
        app, ["count", ballots(tmp_path), "--rules", "scotland", "--declaration", file, "--json"]
    )
    assert ended.exit_code == Exit.REFUSED
    last = json.loads(ended.output.splitlines()[-1])
    assert (last["stage"], last["candidate"]) == (2, "bob-sample")
    assert (last["declared"], last["counted"]) == ("23.7048", "32.7048")
