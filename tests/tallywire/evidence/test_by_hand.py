"""The page on evidence: what it says to do by hand works as it is printed."""

import re
import subprocess
import sys
from pathlib import Path

from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import entries

PAGE = Path(__file__).parents[3] / "docs" / "evidence.md"


def by_hand(export: Path) -> "subprocess.CompletedProcess[str]":
    """Run the page's lines of Python."""
    (recipe,) = re.findall(r"```python\n(import hashlib.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    command = [sys.executable, "-c", recipe, str(export)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_recipe_of_the_page_finds_a_whole_ledger_whole(exported: Path, night: Night) -> None:
    """Ten lines of Python, with nothing of ours."""
    assert by_hand(exported).stdout.startswith(f"{len(entries(night.client, 'ledger'))} entries, ")


def test_the_recipe_of_the_page_finds_an_altered_entry(exported: Path) -> None:
    """And names it."""
    exported.write_bytes(exported.read_bytes().replace(b"norfolk-1", b"norfolk-7", 1))
    assert "entry 2 was altered" in by_hand(exported).stderr
