"""What a rehearsal prints can be typed."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from tallywire.cli.rehearsal import PeopleAudience
from tallywire.demo.rehearsal import Wish
from tallywire.packs.pack import read_pack
from tests.pipeline.services import ROOT


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        ("redis://results:6379", "tallywire desk --redis redis://results:6379 --election pcc.2024-05-02"),
        ("redis://operator:secret@results:6379", "tallywire desk --election pcc.2024-05-02"),
    ],
)
def test_commands_for_the_desk_can_be_typed(url: str, typed: str) -> None:
    """Promise: they name the server, but where a password would stand: then it is taken from the environment."""
    said = io.StringIO()
    console = Console(file=said, width=300)
    register = read_pack(ROOT / "elections" / "pcc.2024-05-02").register
    PeopleAudience(console, console).begins(register, url, Wish(keys=Path("keys")))
    assert typed in said.getvalue()
    assert "***" not in said.getvalue()
