"""When a region is complete: every contest expected there is declared. It is said once."""

from collections.abc import Iterator

from schemas.result import Progress, Result
from schemas.wire import NATIONAL
from services.notify.rules.draft import Draft, Drafts
from services.notify.rules.memory import SAID, Memory, RegionSaid, Remembered
from services.notify.rules.occasions import Occasion
from services.notify.rules.subjects import region_subject
from services.notify.rules.wording import control as wording


def completed_regions(memory: Memory, result: Result) -> Drafts:
    """Return headlines of the regions that this result completes; a region with one contest has none."""
    complete = [
        region
        for region in result.progress
        if region.declared == region.expected > 1 and not memory.is_complete(region.region)
    ]
    remember: dict[tuple[str, str], Remembered] = {
        (SAID, f"region:{region.region}"): RegionSaid(complete=True) for region in complete
    }
    return Drafts(tuple(_drafts(result, complete)), remember)


def _drafts(result: Result, complete: list[Progress]) -> Iterator[Draft]:
    whole = next((region for region in complete if region.region == NATIONAL), None)
    detail = wording.last_one(result.contest.name) if result.counts else wording.none_left()
    for region in complete:
        # A region that is the whole election would have the same headline twice.
        if whole is None or region.expected < whole.expected:
            text = wording.region_complete(region.name, region.expected)
            yield Draft(Occasion.REGION_COMPLETE, text, detail, region_subject(region))
    if whole is not None:
        yield Draft(Occasion.ALL_DECLARED, wording.all_declared(whole.expected), detail, region_subject(whole))
