"""What goes wrong between the count centres and us: order, repeats, conflicts, the impossible, amendments.

A night is a register and what was sent after it, each message as its bytes. Who is to take a message, and what is to
be said of it, the oracle decides by itself: ``verdicts``.
"""

import json
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.declarations import FEW, statement
from tests.oracle.elections import ELECTION, MARRIED, NAMES, below, party, rarely, registers
from tests.oracle.recount import Json, best, hear

MESSAGES_MAX: Final = 3
"""Revisions drawn for one contest."""


places = st.lists(st.integers(0, 20), max_size=2)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message, and whether it can be true."""

    raw: bytes
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Night:
    """A drawn election: its register, then everything that was sent, in the order of arrival."""

    register: Json
    sent: tuple[Sent, ...]


@st.composite
def nights(draw: DrawFn) -> Night:
    """Draw a register and everything that is sent about it."""
    register = draw(registers())
    messages: list[Sent] = []
    for ballot, contest in register["contests"].items():
        first, step = 1 + draw(below(3)), 1 + draw(below(2))
        for revision in range(first, first + step * draw(below(MESSAGES_MAX + 1)), step):
            said = draw(statement(ballot, contest, revision))
            messages.append(_declaration(said, f"{ballot}-{revision}", register))
            messages += draw(_trouble(said, contest, register))
        if rarely(draw, 4):
            fresh = not any(json.loads(sent.raw)["subject"] == ballot for sent in messages)
            change = draw(_candidacy(ballot) if fresh and rarely(draw, 2) else _amendment(ballot, contest))
            messages.append(_message("amendment", change, f"{ballot}-amended", register))
    if messages and rarely(draw, 2):
        messages = draw(st.permutations(messages))
    for place in draw(places) if messages else ():
        again = messages[place % len(messages)]
        messages.insert(place % (len(messages) + 1), _rewritten(again) if rarely(draw, 2) else again)
    return Night(register, (_message("register", register, "register", register), *messages))


def _rewritten(sent: Sent) -> Sent:
    """Return a message as another library would write it, on another way: it says the same."""
    event = json.loads(sent.raw)
    turned = {key: dict(reversed(value.items())) if key == "data" else value for key, value in event.items()}
    turned |= {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "time": "2030-05-03T02:00:00Z"}
    return Sent(json.dumps(dict(reversed(turned.items())), indent=1).encode(), sent.possible)


@st.composite
def _trouble(draw: DrawFn, said: Json, contest: Json, register: Json) -> list[Sent]:
    """Draw what else is sent about a statement: the same again, the same revision otherwise, the impossible."""
    again = f"{said['ballot_id']}-{said['revision']}-again"
    match draw(below(12)):
        case 11:
            return [_declaration(said, again, register)]
        case 10:
            other = draw(statement(said["ballot_id"], contest, said["revision"]))
            return [_declaration(other, again, register)]
        case 8 | 9:
            higher = said | {"revision": said["revision"] + 10}
            return [_declaration(wrong, again, register, possible=False) for wrong in _impossible(higher, contest)]
        case 7:
            return [_declaration(said | {"revision": said["revision"] + 11}, again, register)]
        case _:
            return []


def _impossible(said: Json, contest: Json) -> list[Json]:
    """Return the statement as it cannot be: a tie without a lot, else somebody elected whom the votes do not elect."""
    if said["kind"] != "declared":
        return []
    if said.get("lot"):
        return [{key: value for key, value in said.items() if key not in {"lot", "elected"}}]
    deciding = said.get("final_round") or said["votes"]
    elected, _ = best(deciding, contest["seats"], ())
    losers = sorted(set(contest["candidates"]) - elected)
    return [said | {"elected": [*sorted(elected)[1:], losers[0]]}] if losers else []


@st.composite
def _amendment(draw: DrawFn, ballot: str, contest: Json) -> Json:
    """Draw a change of one contest of the register: of names and parties, perhaps to what they are, or of its electors.

    With so few electors that a declaration cannot be true any more, or that none can be from now on.
    """
    match draw(below(3)):
        case 0:
            return {"ballot_id": ballot, "electorate": (900, 2_001, FEW)[draw(below(3))]}
        case 1:
            return {"ballot_id": ballot, "name": f"{contest['name']} and District"}
        case _:
            candidate = f"c{draw(below(len(contest['candidates'])))}"
            married = MARRIED[NAMES.index(contest["candidates"][candidate]["name"])]
            change = {"party": draw(party)} if rarely(draw, 2) else {"name": married}
            return {"ballot_id": ballot, "candidates": {candidate: change}, "reason": "Synthetic"}


@st.composite
def _candidacy(draw: DrawFn, ballot: str) -> Json:
    """Draw a change of who stands in a contest about which nothing is declared."""
    added = {"name": "Fay Late", "party": draw(party), "stands": True}
    changes = ({"late": added}, {"c0": {"id": "late"}}, {"c0": {"stands": False}, "late": added})
    return {"ballot_id": ballot, "candidates": changes[draw(below(3))]}


def _declaration(said: Json, event_id: str, register: Json, *, possible: bool = True) -> Sent:
    return _message("declaration", said, event_id, register, possible=possible)


def _message(sort: str, data: Json, event_id: str, register: Json, *, possible: bool = True) -> Sent:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/synthetic/oracle",
        "type": f"tallywire.{sort}.v1",
        "subject": data.get("ballot_id", ELECTION),
        "test": register["test"],
        "data": data,
    }
    return Sent(json.dumps(event).encode(), possible)


def verdicts(night: Night) -> list[str]:
    """Return what is to become of each message: accepted, duplicate or refused, counted naively."""
    return [verdict for verdict, _ in answers(night)]


def answers(night: Night) -> list[tuple[str, int | None]]:
    """Return the same, and of a declaration on the ledger that does not stand the revision that does."""
    ledger: list[Json] = []
    found = []
    for sent in night.sent:
        event = json.loads(sent.raw)
        verdict = _verdict(sent, event, ledger)
        if verdict == "accepted":
            ledger.append(event)
        highest, revision = _highest(ledger, event["data"].get("ballot_id")), event["data"].get("revision")
        found.append((verdict, highest if verdict != "refused" and revision and highest > revision else None))
    return found


def _verdict(sent: Sent, event: Json, ledger: list[Json]) -> str:
    data = event["data"]
    for earlier in ledger:
        if earlier["id"] == event["id"]:
            return "duplicate" if earlier["data"] == data else "refused"
    if event["type"] == "tallywire.register.v1":
        return "accepted"
    heard, ballot = hear(ledger), data["ballot_id"]
    contest = heard.register["contests"][ballot]
    if event["type"] == "tallywire.amendment.v1":
        changed = hear([*ledger, event]).register["contests"][ballot]
        stands = heard.standing.get(ballot)
        possible = stands is None or changed["electorate"] is None or voters(changed, stands) <= changed["electorate"]
        return "accepted" if possible and changed != contest else "refused"
    if not sent.possible or (contest["electorate"] is not None and voters(contest, data) > contest["electorate"]):
        return "refused"
    for earlier in ledger:
        if earlier["data"].get("ballot_id") == ballot and earlier["data"].get("revision") == data["revision"]:
            return "duplicate" if _figures(earlier["data"]) == _figures(data) else "refused"
    return "accepted" if data["revision"] <= _highest(ledger, ballot) + 10 else "refused"


def _highest(ledger: list[Json], ballot: str | None) -> int:
    """Return the highest revision of a contest on the ledger; 0 where there is none."""
    return max(
        (event["data"].get("revision", 0) for event in ledger if event["data"].get("ballot_id") == ballot), default=0
    )


def voters(contest: Json, said: Json) -> int:
    """Return how many people must have voted for what was said to be true."""
    counts = [said.get("votes") or {}, said.get("final_round") or {}]
    if said["kind"] == "progress":
        parts = [area["votes"] for area in said["areas"]]
        counts.append({name: sum(part.get(name, 0) for part in parts) for name in contest["candidates"]})
    heads: dict[str, int] | None = said.get("rejected_by_head")
    # Of a paper that was rejected in part, votes were counted.
    whole = sum(count for head, count in (heads or {}).items() if head != "in_part")
    rejected = whole if heads else said.get("rejected") or 0
    papers = max(-(-sum(votes.values()) // contest["seats"]) for votes in counts) + rejected
    most = (number for votes in counts for number in votes.values())
    return int(max(papers, said.get("papers") or 0, *most))


def _figures(said: Json) -> Json:
    """Return what was said, not by whom, when and why, nor what follows from votes; lists in any order."""
    left_out = {"declared_at", "reason", "returning_officer", *(["elected"] if "votes" in said else [])}
    kept = {key: value for key, value in said.items() if key not in left_out}
    return {key: sorted(value) if key in {"elected", "lot"} else value for key, value in kept.items()}
