"""One entry for every way in which the stages of a count by single transferable vote cannot have been."""

from typing import Any, Final

from schemas.register import CountingRules, Register
from services.rules.systems.ballots_count import count_ballots
from services.rules.systems.transferable_vote import Rules, as_decimal
from services.rules.winners import RULES
from tests.services.ingest.lives import UNKNOWN, message, people, refused, register_of
from tests.services.ingest.refusals import Refused, declared
from tests.services.registers import synthetic_contest

NAMES: Final = ("ann-example", "bob-sample", "cay-specimen", "dan-trial")
ANN, BOB, CAY, DAN = NAMES

BALLOTS: Final = {(ANN, BOB): 40, (ANN, CAY, DAN): 21, (BOB, CAY): 15, (CAY, DAN): 11, (DAN, BOB): 10, (DAN,): 3}
"""For two seats, the quota is 34."""


def elected_by(rules: CountingRules, seats: int = 2) -> Register:
    """Return a register whose only contest is elected by single transferable vote."""
    contest = synthetic_contest(
        voting_system="single-transferable-vote",
        counting_rules=rules,
        candidates=people(*NAMES),
        electorate=1_000,
        seats=seats,
        baseline=UNKNOWN,
    )
    return register_of(contest)


SCOTTISH: Final = elected_by("scotland")
NORTHERN_IRISH: Final = elected_by("northern-ireland")


def whole(rules: Rules) -> dict[str, Any]:
    """Return what is declared of the count of the ballots."""
    count = count_ballots(rules, NAMES, 2, BALLOTS).count
    stages = [
        {
            "action": stage.action,
            "of": list(stage.of),
            "totals": {one: as_decimal(votes) for one, votes in stage.totals.items()},
            "transfers": {one: as_decimal(votes) for one, votes in (stage.transfers or {}).items()},
            "non_transferable": as_decimal(stage.non_transferable or 0),
            "elected": list(stage.elected or ()),
        }
        for stage in count.stages or ()
    ]
    return {"votes": dict(count.votes), "quota": count.quota, "stages": stages, "elected": list(count.elected or ())}


WHOLE: Final = whole(RULES["scotland"])
IRISH: Final = whole(RULES["northern-ireland"])


def _bare(data: dict[str, Any], **also: object) -> dict[str, Any]:
    """Return it without transfers, and without what follows from the totals."""
    kept = ("action", "of", "totals")
    stages = [{name: stage[name] for name in kept} for stage in data["stages"]]
    return {**data, "stages": stages, **also}


def _refused(
    data: dict[str, Any], *told: str, register: Register = SCOTTISH, kind: str = "declared", sentence: str = ""
) -> Refused:
    return refused(message(kind, **data), *told, register=register, sentence=sentence)


def _with_stage(place: int, field: str, value: object, *told: str) -> Refused:
    stages = [dict(stage) for stage in WHOLE["stages"]]
    stages[place][field] = value
    return _refused({**WHOLE, "stages": stages}, *told)


def _with_bare_total(place: int, candidate: str, value: str, *told: str) -> Refused:
    data = _bare(WHOLE)
    stages = [dict(stage) for stage in data["stages"]]
    stages[place]["totals"] = {**stages[place]["totals"], candidate: value}
    return _refused({**data, "stages": stages}, *told)


def _first(totals: dict[str, str], action: str, of: list[str], *told: str) -> Refused:
    """Declare the second stage of a count so far."""
    stage = {"action": action, "of": of, "totals": totals}
    return _refused({"votes": WHOLE["votes"], "stages": [stage]}, *told, register=NORTHERN_IRISH, kind="stage")


_AT: Final = "data.stages.0"

