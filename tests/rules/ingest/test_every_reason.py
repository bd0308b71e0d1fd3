"""Every fault that an entry can have is told to its sender, by its own code and in words to act on."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.ingest.rules.examining import examine
from services.ingest.rules.reasons import REASONS, reasons_document
from tests.rules.ingest import impossibilities, misdescriptions, overcounts, refusals
from tests.rules.ingest.refusals import Refused
from tests.rules.registers import ELECTION

GROUPS: dict[str, Mapping[str, Refused]] = {
    "bytes": refusals.BYTES,
    "envelope": refusals.ENVELOPES,
    "hidden": refusals.HIDDEN,
    "figures": impossibilities.FIGURES,
    "texts": impossibilities.TEXTS,
    "people": impossibilities.PEOPLE,
    "ties": impossibilities.TIES,
    "papers": overcounts.PAPERS,
    "wards": overcounts.WARDS,
    "contests": impossibilities.CONTESTS,
    "registers": misdescriptions.REGISTERS,
    "amendments": misdescriptions.AMENDMENTS,
}
CASES = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}
SPELT_OUT = {name: case for name, case in CASES.items() if case.sentence}

TOLD_BY_OTHERS = {
    "id.reused",  # What was taken before is known to judging.
    "revision.conflict",
    "register.already_loaded",
    "entry.more_faults",  # test_hostile_entries
    "field.not_understood",  # For a schema that can object to more than this table knows: never yet.
}
DOCUMENT = Path(__file__).parents[3] / "docs" / "reasons.md"
WRITE_IT = (
    "python -c 'from services.ingest.rules.reasons import reasons_document as d; print(d(), end=\"\")' >docs/reasons.md"
)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_is_told_with_its_code_and_its_place(case: Refused) -> None:
    """Promise: an entry with this fault is refused for this fault and for nothing else."""
    examined = examine(case.fields, ELECTION, case.register)
    assert examined.event is None
    assert sorted((reason.code, reason.path) for reason in examined.reasons) == sorted(case.told)


@pytest.mark.parametrize("case", SPELT_OUT.values(), ids=SPELT_OUT)
def test_a_fault_is_told_in_words_to_act_on(case: Refused) -> None:
    """Promise: the sentence names the value and the candidate, and says what to do."""
    examined = examine(case.fields, ELECTION, case.register)
    assert case.sentence in [reason.message for reason in examined.reasons]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_sentence_holds_what_nobody_can_see(case: Refused) -> None:
    """Promise: a reason can be printed anywhere: it repeats no control or text-direction character."""
    for reason in examine(case.fields, ELECTION, case.register).reasons:
        assert reason.message.isprintable()
        assert reason.path.isprintable()
        assert "{" not in reason.path
        assert "Input should" not in reason.message


def test_every_code_of_the_table_is_told_by_some_entry() -> None:
    """Promise: the table lists no fault that is never found."""
    told = {code for case in CASES.values() for code, _ in case.told}
    assert told == REASONS.keys() - TOLD_BY_OTHERS


def test_the_document_lists_every_reason() -> None:
    """Promise: docs/reasons.md is the table that the code uses."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == reasons_document(), f"docs/reasons.md is stale. To write it: {WRITE_IT}"
