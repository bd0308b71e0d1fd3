"""Every fault that an entry can have is told to its sender, by its own code and in words to act on."""

import pytest

from services.ingest.rules.reasons.table import REASONS
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.reasons_document import CASES, DOCUMENT, TOLD_ELSEWHERE, reasons_document
from tests.services.ingest.refusals import Refused

SPELT_OUT = {name: case for name, case in CASES.items() if case.sentence}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_is_told_with_its_code_and_its_place(case: Refused) -> None:
    """Promise: an entry with this fault is refused for this fault and for nothing else."""
    told = reasons_of(case.fields, case.register)
    assert sorted((reason.code, reason.path) for reason in told) == sorted(case.told)


@pytest.mark.parametrize("case", SPELT_OUT.values(), ids=SPELT_OUT)
def test_a_fault_is_told_in_words_to_act_on(case: Refused) -> None:
    """Promise: the sentence names the value and the candidate, and says what to do."""
    assert case.sentence in [reason.message for reason in reasons_of(case.fields, case.register)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_sentence_holds_what_nobody_can_see(case: Refused) -> None:
    """Promise: a reason can be printed anywhere: it repeats no control or text-direction character."""
    for reason in reasons_of(case.fields, case.register):
        assert reason.message.isprintable()
        assert reason.path.isprintable()
        assert "{" not in reason.path
        assert "Input should" not in reason.message


def test_every_code_of_the_table_is_told_by_some_entry() -> None:
    """Promise: the table lists no fault that is never found."""
    told = {code for case in CASES.values() for code, _ in case.told}
    assert told == REASONS.keys() - TOLD_ELSEWHERE.keys()


def test_the_document_lists_every_reason() -> None:
    """Promise: docs/reasons.md has every code with its meaning and with a sentence that really is told."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == reasons_document(), "docs/reasons.md is stale: python -m tests.services.ingest.reasons_document"
