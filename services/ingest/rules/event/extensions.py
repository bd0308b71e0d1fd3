"""Extension attributes of an event: any that CloudEvents allows may be there, and a slip is told all the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.events import EXTENSION_NAME, INTEGERS, OURS, SendableEvent, SentEvent, data_model
from schemas.wire import has_invisible_character
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import LIKENESS_MIN, DidYouMean, Shown, nearest

_ATTRIBUTES: Final = tuple(name for name in SentEvent.model_fields if name not in OURS)
"""The attributes that a sender may give and that we know."""

_KNOWN: Final = frozenset((*_ATTRIBUTES, *OURS))

_BASE64: Final = "data_base64"
"""Where the JSON format of CloudEvents has data that is no JSON."""

_NAME = re.compile(EXTENSION_NAME)
_BEGINS_LIKE_A_TIME = re.compile("[0-9]{4}-[0-9]{2}")
_TRUTH_LIKENESS_MIN: Final = 0.7
"""For a boolean less likeness is enough: ``test``, the only one, keeps rehearsals apart from elections."""


def extensions(event: Mapping[str, Any]) -> list[str]:
    """Return the names of the attributes that the schema does not know."""
    return [] if event.keys() <= _KNOWN else [name for name in event if name not in _KNOWN]


def check_extensions(event: Mapping[str, Any], names: Sequence[str], model: type[SendableEvent]) -> Iterator[Fault]:
    """The attributes ``names``, which the schema does not know, are extensions, and none of them is a slip.

    A slip is most likely: a name that is almost that of an attribute which is missing, with a value that it could have,
    or that of a field which is missing in ``data``.
    """
    absent = [name for name in _ATTRIBUTES if name not in event]
    data = event.get("data", {})
    for name in names:
        value = event[name]
        likeness_min = _TRUTH_LIKENESS_MIN if isinstance(value, bool) else LIKENESS_MIN
        if has_invisible_character(name):
            continue  # ``invisible_characters`` finds it
        if name == _BASE64:
            yield fault("data.in_base64", name)
            continue
        meant = [attribute for attribute in absent if _may_be(attribute, value)]
        if nearest(name, meant, likeness_min) is not None:
            yield fault("field.unknown", name, hint=DidYouMean(name, meant, likeness_min))
        elif isinstance(data, dict) and name not in data and name in data_model(model).model_fields:
            yield fault("field.misplaced", name)
        elif _NAME.fullmatch(name) is None:
            yield fault("attribute.malformed", name)
        elif not _is_plain(value):
            yield fault("attribute.not_plain", name, value=Shown(value))


def _may_be(attribute: str, value: object) -> bool:
    """Whether an attribute that somebody misspelt could have the value."""
    match attribute:
        case "test":
            return isinstance(value, bool) or value in ("true", "false")
        case "time":
            return isinstance(value, str) and _BEGINS_LIKE_A_TIME.match(value) is not None
        case "datacontenttype" | "dataschema":
            return False  # nothing depends on these, and other systems have attributes of almost their name
        case _:
            return True


def _is_plain(value: object) -> bool:
    """Whether CloudEvents has the value for an attribute: a string, a boolean, an integer of 32 bits; null is none."""
    return value is None or isinstance(value, str) or (isinstance(value, int) and value in INTEGERS)
