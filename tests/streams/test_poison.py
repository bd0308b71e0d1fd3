"""Failures of our own rule are counted over the last good entries: one is parked, most of them stop the stage."""

import pytest

from streams.errors import TooMuchPoison
from streams.fold import Batch
from streams.poison import POISON_WINDOW, Outcomes
from tests.streams.toy import PARTITION

FRESH = Outcomes("toy", PARTITION)
HALF = POISON_WINDOW // 2
GOOD = [None] * HALF
BAD: list[Exception | None] = [RuntimeError("this word is too much")] * HALF


def test_half_of_the_window_may_fail_and_one_more_may_not() -> None:
    """Promise: the message says how many of how many failed, and why the last one did."""
    last = FRESH.after(Batch(outcomes=[*GOOD, *BAD]))
    with pytest.raises(
        TooMuchPoison,
        match=rf"rule of toy fails on {HALF + 1} of the last {POISON_WINDOW} good entries .*this word is too much",
    ):
        last.after(Batch(outcomes=BAD[:1]))


def test_good_entries_after_the_bad_ones_do_not_hide_them() -> None:
    """Promise: most of a few entries stop the stage wherever they lie in a batch."""
    with pytest.raises(TooMuchPoison, match=f"fails on {HALF + 1} of the last {HALF + 1} good entries"):
        FRESH.after(Batch(outcomes=[*BAD, BAD[0], *GOOD, *GOOD]))


def test_a_batch_that_is_folded_again_counts_once() -> None:
    """Promise: outcomes count when they are committed; the outcomes before are left as they were."""
    for _ in range(3):
        assert FRESH.after(Batch(outcomes=BAD)).last == tuple(BAD)
