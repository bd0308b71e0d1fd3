"""The public tables: which elections there are, and how each stands, as the contract says it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import schemas
from schemas import tables
from schemas.generate import TABLES_DOCUMENT
from schemas.register import Register, RegisterHead
from services.aggregate.service import WIRING
from streams import keys
from tests.schemas.later import UNKNOWN_FIELD, grown
from tests.services.registers import TESTSHIRE, synthetic_register

ROOT = Path(schemas.__file__).parents[1]
DOCUMENT = json.loads((ROOT / "schemas" / TABLES_DOCUMENT).read_text("utf-8"))


def test_the_catalogue_is_the_one_that_services_follow() -> None:
    """Promise: the streams know no schema, so that the key is written twice; both say the same."""
    assert tables.CATALOGUE.key == keys.CATALOGUE == DOCUMENT["catalogue"]["key"]
    assert next(iter(DOCUMENT["catalogue"]["fields"])) == tables.CATALOGUE.field


def test_what_aggregate_publishes_as_standing_is_documented() -> None:
    """Promise: no public table is missing in the document."""
    kept = {table.name for table in WIRING.tables if table.name.startswith("standing:")}
    assert kept <= DOCUMENT["tables"].keys()
    assert list(DOCUMENT["tables"]) == [table.name for table in tables.TABLES]


def test_a_register_is_its_head_and_its_contests() -> None:
    """Promise: the two public tables together hold the register, and nothing of it is lost."""
    fields = {name: field.annotation for name, field in Register.model_fields.items() if name != "contests"}
    assert {name: field.annotation for name, field in RegisterHead.model_fields.items()} == fields
    register = synthetic_register(test=True)
    head = tables.REGISTER.read(register.head().model_dump_json().encode())
    contests = {
        ballot_id: tables.CONTESTS.read(contest.model_dump_json().encode())
        for ballot_id, contest in register.contests.items()
    }
    assert head.with_contests(contests) == register


@pytest.mark.parametrize("table", [tables.REGISTER, tables.CONTESTS], ids=lambda table: table.name)
def test_the_register_of_a_later_release_can_be_read(table: "tables.Table[RegisterHead]") -> None:
    """Promise: an unknown field at any depth is passed over; the committed schema lets it pass, too."""
    register = synthetic_register()
    value = register.head() if table.value is RegisterHead else register.contests[TESTSHIRE]
    later = grown(json.loads(value.model_dump_json()), table.value)
    assert json.dumps(later).count(next(iter(UNKNOWN_FIELD))) > 5
    assert table.read(json.dumps(later).encode()) == value
    Draft202012Validator(DOCUMENT["tables"][table.name]["value"] | {"$defs": DOCUMENT["$defs"]}).validate(later)


def test_the_page_about_streams_has_every_table() -> None:
    """Promise: docs/streams.md tells where each table is, and what it holds, in the words of the contract."""
    page = (ROOT / "docs" / "streams.md").read_text("utf-8")
    rows = [f"| `{table.name}` | {table.fields} | {table.purpose} |" for table in tables.TABLES]
    assert [row for row in rows if row not in page] == []
    assert tables.CATALOGUE.key in page
