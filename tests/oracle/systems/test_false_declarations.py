"""Slips in declarations: ingest refuses each, and its reasons name the cell."""

import json

from tests.oracle.playing import Stage, ingest
from tests.oracle.recount import Json
from tests.oracle.systems.nights import declaration, register_of
from tests.oracle.systems.slips import slip_in_a_count

SLIPS = 200


def _take(stage: Stage, event: bytes) -> Json:
    """Return the receipt of a message."""
    stage.take([event])
    receipt: Json = json.loads(stage.written["receipts"][-1])["data"]
    return receipt


def test_a_slip_in_a_count_is_refused_and_the_reasons_name_its_cell() -> None:
    """Promise: a declaration with one wrong figure is refused with its path; without the slip it is taken."""
    for seed in range(SLIPS):
        slip = slip_in_a_count(seed)
        if slip is None:
            continue
        stage, (ballot, register) = ingest(), register_of(slip.contest)
        assert _take(stage, register)["status"] == "accepted", seed
        refused = _take(stage, declaration(ballot, 1, slip.false))
        paths = {reason["path"] for reason in refused["reasons"]}
        # A total and its transfer do not fit: which of the two is wrong may be open.
        either = {slip.path, slip.path.replace("transfers", "totals"), slip.path.replace("totals", "transfers")}
        assert refused["status"] == "refused", (seed, slip)
        assert paths & either, (seed, slip.path, refused["reasons"])
        assert _take(stage, declaration(ballot, 2, slip.true))["status"] == "accepted", seed
