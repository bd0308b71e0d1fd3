"""Writes the committed documents: JSON Schemas of all events, AsyncAPI of all streams, and what the tables hold.

``python -m schemas.generate`` writes them; ``--check`` only compares, and fails when one is out of date.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, TypeAdapter
from pydantic.json_schema import models_json_schema

from schemas.events import EVENTS
from schemas.register import Body, Contest, Region
from schemas.streams import STREAMS
from schemas.tables import CATALOGUE, CHECKPOINT, MAP, TABLES
from schemas.wire import MAY_GROW, ElectionId, KeyId

HERE: Final = Path(__file__).parent
JSON_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
ASYNCAPI: Final = "asyncapi.json"
TABLES_DOCUMENT: Final = "tables.json"
VERSION: Final = "1.0.0"
"""Of the contract: see docs/contract.md."""


def event_name(schema_title: str) -> str:
    """Return the short name of an event type: ``tallywire.result.v1`` is ``result.v1``."""
    return schema_title.removeprefix("tallywire.")


def documents() -> dict[str, str]:
    """Return every generated document by its path below this folder."""
    written = {ASYNCAPI: _asyncapi(), TABLES_DOCUMENT: _tables()}
    for event in EVENTS:
        title = event.model_fields["type"].default
        schema = {
            "$schema": JSON_SCHEMA,
            "$id": f"urn:{title.replace('.', ':')}",
            **event.model_json_schema(),
        }
        schema["title"] = title
        written[f"json/{event_name(title)}.json"] = schema
    return {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in written.items()}


def _asyncapi() -> dict[str, object]:
    _, defined = models_json_schema(
        [(event, "validation") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    messages = {
        event.__name__: {
            "name": event.model_fields["type"].default,
            "title": event.model_fields["type"].default,
            "summary": (event.__doc__ or "").strip(),
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        }
        for event in EVENTS
    }
    channels = {
        stream.name: {
            "address": f"{{{{election}}}}:{stream.name}".replace("{{", "{").replace("}}", "}"),
            "title": stream.name,
            "description": f"{stream.purpose} A Redis stream, key `{{<election>}}:{stream.name}` with the braces "
            "as a hash tag; each entry has one field, `data`, which holds one event.",
            "parameters": {"election": {"description": "Democracy Club's id of the election: pcc.2024-05-02"}},
            "messages": {
                event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in stream.events
            },
        }
        for stream in STREAMS
    }
    operations = {}
    for stream in STREAMS:
        for action, services in (("send", [stream.writer]), ("receive", stream.readers)):
            for service in services:
                operations[f"{service.replace(' ', '-')}-{action}s-{stream.name}"] = {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{stream.name}"},
                    "summary": f"{service} {'writes' if action == 'send' else 'reads'} {stream.name}.",
                }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tallywire",
            "version": VERSION,
            "description": "Election declarations in, tallies kept, headlines out. Every event is a CloudEvent 1.0 in "
            f"JSON; streams are Redis streams. Which elections there are and how each stands is in {TABLES_DOCUMENT}.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "redis": {
                "host": "127.0.0.1:7379",
                "pathname": "/0",
                "protocol": "redis",
                "description": "The server that `tallywire run` starts; any Redis 7 or Valkey serves.",
            }
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": defined["$defs"]},
    }


def _tables() -> dict[str, object]:
    events = {event: event.model_fields["type"].default for event in EVENTS}
    parts = [table.value for table in TABLES if table.value not in events]
    refs, defined = models_json_schema([(part, "validation") for part in parts])
    values = {part: refs[part, "validation"] for part in parts} | {
        event: {"$ref": f"json/{event_name(title)}.json"} for event, title in events.items()
    }
    return {
        "title": "Tallywire: which elections there are, and how each stands",
        "version": VERSION,
        "description": "Each election of the catalogue has every table, as a Redis hash. In a key, <election> is the "
        "election's id, and the braces around it are a hash tag. Tables are written in one step with the streams: read "
        "those you need, and the last entry of each stream, in one transaction, and they are as of one moment.",
        "catalogue": {
            "key": CATALOGUE.key,
            "type": "stream",
            "description": CATALOGUE.purpose,
            "fields": {CATALOGUE.field: _type_of(ElectionId), CATALOGUE.operator: _type_of(KeyId)},
        },
        "tables": {
            table.name: {
                "key": f"{{<election>}}:{table.name}",
                "type": "hash",
                "description": table.purpose,
                "writer": table.writer,
                "field": {"description": table.fields} | _type_of(table.field),
                "value": values[table.value],
                **({"stream": table.stream.name} if table.stream else {}),
            }
            for table in TABLES
        },
        "checkpoint": {
            "key": f"{{<election>}}:{CHECKPOINT.name}",
            "type": "hash",
            "description": CHECKPOINT.purpose,
            "writer": "tallywire checkpoint --deposit",
            "fields": {CHECKPOINT.note: _type_of(str), CHECKPOINT.deposited: _type_of(AwareDatetime)},
        },
        "map": {
            "key": f"{{<election>}}:{MAP.name}",
            "type": "hash",
            "description": MAP.purpose,
            "writer": "tallywire election load",
            "fields": {MAP.digest: _type_of(str), MAP.drawing: _type_of(str)},
        },
        "$defs": opened(defined["$defs"]),
    }


def _type_of(annotation: Any) -> dict[str, Any]:  # noqa: ANN401  # the type of annotations came with Python 3.14
    return TypeAdapter(annotation).json_schema()


def opened(defined: dict[str, Any]) -> dict[str, Any]:
    """Return schemas by model that let pass what a later release may know: parts that are also sent are closed there.

    Unknown fields pass at every depth, and unknown words where words may grow.
    """
    schemas: dict[str, Any] = _fields_opened(defined)
    for name, model in _GROWING.items():
        for field in model if name in schemas else ():
            properties = schemas[name]["properties"]
            properties[field] = _word_opened(properties[field])
    return schemas


def _growing() -> dict[str, list[str]]:
    models = (Contest, Region, Body)
    return {
        model.__name__: [name for name, field in model.model_fields.items() if MAY_GROW in field.metadata]
        for model in models
    }


_GROWING: Final = _growing()
"""By model, the fields whose words may grow."""


def _word_opened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that may hold any word besides those known."""
    choices = schema.pop("anyOf", None) or [{name: schema.pop(name) for name in ("enum", "type") if name in schema}]
    return {"anyOf": [*choices, {"type": "string"}], **schema}


def _fields_opened(schema: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(schema, list):
        return [_fields_opened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = schema.get("additionalProperties") is False
    return {
        name: _fields_opened(each) for name, each in schema.items() if not (closed and name == "additionalProperties")
    }


def stale(folder: Path = HERE) -> list[str]:
    """Return the paths of the documents that differ from what the models say, or that no model has any more."""
    fresh = documents()
    present = {str(path.relative_to(folder)) for path in (folder / "json").glob("*.json")} | {ASYNCAPI, TABLES_DOCUMENT}
    differing = {
        path
        for path, text in fresh.items()
        if not (folder / path).is_file() or (folder / path).read_text("utf-8") != text
    }
    return sorted(differing | (present - fresh.keys()))


def main(arguments: Sequence[str]) -> int:
    """Write the documents, or with ``--check`` only say which are out of date."""
    outdated = stale()
    if "--check" in arguments:
        if outdated:
            sys.stderr.write(f"out of date: {', '.join(outdated)}; run: python -m schemas.generate\n")
        return bool(outdated)
    fresh = documents()
    for path in outdated:
        target = HERE / path
        if path in fresh:
            target.parent.mkdir(exist_ok=True)
            target.write_text(fresh[path], "utf-8")
        else:
            target.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
