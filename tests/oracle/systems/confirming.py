"""Seats by list that the rule does not give, and what a second person makes of them, woven into a ledger.

Ingest refuses them where nobody signs. Here some are held instead: then confirmed, turned down, or left to wait until
they are declared again; and meanwhile a constituency may be corrected.
"""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tests.oracle.holds import Hold, held_event, written
from tests.oracle.recount import hear, kind_of
from tests.oracle.systems.judging import LISTS, held_for_its_seats
from tests.oracle.systems.regions import constituency_winners, waits_for

Json = dict[str, Any]


def with_confirmations(chance: Random, ledger: Sequence[bytes]) -> list[bytes]:
    """Return a ledger in which seats by list wait for a second person, numbered anew."""
    entries = [json.loads(entry) for entry in ledger]
    contests = entries[0]["data"]["contests"]
    holds = []
    for place, entry in enumerate(entries):
        said = entry["data"]
        by_list = place and contests[said["ballot_id"]]["voting_system"] in LISTS and "elected" in said
        if by_list and kind_of(said) == "declared":
            hold = _hold(chance, entries, place)
            holds += [] if hold is None else [hold]
    return written(entries, holds, lambda: chance.randrange(2) == 1) if holds else list(ledger)


def _hold(chance: Random, entries: list[Json], place: int) -> Hold | None:
    """Hold a declaration, or what was sent before it under its revision; None where its seats can be no others.

    What is confirmed is what is on the ledger from there on.
    """
    entry = entries[place]
    said, ballot = entry["data"], entry["subject"]
    earlier = [at for at, other in enumerate(entries[:place]) if at and other["subject"] == ballot]
    if any(entries[at]["data"].get("revision", 0) > said["revision"] for at in earlier):
        return None
    seats = chance.choice(list(_others(chance, entries[0]["data"]["contests"][ballot], said)))
    others = said | {"elected": seats}
    befores = [
        at for at in range(max(earlier, default=0) + 1, place + 1) if held_for_its_seats(hear(entries[:at]), others)
    ]
    if not befores:
        return None
    now = hear(entries[:place])
    # Few nights correct a constituency between two declarations of its region: those that do have a hold meanwhile.
    winners = constituency_winners(now, ballot)
    others_won = [at for at in befores if constituency_winners(hear(entries[:at]), ballot) != winners]
    if not others_won and chance.randrange(3):
        return None
    before = chance.choice(others_won or befores)
    hold = held_event(entry, said["revision"], under_review=chance.randrange(3) == 0)
    decision = chance.choice(("confirm", "confirm", "confirm", "reject", "return", None))
    if decision != "confirm":
        return Hold(hold, before, decision, chance.randint(before, place))
    if not (waits_for(now, ballot) or held_for_its_seats(now, others) or seats == said["elected"]):
        return None
    entries[place] = entry | {"data": others, "confirmedby": "second"}
    return Hold(hold, before, "confirm", place)


def _others(chance: Random, contest: Json, said: Json) -> Iterator[list[str]]:
    """Yield the seats as declared, and twice with one of them another list's.

    Before a constituency was corrected, the seats as declared were not those of the rule, either.
    """
    yield said["elected"]
    for _ in range(2):
        seats = list(said["elected"])
        seats[chance.randrange(len(seats))] = chance.choice(list(contest["candidates"]))
        yield seats


def confirmation_kinds(ledger: Sequence[Json]) -> Iterator[str]:
    """Yield what became of the seats that waited for a second person."""
    held = {}
    for place, entry in enumerate(ledger):
        match entry["type"]:
            case "tallywire.hold.v1":
                held[entry["sequence"]] = place
                yield "seats held"
            case "tallywire.confirmation.v1":
                decided = entry["data"]
                yield "seats confirmed" if decided["decision"] == "confirm" else "seats turned down"
                then, now = hear(ledger[: held[decided["hold"]]]), hear(ledger[:place])
                winners = [constituency_winners(heard, entry["subject"]) for heard in (then, now)]
                yield from ("constituency corrected while seats wait",) * (winners[0] != winners[1])


CONFIRMATION_KINDS = (
    "constituency corrected while seats wait",
    "seats confirmed",
    "seats held",
    "seats turned down",
)
