"""The OpenAPI 3.1 document of the publishing service, made from the table of what readers may ask for."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas import RELEASE
from schemas.generate import opened
from tallywire.publishing.resources import (
    ATOM,
    CSV,
    EVENTS,
    GROUPS,
    HTML,
    JSON,
    KEY,
    LINES,
    PARAMETERS,
    RESOURCES,
    TEXT,
    Parameter,
    Resource,
)
from tallywire.publishing.shapes import Ready
from tallywire.web.problems import MEDIA_TYPE, Problem

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{model}"

_DESCRIPTION: Final = """How elections stand, what happens, and what proves it.

Take a snapshot, keep its `cursor`, and follow the feed from there; after any break go on with the id of the last block
that was read. Nothing is lost or said twice. Every address answers HEAD, too, and other methods with 405."""

CONTACT: Final = {"name": "The Tallywire authors"}
"""Whom to ask."""

_STREAM_EXAMPLE: Final = (
    "retry: 1000\nid: l2.r1.t4.h1-6d3a90f2\n\n"
    "id: l3.r2.t8.h2-0b9c41aa\nevent: headline\n"
    'data: {"specversion":"1.0","id":"local.2030-05-02:headline:2","type":"tallywire.headline.v1","…":"…"}\n\n'
)

_TEXT_EXAMPLES: Final = {
    HTML: "<!DOCTYPE html>…",
    CSV: "election_id,ballot_paper_id,…\r\nlocal.2030-05-02,local.synthetic.place-0.2030-05-02,…\r\n",
    ATOM: "<?xml version='1.0' encoding='utf-8'?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">…</feed>",
}

_HEADERS: Final = {
    "ETag": "Strong; send it back as If-None-Match.",
    "Last-Modified": "When the last declaration in it was accepted.",
    "Cache-Control": "A second for what is now, a year for what was at a cursor.",
    "Tallywire-State": "`live`, `rebuilding`, `away` or `broken`: how current the election is shown.",
    "Tallywire-Cursor": "Where the election is now.",
}
_SAID: Final[Json] = {name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()}


def _problem(description: str, title: str, status: int, detail: str, **headers: str) -> Json:
    answer: Json = {
        "description": description,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": _REFERENCE.format(model="Problem")},
                "example": {"title": title, "status": status, "detail": detail},
            }
        },
    }
    if headers:
        answer["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return answer


_ANSWERS: Final[dict[int, Json]] = {
    304: {"description": "You have it already, as your If-None-Match or If-Modified-Since says.", "headers": _SAID},
    307: {
        "description": "`at` is a time: here is the last moment not later. May not be kept.",
        "headers": {
            "Location": {
                "description": "The same address with `at` as a cursor.",
                "schema": {"type": "string"},
            }
        },
    },
    400: _problem(
        "A parameter cannot be.",
        "Malformed request",
        400,
        "There is no type headlines. There are: result, control, tally, headline.",
    ),
    404: _problem(
        "No such election, contest, region, body or feed; or a cursor that is not known yet.",
        "Not found",
        404,
        "There is no election local.2031-05-02. /v1/elections lists them.",
    ),
    401: _problem(
        "This operator asks for an API key, and none came, or one that is not known.",
        "API key needed",
        401,
        "This service is read with an API key: Authorization: Bearer KEY.",
        WWW_Authenticate="How a key is sent.",
    ),
    414: _problem("The address is too long.", "URL too long", 414, "The path is longer than 8,192 bytes."),
    429: _problem(
        "Too much at once for this API key.",
        "Too many requests",
        429,
        "This key has had its requests for this minute.",
        Retry_After="Seconds after which to try again.",
    ),
    431: _problem(
        "The head is too long.", "Head too long", 431, "The head of the request is longer than 32,768 bytes."
    ),
    500: _problem("A fault of ours.", "Internal error", 500, "A fault of ours: it is in the service's log."),
    409: _problem(
        "What has been deposited cannot be of this ledger: it is not shown.",
        "Not shown",
        409,
        "What has been deposited is a head of local.2031-05-02. It is not shown.",
    ),
    410: _problem(
        "The cursor is of another history: take a new snapshot.",
        "Another history",
        410,
        "That cursor is of another history of this election, which a rebuild or the loss of a server has replaced. "
        "Take a new snapshot: the election is at l3.r2.t8.h2-0b9c41aa.",
    ),
    503: _problem(
        "It is not read yet, or there are too many readers.",
        "Not available now",
        503,
        "The list of elections has not been read yet. Try again.",
        Retry_After="Seconds after which to try again.",
    ),
}
"""What every address may answer besides 200, by status."""


_KEYS: Final[Json] = {
    "header": {"type": "http", "scheme": "bearer", "description": "An API key, where the operator asks for one."},
    "parameter": {
        "type": "apiKey",
        "in": "query",
        "name": KEY,
        "description": "The same, for readers that cannot send a header: a browser's EventSource.",
    },
}


@cache
def kept_examples() -> Json:
    """Return answers of a real service, by path."""
    return dict(json.loads(files("tallywire.publishing").joinpath("examples.json").read_bytes()))


@cache
def openapi_document() -> Json:
    """Return the document."""
    shapes = dict.fromkeys(resource.shape for resource in RESOURCES if resource.shape is not None)
    models: list[type[BaseModel]] = [*shapes, Problem]
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Tallywire publishing",
            "version": RELEASE,
            "description": _DESCRIPTION,
            "contact": CONTACT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "Where this document was served."}],
        "tags": [{"name": group, "description": text} for group, text in GROUPS.items()],
        "paths": {resource.path: {"get": _operation(resource)} for resource in RESOURCES},
        # With a key or without, as the operator wants it.
        "security": [{}, {"header": []}, {"parameter": []}],
        "components": {"schemas": opened(schemas["$defs"]), "securitySchemes": _KEYS},
    }


def _operation(resource: Resource) -> Json:
    named = [*((name, True) for name in resource.path_parameters), *((name, False) for name in resource.parameters)]
    return {
        "operationId": operation_id(resource),
        "tags": [resource.group],
        "summary": resource.summary,
        "description": resource.description or f"{resource.summary}.",
        "parameters": [_parameter(resource, name, PARAMETERS[name], required=required) for name, required in named],
        "responses": {str(status): _answer(resource, status) for status in resource.all_statuses},
    }


def operation_id(resource: Resource) -> str:
    """Return a name for a program: ``contests_ballot_id``."""
    words = resource.path.removeprefix("/v1/elections/{election}/").removeprefix("/v1/")
    return words.translate(str.maketrans("/.-", "___", "{}")).strip("_") or "start"


def _parameter(resource: Resource, name: str, one: Parameter, *, required: bool) -> Json:
    return {
        "name": name,
        "in": one.place,
        "required": required,
        "description": one.description,
        "schema": one.schema,
        "example": resource.example_of(name),
    }


def _answer(resource: Resource, status: int) -> Json:
    if status != 200 and not (status == 503 and resource.shape is Ready):  # noqa: PLR2004  # OK
        return _ANSWERS[status]
    answer: Json = {
        "description": f"{resource.summary}.",
        "content": {kind: _content(resource, kind) for kind in resource.media_types},
    }
    if 304 in resource.statuses:  # noqa: PLR2004  # not modified
        answer["headers"] = _SAID
    return answer


def _content(resource: Resource, kind: str) -> Json:
    if kind == EVENTS:
        return {"schema": {"type": "string"}, "example": _STREAM_EXAMPLE}
    if kind == LINES:
        return {"schema": {"type": "string"}, "example": resource.example}
    if kind == TEXT:
        return {"schema": {"type": "string"}, "example": resource.example["note"]}
    if kind != JSON:
        return {"schema": {"type": "string"}, "example": _TEXT_EXAMPLES[kind]}
    if resource.shape is None:
        return {"schema": {"type": "object"}, "example": {}}
    example = resource.example if resource.example is not None else kept_examples()[resource.path]
    return {"schema": {"$ref": _REFERENCE.format(model=resource.shape.__name__)}, "example": example}
