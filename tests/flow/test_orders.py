"""What an election comes to does not depend on the order of its declarations, nor on how often they are sent."""

import json
import random
from itertools import count
from typing import Any, NamedTuple

from tallywire.packs.pack import find_pack
from tests.oracle.headlines import about_seats
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.night import event, night
from tests.pipeline.pipeline import Pipeline

DAY = "2024-05-02"
PACK = find_pack(f"pcc.{DAY}")
DAYS = (f"2031-05-{day:02}" for day in count(1))
"""Every playing of the bundled pack is an election of its own, on a day of its own."""


class Played(NamedTuple):
    """What an election came to, as if it had been on the pack's day."""

    results: dict[str, Any]
    tallies: dict[str, Any]
    headlines: list[tuple[str, str, str]]
    """Kind, text and detail of each seat's, sorted."""


def repeated(declarations: list[bytes], seed: int) -> list[bytes]:
    """Return each declaration one to five times, in any order."""
    draw = random.Random(f"order {seed}")
    sent = [raw for raw in declarations for _ in range(draw.randint(1, 5))]
    draw.shuffle(sent)
    return sent


def send_in_pieces(centre: CountCentre, declarations: list[bytes], seed: int) -> None:
    """Send a few at a time, so that the services meet them in batches of many sizes."""
    draw = random.Random(f"pieces {seed}")
    left = iter(declarations)
    while piece := [raw for _, raw in zip(range(draw.randint(1, 40)), left, strict=False)]:
        centre.send(piece)
    centre.settle()


def play(running: Pipeline, seed: int | None) -> Played:
    """Play the bundled pack as it was recorded or, with a seed, in any order and repeated, and check it."""
    day = next(DAYS)
    register, declared = (
        (PACK / name).read_bytes().replace(DAY.encode(), day.encode())
        for name in ("register.json", "declarations.jsonl")
    )
    centre = running.centre(f"pcc.{day}")
    centre.send([event("register", "register", centre.election, json.loads(register))])
    centre.announce()
    declarations = declared.splitlines()
    send_in_pieces(centre, declarations if seed is None else repeated(declarations, seed), seed or 0)
    found = centre.check_exact(expected=None)
    results, tallies, headlines = json.loads(
        json.dumps([found.standing("results"), found.standing("tallies"), found.events("headlines")]).replace(day, DAY)
    )
    for result in results.values():
        # What it says of those before it depends on the order.
        del result["supersedes"], result["progress"]
    for tally in tallies.values():
        # What was declared since the tally before depends on how many were taken in one step.
        del tally["changed"]
    said = [headline["data"] for headline in headlines if about_seats(headline)]
    return Played(
        results,
        tallies,
        sorted((data["kind"], data["text"], data["detail"]) for data in said),
    )


def test_the_bundled_election_comes_to_the_same_in_any_order(running: Pipeline) -> None:
    """Promise: shuffled, each declaration sent one to five times: the same results and tallies, each headline once."""
    recorded = play(running, None)
    assert len(recorded.headlines) == 14
    for seed in range(2):
        assert play(running, seed) == recorded


def test_corrections_in_any_order_come_to_what_was_declared_last(running: Pipeline) -> None:
    """Promise: four revisions of thirty contests, shuffled and repeated: the fourth stands."""
    sent = night(1, contests=30, declarations=120, election="pcc.2032-05-01")
    centre = running.open(sent)
    send_in_pieces(centre, repeated(list(sent.declarations), 1), 1)
    standing = centre.check_exact(sent).standing("results")
    assert standing.keys() == sent.contests.keys()
    assert {result["revision"] for result in standing.values()} == {4}


def test_what_was_said_first_stands(running: Pipeline) -> None:
    """Promise: the same again is a duplicate, under its id or another; other figures are refused, under either."""
    sent = night(9, contests=1, declarations=0, election="pcc.2032-06-01")
    ((ballot, contest),) = sent.contests.items()
    centre = running.open(sent)
    votes = {candidate: 100 + place for place, candidate in enumerate(contest["candidates"])}
    other = {candidate: 2 * count for candidate, count in votes.items()}

    def said(event_id: str, revision: int, votes: dict[str, int]) -> bytes:
        return event("declaration", event_id, ballot, {"ballot_id": ballot, "revision": revision, "votes": votes})

    centre.send(
        [said("a", 1, votes), said("a", 1, votes), said("a", 2, other), said("b", 1, votes), said("b", 1, other)]
    )
    centre.settle()
    found = centre.check_exact(expected=None)
    statuses = [event["data"]["status"] for event in found.events("receipts")]
    assert statuses == ["accepted", "accepted", "duplicate", "refused", "duplicate", "refused"]
    assert [event["subject"] for event in found.events("results")].count(ballot) == 1
