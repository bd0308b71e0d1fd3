"""What the append-only file grows by: what is said now, not what was said before."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from tallywire.packs.pack import find_pack
from tests.flow.night import as_event
from tests.flow.pipeline import Pipeline

ELECTION = "parl.2024-07-04"
STEP = 9
"""Every ninth line of the night is posted: a few amendments and corrections are among them."""
DECLARATION_BYTES_MAX = 40_000
AMENDMENT_BYTES_MAX = 20_000


def grown(pipeline: Pipeline, work: Callable[[], object]) -> int:
    """Return by how many bytes the file grows until every service has read what comes of the work."""

    def size() -> int:
        found: dict[str, Any] = pipeline.client.info("persistence")
        return int(found["aof_current_size"])

    before = size()
    work()
    pipeline.settle(ELECTION)
    return size() - before


def test_the_file_grows_by_what_is_said(pipeline: Pipeline) -> None:
    """Promise: at most 40 kB a declaration in a general election; an amendment writes its contest, not the register.

    They are posted one by one, so that each is its own group and tallies follow from each: nothing costs more.
    """
    register = json.loads((find_pack(ELECTION) / "register.json").read_bytes())
    recorded = (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()[::STEP]
    loading = grown(pipeline, partial(pipeline.open, register))
    posting = [grown(pipeline, partial(pipeline.post, ELECTION, [line])) for line in recorded]
    assert sum(posting) / len(posting) < DECLARATION_BYTES_MAX
    ballot = json.loads(recorded[-1])["subject"]
    data = {"ballot_id": ballot, "electorate": 99_999}
    amendment = as_event(ballot, "amendment", data, type="tallywire.amendment.v1")
    amending = grown(pipeline, partial(pipeline.post, ELECTION, [amendment]))
    assert amending < AMENDMENT_BYTES_MAX < loading / 100
    assert pipeline.standing(ELECTION, "results")[ballot]["electorate"] == 99_999
