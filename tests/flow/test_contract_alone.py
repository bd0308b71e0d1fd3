"""Whoever has the generated documents and a Redis client needs nothing else of ours."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.pipeline.night import event
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import ROOT
from tests.services.declarations import synthetic_declaration
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

SCHEMAS = ROOT / "schemas"
TABLES = json.loads((SCHEMAS / "tables.json").read_text("utf-8"))


def validated(raw: bytes, schema: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """Return a value, checked against a schema of the document, whose references lead to files beside it."""

    def file(uri: str) -> Resource[Any]:
        return Resource.from_contents(json.loads(Path(SCHEMAS / uri).read_text("utf-8")))

    value = json.loads(raw)
    Draft202012Validator(schema | {"$defs": TABLES["$defs"]}, registry=Registry(retrieve=file)).validate(value)  # type: ignore[call-arg]  # attrs
    return value


def test_every_election_and_its_state_are_found_from_the_contract_alone(running: Pipeline) -> None:
    """Promise: catalogue, tables and the last entry of each stream are where the documents say, and of one moment."""
    register = json.loads(synthetic_register().model_dump_json())
    centre, client = running.centre(ELECTION), running.client
    centre.send([event("register", "register", ELECTION, register), json.dumps(synthetic_declaration()).encode()])
    centre.announce()
    centre.settle()

    field = next(iter(TABLES["catalogue"]["fields"]))
    elections = {fields[field.encode()].decode() for _, fields in client.xrange(TABLES["catalogue"]["key"])}
    assert ELECTION in elections

    found = {name: table["key"].replace("<election>", ELECTION) for name, table in TABLES["tables"].items()}
    with client.pipeline(transaction=True) as moment:
        for name, table in TABLES["tables"].items():
            moment.hgetall(found[name])
            moment.xrevrange(f"{{{ELECTION}}}:{table.get('stream', 'ledger')}", count=1)
        answers = moment.execute()
    standing: dict[str, dict[str, Any]] = {}
    for (name, table), fields, last in zip(TABLES["tables"].items(), answers[::2], answers[1::2], strict=True):
        standing[name] = {key.decode(): validated(value, table["value"]) for key, value in fields.items()}
        for key in standing[name]:
            Draft202012Validator(table["field"]).validate(key)
        assert json.loads(last[0][1][b"data"])["sequence"] >= 1
    assert standing["standing:results"][TESTSHIRE]["data"]["elected"] == ["bob-sample"]
    assert standing["standing:tallies"]["uk"]["data"]["declared"] == 1
