"""How far a region is where list seats are given beside constituencies: the two are told apart."""

from typing import Final

from schemas.register import Baselines, Contest
from schemas.result import Progress
from services.aggregate.rules.life import LIFE
from services.aggregate.rules.tally import UNDECLARED, Contribution, RegionCount
from tests.services.registers import synthetic_contest

UNKNOWN: Final = Baselines(previous_election=None, sitting=None)
CONSTITUENCIES: Final = ("sp.c.one.2030-05-02", "sp.c.two.2030-05-02")
REGION: Final = "sp.r.testing.2030-05-02"
DECLARED: Final = Contribution(LIFE["declared"], {})


def parliament(*besides: str) -> tuple[RegionCount, dict[str, Contest]]:
    """Return a country with two constituencies and a region of four list seats, and contests besides."""
    contests = {one: synthetic_contest(regions=(), baseline=UNKNOWN) for one in (*CONSTITUENCIES, *besides)}
    contests[REGION] = synthetic_contest(
        voting_system="additional-member", seats=4, regions=(), baseline=UNKNOWN, constituencies=CONSTITUENCIES
    )
    count = RegionCount("uk", "United Kingdom")
    for ballot_id, contest in contests.items():
        count.expect(ballot_id, contest)
    return count, contests


def far(progress: Progress) -> tuple[int, ...]:
    """Return contests declared and expected, those of lists, and seats."""
    lists = progress.lists_declared, progress.lists_expected
    return progress.declared, progress.expected, *lists, progress.seats_declared, progress.seats_expected


def test_constituencies_and_regions_are_told_apart_and_seats_added() -> None:
    """Promise: what is said with a result has that result in it; a postponed region is expected no more."""
    count, contests = parliament()
    assert far(count.progress(UNDECLARED, DECLARED, contests[CONSTITUENCIES[0]])) == (1, 3, 0, 1, 1, 6)
    count.replace(CONSTITUENCIES[0], 1, UNDECLARED, DECLARED)
    assert far(count.progress(UNDECLARED, DECLARED, contests[REGION])) == (2, 3, 1, 1, 5, 6)
    count.replace(REGION, 4, UNDECLARED, DECLARED, on_list=True)
    assert count.tally("sitting", ()).lists_declared == 1
    postponed = Contribution(LIFE["postponed"], {})
    assert far(count.progress(DECLARED, postponed, contests[REGION])) == (1, 2, 0, 0, 1, 2)


def test_with_contests_besides_nothing_is_called_a_constituency() -> None:
    """Promise: a mayor elected on the same day is none."""
    count, contests = parliament("mayor.testing.2030-05-02")
    assert far(count.progress(UNDECLARED, DECLARED, contests[REGION])) == (1, 4, 0, 0, 0, 0)
