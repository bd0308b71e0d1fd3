"""The answers of referendums: each has a party of its own in the register, which lends it name and colour."""

from dataclasses import replace
from typing import Final

from schemas.slugs import slug
from tallywire.packs.building.columns import CandidateRow, ContestRow, PartyRow
from tallywire.packs.building.tables import Table

ANSWER: Final = "answer:"
"""What the ids of answers begin with: ``answer:yes``."""


def with_answers(
    candidates: Table[CandidateRow], contests: Table[ContestRow]
) -> tuple[Table[CandidateRow], list[PartyRow]]:
    """Return the candidates, answers of referendums with their parties, and these parties.

    A row that names a party itself keeps it.
    """
    asked = {row.ballot_paper_id for row in contests.rows if row.voting_system == "referendum"}
    parties: dict[str, PartyRow] = {}
    rows: list[CandidateRow] = []
    for row in candidates.rows:
        name, key = row.person_name, f"{ANSWER}{slug(row.person_name)}"
        if row.ballot_paper_id not in asked or row.party_id or row.party_name or key == ANSWER:
            rows.append(row)
            continue
        parties.setdefault(key, PartyRow(row=row.row, party_id=key, name=name, spoken=name, abbreviation=name))
        rows.append(row.model_copy(update={"party_id": key}))
    return replace(candidates, rows=tuple(rows)), list(parties.values())
