"""The table of what is refused, held and noted is what the services do."""

from collections import Counter

from schemas.register import DEFAULT_HOLD_LIMITS
from services.ingest.rules.reasons.contest_rows import CONTEST_ROWS
from services.ingest.rules.reasons.list_rows import LIST_ROWS
from services.ingest.rules.reasons.odd_rows import ODD_ROWS
from services.ingest.rules.reasons.stage_rows import STAGE_ROWS
from services.rules.papers import far_apart, papers_apart
from services.rules.systems.declared_count import NOTED
from services.rules.verdicts import (
    ALLOCATION_DIFFERS,
    ALLOCATION_IN_DOUBT,
    ELECTED_NOT_MOST_VOTES,
    ELECTORATE_UNKNOWN,
    HELD,
    PAPERS_DIFFER,
    PAPERS_DO_NOT_RECONCILE,
    VERDICTS,
)
from tests.services.rules.verdicts_document import DOCUMENT, verdicts_document

NOT_OF_FIGURES = {
    *("subject.not_the_contest", "contest.unknown", "contest.other_election"),
    *("kind.not_one_of", "candidate.malformed", "stages.none_given", "stages.too_many"),
    *("revision.conflict", "revision.too_far_ahead"),
}
"""Reasons about which contest and revision it is, how a word is written, and how much there may be."""


def test_every_reason_about_figures_is_in_the_table_once() -> None:
    """Promise: nothing about figures is refused that the table does not list as refused."""
    refused = Counter(code for row in VERDICTS if row.unsigned == "refused" for code in row.codes)
    assert refused == Counter({*CONTEST_ROWS, *LIST_ROWS, *STAGE_ROWS} - NOT_OF_FIGURES)


def test_every_note_and_every_hold_is_in_the_table_once() -> None:
    """Promise: what is held where people sign, and noted where they do not, is in the table, each by its code."""
    noted = Counter(code for row in VERDICTS if row.unsigned == "noted" for code in row.codes)
    assert noted == Counter({*ODD_ROWS, *NOTED, PAPERS_DIFFER, ELECTORATE_UNKNOWN, ALLOCATION_IN_DOUBT})
    assert {*ODD_ROWS, PAPERS_DO_NOT_RECONCILE, ELECTED_NOT_MOST_VOTES, ALLOCATION_DIFFERS} == HELD
    assert all(row.codes for row in VERDICTS)
    assert {(row.verdict, row.unsigned) for row in VERDICTS} == {
        ("refused", "refused"),
        ("held", "refused"),
        ("held", "noted"),
        ("noted", "noted"),
    }


def test_a_difference_is_large_from_two_per_cent_and_fifteen_papers_on() -> None:
    """Promise: both must be reached, in either direction."""
    assert not far_apart(14, 20, DEFAULT_HOLD_LIMITS)
    assert far_apart(15, 750, DEFAULT_HOLD_LIMITS)
    assert far_apart(-15, 750, DEFAULT_HOLD_LIMITS)
    assert not far_apart(15, 751, DEFAULT_HOLD_LIMITS)


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
