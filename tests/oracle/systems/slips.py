"""Slips put into true declarations: one cell of a stage, somebody else excluded, one seat of an allocation."""

import copy
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from tests.oracle.systems import written
from tests.oracle.systems.transfers import Count
from tests.oracle.systems.wards import irish_count, scottish_count

Json = dict[str, Any]

OFF_BY: Final = ("1", "-1", "10", "0.09", "-0.09", "100", "9")


@dataclass(frozen=True, slots=True)
class Slip:
    """A true declaration, the same with a slip, and where that is."""

    contest: Json
    true: Json
    false: Json
    path: str


def slip_in_a_count(seed: int) -> Slip | None:
    """Put a slip into one figure of one stage of a count; None where the count has nothing of the kind."""
    chance, irish = Random(seed), seed % 2 == 1
    names = [f"c{place}" for place in range(chance.randint(4, 8))]
    seats = chance.randint(2, len(names) - 2)
    count = (irish_count if irish else scottish_count)(chance, names, seats)
    if not count.stages:
        return None
    true = _declared(count)
    false = copy.deepcopy(true)
    place = chance.randrange(len(count.stages))
    stage = false["stages"][place]
    match chance.choice(("totals", "transfers", "non_transferable", "of", "quota")):
        case "totals":
            one = chance.choice(names)
            stage["totals"][one] = _off(chance, stage["totals"][one])
            path = f"data.stages.{place}.totals.{one}"
        case "transfers" if stage["transfers"]:
            one = chance.choice(list(stage["transfers"]))
            stage["transfers"][one] = written.decimal(Fraction(stage["transfers"][one]) + 1)
            path = f"data.stages.{place}.transfers.{one}"
        case "of" if stage["action"] == "exclusion" and len(stage["of"]) == 1 and not stage.get("lot"):
            stage["of"] = [chance.choice([one for one in names if one not in stage["of"]])]
            path = f"data.stages.{place}.of"
        case "non_transferable":
            stage["non_transferable"] = _off(chance, stage["non_transferable"])
            path = f"data.stages.{place}.non_transferable"
        case _:
            false["quota"] += 1
            path = "data.quota"
    contest = {"seats": seats, "names": names, "counting_rules": "northern-ireland" if irish else "scotland"}
    return Slip(contest, true, false, path)


def _off(chance: Random, figure: str) -> str:
    by = Fraction(chance.choice(OFF_BY))
    return written.decimal(Fraction(figure) + (by if Fraction(figure) + by >= 0 else -by))


def _declared(count: Count) -> Json:
    return {
        "kind": "declared",
        "votes": {one: int(votes) for one, votes in count.first.items()},
        "quota": count.quota,
        "stages": written.stages(count),
        "elected": list(count.elected),
    }
