"""Anything may lie on the declarations stream: it is refused with reasons and kept, and the line moves on."""

import json
import re
from base64 import b64decode
from itertools import chain
from typing import Final, NamedTuple

import pytest

from tests.flow.contract import check_exact
from tests.flow.garbage import Garbage, garbage
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import Event, Pipeline

ELECTION: Final = "pcc.2034-05-02"
REGISTER: Final = synthetic_register(ELECTION, seed=6)
GOOD: Final = synthetic_declarations(REGISTER, 6, revisions=4)
BALLOT, CONTEST = next(
    (ballot, contest)
    for ballot, contest in REGISTER["contests"].items()
    if contest["electorate"] and len(contest["candidates"]) > 2
)
GARBAGE: Final = {each.name: each for each in garbage(BALLOT, list(CONTEST["candidates"]), CONTEST["electorate"])}


class Night(NamedTuple):
    """What became of a night with garbage between the declarations."""

    entry_ids: dict[str, str]
    """Where each piece of garbage lies, by its name."""
    good: list[str]
    """Where the declarations lie."""
    receipts: dict[str, Event]
    refusals: dict[str, Event]


@pytest.fixture(scope="module")
def night(pipeline: Pipeline) -> Night:
    """Post declarations and garbage in turns while the services run, and check all that was published."""
    pipeline.open(REGISTER)
    pieces = list(GARBAGE.values())
    posted = list(
        chain.from_iterable(zip(([b"data", raw] for raw in GOOD), (each.entry for each in pieces), strict=False))
    )
    rest = [[b"data", raw] for raw in GOOD[len(pieces) :]]
    entry_ids = [pipeline.post_raw(ELECTION, [entry])[0] for entry in posted] + pipeline.post_raw(ELECTION, rest)
    streams = check_exact(pipeline, REGISTER)
    receipts, refusals = (
        {event["data"]["entry_id"]: event["data"] for event in streams[name]} for name in ("receipts", "refusals")
    )
    of_garbage = entry_ids[1 : 2 * len(pieces) : 2]
    good = [entry_id for entry_id in entry_ids if entry_id not in of_garbage]
    return Night(dict(zip(GARBAGE, of_garbage, strict=True)), good, receipts, refusals)


def kept(refusal: Event) -> dict[bytes, bytes]:
    """Return the fields of a refused entry."""
    return {b64decode(name): b64decode(value) for name, value in refusal["fields"].items()}


def test_every_good_declaration_between_the_garbage_is_accepted(night: Night) -> None:
    """All of them, and nothing else; that they came to exact results was checked while they were posted."""
    assert len(night.good) == len(GOOD)
    assert {night.receipts[entry_id]["status"] for entry_id in night.good} == {"accepted"}
    assert night.refusals.keys() == set(night.entry_ids.values())


@pytest.mark.parametrize("piece", GARBAGE.values(), ids=lambda piece: piece.name)
def test_garbage_is_refused_with_reasons_and_kept(night: Night, piece: Garbage) -> None:
    """Each reason has a stable code, a place and a sentence that ends; the entry is kept to the byte."""
    receipt, refusal = (found[night.entry_ids[piece.name]] for found in (night.receipts, night.refusals))
    assert receipt["status"] == "refused"
    assert set(piece.codes) <= {reason["code"] for reason in receipt["reasons"]}
    for reason in receipt["reasons"]:
        assert re.fullmatch(r".{15,}[.?]", reason["message"])
    assert refusal["reasons"] == receipt["reasons"]
    values: dict[bytes, list[bytes]] = {}
    for name, value in zip(piece.entry[::2], piece.entry[1::2], strict=True):
        values.setdefault(name, []).append(value)
    assert kept(refusal) == {name: b"\n\0\n".join(given) for name, given in values.items()}


def test_five_faults_are_told_at_once(night: Night) -> None:
    """Five reasons, five codes, five places: the sender mends everything in one go."""
    reasons = night.receipts[night.entry_ids["five faults"]]["reasons"]
    assert len({reason["code"] for reason in reasons}) == len({reason["path"] for reason in reasons}) == 5


def test_a_refused_sender_is_found_where_it_could_be_read(night: Night) -> None:
    """The receipt names the sender's event id, and none where there is none."""
    assert night.receipts[night.entry_ids["revision 0"]]["event_id"].startswith("garbage-")
    assert night.receipts[night.entry_ids["not JSON"]]["event_id"] is None


def test_a_mended_declaration_is_taken_under_its_id(pipeline: Pipeline, night: Night) -> None:
    """An id is bound when its event is accepted: what was refused can be sent again, put right."""
    name, value = GARBAGE["revision 0"].entry
    mended = json.loads(value)
    mended["data"]["revision"] = 9
    (entry_id,) = pipeline.post_raw(ELECTION, [[name, json.dumps(mended).encode()]])
    receipts = check_exact(pipeline, REGISTER)["receipts"]
    (receipt,) = (event["data"] for event in receipts if event["data"]["entry_id"] == entry_id)
    assert (receipt["status"], receipt["event_id"]) == ("accepted", mended["id"])
