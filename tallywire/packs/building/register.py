"""Writes the register: the election as it was known before the night."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from schemas.register import BaselineName
from schemas.slugs import slug
from tallywire.packs.building.ballots import Ballot, counting_rules
from tallywire.packs.building.cells import SEPARATOR, garbled
from tallywire.packs.building.columns import BodyRow, CandidateRow, ContestRow, RegionRow, Row
from tallywire.packs.building.parties import PartyBook, UnknownPartyError
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

OFFICIAL: Final = (
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
)
"""The official regions of England (Office for National Statistics)."""

COUNTRIES: Final = ("England", "Northern Ireland", "Scotland", "Wales")

NO_CONTROL: Final = "NOC"
"""Written in place of a party where nobody had control."""

_NO_CONTROL_IN_WORDS: Final = frozenset({"noc", "no overall control"})

_HOLDERS: Final = {
    "previous_election": (
        "write one for each seat; where their number has changed, an estimate for the new seats, with t in "
        "previous_notional; or leave both empty where that is unknown"
    ),
    "sitting": "write one for each seat, or leave it empty where that is unknown",
}
"""What to write when there are more or fewer holders than seats, by column. ``none`` says that the post is new."""

_STV: Final = "single-transferable-vote"

Json = dict[str, object]

FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True)
class Naming:
    """What an election is called, and where its facts come from."""

    election: str
    """Its id."""
    name: str
    """Its name as printed."""
    test: bool = False
    """Whether it is a rehearsal."""
    sources: tuple[str, ...] = ()
    """Where the facts come from, with their licences."""
    headline_baseline: BaselineName = "previous_election"
    """Which baseline headlines and tallies use."""


_PARTY_COLUMNS: Final = frozenset({"party_id", "party_name", "party_description_text"})
"""Columns of which one says what party a candidate stands for."""


@dataclass(slots=True)
class RegisterWriter:
    """Turns rows into a register, and notes every row that cannot be turned."""

    candidates: Table[CandidateRow]
    contests: Table[ContestRow]
    bodies: Table[BodyRow]
    regions: Table[RegionRow]
    parties: PartyBook
    faults: list[PackFault] = field(default_factory=list)
    rows_at_fault: set[str] = field(default_factory=set)
    """Rows, as faults name them, that share the fault which is told at another row."""
    """What keeps rows from being turned."""
    _unknown: dict[tuple[str, str, str], tuple[Table[Row], dict[int, Row]]] = field(default_factory=dict)
    """Rows that name no known party, by file, column and reason."""
    _described: dict[str, Json] = field(default_factory=dict)
    _slugs: dict[str, str] = field(default_factory=dict)

    def write(self, naming: Naming, ballots: Mapping[str, Ballot], later: Iterable[CandidateRow]) -> Json:
        """Return the register as it is written; worth nothing once there are faults.

        Args:
            naming: what the election is called.
            ballots: its contests, as they were before the night.
            later: candidates as they were corrected since: their parties have to be described as well.
        """
        self._know_regions()
        # Candidates first: their rows may name a party of which others have the id alone.
        standing = {ballot_id: self._standing(ballot) for ballot_id, ballot in ballots.items()}
        for row in later:
            self.party_of(row)
        contests = {
            key: self._contest(ballots[key].contest, standing[key]) | self._of_system(ballots[key])
            for key in sorted(ballots)
        }
        up: Counter[str | None] = Counter()
        for ballot in ballots.values():
            up[ballot.contest.body] += ballot.contest.seats
        bodies = {row.slug: self._body(row, up[row.slug]) for row in sorted(self.bodies.rows, key=lambda row: row.slug)}
        self._tell_unknown()
        used = {region for ballot in ballots.values() for region in self._groupings(ballot.contest)}
        parties = {key: party.model_dump(exclude_defaults=True) for key, party in self.parties.described().items()}
        return {
            "election": naming.election,
            "name": naming.name,
            **({"test": True} if naming.test else {}),
            **(
                {}
                if naming.headline_baseline == "previous_election"
                else {"headline_baseline": naming.headline_baseline}
            ),
            "parties": parties,
            "regions": {key: region for key, region in sorted(self._described.items()) if key in used},
            "contests": contests,
            **({"bodies": bodies} if bodies else {}),
            "sources": list(naming.sources),
        }

    def party_of(self, row: CandidateRow) -> str | None:
        """Return the key of a candidate's party, or note why there is none."""
        if not self.candidates.has & _PARTY_COLUMNS and row.party_id is None:
            self._tell_no_parties()
            self._at_fault(row)
            return None
        if row.party_id is None and any(map(garbled, filter(None, (row.party_name, row.party_description_text)))):
            # Told where the cell was read.
            self._at_fault(row)
            return None
        return self._tried(self.candidates, row, "party_id", lambda: self.parties.of_candidate(row))

    def _at_fault(self, row: CandidateRow) -> None:
        """Note that what follows from a row is no fault of its own."""
        self.rows_at_fault.add(f"{self.candidates.file}:{row.row}")

    def _tell_no_parties(self) -> None:
        """Note once that the candidates' table has no column for parties, and which may be meant as one."""
        unread = " ".join(self.candidates.not_read)
        meant = re.search(r"(\S+) \((party_id|party_name|party_description_text)\?\)", unread)
        hint = f", or rename {meant[1]} to {meant[2]} where that is it" if meant else ""
        fault = self.candidates.header_fault("party_id", f"is missing, and party_name too: add one of them{hint}")
        if fault not in self.faults:
            self.faults.append(fault)

    def _standing(self, ballot: Ballot) -> Json:
        return {
            candidate_id: {"name": row.person_name, "party": self.party_of(row)}
            | ({} if row.sitting is None else {"sitting": row.sitting})
            | self._on_list(ballot, candidate_id)
            for candidate_id, row in ballot.candidates.items()
        }

    @staticmethod
    def _on_list(ballot: Ballot, candidate_id: str) -> Json:
        """Return who is on a list, where the names are known."""
        people = [
            {"name": row.person_name} | ({"id": row.person_id} if row.person_id else {})
            for row in ballot.people.get(candidate_id, ())
        ]
        return {"people": people} if people else {}

    def _of_system(self, ballot: Ballot) -> Json:
        """Return what only the contest's voting system has; the schema says what does not belong to it."""
        row = ballot.contest
        facts: Json = {
            "counting_rules": counting_rules(row),
            "constituencies": None if row.constituencies is None else list(row.constituencies),
            "threshold_per_cent": row.threshold_per_cent,
            "seats_before": self._by_main_party(self.contests, row, "seats_before", row.seats_before),
            "question": row.question,
        }
        if row.voting_system == _STV and facts["counting_rules"] is None:
            reason = (
                "is empty, and no country or GSS code says whose rules they are: write scotland or northern-ireland"
            )
            self._fault(self.contests, row, "counting_rules", reason)
        return {name: fact for name, fact in facts.items() if fact is not None}

    def _contest(self, row: ContestRow, standing: Json) -> Json:
        for column in ("previous_election", "sitting"):
            holders = getattr(row, column)
            if holders and len(holders) != row.seats:
                reason = f"has {len(holders)} parties for {row.seats} seats: {_HOLDERS[column]}"
                self._fault(self.contests, row, column, reason)
        if row.previous_election is None and row.previous_notional:
            self._fault(self.contests, row, "previous_notional", "is about previous_election, which is empty")
        described = {body.slug for body in self.bodies.rows}
        if row.body is not None and row.body not in described and not self.bodies.may_have(row.body):
            where = self.bodies.file or "a table given with --bodies"
            self._fault(self.contests, row, "body", f"names the body {row.body}: describe it in {where}")
        past = None
        if row.past_winners is not None:
            past = [
                {"year": y, "party": self._party(self.contests, row, "past_winners", p)} for y, p in row.past_winners
            ]
        return {
            "name": row.contest_name,
            "office": row.office,
            "voting_system": row.voting_system,
            "seats": row.seats,
            "candidates": standing,
            "regions": self._groupings(row),
            "electorate": row.electorate,
            "baseline": {
                "previous_election": self._baseline(row, "previous_election", notional=bool(row.previous_notional)),
                "sitting": self._baseline(row, "sitting", notional=False),
            },
            "past_winners": past,
            "area": row.gss,
            "boundary_date": row.boundary_date,
            "returning_officer": row.returning_officer,
            **({"body": row.body} if row.body else {}),
            **({"areas": list(row.areas)} if row.areas else {}),
            "previous_votes": self._by_main_party(self.contests, row, "previous_votes", row.previous_votes),
            "expected_at": row.expected_at,
        }

    def _baseline(self, row: ContestRow, column: str, *, notional: bool) -> Json | None:
        holders: tuple[str, ...] | None = getattr(row, column)
        if holders is None:
            return None
        named = [self._tried(self.contests, row, column, partial(self.parties.holder, text)) for text in holders]
        seats = [{"party": found[0]} | ({"name": found[1]} if found[1] else {}) for found in named if found is not None]
        return {"seats": seats} | ({"notional": True} if notional else {})

    def _body(self, row: BodyRow, up: int) -> Json:
        not_up, vacant = sum((row.not_up or {}).values()), row.vacant or 0
        if not_up + vacant + up > row.seats:
            reason = f"is {row.seats}, but {not_up} are not up and {up} are up: a body has at least those"
            if vacant:
                reason = (
                    f"is {row.seats}, but {not_up} are not up, {vacant} vacant and {up} up: a body has at least those"
                )
            self._fault(self.bodies, row, "seats", reason)
        before = row.control_before
        if before is not None and before.casefold() in _NO_CONTROL_IN_WORDS:
            before = NO_CONTROL
        elif before is not None:
            before = self.parties.main(self._party(self.bodies, row, "control_before", before))
        return {
            "name": row.name,
            "kind": row.kind or "council",
            "seats": row.seats,
            "not_up": self._by_main_party(self.bodies, row, "not_up", row.not_up) or {},
            **({"vacant": vacant} if vacant else {}),
            "before": self._by_main_party(self.bodies, row, "before", row.before) or {},
            "control_before": before,
            "landmarks": list(row.landmarks or ()),
        }

    def _tell_unknown(self) -> None:
        for (_, column, reason), (table, rows) in self._unknown.items():
            first, *more = sorted(rows)
            also = f" (and {len(more)} more, from row {more[0]} on)" if more else ""
            self._fault(table, rows[first], column, f"{reason}{also}")
            self.rows_at_fault.update(f"{table.file}:{number}" for number in more)

    def _know_regions(self) -> None:
        known: list[tuple[str, str, str | None]] = [(name, "official", None) for name in OFFICIAL]
        known += [(name, "country", None) for name in COUNTRIES]
        known += [(row.name, row.kind, row.slug) for row in self.regions.rows]
        for name, kind, own in known:
            key = own or slug(name)
            self._slugs[name.casefold()] = key
            self._described[key] = {"name": name, "kind": kind}
        for key in self._described:
            self._slugs.setdefault(key, key)

    def _groupings(self, row: ContestRow) -> list[str]:
        found: dict[str, None] = {}
        for name in (*(row.regions or ()), *filter(None, [row.country])):
            key = self._slugs.get(name.casefold())
            if key is not None:
                found[key] = None
                continue
            if self.regions.may_have(name):
                continue
            where = self.regions.file or "a table given with --regions"
            several = f"; where these are several, write {SEPARATOR} between two" if re.search("[,;/]", name) else ""
            reason = f"names {name!r}, neither an official region nor a country: describe it in {where}{several}"
            self._fault(self.contests, row, "regions", reason)
        return list(found)

    def _by_main_party(
        self, table: Table[Row], row: Row, column: str, counts: Mapping[str, int] | None
    ) -> dict[str, int] | None:
        if counts is None:
            return None
        summed: dict[str, int] = {}
        for party, count in counts.items():
            main = self.parties.main(self._party(table, row, column, party))
            summed[main] = summed.get(main, 0) + count
        return dict(sorted(summed.items()))

    def _party(self, table: Table[Row], row: Row, column: str, party: str) -> str:
        return self._tried(table, row, column, lambda: self.parties.named(party)) or party

    def _tried(self, table: Table[Row], row: Row, column: str, find: Callable[[], FoundT]) -> FoundT | None:
        try:
            return find()
        except UnknownPartyError as error:
            # Thirty candidates of one unknown party want one row in a table of parties.
            _, rows = self._unknown.setdefault((table.file, error.column or column, str(error)), (table, {}))
            rows[row.row] = row
            return None

    def _fault(self, table: Table[Row], row: Row, column: str, reason: str) -> None:
        fault = table.fault(row, column, reason)
        if fault not in self.faults:
            self.faults.append(fault)
