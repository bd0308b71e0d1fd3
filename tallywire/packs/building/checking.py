"""Asks the rules of the services about what was made of tables, as far as the tables could be read."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from tallywire.packs.building.declarations import Line, encode
from tallywire.packs.building.fault_source import FaultSource
from tallywire.packs.building.json_layout import lay_out
from tallywire.packs.faults import check_declarations, check_register
from tallywire.packs.pack_fault import PackFault

Json = dict[str, Any]


def written(register: Json) -> bytes:
    """Return a register as ``register.json`` has it."""
    return f"{lay_out(register)}\n".encode()


def refusals(
    register: Json, lines: Sequence[Line], source: FaultSource, unsound: Collection[str], *, bodies: bool
) -> list[PackFault]:
    """Return what the services would refuse, and where it comes from.

    Args:
        register: the register as it is written.
        lines: the lines of its declarations.
        source: what they were made of.
        unsound: contests of which rows have faults already: what they lack is no fault of its own.
        bodies: whether the seats of all bodies are known.
    """
    found: list[PackFault] = []
    doubtful = set(unsound)
    while True:
        checked = _without(register, doubtful, bodies=bodies)
        if not checked["contests"]:
            return found
        model, faults = check_register(written(checked), register["election"])
        about = {contest for fault in faults if (contest := source.contest_of(fault)) is not None}
        found += [source.of_register(fault) for fault in faults if source.contest_of(fault) not in doubtful]
        if model is not None or not about - doubtful:
            break
        # One contest that cannot be keeps nobody from looking at the others.
        doubtful |= about
    sound = [line for line in lines if line.ballot_id not in doubtful]
    told = replace(source, lines=sound)
    encoded = [encode(line.event) for line in sound]
    found += [told.of_line(fault) for fault in check_declarations(encoded, register["election"], model)]
    return list(dict.fromkeys(found))


def _without(register: Json, doubtful: Collection[str], *, bodies: bool) -> Json:
    """Return a register with no more of doubtful contests than the others need: their seats, and whom they name."""
    contests = {key: _bare(contest) if key in doubtful else contest for key, contest in register["contests"].items()}
    contests = {key: contest for key, contest in contests.items() if contest["candidates"]}
    checked = register | {"contests": contests}
    if not bodies:
        checked["contests"] = {key: contest | {"body": None} for key, contest in contests.items()}
        checked.pop("bodies", None)
    return checked


def _bare(contest: Json) -> Json:
    kept = {name: contest[name] for name in ("name", "office", "voting_system", "seats")}
    return kept | {
        "candidates": {key: one for key, one in contest["candidates"].items() if one["party"] is not None},
        "regions": [],
        "electorate": None,
        "baseline": {"previous_election": None, "sitting": None},
        "past_winners": None,
        "body": contest.get("body"),
    }
