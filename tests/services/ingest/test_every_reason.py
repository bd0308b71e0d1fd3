"""Every fault that an entry can have is told to its sender, by its own code and in words to act on."""

from functools import cache

from schemas.receipt import Reason
from services.ingest.rules.reasons.table import REASONS
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.reasons_document import CASES, DOCUMENT, TOLD_ELSEWHERE, reasons_document
from tests.services.ingest.signed_refusals import SCENES
from tests.services.ingest.signed_refusals import told as told_in_scene


@cache
def told(name: str) -> tuple[Reason, ...]:
    """Return the reasons that the sender of a case's entry is given."""
    return tuple(reasons_of(CASES[name].fields, CASES[name].register))


def test_a_fault_is_told_with_its_code_and_its_place() -> None:
    """Promise: an entry with one fault is refused for this fault and for nothing else."""
    found = {name: sorted((reason.code, reason.path) for reason in told(name)) for name in CASES}
    expected = {name: sorted(case.told) for name, case in CASES.items()}
    assert {name: reasons for name, reasons in found.items() if reasons != expected[name]} == {}


def test_a_fault_is_told_in_words_to_act_on() -> None:
    """Promise: the sentence names the value and the candidate, and says what to do."""
    said = {name: [reason.message for reason in told(name)] for name in CASES}
    assert {name: said[name] for name, case in CASES.items() if case.sentence not in ["", *said[name]]} == {}


def test_no_sentence_holds_what_nobody_can_see() -> None:
    """Promise: a reason can be printed anywhere: it repeats no control or text-direction character."""
    for name in CASES:
        for reason in told(name):
            assert reason.message.isprintable(), name
            assert reason.path.isprintable(), name
            assert "{" not in reason.path, name
            assert "Input should" not in reason.message, name


def test_every_code_of_the_table_is_told_by_some_entry() -> None:
    """Promise: the table lists no fault that is never found."""
    codes = {code for case in CASES.values() for code, _ in case.told}
    assert codes == REASONS.keys() - TOLD_ELSEWHERE.keys() - SCENES.keys()
    assert all(told_in_scene(code).isprintable() for code in SCENES)


def test_the_document_lists_every_reason() -> None:
    """Promise: docs/reasons.md has every code with its meaning and with a sentence that really is told."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == reasons_document(), "docs/reasons.md is stale: python -m tests.services.ingest.reasons_document"
