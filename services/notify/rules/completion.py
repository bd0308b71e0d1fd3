"""How far regions are: the moment at which every contest expected there is declared, said once."""

from collections.abc import Iterator
from typing import Final

from schemas.result import Progress, Result
from services.notify.rules.draft import Said, Saying
from services.notify.rules.memory import SAID, Memory, RegionSaid, Remembered
from services.notify.rules.wording import control as wording

NATIONAL: Final = "uk"
"""Slug of the grouping to which every contest belongs."""


def regions(memory: Memory, result: Result) -> Said:
    """Return which regions are complete with this result, and were not before."""
    complete = [
        region
        for region in result.progress
        if region.declared == region.expected > 1 and not memory.is_complete(region.region)
    ]
    remember: dict[tuple[str, str], Remembered] = {
        (SAID, f"region:{region.region}"): RegionSaid(complete=True) for region in complete
    }
    return Said(tuple(_sayings(result, complete)), remember)


def _sayings(result: Result, complete: list[Progress]) -> Iterator[Saying]:
    whole = next((region for region in complete if region.region == NATIONAL), None)
    detail = wording.last_one(result.contest.name) if result.counts else wording.none_left()
    for region in complete:
        # A region that is the whole election would say the same twice.
        if whole is None or region.expected < whole.expected:
            text = wording.region_complete(region.name, region.expected)
            yield Saying("region_complete", text, detail, region.region)
    if whole is not None:
        yield Saying("all_declared", wording.all_declared(whole.expected), detail, NATIONAL)
