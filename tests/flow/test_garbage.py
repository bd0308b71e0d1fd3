"""Anything may lie on the declarations stream: it is refused with reasons and kept, and the line moves on."""

import json
from base64 import b64decode
from itertools import chain

from tests.pipeline.night import event
from tests.pipeline.pipeline import Pipeline
from tests.services.declarations import altered, synthetic_declaration
from tests.services.ingest import refusals
from tests.services.registers import ELECTION

GARBAGE = [
    refused
    for refused in (*refusals.BYTES.values(), *refusals.ENVELOPES.values(), *refusals.HIDDEN.values())
    # A second register is not looked into: what is wrong with it is not told.
    if refused.register is refusals.REGISTER and b'"tallywire.register.v1"' not in refused.fields.get(b"data", b"")
]
TWICE = (b"data", b"{}", b"data", b"[]")
"""A field that is given twice."""


def declared(revision: int) -> bytes:
    """Return a declaration that is accepted."""
    return json.dumps(synthetic_declaration(revision=revision) | {"id": f"good-{revision}"}).encode()


def test_garbage_is_refused_with_reasons_and_kept_and_the_line_moves_on(running: Pipeline) -> None:
    """Promise: whatever is sent between declarations, each of them is accepted, and all comes to exact results.

    Each piece of garbage gets its own reasons, and is kept to the byte. An id is bound when its event is accepted: what
    was refused can be sent again, put right.
    """
    centre = running.centre(ELECTION)
    register = event("register", "register", ELECTION, json.loads(refusals.REGISTER.model_dump_json()))
    pieces = [tuple(chain.from_iterable(refused.fields.items())) for refused in GARBAGE]
    good = [declared(revision) for revision in range(1, len(pieces) + 1)]
    last = len(good) + 1
    wrong = altered(json.loads(declared(last)), ("data/revision", 0))
    mended = altered(wrong, ("data/revision", last))
    centre.post((b"data", register))
    centre.announce()
    for piece, declaration in zip(pieces, good, strict=True):
        centre.post(piece, (b"data", declaration))
    centre.post(TWICE, *((b"data", json.dumps(sent).encode()) for sent in (wrong, mended)))
    centre.settle()

    found = centre.check_exact(expected=None)
    assert len(found.streams["ledger"]) == 1 + len(good) + 1
    receipts = {event["data"]["entry_id"]: event["data"] for event in found.events("receipts")}
    told = [receipts[entry_id] for entry_id in found.entries][1:]
    assert {receipt["status"] for receipt in told[1:-3:2]} == {"accepted"}
    assert [receipt["status"] for receipt in told[-3:]] == ["refused", "refused", "accepted"]
    kept = {event["data"]["entry_id"]: event["data"] for event in found.events("refusals")}
    for refused, receipt in zip(GARBAGE, told[:-3:2], strict=True):
        assert sorted((reason["code"], reason["path"]) for reason in receipt["reasons"]) == sorted(refused.told)
        refusal = kept[receipt["entry_id"]]
        assert refusal["reasons"] == receipt["reasons"]
        if not refusal["cut"]:
            fields = {b64decode(name): b64decode(value) for name, value in refusal["fields"].items()}
            assert fields == refused.fields
    assert [reason["code"] for reason in told[-3]["reasons"]] == ["entry.data_twice"]