STAGES: Final = {
    "a quota where there is none": declared("data/quota", 34, "quota.not_for_contest data.quota"),
    "stages where there are none": declared("data/stages", [], "stages.not_for_contest data.stages"),
    "stage by stage in Scotland": _refused({"votes": WHOLE["votes"]}, "kind.not_for_contest data.kind", kind="stage"),
    **{
        f"the quota {name}": _refused({**WHOLE, "quota": value}, f"quota.{fault} data.quota")
        for name, value, fault in (
            ("a text", "34", "text"),
            ("a fraction", 34.5, "fraction"),
            ("true", True, "true_or_false"),
            ("a list", [34], "not_a_number"),
            ("below 0", -34, "negative"),
            ("too large", 10**10, "too_large"),
            ("off by one", 35, "not_by_rule"),
        )
    },
    "stages a text": _refused({**WHOLE, "stages": "two"}, "stages.not_a_list data.stages"),
    "a stage a text": _refused({**WHOLE, "stages": ["surplus"]}, "stages.not_an_object data.stages.0"),
    "no action": _refused({**WHOLE, "stages": [{"of": [ANN], "totals": {}}]}, "stages.missing data.stages.0.action"),
    "another action": _with_stage(0, "action", "surplu", f"stages.not_one_of {_AT}.action"),
    "of nobody": _with_stage(0, "of", [], f"stages.none_given {_AT}.of"),
    "of a number": _with_stage(0, "of", [1], f"stages.not_text {_AT}.of.0"),
    "of somebody with too long an id": _with_stage(0, "of", ["a" * 201], f"stages.too_long {_AT}.of.0"),
    "votes that are no decimal": _with_stage(0, "non_transferable", "1,2", f"stages.malformed {_AT}.non_transferable"),
    "of a stranger": _with_stage(0, "of", ["ann-exampel"], f"stages.unknown_candidate {_AT}.of.0"),
    "neither stages nor elected": _refused({"votes": WHOLE["votes"]}, "stages.not_given data.stages"),
    "more stages than there can be": _refused(
        {**WHOLE, "stages": [WHOLE["stages"][0]] * 7}, "stages.more_than_possible data.stages"
    ),
    "more figures than a count needs": _refused(
        {
            **WHOLE,
            "stages": [{**WHOLE["stages"][0], "totals": {f"c{n}": "1" for n in range(499)}, "transfers": {}}] * 6,
        },
        "stages.too_many data.stages",
        sentence="The stages have 2,994 totals and transfers, more than the 2,500 possible. "
        "Leave transfers out, or the stages.",
    ),
    "a stage after the end": _refused(
        {**WHOLE, "stages": [*WHOLE["stages"], WHOLE["stages"][-1]]},
        f"stages.after_the_end data.stages.{len(WHOLE['stages'])}",
    ),
    "a count cut short": _refused(
        {"votes": {ANN: 20, BOB: 19, CAY: 18, DAN: 17}, "stages": []}, "stages.end_too_early data.stages"
    ),
    "a total left out": _with_stage(
        0, "totals", {ANN: "34", BOB: "32.7048", CAY: "20.29502"}, f"stages.total_missing {_AT}.totals.{DAN}"
    ),
    "a total that is not the sum": _with_stage(
        0, "totals", {**WHOLE["stages"][0]["totals"], BOB: "23.7048"}, f"stages.total_not_the_sum {_AT}.totals.{BOB}"
    ),
    "a transfer that is not the difference": _with_stage(
        0,
        "transfers",
        {**WHOLE["stages"][0]["transfers"], BOB: "71.7048"},
        f"stages.transfer_not_the_difference {_AT}.transfers.{BOB}",
    ),
    "fewer votes than before": _with_bare_total(0, CAY, "2.29502", f"stages.fell {_AT}.totals.{CAY}"),
    "more votes than after": _with_bare_total(0, BOB, "62.7048", f"stages.falls_next {_AT}.totals.{BOB}"),
    "somebody elected receives votes": _with_bare_total(
        1, ANN, "35", f"stages.elected_not_as_before data.stages.1.totals.{ANN}"
    ),
    "somebody excluded has votes": _refused(
        {
            "votes": {ANN: 30, BOB: 29, CAY: 28, DAN: 13},
            "stages": [
                {"action": "exclusion", "of": [DAN], "totals": {ANN: "33", BOB: "32", CAY: "31", DAN: "0"}},
                {"action": "exclusion", "of": [CAY], "totals": {ANN: "40", BOB: "38", CAY: "0", DAN: "9"}},
            ],
        },
        f"stages.excluded_not_as_before data.stages.1.totals.{DAN}",
        register=NORTHERN_IRISH,
        kind="stage",
    ),
    "too much is left of a surplus": _with_bare_total(0, ANN, "43", f"stages.left_over {_AT}.totals.{ANN}"),
    "votes that do not add up": _with_stage(
        0, "non_transferable", "7.00018", f"stages.do_not_add_up {_AT}.non_transferable"
    ),
    "more received than transferred": _first(
        {ANN: "34", BOB: "40", CAY: "20", DAN: "30"},
        "surplus",
        [ANN],
        f"stages.too_much_transferred {_AT}.totals.{BOB}",
    ),
    "a gain that is no number of papers": _with_bare_total(
        0, CAY, "20.10502", f"stages.value_not_by_rule {_AT}.totals.{CAY}"
    ),
    "votes not transferable become fewer": _with_stage(
        1, "non_transferable", "0", "stages.non_transferable_fell data.stages.1.non_transferable"
    ),
    "a surplus of two": _with_stage(0, "of", [ANN, BOB], f"stages.surplus_of_several {_AT}.of"),
    "a surplus of somebody without": _first(
        {ANN: "61", BOB: "15", CAY: "11", DAN: "13"}, "surplus", [BOB], f"stages.no_surplus {_AT}.of"
    ),
    "a surplus that is not the largest": _refused(
        {
            "votes": {ANN: 50, BOB: 30, CAY: 9, DAN: 8},
            "stages": [{"action": "surplus", "of": [BOB], "totals": {ANN: "25", BOB: "30", CAY: "22", DAN: "20"}}],
        },
        f"stages.wrong_surplus {_AT}.of",
        f"stages.left_over {_AT}.totals.{BOB}",
        f"stages.elected_not_as_before {_AT}.totals.{ANN}",
        register=elected_by("northern-ireland", seats=3),
        kind="stage",
    ),
    "somebody excluded before a surplus": _refused(
        {
            "votes": WHOLE["votes"],
            "stages": [{"action": "exclusion", "of": [DAN], "totals": {ANN: "61", BOB: "25", CAY: "11"}}],
        },
        f"stages.surplus_first {_AT}.action",
        register=NORTHERN_IRISH,
        kind="stage",
    ),
    "somebody excluded who is not the lowest": _refused(
        {
            "votes": {ANN: 20, BOB: 19, CAY: 18, DAN: 17},
            "stages": [{"action": "exclusion", "of": [CAY], "totals": {ANN: "21", BOB: "20", DAN: "17"}}],
        },
        f"stages.wrong_exclusion {_AT}.of",
        register=NORTHERN_IRISH,
        kind="stage",
    ),
    "somebody excluded who is elected": _refused(
        {
            "votes": WHOLE["votes"],
            "stages": [{"action": "exclusion", "of": [ANN], "totals": {BOB: "15", CAY: "11", DAN: "13"}}],
        },
        f"stages.cannot_be_excluded {_AT}.of",
        register=NORTHERN_IRISH,
        kind="stage",
    ),
    "equal votes, and no lot": _refused(
        {
            "votes": {ANN: 20, BOB: 19, CAY: 17, DAN: 17},
            "stages": [{"action": "exclusion", "of": [DAN], "totals": {ANN: "21", BOB: "19", CAY: "17"}}],
        },
        f"stages.lot_missing {_AT}.lot",
        register=NORTHERN_IRISH,
        kind="stage",
    ),
    "a lot for nothing": _with_stage(0, "lot", [ANN], f"stages.lot_not_needed {_AT}.lot"),
    "elected below the quota": _with_stage(0, "elected", [BOB], f"stages.below_quota {_AT}.elected"),
    "elected again": _with_stage(0, "elected", [ANN], f"stages.elected_before {_AT}.elected"),
    "left out of the elected": _with_stage(
        len(WHOLE["stages"]) - 1,
        "elected",
        [],
        f"stages.elected_left_out data.stages.{len(WHOLE['stages']) - 1}.elected",
    ),
    "others elected than by the stages": _refused(
        {**WHOLE, "elected": [ANN, DAN]}, "stages.others_elected data.elected"
    ),
}
