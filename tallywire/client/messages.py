"""The events that this side of the wire makes itself: a register to load, an amendment."""

import json
from hashlib import sha256
from typing import Final
from uuid import uuid4

from schemas.register import Register

LOAD_SOURCE: Final = "/tallywire/election-load"
AMEND_SOURCE: Final = "/tallywire/election-amend"


def envelope(data: bytes, **attributes: str | bool) -> bytes:
    """Return an event as JSON: CloudEvents' ``attributes``, and ``data`` as it was written."""
    head = {"specversion": "1.0", **attributes}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + b',"data":' + data + b"}"


def register_event(register: Register, written: bytes, operator_key: str | None = None) -> bytes:
    """Return the event that loads a register: the same register makes the same bytes, so a repeat is harmless.

    Args:
        register: the register.
        written: the same as JSON, with whatever white space.
        operator_key: the operator's public key, where the election is to ask for signatures.
    """
    asks = {} if operator_key is None else {"signatures": "required", "operator_key": operator_key}
    data = json.dumps(json.loads(written) | asks, ensure_ascii=False, separators=(",", ":")).encode()
    return envelope(
        data,
        id=f"register-{sha256(data).hexdigest()[:16]}",
        source=LOAD_SOURCE,
        type="tallywire.register.v1",
        subject=register.election,
        **({"test": True} if register.test else {}),
    )


def amendment_event(amendment: bytes, *, test: bool = False) -> bytes:
    """Return an event around an amendment; what is an event already, or cannot be read, as it is.

    Args:
        amendment: as a person writes it, as JSON.
        test: whether the election is a rehearsal.
    """
    try:
        value = json.loads(amendment)
    except (ValueError, RecursionError):
        return amendment
    if not isinstance(value, dict) or "specversion" in value or not isinstance(value.get("ballot_id"), str):
        return amendment
    # An id of its own each time: to change a figure, change it back and change it again are three amendments.
    return envelope(
        amendment.strip(),
        id=f"amendment-{uuid4()}",
        source=AMEND_SOURCE,
        type="tallywire.amendment.v1",
        subject=value["ballot_id"],
        **({"test": True} if test else {}),
    )
