"""docs/packs.md is what a stranger writes a pack from: it keeps up with the models, and its example works."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from schemas.declaration import AreaCount, Declaration, RejectedPapers, Stage
from schemas.events import OURS, DeclarationEvent
from schemas.register import (
    Amendment,
    Baseline,
    Baselines,
    Body,
    Candidate,
    CandidateAmendment,
    Contest,
    Holder,
    HoldLimits,
    ListedPerson,
    Party,
    PastWinner,
    Region,
    Register,
)
from schemas.wire import field_docstrings
from tallywire.cli.commands.packs import pack_app
from tallywire.packs.building.columns import (
    AnnouncementRow,
    BodyRow,
    CandidateRow,
    ContestRow,
    CorrectionRow,
    PartyRow,
    PersonRow,
    RegionRow,
    Row,
    StageRow,
)
from tallywire.packs.pack import check_pack, read_pack

DOCUMENT = (Path(__file__).parents[3] / "docs" / "packs.md").read_text(encoding="utf-8")

HEADINGS: dict[str, type[BaseModel]] = {
    "### The register": Register,
    "### From which figures on a declaration is odd": HoldLimits,
    "### A party": Party,
    "### A region": Region,
    "### A contest": Contest,
    "### A body": Body,
    "### A candidate": Candidate,
    "### Somebody on a list": ListedPerson,
    "### Baselines": Baselines,
    "### A baseline": Baseline,
    "### A holder": Holder,
    "### A past winner": PastWinner,
    "### The event": DeclarationEvent,
    "### The declaration": Declaration,
    "### Rejected papers": RejectedPapers,
    "### A local count": AreaCount,
    "### A stage": Stage,
    "### The amendment": Amendment,
    "### The amendment of a candidate": CandidateAmendment,
}

TABLES: dict[str, type[Row]] = {
    "### Candidates": CandidateRow,
    "### Contests": ContestRow,
    "### People on lists": PersonRow,
    "### Stages": StageRow,
    "### Announcements": AnnouncementRow,
    "### Bodies": BodyRow,
    "### Regions": RegionRow,
    "### Parties": PartyRow,
    "### Corrections": CorrectionRow,
}

WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "array",
    "object": "object",
    "null": "`null`",
}


def section(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    assert f"\n{heading}\n" in DOCUMENT
    return DOCUMENT.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]


def in_words(schema: dict[str, Any]) -> str:
    """A field's JSON type as the document words it."""
    if "$ref" in schema:
        return "object"
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    if "enum" in schema:
        return " or ".join(f'`"{choice}"`' for choice in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(in_words, schema["anyOf"]))
    return WORDS[schema["type"]]


def row(model: type[BaseModel], name: str) -> str:
    """The line of the document's table that describes one field of a model."""
    field = model.model_fields[name]
    schema = model.model_json_schema()["properties"][name]
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, BaseModel):
        default = {}
    # The models know a default for what an event always says; whoever sends one has to say it.
    left_out = "no" if field.is_required() or "const" in schema else f"yes: `{json.dumps(default)}`"
    meaning = " ".join(field_docstrings(model)[name].split()).replace("``", "`")
    return f"| `{name}` | {in_words(schema)} | {left_out} | {meaning} |"


def column_row(model: type[Row], name: str) -> str:
    """The line of the document's table that describes one column of a table."""
    field = model.model_fields[name]
    meaning = " ".join((field.description or "").split()).replace("|", r"\|")
    return f"| `{name}` | {'yes' if field.is_required() else 'no'} | {meaning} |"


def fields(model: type[BaseModel]) -> list[str]:
    """The fields of a model that a pack may have: what Tallywire adds to an event is not its writer's to give."""
    return [name for name in model.model_fields if model is not DeclarationEvent or name not in OURS]


def documented(heading: str) -> list[str]:
    """The names in the first column of the tables under a heading."""
    return re.findall(r"^\| `(\w+)` \|", section(heading), flags=re.MULTILINE)


def test_every_field_of_a_pack_is_documented_as_the_models_document_it() -> None:
    """A reader of docs/packs.md knows every field's type, whether it may be left out, and what it means.

    And writes no field that the checker then refuses.
    """
    rows = {(heading, name): row(model, name) for heading, model in HEADINGS.items() for name in fields(model)}
    assert [line for (heading, _), line in rows.items() if line not in section(heading).splitlines()] == []
    assert {heading: sorted(documented(heading)) for heading in HEADINGS} == {
        heading: sorted(fields(model)) for heading, model in HEADINGS.items()
    }


def test_every_column_of_a_table_is_documented_as_it_is_read() -> None:
    """A reader of docs/packs.md knows which columns a table may have, which it needs, and what they mean.

    And fills no column that means nothing.
    """
    rows = {(heading, name): column_row(model, name) for heading, model in TABLES.items() for name in model.columns()}
    assert [line for (heading, _), line in rows.items() if line not in section(heading).splitlines()] == []
    assert {heading: documented(heading) for heading in TABLES} == {
        heading: model.columns() for heading, model in TABLES.items()
    }


def write_blocks(text: str, folder: Path) -> list[str]:
    """Write the files that a part of the document shows, each after its name; return their names."""
    blocks = re.findall(r"`([\w./-]+)`[^`\n]*:\n\n```\w+\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    for name, content in blocks:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return [name for name, _ in blocks]


def test_the_example_is_a_pack_without_fault(tmp_path: Path) -> None:
    """A stranger who copies the document's example has a pack that works."""
    (folder,) = {(tmp_path / name).parent for name in write_blocks(section("## An example"), tmp_path)}
    assert check_pack(folder) == ()
    pack = read_pack(folder)
    assert "Synthetic" in pack.register.name
    assert pack.declarations


def test_the_example_of_tables_makes_the_pack_that_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger who copies the document's tables and its command gets what the document says."""
    monkeypatch.chdir(tmp_path)
    text = section("### A worked example")
    *_, shown = write_blocks(text, tmp_path)
    expected = Path(shown).read_bytes()
    (command,) = re.findall(r"^tallywire pack (build .*)$", text, flags=re.MULTILINE)
    done = CliRunner().invoke(pack_app, [*shlex.split(command), "--replace"])
    assert done.exit_code == 0, done.output
    assert Path(shown).read_bytes() == expected
    assert check_pack(Path(shown).parent) == ()
