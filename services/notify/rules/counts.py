"""A count by single transferable vote, read for its headlines: who is elected or excluded at which stage."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import gcd
from typing import Final
from zlib import crc32

from schemas.register import INDEPENDENT
from schemas.result import CandidateResult, Result
from schemas.wire import in_parts
from services.notify.rules.memory import Ground
from services.notify.rules.seats_won import person, winners
from services.notify.rules.wording import counts as wording
from services.notify.rules.wording.counts import Elected
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.seats import is_nothing

_VOTE: Final = in_parts("1")


def stages_counted(result: Result) -> int:
    """Return the number of the last stage that was declared; 1 is the count of first preferences, 0 is none."""
    return len(result.stages or ()) + (result.valid_votes is not None)


def elected_at_stages(result: Result) -> list[Elected]:
    """Return the elected in the order in which that was announced; those of an unknown stage come last."""
    found = [
        Elected(one.candidate, person(result, one), one.elected_at, below_quota=_below_quota(result, one))
        for one in winners(result)
    ]
    return sorted(found, key=lambda one: (one.stage is None, one.stage or 0))


def newly_elected(result: Result) -> list[Elected]:
    """Return who is elected and was not according to the result before."""
    before = () if result.supersedes is None else result.supersedes.elected
    return [one for one in elected_at_stages(result) if one.candidate not in before]


def excluded(result: Result) -> list[CandidateResult]:
    """Return who is excluded so far, in order of the stages."""
    out = [one for one in result.candidates if one.excluded_at is not None and not one.elected]
    return sorted(out, key=lambda one: (one.excluded_at or 0, Fraction(one.last_votes or 0)))


def _below_quota(result: Result, candidate: CandidateResult) -> bool:
    """Whether somebody was elected with fewer votes than the quota."""
    stage = candidate.elected_at
    if stage is None or result.quota is None:
        return False
    if stage == 1:
        return (candidate.votes or 0) < result.quota
    totals = next((one.totals for one in result.stages or () if one.stage == stage), {})
    return candidate.candidate in totals and Fraction(totals[candidate.candidate]) < result.quota


def stage_marks(result: Result) -> tuple[str, ...]:
    """Return a mark for each stage that changes with whatever was declared of it: ``4:9ab03c1f``."""
    return tuple(_marks(result))


def _marks(result: Result) -> Iterator[str]:
    if result.valid_votes is None:
        return
    yield _mark(1, sorted((one.candidate, one.votes) for one in result.candidates))
    for stage in result.stages or ():
        totals = sorted((one, _fraction(votes)) for one, votes in stage.totals.items())
        yield _mark(stage.stage, (stage.action, sorted(stage.of), totals, sorted(stage.elected), sorted(stage.lot)))


def _fraction(votes: str) -> str:
    """Return votes as a fraction in its lowest terms: ``12.50`` and ``12.5`` are the same. There may be thousands."""
    parts = in_parts(votes)
    common = gcd(parts, _VOTE)
    return str(parts // common) if common == _VOTE else f"{parts // common}/{_VOTE // common}"


def _mark(stage: int, declared: object) -> str:
    return f"{stage}:{crc32(repr(declared).encode()):08x}"


def changed_stages(before: Ground, result: Result) -> list[int]:
    """Return the stages that were declared otherwise before, of those that were declared then and are now."""
    was = dict(str(mark).split(":") for mark in before if ":" in str(mark))
    now = dict(mark.split(":") for mark in stage_marks(result))
    return [int(stage) for stage, mark in was.items() if now.get(stage, mark) != mark]


def party_shares(result: Result) -> dict[str, float]:
    """Return per cent of the first preferences by main party; empty where some are unknown."""
    votes = Counter[str]()
    for one in result.candidates:
        if one.votes is None:
            return {}
        votes[result.parties[one.party].counts_as] += one.votes
    valid = votes.total()
    return {party: 100 * number / valid for party, number in votes.items()} if valid else {}


def first_preferences(result: Result) -> str:
    """Return the quota and the shares of the first preferences, by main party."""
    found = party_shares(result)
    if not found:
        return "" if result.quota is None else wording.quota(result.quota)
    ranked = sorted(found, key=lambda one: (-found[one], one == INDEPENDENT))
    named = [
        (spoken(result.parties[one], standing(result, one)), found[one]) for one in ranked if not is_nothing(found[one])
    ]
    return wording.shares(result.quota, named)


def standing(result: Result, party: str) -> int:
    """Return how many candidates of a main party stand."""
    return sum(result.parties[one.party].counts_as == party for one in result.candidates)


def lots(result: Result) -> str:
    """Return at which stages a lot decided."""
    return wording.lots([stage.stage for stage in result.stages or () if stage.lot])
