"""What the publishing service says of itself: OpenAPI, AsyncAPI and pages, held to the service as it is."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from streams.client import connect
from streams.servers import Servers
from tallywire.embedded.server import start_server
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.signed_notes import Signer
from tallywire.publishing.app import application
from tallywire.publishing.asyncapi import ABOUT_THE_FEED, asyncapi_document
from tallywire.publishing.following import State
from tallywire.publishing.openapi import kept_examples, openapi_document
from tallywire.publishing.resources import EXAMPLE, JSON, PAGES, RESOURCES
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Publisher
from tests.tallywire.documented import require_documented_answers
from tests.tallywire.publishing.examples import answers, small_night

DOCUMENT: Final[dict[str, Any]] = openapi_document()
SHAPES: Final = {resource.path: resource.shape for resource in RESOURCES if resource.shape is not None}


@pytest.fixture(scope="module")
def pipeline(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Run everything with the small night of the examples, declared."""
    folder: Path = tmp_path_factory.mktemp("served")
    with start_server(folder, ephemeral=True) as started, pipeline_on(started, nursery, folder) as prepared:
        prepared.start_all()
        centre = prepared.open(small_night())
        centre.send(small_night().declarations)
        centre.settle()
        head = Checkpoint(EXAMPLE, 1, "00" * 32).signed(Signer.draw("results.example.org"))
        prepared.client.hset(centre.key("checkpoint"), mapping={"note": head, "deposited": "2030-05-02T22:30:00Z"})
        yield prepared


@pytest.fixture(scope="module")
def publisher(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows it."""
    started = Publisher(pipeline)
    started.await_ready()
    started.await_cursor(EXAMPLE, headlines=1)
    return started


def named(shape: type[BaseModel]) -> set[str]:
    """Return the names of a shape's fields, as they are written."""
    return {field.alias or name for name, field in shape.model_fields.items()}


def test_every_address_is_in_the_table_and_every_row_is_an_address() -> None:
    """Promise: the documents leave no route out, and name none that is not there."""
    routes = {route.path for route in application(Servers("redis://127.0.0.1:1", connect)).routes}  # type: ignore[attr-defined]  # routes have paths
    assert {resource.path for resource in RESOURCES} | set(PAGES) == routes
    assert len({resource.path for resource in RESOURCES}) == len(RESOURCES)


def test_the_documents_are_openapi_and_asyncapi() -> None:
    """Promise: both open in tools: they are valid by the schemas of OpenAPI 3.1 and AsyncAPI 3."""
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR  # noqa: PLC0415  # takes half a second

    OPENAPI_31_VALIDATOR.validate(DOCUMENT)
    ApplicationSchema.model_validate(asyncapi_document())
    for schema in (*DOCUMENT["components"]["schemas"].values(), *asyncapi_document()["components"]["schemas"].values()):
        Draft202012Validator.check_schema(schema)
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)


def test_every_example_is_as_the_document_says() -> None:
    """Promise: whoever writes a client from the examples gets what the schemas describe."""
    for path, methods in DOCUMENT["paths"].items():
        for status, answer in methods["get"]["responses"].items():
            for content in answer.get("content", {}).values():
                schema = {**content["schema"], "components": DOCUMENT["components"]}
                assert "example" in content, (path, status)
                Draft202012Validator(schema).validate(content["example"])


def test_answers_are_of_the_shape_that_is_documented(publisher: Publisher) -> None:
    """Promise: each document has just the fields that its schema names, and validates by it."""
    for path, answered in answers(publisher).items():
        schema = {"$ref": f"#/components/schemas/{SHAPES[path].__name__}", "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(answered)
        assert set(answered) == named(SHAPES[path]), path
        assert set(kept_examples()[path]) == set(answered), "python -m tests.tallywire.publishing.examples"
    (contest,) = publisher.page(EXAMPLE, "snapshot")["contests"].values()
    schemas = DOCUMENT["components"]["schemas"]
    assert set(contest) == set(schemas["ContestSummary"]["properties"])
    assert set(contest["result"]) == set(schemas["ResultSummary"]["properties"])


def test_everything_that_a_feed_may_say_is_in_the_document() -> None:
    """Promise: whoever writes a subscriber from the AsyncAPI document knows each block about the feed itself."""
    assert set(ABOUT_THE_FEED) == {"resnapshot", "behind", *(state.value for state in State if state is not State.LIVE)}
    channels = asyncapi_document()["channels"].values()
    assert {channel["address"] for channel in channels} == {
        resource.path for resource in RESOURCES if "text/event-stream" in resource.media_types
    }


class _Links(HTMLParser):
    """Collects what a page leads to and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src", "action"))


def test_the_front_page_leads_everywhere(publisher: Publisher) -> None:
    """Promise: from the front page every election, its snapshot, its feed and the documents are one step away."""
    answer = publisher.get("/", Accept="text/html,application/xhtml+xml")
    page = _Links()
    page.feed(answer.body.decode())
    assert {f"/v1/elections/{EXAMPLE}/snapshot", f"/v1/elections/{EXAMPLE}/events", "/docs"} <= set(page.links)
    for link in page.links:
        assert publisher.get(link, "HEAD").status == 200, link
    assert not {"script", "img", "iframe", "link"} & page.tags
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert b"live</span>" in answer.body


def test_programs_get_links_from_the_front_page(publisher: Publisher) -> None:
    """Promise: who asks for JSON gets JSON, and a cache keeps the two apart."""
    answer = publisher.get("/", Accept="application/json")
    assert (answer.headers["content-type"], answer.headers["vary"]) == (JSON, "Accept, Accept-Encoding")
    for link in answer.json.values():
        assert publisher.get(link).status == 200, link
    assert publisher.get("/v1/openapi.json").json == DOCUMENT
    assert publisher.get("/v1/asyncapi.json").json == asyncapi_document()


def test_the_page_of_addresses_has_each_with_a_command(publisher: Publisher) -> None:
    """Promise: every address stands on the page, with a command that is answered as it stands there."""
    page = publisher.get("/docs").body.decode()
    assert f"at={publisher.url}  #" in page
    typed = re.findall(r"<pre>curl (?:-N )?&quot;\$at(.*?)&quot;</pre>", page) or re.findall(
        r'<pre>curl (?:-N )?"\$at(.*?)"</pre>', page
    )
    assert len(typed) == len(RESOURCES)
    assert [publisher.get(path, "HEAD").status for path in typed] == [200] * len(typed)


def test_no_request_gets_an_answer_that_is_not_in_the_document(publisher: Publisher) -> None:
    """Promise: whatever is asked, every answer has a status, a type and a body that the document names; none is 500."""
    # A feed does not end.
    paths = {path: methods for path, methods in DOCUMENT["paths"].items() if "/events" not in path}
    # An empty value, or one with spaces around it, is taken although the schema does not name it.
    require_documented_answers({**DOCUMENT, "paths": paths}, publisher.url, EXAMPLE, lenient=True)
