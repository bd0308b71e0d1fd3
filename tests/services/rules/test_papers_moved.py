"""Votes received at a stage, and the ballot papers that may make them up."""

from itertools import product
from random import Random

from services.rules.systems.papers_moved import made_of
from services.rules.systems.transferable_vote import UNIT


def every_sum(papers: dict[int, int]) -> set[int]:
    """Return all that these papers can make, by trying every number of each."""
    numbers = product(*(range(most + 1) for most in papers.values()))
    return {sum(number * value for number, value in zip(one, papers, strict=True)) for one in numbers}


def test_papers_of_one_value_or_two_are_counted_exactly() -> None:
    """Promise: what the papers at hand can make is found possible, and nothing else."""
    rng = Random(1)
    for _ in range(40):
        papers = {rng.randrange(1, 40): rng.randrange(1, 9) for _ in range(rng.randrange(1, 3))}
        possible = every_sum(papers)
        for gain in range(1, 400):
            assert (made_of(gain, papers) is not None) == (gain in possible), (gain, papers)


def test_of_more_values_nothing_possible_is_denied_and_little_else_is_taken() -> None:
    """Promise: five decimals tell the papers apart: a vote received that is off by one decimal is no papers."""
    papers = {UNIT: 200, 31_207: 9, 8_843: 12}
    possible = every_sum({UNIT: 2, 31_207: 9, 8_843: 12})
    assert all(made_of(gain, papers) is not None for gain in possible if gain)
    taken = [gain + 10 for gain in possible if made_of(gain + 10, papers) is not None]
    assert not taken


def test_papers_received_are_no_more_than_the_giver_had() -> None:
    """Promise: what is known of a candidate's papers is how many there are of each value at the most."""
    assert made_of(3 * UNIT + 2 * 44_262, {UNIT: 5, 44_262: 40}) == {UNIT: 3, 44_262: 2}
    assert made_of(6 * UNIT, {UNIT: 5, 44_262: 40}) is None
    assert made_of(41 * 44_262, {44_262: 40}) is None
