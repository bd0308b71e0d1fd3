"""Counts by single transferable vote that nobody held: the product counts, follows and refuses as the oracle does."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import pytest

from schemas.wire import in_parts
from services.rules.systems.ballots_count import count_ballots, differences
from services.rules.systems.declared_count import DeclaredCount, DeclaredStage, Followed
from services.rules.systems.declared_stages import follow
from services.rules.systems.northern_ireland import NORTHERN_IRELAND
from services.rules.systems.scotland import SCOTLAND
from tests.oracle.conftest import EXAMPLES_WANTED, NORMAL_RUN
from tests.oracle.systems import written
from tests.oracle.systems.slips import slip_in_a_count
from tests.oracle.systems.transfers import Count
from tests.oracle.systems.wards import irish_count, scottish_count

Json = dict[str, Any]
pytestmark = pytest.mark.timeout(120 + EXAMPLES_WANTED // 10)

COUNTS: Final = 600 if EXAMPLES_WANTED <= NORMAL_RUN else EXAMPLES_WANTED
NEEDLESS: Final = ("transfers", "non_transferable", "elected")
"""What a stage may leave out."""


def _count(seed: int) -> Count:
    """Return the count of a number: an odd one is Northern Ireland's."""
    chance = Random(seed)
    names = [f"c{place}" for place in range(chance.randint(2, 8))]
    seats = chance.randint(1, len(names) - 1)
    return (irish_count if seed % 2 else scottish_count)(chance, names, seats)


def _stages(stages: Sequence[Json]) -> tuple[DeclaredStage, ...]:
    return tuple(
        DeclaredStage(
            stage["action"],
            tuple(stage["of"]),
            {one: in_parts(votes) for one, votes in stage["totals"].items()},
            {one: in_parts(votes) for one, votes in stage["transfers"].items()} if "transfers" in stage else None,
            in_parts(stage["non_transferable"]) if "non_transferable" in stage else None,
            tuple(stage["elected"]) if "elected" in stage else None,
            tuple(stage.get("lot", ())),
        )
        for stage in stages
    )


def _declared(count: Count, stages: Sequence[Json], *, whole: bool = True) -> DeclaredCount:
    votes = {one: int(number) for one, number in count.first.items()}
    elected = tuple(count.elected) if whole else None
    return DeclaredCount(count.seats, votes, _stages(stages), count.quota, elected, whole=whole)


def test_ballots_are_counted_alike() -> None:
    """Promise: from the ballot papers, every figure of every stage is that of an independent count."""
    for seed in range(COUNTS):
        count = _count(seed)
        declared = _declared(count, written.stages(count))
        if count.last_by_lot or count.ended_early:
            continue  # who was drawn stands in no stage, and a recount transfers the surplus
        rules = NORTHERN_IRELAND if seed % 2 else SCOTLAND
        counted = count_ballots(rules, [*count.first], count.seats, count.ballots, declared.stages or ())
        assert differences(declared, counted.count) == [], seed
        assert sorted(counted.position.elected) == sorted(count.elected), seed


def test_true_counts_are_taken_whole_and_in_part() -> None:
    """Promise: no count by the rules is refused, whatever of it is said, nor any of its beginnings; ties are met.

    And who is elected by then is who is elected.
    """
    met = Counter[str]()
    for seed in range(COUNTS):
        count = _count(seed)
        stages = written.stages(count)
        met["lot"] += any(stage.lot for stage in count.stages)
        met["ended early"] += count.ended_early
        met["several excluded"] += any(len(stage.of) > 1 for stage in count.stages)
        met["surplus"] += any(stage.action == "surplus" for stage in count.stages)
        met["exhausted"] += bool(count.stages) and count.non_transferable(len(count.stages)) > 0
        met["below the quota"] += any(count.votes[one] < count.quota for one in count.elected)
        for left_out in (), NEEDLESS[seed % 3 :]:
            said = [{key: value for key, value in stage.items() if key not in left_out} for stage in stages]
            followed = _followed(seed, _declared(count, said))
            assert list(followed.refused) == [], seed
            assert sorted(followed.elected) == sorted(count.elected), seed
            for so_far in range(len(stages)) if seed % 2 else ():
                part = _followed(seed, _declared(count, said[:so_far], whole=False))
                assert list(part.refused) == [], (seed, so_far)
    assert min(met.values()) > COUNTS // 50, met


def _followed(seed: int, declared: DeclaredCount) -> Followed:
    return follow(NORTHERN_IRELAND if seed % 2 else SCOTLAND, declared)


def test_a_slip_is_refused_and_its_cell_is_named() -> None:
    """Promise: one wrong figure of a count, or somebody else excluded, is refused with its stage and candidate."""
    for seed in range(COUNTS):
        slip = slip_in_a_count(seed)
        if slip is None:
            continue
        votes, seats = slip.true["votes"], slip.contest["seats"]
        for said, slipped in ((slip.true, False), (slip.false, True)):
            declared = DeclaredCount(seats, votes, _stages(said["stages"]), said["quota"], tuple(said["elected"]))
            named = {
                "data.quota" if found.code.startswith("quota") else _path(found.stage, found.figure, found.candidate)
                for found in _followed(seed, declared).refused
            }
            if slipped:
                # A total and its transfer do not fit: which of the two is wrong may be open.
                either = {slip.path, slip.path.replace("transfers", "totals"), slip.path.replace("totals", "transfers")}
                assert named & either, (seed, named)
            else:
                assert named == set(), seed


def _path(stage: int, figure: str, candidate: str | None) -> str:
    by_candidate = f".{candidate}" if figure in ("totals", "transfers") else ""
    return f"data.stages.{stage - 2}.{figure}{by_candidate}"
