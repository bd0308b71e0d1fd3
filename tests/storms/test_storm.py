"""Kill anything: whatever is killed whenever, every declaration takes effect once."""

import pytest

from tests.storms.exact import assert_exact
from tests.storms.line import Line
from tests.storms.night import night
from tests.storms.scale import SAID, SEEDS
from tests.storms.storm import Storm, Wanted

CONTESTS = 300
DECLARATIONS = 10_000


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_ten_thousand_declarations_take_effect_once_through_a_storm(line: Line, seed: int) -> None:
    """Promise: kill anything.

    Services are killed at every step of a batch and at random, the server in the middle of a burst; afterwards
    results, tallies and control are those of the naive recount, every headline is said once, no number is missing on
    any stream, and everything that was acknowledged has its receipt and, if accepted, its ledger entry.
    """
    sent = night(seed, CONTESTS, DECLARATIONS)
    storm = Storm(seed, sent, line, Wanted())
    line.open(sent)
    try:
        storm.rage()
        storm.calm()
    finally:
        SAID.extend(storm.tell())
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])
    assert storm.missed() == [], "the storm was too mild"
