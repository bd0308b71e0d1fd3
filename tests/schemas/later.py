"""What a later release might publish: our events with an unknown field, and unknown words, in every part of them."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from schemas.events import EVENTS

UNKNOWN_FIELD: Final = {"unknowntous": {"of": ["any", {"shape": None}]}}
"""A field that no model of ours has."""

UNKNOWN_WORD: Final = "unknown-to-us"
"""A word that no enumeration of ours has."""

_BY_TYPE: Final[Mapping[str, type[BaseModel]]] = {event.model_fields["type"].default: event for event in EVENTS}


def of_later_release(event: bytes, *, words: bool = False) -> bytes:
    """Return a published event with an unknown field in every model within it.

    Args:
        event: the event.
        words: put an unknown word into every enumeration that may grow, too.
    """
    read = json.loads(event)
    return json.dumps(grown(read, _BY_TYPE[read["type"]], words), ensure_ascii=False, separators=(",", ":")).encode()


def grown(value: Any, declared: object, words: bool = False) -> Any:  # noqa: ANN401  # JSON; recursive
    """Return a JSON value, whose type in our models is ``declared``, as a later release might write it."""
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        known = {name: field.annotation for name, field in declared.model_fields.items() if name in value}
        return value | {name: grown(value[name], of, words) for name, of in known.items()} | UNKNOWN_FIELD
    inner = get_args(declared)
    if isinstance(value, dict) and get_origin(declared) is dict:
        return {name: grown(each, inner[1], words) for name, each in value.items()}
    if isinstance(value, list):
        return [grown(each, inner[0], words) for each in value]
    if words and str in inner and any(get_origin(each) is Literal for each in inner):
        return UNKNOWN_WORD
    of_models = [each for each in inner if each not in (str, type(None)) and isinstance(value, dict | list)]
    return grown(value, of_models[0], words) if of_models else value
