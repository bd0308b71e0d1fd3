"""What regions and closed lists a night had: a recount that never meets a used-up list says nothing about them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.systems.regions import INDEPENDENT, NO_RESULT

Json = dict[str, Any]

LIST_KINDS = (
    "closed list",
    "constituency without a member",
    "counted in part under a threshold",
    "individual elected",
    "list below the threshold",
    "list seat by lot",
    "person struck",
    "region checked later",
    "region corrected by its constituency",
    "region in doubt from the start",
    "region not checked",
    "review of a region ended",
    "two lists of one party",
    "used-up list",
)


def list_kinds(register: Json, results: Sequence[Json]) -> Iterator[str]:
    """Yield what the results of a night had, in the order in which they were published."""
    stands: dict[str, Json] = {}
    for result in results:
        ballot = result["ballot_id"]
        before, stands[ballot] = stands.get(ballot), result
        contest = register["contests"][ballot]
        yield from ("counted in part under a threshold",) * (
            result["kind"] == "progress" and contest.get("threshold_per_cent") is not None
        )
        if not result.get("allocation"):
            continue
        yield from _of_lists(contest, result)
        kinds = {stands[one]["kind"] for one in contest.get("constituencies", ()) if one in stands}
        yield from ("constituency without a member",) * (
            result["allocation"]["checked"] and not kinds.isdisjoint(NO_RESULT)
        )
        yield from _of_reviews(contest, result, before)


def _of_lists(contest: Json, result: Json) -> Iterator[str]:
    lists, allocation = contest["candidates"], result["allocation"]
    yield from ("closed list",) * (contest["voting_system"] == "closed-list")
    has, parties = Counter[str](result["elected"]), [one["party"] for one in lists.values()]
    yield from ("two lists of one party",) * ({"PP53", "joint-party:53-119"} <= {*parties})
    if not allocation["checked"]:
        return
    yield from ("individual elected",) * any(lists[one]["party"] == INDEPENDENT for one in has)
    yield from ("list seat by lot",) * any(seat.get("by_lot") for seat in allocation["seats"])
    first = {seat["list"]: seat["person"] for seat in reversed(allocation["seats"])}
    yield from ("person struck",) * any(
        name != lists[one]["people"][0]["name"] for one, name in first.items() if lists[one].get("people")
    )
    following = 0 if allocation["next"] is None else allocation["next"]["figure"]
    for one in result["candidates"]:
        key = one["candidate"]
        yield from ("list below the threshold",) * (0 < one["votes"] < (allocation["threshold"] or 0))
        if lists[key]["party"] != INDEPENDENT and one["votes"] >= (allocation["threshold"] or 0):
            figure = Fraction(one["votes"], allocation["carried_in"].get(key, 0) + has[key] + 1)
            yield from ("used-up list",) * (figure > following + 1)


def _of_reviews(contest: Json, result: Json, before: Json | None) -> Iterator[str]:
    if contest["voting_system"] != "additional-member":
        return
    checked, doubted = result["allocation"]["checked"], result.get("under_review", False)
    yield from ("region corrected by its constituency",) * (checked and doubted)
    yield from ("region in doubt from the start",) * (doubted and not checked)
    yield from ("region not checked",) * (not checked and not doubted)
    if before is not None and before["revision"] == result["revision"]:
        yield from ("region checked later",) * (checked and not before["allocation"]["checked"])
        yield from ("review of a region ended",) * (before.get("under_review", False) and not doubted)
