"""The AsyncAPI 3 document of the feeds, made from the same table: a channel for each address that streams events."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas import RELEASE
from schemas.events import ControlEvent, HeadlineEvent, ResultEvent, TallyEvent
from schemas.generate import opened
from tallywire.publishing.filters import FEEDS
from tallywire.publishing.openapi import CONTACT, operation_id
from tallywire.publishing.resources import EVENTS, FILTERS, PARAMETERS, RESOURCES, Resource
from tallywire.publishing.shapes import OverdueTold, Told

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{model}"

OVERDUE: Final = "overdue"

ABOUT_THE_FEED: Final = {
    "resnapshot": "What you have read is of another history: take a new snapshot. The stream ends.",
    "behind": "You have taken nothing for a minute: come again with your cursor. The stream ends.",
    "rebuilding": "The election is read, or derived, anew: nothing new is told until that has caught up.",
    "away": "The server behind cannot be reached: nothing new is told until it can.",
    "broken": "What is behind cannot be read: nothing new is told until that is mended.",
}
"""What is said of the feed itself, by the name of the block."""

_PUBLISHED: Final[Mapping[str, type[BaseModel]]] = {
    "result": ResultEvent,
    "control": ControlEvent,
    "tally": TallyEvent,
    "headline": HeadlineEvent,
}

_DESCRIPTION: Final = """What happens in elections, as Server-Sent Events over HTTP.

Each block has the name of its message in `event:`, the message in `data:`, and in `id:` the cursor of whoever has read
it, to be sent back as `Last-Event-ID`. A block with an `id:` alone moves the cursor, and says nothing. Blocks about the
feed itself have no `id:`. `event: other` is an event of a type that this release does not know."""


@cache
def asyncapi_document() -> Json:
    """Return the document."""
    feeds = [resource for resource in RESOURCES if EVENTS in resource.media_types]
    models: list[type[BaseModel]] = [*_PUBLISHED.values(), OverdueTold, Told]
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=_REFERENCE)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tallywire feeds",
            "version": RELEASE,
            "description": _DESCRIPTION,
            "contact": CONTACT,
            "license": {"name": "MIT"},
            "tags": [{"name": "elections"}],
        },
        "defaultContentType": "application/json",
        "servers": {
            "publishing": {
                "host": "127.0.0.1:8481",
                "pathname": "/",
                "protocol": "http",
                "description": "Where `tallywire publishing` serves by itself; `tallywire run` serves at port 8480.",
            }
        },
        "channels": {operation_id(resource): _channel(resource) for resource in feeds},
        "operations": {
            f"read_{operation_id(resource)}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{operation_id(resource)}"},
                "title": resource.summary,
                "description": "The service sends what happens for as long as the reader stays connected.",
                "bindings": {"http": {"method": "GET", "query": _query(resource), "bindingVersion": "0.3.0"}},
            }
            for resource in feeds
        },
        "components": {
            "messages": {
                **{name: _message(name, model.__name__, model.__doc__ or "") for name, model in _PUBLISHED.items()},
                OVERDUE: _message(OVERDUE, OverdueTold.__name__, OverdueTold.__doc__ or ""),
                **{name: _message(name, Told.__name__, text) for name, text in ABOUT_THE_FEED.items()},
            },
            "schemas": opened(schemas["$defs"]),
        },
    }


def _channel(resource: Resource) -> Json:
    return {
        "address": resource.path,
        "title": resource.summary,
        "description": resource.description or f"{resource.summary}.",
        "parameters": {name: _parameter(resource, name) for name in resource.path_parameters},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _told(resource)},
    }


def _told(resource: Resource) -> tuple[str, ...]:
    """Return the names of the blocks of a feed."""
    everything = FILTERS[0] in resource.parameters
    return (*_PUBLISHED, *((OVERDUE,) if everything else ()), *ABOUT_THE_FEED)


def _query(resource: Resource) -> Json:
    named = {name: PARAMETERS[name] for name in resource.parameters if PARAMETERS[name].place == "query"}
    properties = {name: {**one.schema, "description": one.description} for name, one in named.items()}
    return {"type": "object", "properties": properties}


def _parameter(resource: Resource, name: str) -> Json:
    one = PARAMETERS[name]
    said: Json = {"description": one.description, "examples": [resource.example_of(name)]}
    if name == "feed":
        said["enum"] = list(FEEDS)
    return said


def _message(name: str, model: str, text: str) -> Json:
    return {
        "name": name,
        "title": name,
        "summary": " ".join(text.split()),
        "contentType": "application/json",
        "payload": {"$ref": _REFERENCE.format(model=model)},
    }
