"""When a region is complete: every contest expected there is declared. It is taken back when one is to come again."""

from collections.abc import Iterator

from schemas.result import Progress, Result
from schemas.wire import NATIONAL
from services.notify.rules.draft import Draft
from services.notify.rules.memory import Memory
from services.notify.rules.occasions import Occasion
from services.notify.rules.seats_won import place_in_sentence
from services.notify.rules.subjects import region_subject
from services.notify.rules.wording import control as wording


def completed_regions(memory: Memory, result: Result) -> Iterator[Draft]:
    """Yield a headline for each region that this result completes, or opens again; a region of one contest has none."""
    complete = []
    for region in result.progress:
        about = f"region:{region.region}"
        said = memory.claim(about).words
        if region.declared != region.expected:
            if said is not None:
                yield _opened_again(result, region, about, said)
        elif said is None and region.expected > 1:
            complete.append(region)
    if complete:
        all_said = (memory.claim(f"region:{region.region}").words for region in result.progress)
        yield from _complete(result, complete, {text for text in all_said if text is not None})


def _complete(result: Result, complete: list[Progress], said: set[str]) -> Iterator[Draft]:
    """Yield the headlines of regions that are complete; ``said`` is what stands already of the contest's regions."""
    whole = next((region for region in result.progress if region.region == NATIONAL), None)
    detail = wording.last_one(place_in_sentence(result)) if result.counts else wording.none_left()
    for region in complete:
        if region is whole:
            continue
        text = wording.region_complete(region)
        # A region that is the whole election, or is called as another one, would have the same headline twice, and
        # once more with each correction.
        if text not in said and (whole is None or region.expected < whole.expected):
            said.add(text)
            yield _draft(region, Occasion.REGION_COMPLETE, text, detail)
    if whole in complete:
        yield _draft(whole, Occasion.ALL_DECLARED, wording.all_declared(whole), detail)


def _draft(region: Progress, occasion: Occasion, text: str, detail: str) -> Draft:
    """Return the headline of a region that is complete."""
    detail = wording.with_reviews(detail, region.under_review)
    return Draft(f"region:{region.region}", occasion, text, detail, text, subject=region_subject(region))


def _opened_again(result: Result, region: Progress, about: str, said: str) -> Draft:
    whole = region.region == NATIONAL
    occasion = Occasion.ALL_DECLARED_CORRECTED if whole else Occasion.REGION_CORRECTED
    text = wording.region_open_again(region, whole=whole)
    detail = wording.still_to_be_declared(place_in_sentence(result), said)
    return Draft(about, occasion, text, detail, None, subject=region_subject(region))
