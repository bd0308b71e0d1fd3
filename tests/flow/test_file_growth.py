"""What the append-only file grows by: what is said now, not what was said before."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from tallywire.packs.pack import find_pack
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.night import event
from tests.pipeline.pipeline import Pipeline

ELECTION = "parl.2024-07-04"
STEP = 9
"""Every ninth line of the night is posted: a few amendments and corrections are among them."""
DECLARATION_BYTES_MAX = 40_000
AMENDMENT_BYTES_MAX = 20_000


def grown(centre: CountCentre, work: Callable[[], object]) -> int:
    """Return by how many bytes the file grows until every service has read what comes of the work."""

    def size() -> int:
        found: dict[str, Any] = centre.client.info("persistence")
        return int(found["aof_current_size"])

    before = size()
    work()
    centre.settle()
    return size() - before


def test_the_file_grows_by_what_is_said(running: Pipeline) -> None:
    """Promise: at most 40 kB a declaration in a general election; an amendment writes its contest, not the register.

    They are posted one by one, so that each is its own group and tallies follow from each: nothing costs more.
    """
    register = json.loads((find_pack(ELECTION) / "register.json").read_bytes())
    recorded = (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines()[::STEP]
    centre = running.centre(ELECTION)
    centre.announce()
    loading = grown(centre, partial(centre.send, [event("register", "register", ELECTION, register)]))
    posting = [grown(centre, partial(centre.send, [line])) for line in recorded]
    assert sum(posting) / len(posting) < DECLARATION_BYTES_MAX
    ballot = json.loads(recorded[-1])["subject"]
    data = {"ballot_id": ballot, "electorate": 99_999}
    amending = grown(centre, partial(centre.send, [event("amendment", "amendment", ballot, data)]))
    assert amending < AMENDMENT_BYTES_MAX < loading / 100
    assert centre.found().standing("results")[ballot]["electorate"] == 99_999
