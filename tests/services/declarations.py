"""Synthetic declarations for the tests of the rules, in the register of ``registers``."""

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

from tests.services.registers import TESTSHIRE

LEFT_OUT: Final = object()
"""As an override: the field is not there at all."""


def synthetic_declaration(**overrides: object) -> dict[str, Any]:
    """Return Testshire's declaration, Labour with 30,000 of 55,000 votes; ``overrides`` replace fields of its data."""
    data: dict[str, object] = {
        "ballot_id": TESTSHIRE,
        "revision": 1,
        "votes": {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000},
        "declared_at": "2030-05-03T03:10:00+01:00",
        "elected": ["bob-sample"],
        "rejected": 1_234,
        "papers": 56_234,
        "returning_officer": "Rita Synthetic",
    }
    return {
        "specversion": "1.0",
        "id": "synthetic-testshire-1",
        "source": "/count-centres/testshire",
        "type": "tallywire.declaration.v1",
        "subject": data["ballot_id"],
        "time": "2030-05-03T03:12:00+01:00",
        "data": data | overrides,
    }


def altered(event: Mapping[str, Any], *changes: tuple[str, object]) -> dict[str, Any]:
    """Return the event with other values at paths such as ``data/votes/ann-example``."""
    changed: dict[str, Any] = copy.deepcopy(dict(event))
    for path, value in changes:
        *outer, last = path.split("/")
        target = changed
        for step in outer:
            target = target[step]
        if value is LEFT_OUT:
            del target[last]
        else:
            target[last] = value
    return changed


def entry(event: object) -> dict[bytes, bytes]:
    """Return the fields of a stream entry that holds the event."""
    return {b"data": event if isinstance(event, bytes) else json.dumps(event).encode()}
