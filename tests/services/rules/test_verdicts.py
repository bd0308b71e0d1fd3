"""The table of what is refused, held and noted is what the services do."""

from collections import Counter

from services.ingest.rules.reasons.contest_rows import CONTEST_ROWS
from services.rules.papers import far_apart, papers_apart
from services.rules.verdicts import ELECTORATE_UNKNOWN, PAPERS_DIFFER, VERDICTS
from tests.services.rules.verdicts_document import DOCUMENT, verdicts_document

NOT_OF_FIGURES = {
    *("subject.not_the_contest", "contest.unknown", "contest.other_election"),
    *("kind.not_one_of", "candidate.malformed", "revision.conflict", "revision.too_far_ahead"),
}
"""Reasons about which contest and revision it is, and how a word is written."""


def test_every_reason_about_figures_is_in_the_table_once() -> None:
    """Promise: nothing about figures is refused that the table does not list as refused."""
    refused = Counter(code for row in VERDICTS if row.today == "refused" for code in row.codes)
    assert refused == Counter(CONTEST_ROWS.keys() - NOT_OF_FIGURES)
    assert all(row.codes for row in VERDICTS if row.today == "refused")


def test_every_note_is_in_the_table_and_what_is_taken_says_nothing() -> None:
    """Promise: what is noted is in the table, and what is taken without a word has no code."""
    assert [row.codes for row in VERDICTS if row.today == "noted"] == [(PAPERS_DIFFER,), (ELECTORATE_UNKNOWN,)]
    assert {row.codes for row in VERDICTS if row.today == "taken"} == {()}
    assert {(row.verdict, row.today) for row in VERDICTS} == {
        ("refused", "refused"),
        ("held", "refused"),
        ("held", "taken"),
        ("noted", "noted"),
    }


def test_a_difference_is_large_from_two_per_cent_and_fifteen_papers_on() -> None:
    """Promise: both must be reached, in either direction."""
    assert not far_apart(14, 20)
    assert far_apart(15, 750)
    assert far_apart(-15, 750)
    assert not far_apart(15, 751)


def test_papers_are_compared_with_what_the_count_needs() -> None:
    """Promise: papers to spare are told only where each paper has one vote and every figure is known."""
    assert papers_apart(911, [500, 400], 10, 1, whole=True) == 1
    assert papers_apart(911, [500, 400], None, 1, whole=True) == 0
    assert papers_apart(911, [500, 400], 10, 1, whole=False) == 0
    assert papers_apart(500, [500, 400], 1, 2, whole=True) == -1
    assert papers_apart(0, [], None, 1, whole=False) == 0


def test_the_document_is_the_table() -> None:
    """Promise: docs/verdicts.md lists every row."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == verdicts_document(), "docs/verdicts.md is stale: python -m tests.services.rules.verdicts_document"
