"""Writes docs/reasons.md: the table of reasons, each with what the sender of a refused entry really was told.

python -m tests.services.ingest.reasons_document
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.ingest.rules.reasons.table import REASONS
from tests.services.ingest import (
    impossibilities,
    lives,
    local_counts,
    misdescriptions,
    odd_nights,
    overcounts,
    referendums,
    refusals,
    seats_by_list,
    stages,
    two_rounds,
)
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.refusals import Refused
from tests.services.ingest.signed_refusals import SCENES, told

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "reasons.md"

GROUPS: dict[str, Mapping[str, Refused]] = {
    "bytes": refusals.BYTES,
    "envelope": refusals.ENVELOPES,
    "hidden": refusals.HIDDEN,
    "keys": refusals.KEYS,
    "decisions": refusals.DECISIONS,
    "figures": impossibilities.FIGURES,
    "texts": impossibilities.TEXTS,
    "people": impossibilities.PEOPLE,
    "ties": impossibilities.TIES,
    "papers": overcounts.PAPERS,
    "wards": overcounts.WARDS,
    "kinds": lives.KINDS,
    "elected": lives.ELECTED,
    "heads": lives.HEADS,
    "rounds": two_rounds.ROUNDS,
    "lists": seats_by_list.LISTS,
    "stages": stages.STAGES,
    "referendums": referendums.DECLARED,
    "questions": referendums.DESCRIBED,
    "answers": referendums.AMENDED,
    "local counts": local_counts.COUNTS,
    "areas": local_counts.SHAPES,
    "contests": impossibilities.CONTESTS,
    "registers": misdescriptions.REGISTERS,
    "amendments": misdescriptions.AMENDMENTS,
}
CASES = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}

TOLD_ELSEWHERE: Final = {
    "amendment.declared_already": "Something was declared about Testshire already: data.candidates.ann-example can be "
    "changed only before. Leave it out.",
    "election.full": "The ledger of pcc.2030-05-02 has 5,000,000 entries, as many as an election may have. What stands "
    "on it stands; tell the results desk.",
    "entry.more_faults": "There are 11 more faults. Mend these first and send it again.",
    "field.not_understood": "data.note is not as the schema has it. Compare the event with its schema.",
    "id.reused": "This id was used for another message before. To send that one again, send it as it was; else give "
    "this one an id of its own.",
    "register.not_a_rehearsal": "rehearsal.pcc.2030-05-02 is named as a rehearsal. Write true in data.test, or send "
    "the register to the real election.",
    "register.already_loaded": "Another register of this election is loaded. To change it, send an amendment.",
    "amendment.contradicts": "Revision 1 of this contest stands, and could not be true any more: 55,000 votes and "
    "1,234 rejected papers need 56,234 voters, more than the 20,000 electors of Testshire. Check the figures. If the "
    "amendment is right, correct or withdraw that declaration first.",
    "revision.conflict": "Revision 1 of this contest was taken with other figures, and revision 2 stands. "
    "To correct it, send revision 3.",
    "revision.too_far_ahead": "Revision 999 is more than 10 beyond the highest taken of this contest: revision 1. "
    "Send revision 2.",
    **{code: odd_nights.told(code) for code in odd_nights.ODD},
}
"""Examples of what no single entry is refused for: there must be many faults, a schema that we do not have, or
earlier entries; what can be true is held, and not refused."""

_HEAD: Final = """\
# Why an entry is refused or held

The receipt of a refused entry names everything that is wrong with it: each fault with one of these codes, the path of
the field, and a sentence; that of a held one what is odd about it. Which codes are held, and what becomes of them where
nobody signs, says [verdicts.md](verdicts.md). A code keeps its meaning for ever; sentences may get better. The table is
made from `services/ingest/rules/reasons/table.py`; the sentences are told of the tests' entries, about an invented
election.

| code | what is wrong | a sender is told, for example |
|---|---|---|
"""


def reasons_document() -> str:
    """Return the document."""
    examples = TOLD_ELSEWHERE | {code: told(code) for code in SCENES}
    for case in CASES.values():
        for reason in reasons_of(case.fields, case.register):
            examples.setdefault(reason.code, reason.message)
    rows = (f"| `{code}` | {_cell(sort.meaning)} | {_cell(examples[code])} |\n" for code, sort in REASONS.items())
    return _HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT.write_text(reasons_document(), encoding="utf-8")
