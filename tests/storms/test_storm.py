"""Kill anything: whatever is killed whenever, every declaration takes effect once."""

from collections.abc import Callable

import pytest

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.storms.scale import FULL, SEEDS
from tests.storms.storm import Storm, Wanted

CONTESTS = 300
DECLARATIONS = 10_000 if FULL else 1_500


@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_every_declaration_takes_effect_once_through_a_storm(
    pipeline: Pipeline, number: int, record_property: Callable[[str, object], None]
) -> None:
    """Promise: kill anything.

    Services are killed at every step of a batch and at random, the server in the middle of a burst; afterwards
    results, tallies and control are those of the naive recount, every headline is said once, no number is missing on
    any stream, and everything that was acknowledged has its receipt and, if accepted, its ledger entry.
    """
    # By number, because processes that share the tests must agree on their names; the seeds are drawn anew in each.
    sent = night(SEEDS[number], CONTESTS, DECLARATIONS)
    centre = pipeline.open(sent)
    storm = Storm(SEEDS[number], sent, pipeline, centre, Wanted())
    try:
        storm.rage()
        storm.calm()
    finally:
        for words in storm.tell():
            record_property("storms; STORM_SEED=n plays one again", words)
    centre.check_exact(sent)
    assert storm.missed() == [], "the storm was too mild"
