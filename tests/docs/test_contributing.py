"""CONTRIBUTING.md tells of the house as it is."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def contracts() -> list[dict[str, Any]]:
    """Return the import rules."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_the_map_shows_every_room() -> None:
    """Promise: whoever looks for a package of tallywire finds it on the map."""
    (shown,) = re.findall(r"^tallywire/.*?(?=^\S*/ )", TEXT, re.DOTALL | re.MULTILINE)
    rooms = {path.parent.name for path in (ROOT / "tallywire").glob("*/__init__.py")}
    assert set(re.findall(r"^  (\w+)/", shown, re.MULTILINE)) == rooms


def test_the_way_of_imports_is_the_one_that_is_checked() -> None:
    """Promise: the sentence on imports is the rule that ``make check`` holds, rooms of one level in any order."""
    (layers,) = (rule["layers"] for rule in contracts() if rule.get("containers") == ["tallywire"])
    (sentence,) = re.findall(r"Imports run one way: (.*?) → `streams`", TEXT, re.DOTALL)
    told = [set(re.findall(r"\w+", level)) for level in sentence.split("→")]
    assert told == [set(layer.split(" | ")) for layer in layers]


def test_only_the_command_line_may_import_what_prints() -> None:
    """Promise: a new room is a library, too, unless it is the command line."""
    (rule,) = (rule for rule in contracts() if "rich" in rule.get("forbidden_modules", ()))
    rooms = {f"tallywire.{path.parent.name}" for path in (ROOT / "tallywire").glob("*/__init__.py")}
    assert set(rule["source_modules"]) == rooms - {"tallywire.cli"}
