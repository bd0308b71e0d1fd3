"""Where what the services published differs from the recount: each difference in words, none when they agree."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from tests.oracle.recount import BASELINES, Json

SAME: Final = (
    *("ballot_id", "revision", "kind", "counts", "body", "outcomes", "majority", "lot", "rounds", "valid_votes"),
    *("rejected", "electorate", "turnout", "declared_at", "reason"),
)
"""Fields of a result that are the same in both worlds as they stand."""
IF_TRUE: Final = ("under_review", "signed", "confirmed")
"""Fields of a result that are there only where they are true."""
LEFT_OUT: Final = ("under_review", "lists_declared", "lists_expected", "from_lists", "largest_certain")
"""What is in tallies and control only where it is not 0, or not open."""
HALF_A_HUNDREDTH: Final = Fraction(5_001, 1_000_000)
"""How far a figure rounded to two decimals, and written in binary, may be from the exact one."""


def result_differences(published: Json, expected: Json) -> Iterator[str]:
    """Yield where a published result differs from the recount."""
    for name in SAME:
        yield from differ(name, published[name], expected[name])
    yield from differ("counted_so_far", published.get("counted_so_far"), expected["counted_so_far"])
    for name in IF_TRUE:
        yield from differ(name, [published[name]] if name in published else [], [True] if expected[name] else [])
    candidates = {candidate["candidate"]: candidate for candidate in published["candidates"]}
    for field, name in (("votes", "votes"), ("shares", "share"), ("final_votes", "final_votes")):
        yield from differ(name, {key: candidate[name] for key, candidate in candidates.items()}, expected[field])
    yield from differ("notes", [(note["code"], note["difference"]) for note in published["notes"]], expected["notes"])
    yield from differ("regions", sorted(published["regions"]), sorted(expected["regions"]))
    yield from differ("regions, the national one last", published["regions"][-1], "uk")
    yield from differ("elected", sorted(published["elected"]), sorted(expected["elected"]))
    yield from differ("parties elected", Counter(published["parties_elected"]), expected["parties_elected"])
    marked = {key for key, candidate in candidates.items() if candidate["elected"]}
    yield from differ("candidates marked as elected", sorted(marked), sorted(expected["elected"]))
    yield from differ("first_time", published["first_time"], expected["first_time"])
    if expected["labels"] is not None:
        yield from differ("labels", published["labels"], expected["labels"])
    for name in BASELINES:
        yield from differ(f"a label where there is an outcome, {name}", *_known(published, name))
    yield from _named(published, {party for found in published["outcomes"].values() for party in _parties(found)})
    yield from _in_order(published, candidates)
    yield from _points(published, expected, candidates)


def _named(published: Json, parties: set[str | None]) -> Iterator[str]:
    """Every party mentioned is described, so that a reader can print it."""
    yield from differ("parties mentioned and not described", parties - {None} - published["parties"].keys(), set())


def _parties(found: Json | None) -> set[str]:
    return set() if found is None else {*found["held"], *found["gained"], *found["lost"], *found["won"]}


def _known(published: Json, name: str) -> tuple[bool, bool]:
    return published["labels"][name] is not None, published["outcomes"][name] is not None


def _in_order(published: Json, candidates: dict[str, Json]) -> Iterator[str]:
    """Most votes first, in the round that decided; each of the elected with the party at the same place."""
    key = "final_votes" if published["rounds"] == 2 else "votes"  # the final round
    counted = [candidates[name][key] for name in published["elected"]]
    if None not in counted:
        yield from differ("elected, most votes first", counted, sorted(counted, reverse=True))
    listed = [(candidate["final_votes"] or 0, candidate["votes"] or 0) for candidate in published["candidates"]]
    yield from differ("candidates, most votes first", listed, sorted(listed, reverse=True))
    parties = [published["parties"][candidates[name]["party"]]["counts_as"] for name in published["elected"]]
    yield from differ("parties of the elected", published["parties_elected"], parties)


def _points(published: Json, expected: Json, candidates: dict[str, Json]) -> Iterator[str]:
    """Share changes and swing are the exact ones, rounded."""
    for name, exact in expected["share_changes"].items():
        stated = candidates[name]["share_change"]
        if (stated is None) != (exact is None) or (exact is not None and _far(stated, exact)):
            yield f"share change of {name}: published {stated}, recounted {exact}"
    stated, exact = published["swing"], expected["swing"]
    if (stated is None) != (exact is None) or (
        stated is not None and (_far(stated["points"], exact[1]) or (exact[1] and stated["to_party"] != exact[0]))
    ):
        yield f"swing: published {stated}, recounted {exact}"


def _far(stated: float, exact: Fraction) -> bool:
    return abs(Fraction(stated) - exact) > HALF_A_HUNDREDTH


def tally_differences(published: Json, expected: Json) -> Iterator[str]:
    """Yield where a published tally differs from the recount."""
    for name, value in expected.items():
        stated = published.get(name, 0) if name in LEFT_OUT else published[name]
        if name == "next_expected" and stated is not None:
            stated = datetime.fromisoformat(stated)
        yield from differ(f"{published['region']} {name}", stated, value)


def control_differences(published: Json, expected: Json) -> Iterator[str]:
    """Yield where a published state of control differs from the recount."""
    for name, value in expected.items():
        stated = published.get(name, type(value)()) if name in LEFT_OUT else published[name]
        yield from differ(f"{published['body']} {name}", stated, value)
    was = published["previous"] or {"composition": {}, "now": None}
    mentioned = {*published["composition"], *published["changes"], *was["composition"], published["now"], was["now"]}
    mentioned |= {published.get("largest_certain", "NOC")}
    yield from _named(published, mentioned - {"NOC"})


def differ(name: str, published: Any, expected: Any) -> Iterator[str]:  # noqa: ANN401  # any JSON
    """Say what differs, if it does."""
    if published != expected:
        yield f"{name}: published {published!r}, recounted {expected!r}"
