"""Reading our own streams, on which a later release may have written what this one does not know.

On the ledger that is an error, for everything follows from the ledger. Elsewhere it is passed over.
"""

import json
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.events import LEDGER_EVENT, RESULTS_EVENT, LedgerEvent, ResultsEvent

FAULTS_TOLD: Final = 3
"""How many faults of an entry are told: one is looked at by people, who then look at the entry."""


class OfLaterRelease(ValueError):  # noqa: N818  # says what it is; nobody is at fault
    """A ledger entry that only a later release understands. The text names what is new in it, and the entry's place."""


class NotAnEvent(ValueError):  # noqa: N818  # of the entry, as above
    """An entry that is no event as we write them. The text says where it is not, and what is wrong there."""


def read_ledger_event(entry: bytes) -> LedgerEvent:
    """Return the event of a ledger entry.

    Raises:
        OfLaterRelease: its type, one of its fields or one of its words is unknown, and nothing else is wrong with it.
        NotAnEvent: it is not as ingest writes them.
    """
    try:
        return LEDGER_EVENT.validate_json(entry)
    except ValidationError as error:
        unknown = [_unknown(found) for found in error.errors(include_url=False)]
        if None in unknown:
            raise NotAnEvent(_wrong(error)) from error
        raise OfLaterRelease(f"{unknown[0]} at entry {json.loads(entry).get('sequence')}") from error


def read_results_event(entry: bytes) -> ResultsEvent | None:
    """Return an event of the results stream; None when its type is unknown, and so from a later release.

    Raises:
        NotAnEvent: it is of a known type, and not as events of that type are; or no event at all.
    """
    try:
        return RESULTS_EVENT.validate_json(entry)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "union_tag_invalid":
            return None
        raise NotAnEvent(_wrong(error)) from error


def _wrong(error: ValidationError) -> str:
    """Return the first faults of an entry, each with its place, in a line."""
    faults = error.errors(include_url=False, include_input=False)
    more = f"; and {len(faults) - FAULTS_TOLD} more" if len(faults) > FAULTS_TOLD else ""
    # The first step of a location is the event's type; what is no JSON has none.
    told = (": ".join(filter(None, (".".join(map(str, one["loc"][1:])), one["msg"]))) for one in faults[:FAULTS_TOLD])
    return "; ".join(told) + more


def _unknown(found: ErrorDetails) -> str | None:
    """Return what an error says is unknown: a type, a field or a word; None when it is another error."""
    # The first step of a location is the event's type.
    path, value = ".".join(map(str, found["loc"][1:])), found["input"]
    match found["type"]:
        case "union_tag_invalid" if isinstance(value["type"], str):
            return f"an event of type {value['type']}"
        case "extra_forbidden":
            return f"a field {path}"
        case "literal_error" if isinstance(value, str):
            return f'the word "{value}" for {path}'
    return None
