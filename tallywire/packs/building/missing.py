"""Says what nobody told: what a pack leaves open, and which columns meant nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.register import LISTS
from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import BodyRow, ContestRow, Row
from tallywire.packs.building.declarations import declared
from tallywire.packs.building.parties import PartyBook
from tallywire.packs.building.tables import Table

CONTEST_FACTS: Final = {
    "previous_election": "who won last time (no gain or hold under previous_election)",
    "sitting": "who sat on the eve of poll (no gain or hold under sitting)",
    "electorate": "electorate (no turnout)",
    "past_winners": "earlier winners (no first time)",
    "previous_votes": "votes last time (no share change, no swing)",
    "gss": "GSS code",
}
"""What a register may leave open about a contest, by column, and what that costs."""

NIGHT_FACTS: Final = {
    "declared_at": "time of declaration (those contests follow in the order of the table)",
    "rejected": "rejected ballot papers (no turnout by papers)",
}
"""What a declaration may leave open, by column."""


_OF_PERSONS: Final = frozenset({"previous_election", "sitting", "past_winners"})
"""Columns about whom a seat belonged to."""

_NO_HOLDER: Final = LISTS | {"referendum"}
"""Systems under which nobody holds a seat that could be gained."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not known everywhere."""

    what: str
    """What is missing, in words."""
    of: int
    """Of how many."""
    where: tuple[str, ...]
    """Where it is missing: ids, in their order."""


def gaps(ballots: Mapping[str, Ballot], bodies: Table[BodyRow], parties: PartyBook) -> Iterator[Gap]:
    """Yield everything that is missing somewhere; nothing that is known everywhere."""
    rows = {ballot_id: ballot.contest for ballot_id, ballot in ballots.items()}
    night = {ballot_id: declared(ballot) for ballot_id, ballot in ballots.items()}
    counted = {ballot_id: rows[ballot_id] for ballot_id, data in night.items() if data and "votes" in data}
    known_to_win = [
        ballot_id
        for ballot_id, ballot in ballots.items()
        if night[ballot_id] is None and any(row.elected for row in ballot.candidates.values())
    ]
    partly = [
        ballot_id
        for ballot_id in counted
        if any(row.votes_cast is None for row in ballots[ballot_id].candidates.values())
    ]
    found = [
        *_without(rows, CONTEST_FACTS, "contests: "),
        Gap("contests: votes (nothing is declared)", len(rows), tuple(key for key in rows if night[key] is None)),
        Gap("contests: votes, though somebody is marked as elected", len(rows), tuple(known_to_win)),
        Gap("contests: first preferences of those not in the final round", len(rows), tuple(partly)),
        *_without(counted, NIGHT_FACTS, "declarations: "),
        Gap(
            "declarations: who was elected (the votes decide)",
            len(counted),
            tuple(key for key in counted if (night[key] or {}).get("elected") is None),
        ),
        *_of_systems(ballots, counted),
        *_of_candidates(ballots),
        Gap("bodies: seats before", len(bodies.rows), tuple(row.slug for row in bodies.rows if row.before is None)),
        Gap(
            "bodies: control before", len(bodies.rows), tuple(row.slug for row in bodies.rows if not row.control_before)
        ),
        *_of_parties(parties),
    ]
    yield from (gap for gap in found if gap.where)


def passed_over(tables: Iterable[Table[Row]]) -> dict[str, tuple[str, ...]]:
    """Return the columns that were not read, by file."""
    return {table.file: table.not_read for table in tables if table.not_read}


def notes_passed_over(tables: Iterable[Table[Row]]) -> dict[str, tuple[str, ...]]:
    """Return the rows that were not read, titles and remarks, by file."""
    return {table.file: table.notes for table in tables if table.notes}


def _without(rows: Mapping[str, ContestRow], facts: Mapping[str, str], whose: str) -> Iterator[Gap]:
    for column, words in facts.items():
        # List seats and answers have no holder before them.
        has = {
            key: row for key, row in rows.items() if column not in _OF_PERSONS or row.voting_system not in _NO_HOLDER
        }
        where = tuple(ballot_id for ballot_id, row in has.items() if getattr(row, column) is None)
        yield Gap(f"{whose}{words}", len(has), where)


def _of_candidates(ballots: Mapping[str, Ballot]) -> Iterator[Gap]:
    everybody = {
        f"{ballot_id} {candidate_id}": row
        for ballot_id, ballot in ballots.items()
        for candidate_id, row in ballot.candidates.items()
    }
    for column, words in (
        ("person_id", "Democracy Club's id (ids are made of names)"),
        ("sitting", "whether they sat on the eve of poll (no incumbent defeated)"),
        ("votes_cast", "votes"),
    ):
        where = tuple(key for key, row in everybody.items() if getattr(row, column) is None)
        yield Gap(f"candidates: {words}", len(everybody), where)


def _of_systems(ballots: Mapping[str, Ballot], counted: Collection[str]) -> Iterator[Gap]:
    """Yield what a voting system has of its own and nobody told."""
    by_list = {key: ballot for key, ballot in ballots.items() if ballot.contest.voting_system in LISTS}
    lists = {f"{key} {one}": ballot.people.get(one) for key, ballot in by_list.items() for one in ballot.candidates}
    unnamed = tuple(key for key, people in lists.items() if not people)
    yield Gap("lists: who is on them (they are never used up; individuals are on none)", len(lists), unnamed)
    unknown = tuple(key for key, ballot in by_list.items() if ballot.contest.seats_before is None)
    yield Gap("contests by list: seats before (no seat change)", len(by_list), unknown)
    unordered = tuple(key for key, ballot in by_list.items() if key in counted and ballot.contest.elected_order is None)
    yield Gap("contests by list: who was given the seats (the rule decides)", len(by_list), unordered)
    transferred = {key: one for key, one in ballots.items() if one.contest.voting_system == "single-transferable-vote"}
    without = tuple(
        key for key in transferred if key in counted and (declared(ballots[key]) or {}).get("stages") is None
    )
    yield Gap("single transferable vote: stages after the first preferences", len(transferred), without)


def _of_parties(parties: PartyBook) -> Iterator[Gap]:
    described = parties.described()
    unlisted = tuple(key for key in described if key in parties.unlisted)
    yield Gap("parties: in no list (all is made of the name)", len(described), unlisted)
    misnamed = tuple(parties.misnamed)
    yield Gap("parties: id and name of different parties (the id counts)", len(described), misnamed)
    unspoken = tuple(key for key in described if key in parties.unspoken)
    yield Gap("parties: name as spoken (the registered one is said)", len(described), unspoken)
    yield Gap("parties: colour", len(described), tuple(key for key, party in described.items() if not party.colour))
