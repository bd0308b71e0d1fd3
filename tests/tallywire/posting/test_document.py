"""The OpenAPI document of the posting service, and a service that is held to it."""

import json
import os
from copy import deepcopy
from typing import Any, Final, get_args

import pytest
from jsonschema import Draft202012Validator

from schemas.register import VotingSystem
from services.ingest.rules.reasons.table import REASONS
from streams.client import connect
from streams.servers import Servers
from tallywire.posting.app import application
from tallywire.posting.forms import Form
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Sender
from tests.tallywire.documented import require_documented_answers

DOCUMENT: Final[dict[str, Any]] = application(Servers("redis://127.0.0.1:1", connect)).openapi()
POST: Final = DOCUMENT["paths"]["/v1/elections/{election}/declarations"]["post"]
NIGHT: Final = night(20, contests=2, declarations=2)


def answers() -> list[tuple[str, dict[str, Any]]]:
    """Return every answer that the document names, with where it is."""
    return [
        (f"{method} {path} {status}", content)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        for content in answer.get("content", {}).values()
    ]


def test_every_example_is_as_the_document_says() -> None:
    """Promise: whoever writes a client from the examples gets what the schemas describe."""
    named = [*answers(), *(("request", content) for content in POST["requestBody"]["content"].values())]
    for where, content in named:
        several = [each["value"] for each in content.get("examples", {}).values()]
        assert several or "example" in content, where
        for example in several or [content["example"]]:
            Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]}).validate(example)


def test_every_voting_system_has_an_example() -> None:
    """Promise: whoever writes a client finds a declaration and the facts of a form for each voting system."""
    content = next(iter(POST["requestBody"]["content"].values()))
    page = DOCUMENT["paths"]["/v1/elections/{election}/contests/{ballot_id}/form"]["get"]
    forms = page["responses"]["200"]["content"]["application/json"]["examples"]
    assert {*get_args(VotingSystem)} <= content["examples"].keys()
    shown = {name: each["value"] for name, each in forms.items()}
    assert shown["additional-member"]["constituencies"][0]["list"] == "conservatives"
    assert shown["single-transferable-vote"]["count"]["stages"][0]["of"] == ["ann-example"]
    assert shown["referendum"]["question"]
    for form in shown.values():
        Form.model_validate_json(json.dumps(form))


def test_every_reason_is_in_the_document() -> None:
    """Promise: the codes that a program may meet are listed, and others are not ruled out."""
    code = DOCUMENT["components"]["schemas"]["Reason"]["properties"]["code"]
    assert code["anyOf"] == [{"enum": list(REASONS)}, {"type": "string"}]


@pytest.fixture
def sender(pipeline: Pipeline) -> Sender:
    """Return a sender to a posting service, with an election and ingest behind it."""
    centre = pipeline.open(NIGHT)
    for service in ("ingest", "aggregate"):
        pipeline.start(service)
    centre.settle(upto="aggregate")
    return Sender(pipeline)


def drawn_from() -> dict[str, Any]:
    """Return the document; unless all of it is asked for, without the fields of declarations.

    Their borders are 3,300 requests, all answered alike: `make hostile` sends them. Bodies that are nearly declarations
    come from `test_hostile`.
    """
    document = deepcopy(DOCUMENT)
    if "HOSTILE_REQUESTS" not in os.environ:
        declarations = document["paths"]["/v1/elections/{election}/declarations"]["post"]["requestBody"]
        for content in declarations["content"].values():
            content["schema"] = {"type": "object"}
    return document


def test_no_request_gets_an_answer_that_is_not_in_the_document(sender: Sender) -> None:
    """Promise: whatever is sent, every answer has a status, a type and a body that the document names; none is 500."""
    require_documented_answers(drawn_from(), f"http://{sender.host}:{sender.port}", NIGHT.election, lenient=False)
