"""What an election comes to does not depend on the order of its declarations, nor on how often they are sent."""

import json
import random
from itertools import count
from typing import NamedTuple

import pytest

from tallywire.packs.pack import find_pack
from tests.flow.contract import SEAT, check_exact
from tests.flow.night import CONTESTS, as_event, repeated, synthetic_declarations, synthetic_register
from tests.flow.pipeline import Event, Pipeline

DAY = "2024-05-02"
PACK = find_pack(f"pcc.{DAY}")
SEEDS = range(3)
DAYS = (f"2031-05-{day:02}" for day in count(1))
"""Every playing of the bundled pack is an election of its own, on a day of its own."""


class Played(NamedTuple):
    """What an election came to, as if it had been on the pack's day."""

    results: dict[str, Event]
    tallies: dict[str, Event]
    headlines: list[tuple[str, str, str]]
    """Kind, text and detail of each seat's, sorted."""


def moved(content: bytes, day: str) -> bytes:
    """Return the pack's JSON on another day."""
    return content.replace(DAY.encode(), day.encode())


def send_in_pieces(pipeline: Pipeline, election: str, declarations: list[bytes], seed: int) -> None:
    """Post a few at a time, so that the services meet them in batches of many sizes."""
    draw = random.Random(f"pieces {seed}")
    left = iter(declarations)
    while piece := [raw for _, raw in zip(range(draw.randint(1, 40)), left, strict=False)]:
        pipeline.post(election, piece)


def play(pipeline: Pipeline, seed: int | None) -> Played:
    """Play the bundled pack as it was recorded or, with a seed, in any order and repeated, and check it."""
    day = next(DAYS)
    register = json.loads(moved((PACK / "register.json").read_bytes(), day))
    declarations = moved((PACK / "declarations.jsonl").read_bytes(), day).splitlines()
    pipeline.open(register)
    sent = declarations if seed is None else repeated(declarations, seed)
    send_in_pieces(pipeline, register["election"], sent, seed or 0)
    streams = check_exact(pipeline, register)

    def as_recorded(table: str) -> dict[str, Event]:
        standing: dict[str, Event] = json.loads(
            json.dumps(pipeline.standing(register["election"], table)).replace(day, DAY)
        )
        return standing

    headlines = [event["data"] for event in streams["headlines"] if event["data"]["kind"] in SEAT]
    return Played(
        {ballot: _without_order(data) for ballot, data in as_recorded("results").items()},
        as_recorded("tallies"),
        sorted((said["kind"], said["text"], said["detail"]) for said in headlines),
    )


def _without_order(result: Event) -> Event:
    """Return a result without what it says of those before it."""
    return {name: value for name, value in result.items() if name not in ("supersedes", "progress")}


@pytest.fixture(scope="module")
def recorded(pipeline: Pipeline) -> Played:
    """Play the bundled pack once, in its own order."""
    return play(pipeline, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bundled_election_comes_to_the_same_in_any_order(pipeline: Pipeline, recorded: Played, seed: int) -> None:
    """Shuffled, each declaration sent one to five times: the same results and tallies, each headline once."""
    played = play(pipeline, seed)
    assert len(played.headlines) == 14
    assert played == recorded


@pytest.mark.parametrize("seed", SEEDS)
def test_corrections_in_any_order_come_to_what_was_declared_last(pipeline: Pipeline, seed: int) -> None:
    """Four revisions of thirty contests, shuffled and repeated: the fourth stands, and no later one was replaced."""
    register = synthetic_register(f"pcc.2032-05-0{seed + 1}", seed)
    pipeline.open(register)
    declarations = synthetic_declarations(register, seed, revisions=4)
    send_in_pieces(pipeline, register["election"], repeated(declarations, seed), seed)
    streams = check_exact(pipeline, register)
    standing = pipeline.standing(register["election"], "results")
    assert len(standing) == CONTESTS
    assert {result["revision"] for result in standing.values()} == {4}
    assert len(streams["ledger"]) == 1 + len(declarations)
    assert streams["refusals"] == []


def test_what_was_said_first_stands(pipeline: Pipeline) -> None:
    """The same again is a duplicate, under its id or another; other figures are refused, under its id or another."""
    register = synthetic_register("pcc.2032-06-01", seed=9)
    ballot, contest = next(iter(register["contests"].items()))
    pipeline.open(register)
    votes = {candidate: 100 + place for place, candidate in enumerate(contest["candidates"])}
    other_votes = {candidate: 2 * count for candidate, count in votes.items()}
    pipeline.post(
        register["election"],
        [
            as_event(ballot, "first", {"ballot_id": ballot, "revision": 1, "votes": votes}),
            as_event(ballot, "first", {"ballot_id": ballot, "revision": 1, "votes": votes}),
            as_event(ballot, "first", {"ballot_id": ballot, "revision": 2, "votes": other_votes}),
            as_event(ballot, "other", {"ballot_id": ballot, "revision": 1, "votes": votes}),
            as_event(ballot, "other", {"ballot_id": ballot, "revision": 1, "votes": other_votes}),
        ],
    )
    streams = check_exact(pipeline, register)
    statuses = [event["data"]["status"] for event in streams["receipts"]]
    assert statuses == ["accepted", "accepted", "duplicate", "refused", "duplicate", "refused"]
    assert len(streams["results"]) == 1
