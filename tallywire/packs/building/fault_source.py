"""Finds the row and the column behind a fault of the pack that was made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import BodyRow, CandidateRow, ContestRow
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

_OF_CANDIDATES: Final = {
    "votes": "votes_cast",
    "final_round": "final_round_votes",
    "elected": "elected",
    "lot": "tied_vote_winner",
    "areas": "areas",
}
"""The column of the candidates from which a field of a declaration is made."""


@dataclass(frozen=True, slots=True)
class FaultSource:
    """Knows from which rows a pack was made."""

    ballots: Mapping[str, Ballot]
    """Its contests."""
    lines: Sequence[str]
    """The ballot id of each line of its declarations."""
    candidates: Table[CandidateRow]
    contests: Table[ContestRow]
    bodies: Table[BodyRow]

    def of_register(self, fault: PackFault) -> PackFault:
        """Return a fault of the register as one of the tables, where it is about one contest or body."""
        for body in self.bodies.rows:
            if f"{fault.path}.".startswith(f"bodies.{body.slug}."):
                field = fault.path.removeprefix(f"bodies.{body.slug}").removeprefix(".")
                return self.bodies.fault(body, field if field in BodyRow.columns() else "", fault.reason)
        for ballot_id, ballot in self.ballots.items():
            if f"{fault.path}.".startswith(f"contests.{ballot_id}."):
                field = fault.path.removeprefix(f"contests.{ballot_id}").removeprefix(".")
                return self.contests.fault(ballot.contest, field if field in ContestRow.columns() else "", fault.reason)
        return fault

    def of_line(self, fault: PackFault) -> PackFault:
        """Return a fault of a line of the declarations as one of the tables."""
        _, _, number = fault.file.rpartition(":")
        ballot = self.ballots[self.lines[int(number) - 1]]
        _, name, *rest = [*fault.path.split("."), "", ""]
        column = _OF_CANDIDATES.get(name)
        if column is None:
            return self.contests.fault(ballot.contest, name, fault.reason)
        # A candidate's id may have dots in it.
        named = ".".join(rest).rstrip(".")
        row = ballot.candidates.get(named)
        if row is None:
            # About several candidates at once: told at the first of them.
            row = min(ballot.candidates.values(), key=lambda row: row.row)
        return self.candidates.fault(row, column, fault.reason)
